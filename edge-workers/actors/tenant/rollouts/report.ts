// What people report to a rollout: a task done, a prerequisite met.
import { finding } from '../../../../gitops/finding.ts'
import { taskKey } from '../../../../gitops/rollout.ts'
import { canonicalJson } from '../../../../schemas/canonical-json.ts'
import { toErrors } from '../../../../schemas/issues.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import type { PrerequisiteReport } from '../../../../schemas/rollout.ts'
import type { Phase, Task } from '../../../../schemas/system.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { digestOf } from '../../../digest.ts'
import { pointers } from '../accept.ts'
import { StaleChange, type TenantContext, type Tx } from '../context.ts'
import {
  moveRollout,
  outlookOf,
  type ReportRow,
  type RolloutRow,
  readReports,
  readRollout,
  systemOf,
} from './rows.ts'
import { findRollout, take } from './take.ts'

/** POST …/phases/{phase}/tasks/{task}: what was done, in the form that the task asks for. */
export const reportTask = async (
  context: TenantContext,
  who: Principal,
  id: string,
  names: { phase: string; task: string },
  inputs: Record<string, unknown>,
): Promise<Result<RolloutRow>> => {
  const found = findRollout(context, id)
  if (!found.ok) return found
  const phase = systemOf(found.value).phases.find((candidate) => candidate.id === names.phase)
  const task = phase?.tasks.find((candidate) => candidate.id === names.task)
  if (!phase || !task) return refuse('not-found')
  if (!person(who)) return onlyPeople()
  const parsed = task.inputs.safeParse(inputs)
  if (!parsed.success) {
    return refuse('invalid-parameters', {
      errors: toErrors(parsed.error.issues, '/inputs', task.inputs),
    })
  }
  const key = taskKey(phase.id, task.id)
  const reports = readReports(context.db, id)
  const earlier = reports.find((report) => report.kind === 'task' && report.id === key)
  if (earlier && canonicalJson(earlier.inputs) === canonicalJson(parsed.data)) return found
  const turn = earlier
    ? mayCorrect(context, found.value, phase)
    : isDue(context, found.value, phase, task)
  if (!turn.ok) return turn
  const used = addressesUsed(
    reports.filter((report) => report !== earlier),
    parsed.data,
  )
  if (used) return used
  return take(context, (tx) => {
    const rollout = readRollout(tx, id)
    if (!rollout) throw new StaleChange()
    const at = context.now().toISOString()
    writeReport(tx, {
      rolloutId: id,
      kind: 'task',
      id: key,
      state: 'done',
      inputs: parsed.data,
      by: who.subject,
      at,
    })
    return moveRollout(tx, rollout, {
      to: rollout.state,
      actor: who.subject,
      at,
      reason: `task ${key} done (${digestOf(canonicalJson(parsed.data))})`,
    })
  })
}

const person = (who: Principal): boolean => who.person
const onlyPeople = () => refuse('forbidden', { detail: 'Only people report what they did.' })

/** A slip can be put right as long as nothing stands on it: until the phase is healthy. */
const mayCorrect = (context: TenantContext, rollout: RolloutRow, phase: Phase): Result<null> => {
  const found = outlookOf(context.db, rollout).phases.find((outlook) => outlook.phase === phase)
  return found?.state === 'healthy' || rollout.state === 'aborted' || rollout.state === 'done'
    ? refuse('conflict', {
        detail:
          'This was reported with other inputs, and its phase is over: it cannot be corrected.',
      })
    : ok(null)
}

/** A task is reported when its phase has come to it, and after the tasks it names. */
const isDue = (
  context: TenantContext,
  rollout: RolloutRow,
  phase: Phase,
  task: Task,
): Result<null> => {
  if (rollout.state === 'aborted' || rollout.state === 'done') {
    return refuse('wrong-state', { detail: `The rollout is ${rollout.state}.` })
  }
  const done = new Set(readReports(context.db, rollout.id).map(({ id }) => id))
  const first = task.after.filter((before) => !done.has(taskKey(phase.id, before)))
  if (first.length > 0) {
    return inOrder(`${first.join(' and ')} must be reported first.`)
  }
  const outlook = outlookOf(context.db, rollout).phases.find((found) => found.phase === phase)
  const due = outlook?.waitsOn.some(({ id }) => id === taskKey(phase.id, task.id)) ?? false
  const waits = outlook?.waitsOn.map(({ what }) => what).join('; ') ?? ''
  return due ? ok(null) : inOrder(`The phase is ${outlook?.state} and waits on: ${waits}.`)
}

const inOrder = (message: string): Result<never> => {
  const findings = [finding('TASK-ORDER', message, { pointer: '' })]
  return refuse('plan-blocked', { findings, errors: pointers(findings) })
}

/** Two contracts have two addresses: the same one twice is a slip of the clipboard. */
const addressesUsed = (
  reports: ReportRow[],
  { address }: { address?: unknown },
): Result<never> | null => {
  if (typeof address !== 'string') return null
  const known = reports.some(
    ({ inputs }) => String(inputs.address ?? '').toLowerCase() === address.toLowerCase(),
  )
  return known
    ? refuse('invalid-parameters', {
        errors: [
          { pointer: '/inputs/address', detail: 'Another contract was reported at this address.' },
        ],
      })
    : null
}

const writeReport = (tx: Tx, row: ReportRow): void => {
  const { rolloutId: _rollout, kind: _kind, id: _id, ...values } = row
  const { rolloutReports: table } = tables
  tx.insert(table)
    .values(row)
    .onConflictDoUpdate({ target: [table.rolloutId, table.kind, table.id], set: values })
    .run()
}

/** POST …/prerequisites/{prerequisite}: whether something from outside is there. */
export const reportPrerequisite = async (
  context: TenantContext,
  who: Principal,
  id: string,
  prerequisite: string,
  { state, evidence }: PrerequisiteReport,
): Promise<Result<RolloutRow>> => {
  const found = findRollout(context, id)
  if (!found.ok) return found
  const known = systemOf(found.value).prerequisites.some((row) => row.id === prerequisite)
  if (!known) return refuse('not-found')
  if (!person(who)) return onlyPeople()
  if (found.value.state === 'aborted' || found.value.state === 'done') {
    return refuse('wrong-state', { detail: `The rollout is ${found.value.state}.` })
  }
  const inputs = evidence === undefined ? {} : { evidence }
  const earlier = readReports(context.db, id).find(
    (report) => report.kind === 'prerequisite' && report.id === prerequisite,
  )
  if (earlier?.state === state && canonicalJson(earlier.inputs) === canonicalJson(inputs))
    return found
  return take(context, (tx) => {
    const rollout = readRollout(tx, id)
    if (!rollout) throw new StaleChange()
    const at = context.now().toISOString()
    writeReport(tx, {
      rolloutId: id,
      kind: 'prerequisite',
      id: prerequisite,
      state,
      inputs,
      by: who.subject,
      at,
    })
    return moveRollout(tx, rollout, {
      to: rollout.state,
      actor: who.subject,
      at,
      reason: `prerequisite ${prerequisite} ${state} (${digestOf(canonicalJson(inputs))})`,
    })
  })
}
