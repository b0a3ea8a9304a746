// Drives a rollout: opens the change of each phase whose turn has come, and says when the whole is done or has failed.
// It may run any number of times and after any crash: a phase's change has a key of its own.
import { eq } from 'drizzle-orm'
import type { Refusal } from '../../../../schemas/result.ts'
import type { System } from '../../../../schemas/system.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { sha256Hex } from '../../../digest.ts'
import { transaction } from '../../database.ts'
import { throwIfOutage } from '../../outage.ts'
import { acceptChange, inTurn, planRequest } from '../accept.ts'
import type { TenantContext } from '../context.ts'
import { phaseRequest } from './plan-phases.ts'
import {
  moveRollout,
  outlookOf,
  type RolloutRow,
  readPhases,
  readRollout,
  systemOf,
  writePhase,
} from './rows.ts'

/** A phase's resource has an open change that is not ours: it is asked again after this long. */
const BUSY_MILLISECONDS = 5_000

export const advance = async (context: TenantContext, id: string): Promise<number | undefined> => {
  for (;;) {
    const rollout = readRollout(context.db, id)
    if (rollout?.state !== 'running') return undefined
    const { open, state, reason } = outlookOf(context.db, rollout)
    if (state !== 'running') {
      const at = context.now().toISOString()
      transaction(context.db, (tx) =>
        moveRollout(tx, rollout, { to: state, actor: 'phoenix', at, reason }),
      )
      return undefined
    }
    const [phase] = open
    if (phase === undefined) return undefined
    if (!(await openPhase(context, rollout, phase))) return BUSY_MILLISECONDS
  }
}

/** False when somebody else's open change holds the phase's resource. */
const openPhase = (context: TenantContext, rollout: RolloutRow, id: string): Promise<boolean> =>
  inTurn(context, async () => {
    const system = systemOf(rollout)
    const request = requestOf(context, rollout, system, id)
    const attempt = (readPhases(context.db, rollout.id).get(id)?.attempt ?? 0) + 1
    const planned = await planRequest(context, request, { previewOnly: false })
    const still = readRollout(context.db, rollout.id)
    if (still?.state !== 'running') return true
    if (!planned.ok) {
      throwIfOutage(planned)
      const standing = resourceOf(context, request.name)
      // Exactly this stands already: the change that made it is the phase's.
      const adopted = planned.refusal.problem === 'conflict' ? standing?.changeId : undefined
      const refused = adopted === undefined ? reasonOf(planned.refusal) : null
      note(context, rollout, { phase: id, attempt, changeId: adopted ?? null, refused })
      return true
    }
    const accepted = acceptChange(context, planned.value, {
      // With blanks, so that no caller's key can be the same.
      key: `phase ${id} of ${rollout.id}, attempt ${attempt}`,
      fingerprint: sha256Hex(`${rollout.id}\u0000${id}\u0000${attempt}`),
      requester: rollout.requester,
      follows: null,
      rollout: rollout.id,
    })
    if (!accepted.ok) return false
    note(context, rollout, { phase: id, attempt, changeId: accepted.value.id, refused: null })
    await context.arm()
    return true
  })

const note = (
  context: TenantContext,
  { id: rolloutId }: RolloutRow,
  row: { phase: string; attempt: number; changeId: string | null; refused: string | null },
): void => {
  transaction(context.db, (tx) => writePhase(tx, { rolloutId, ...row }))
  context.changed()
}

const resourceOf = ({ db }: TenantContext, name: string) =>
  db.select().from(tables.resources).where(eq(tables.resources.name, name)).get()

const requestOf = (context: TenantContext, rollout: RolloutRow, system: System, id: string) => {
  const phase = system.phases.find((candidate) => candidate.id === id)
  if (!phase) throw new Error('a phase that its system has no more')
  const { name } = phaseRequest(system, phase, rollout, false)
  const standing = resourceOf(context, name)
  const stands = standing !== undefined && standing.state !== 'removed'
  return phaseRequest(system, phase, rollout, stands)
}

const reasonOf = ({ findings, errors, detail, problem }: Refusal): string =>
  findings
    ?.filter(({ severity }) => severity === 'block')
    .map(({ rule, message }) => `${rule}: ${message}`)
    .join(' ') ??
  errors?.map((error) => error.detail).join(' ') ??
  detail ??
  problem
