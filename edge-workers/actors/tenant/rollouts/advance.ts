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
import { readChangeRow, type TenantContext } from '../context.ts'
import { strayOf } from '../strays.ts'
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

/** Something else holds a phase's resource, or an engine has yet to repair it: it is asked again after this long. */
const BUSY_MILLISECONDS = 10_000

export const advance = async (context: TenantContext, id: string): Promise<number | undefined> => {
  const busy = new Set<string>()
  for (;;) {
    const rollout = readRollout(context.db, id)
    if (rollout?.state !== 'running' && rollout?.state !== 'failed') return undefined
    const { open, state, reason } = outlookOf(context.db, rollout, 'running')
    if (state !== rollout.state) {
      const at = context.now().toISOString()
      transaction(context.db, (tx) =>
        moveRollout(tx, rollout, { to: state, actor: 'phoenix', at, reason }),
      )
      continue
    }
    const phase = open.find((candidate) => !busy.has(candidate))
    if (phase === undefined) return busy.size > 0 ? BUSY_MILLISECONDS : undefined
    if (!(await openPhase(context, rollout, phase))) busy.add(phase)
  }
}

/** False when the phase must wait for somebody else's open change, or for an engine. */
const openPhase = (context: TenantContext, rollout: RolloutRow, id: string): Promise<boolean> =>
  inTurn(context, async () => {
    const request = requestOf(context, rollout, systemOf(rollout), id)
    const attempt = (readPhases(context.db, rollout.id).get(id)?.attempt ?? 0) + 1
    const refused = (reason: string): true => {
      note(context, rollout, { phase: id, attempt, changeId: null, refused: reason })
      return true
    }
    if (strayOf(context.db, request.name))
      return refused('a merge that went around the gate stands for its resource: revert it first')
    const planned = await planRequest(context, request, {
      ...{ previewOnly: true, asker: { requester: rollout.requester, behind: rollout.behind } },
    })
    if (readRollout(context.db, rollout.id)?.state !== 'running') return true
    if (!planned.ok) {
      throwIfOutage(planned)
      if (planned.refusal.problem !== 'conflict') return refused(reasonOf(planned.refusal))
      return adopt(context, rollout, { phase: id, attempt, resource: request.name })
    }
    const { destroys } = planned.value.planned.plan
    if (destroys && !rollout.confirmed.includes(destroys.digest))
      return refused('it would destroy objects, and that list is not the one that was confirmed')
    const accepted = acceptChange(context, planned.value, {
      // With blanks, so that no caller's key can be the same.
      key: `phase ${id} of ${rollout.id}, attempt ${attempt}`,
      fingerprint: sha256Hex(`${rollout.id}\u0000${id}\u0000${attempt}`),
      ...{ requester: rollout.requester, behind: rollout.behind },
      follows: null,
      rollout: rollout.id,
    })
    if (!accepted.ok) return false
    note(context, rollout, { phase: id, attempt, changeId: accepted.value.id, refused: null })
    await context.arm()
    return true
  })

/** Exactly this stands already: the change that made it is the phase's, once an engine has made it work. */
const adopt = (
  context: TenantContext,
  rollout: RolloutRow,
  { phase, attempt, resource }: { phase: string; attempt: number; resource: string },
): boolean => {
  const changeId = resourceOf(context, resource)?.changeId
  const change = changeId === undefined ? undefined : readChangeRow(context.db, changeId)
  if (!change || change.state === 'failed') return false
  note(context, rollout, { phase, attempt, changeId: change.id, refused: null })
  return true
}

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
  return phaseRequest(system, phase, rollout, stands, stands ? standing.parameters : null)
}

const reasonOf = ({ findings, errors, detail, problem }: Refusal): string =>
  findings
    ?.filter(({ severity }) => severity === 'block')
    .map(({ rule, message }) => `${rule}: ${message}`)
    .join(' ') ??
  errors?.map((error) => error.detail).join(' ') ??
  detail ??
  problem
