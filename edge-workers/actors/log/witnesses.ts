// Who else knows how far this log had come: the anchor, which has checkpoints of ours beyond our reach, and the second party, which
// remembers what it signed last. A database that was put back, or lost, is found out by them also where the branch of the forge was
// put back with it. One that does not answer is asked again; it stops nothing meanwhile, for it is not the only one asked.
import type { LogHead } from '../../../schemas/log.ts'
import { newest, newestCosigned } from './checkpoints.ts'
import type { Db, LogContext } from './context.ts'
import { headAt, sizeOf } from './tree.ts'

/** The tree leads to this head. */
export const stands = (db: Db, { size, root }: LogHead): boolean =>
  sizeOf(db) >= size && headAt(db, size).root === root

const heads = [
  async ({ backOffice }: LogContext): Promise<LogHead | null> =>
    (await backOffice().latestAnchor())?.latest ?? null,
  async ({ db, backOffice }: LogContext): Promise<LogHead | null> => {
    // Without any checkpoint there is nothing to ask with: the first that is signed finds it out (sign.ts).
    const last = newestCosigned(db) ?? newest(db)
    const answer = last && (await backOffice().cosign({ note: last.note, consistency: null }))
    return answer && 'last' in answer ? answer.last : null
  },
]

export interface Testimony {
  /** `unknown`: at least one has not answered, and none of the others says otherwise than this log. */
  word: 'agree' | 'contradict' | 'unknown'
  /** At least one has a head of this log. */
  known: boolean
}

/** Never rejects. */
export const askWitnesses = async (context: LogContext): Promise<Testimony> => {
  let answered = true
  let known = false
  for (const headOf of heads) {
    const asked = await headOf(context).then(
      (head) => ({ head }),
      () => null,
    )
    if (asked === null) answered = false
    else if (asked.head && !stands(context.db, asked.head)) return { word: 'contradict', known }
    else if (asked.head) known = true
  }
  return { word: answered ? 'agree' : 'unknown', known }
}
