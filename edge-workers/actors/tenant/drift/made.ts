// What a plan has to know of the last look at main.
import { eq } from 'drizzle-orm'
import type { Asked } from '../../../../gitops/read-command.ts'
import type { Snapshot } from '../../../../schemas/snapshot.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { statement } from '../../database.ts'
import type { ResourceRow, TenantContext } from '../context.ts'
import { digestOf, isAbout } from './differences.ts'

const lastLook = statement((db: TenantContext['db']) =>
  db.select().from(tables.mainLooks).where(eq(tables.mainLooks.id, 1)).prepare(),
)

/** The change that is judged once more, where it is one that was proposed already. */
export interface Judged {
  /** What its commit holds. */
  written: readonly { path: string; blob: string | null }[]
  /** What was made by hand when it was planned. */
  planned: Snapshot['handMade']
  /** The forge shows its pull request as merged. */
  merged: boolean
}

const isIn = (
  files: Judged['written'],
  { path, blob }: { path: string; blob: string | null },
): boolean => files.some((file) => file.path === path && file.blob === blob)

/**
 * Of a resource what is its own. Of a new one everything: it may write where somebody has put a file already.
 * What a change wrote itself was not made by hand, though main holds it before its merge is known; and what somebody made after
 * its merge it does not write over.
 */
export const handMadeFor = (
  db: TenantContext['db'],
  { overwrite }: Pick<Asked, 'overwrite'>,
  own: ResourceRow | undefined,
  judged?: Judged,
): Snapshot['handMade'] => {
  if (judged?.merged) return judged.planned
  const looked = lastLook(db).get()
  const all = looked?.files ?? []
  const found = own ? all.filter((file) => isAbout(own, file)) : all
  const files = judged ? found.filter((file) => !isIn(judged.written, file)) : found
  const known = judged?.planned?.files ?? []
  // Its own files are on main, and beside them nothing but what was confirmed.
  if (judged && files.length < found.length && files.every((file) => isIn(known, file)))
    return judged.planned
  if (files.length === 0) return undefined
  return {
    files: files.map(({ path, blob }) => ({ path, blob })),
    confirmed: own !== undefined && overwrite !== undefined && overwrite === digestOf(files),
  }
}
