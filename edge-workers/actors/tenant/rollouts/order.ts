// What people order: pause, resume, abort.
import { and, eq, inArray, ne } from 'drizzle-orm'
import { OPEN_STATES } from '../../../../schemas/change.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { type Result, refuse } from '../../../../schemas/result.ts'
import type { RolloutState } from '../../../../schemas/rollout.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { type ChangeRow, StaleChange, type TenantContext, type Tx } from '../context.ts'
import { withdraw } from '../decisions.ts'
import {
  LIVING,
  moveRollout,
  outlookOf,
  type RolloutRow,
  readPhases,
  readRollout,
  writePhase,
} from './rows.ts'
import { findRollout, take } from './take.ts'

const ORDERS = {
  pause: { from: ['running'], to: 'paused', reason: 'paused' },
  // What is done runs again where a resource has gone since.
  resume: { from: ['paused', 'failed', 'done'], to: 'running', reason: null },
  abort: { from: ['running', 'paused', 'failed'], to: 'aborted', reason: 'aborted' },
} as const satisfies Record<
  string,
  { from: RolloutState[]; to: RolloutState; reason: string | null }
>
type Order = keyof typeof ORDERS

/** Pause opens nothing more, resume goes on and asks again for what failed, abort also withdraws what is not merged. */
export const order = async (
  context: TenantContext,
  who: Principal,
  id: string,
  command: Order,
  reason: string | null,
): Promise<Result<RolloutRow>> => {
  const found = findRollout(context, id)
  if (!found.ok) return found
  if (!mayOrder(who, found.value))
    return refuse('forbidden', { detail: 'The requester orders this, an owner or an admin.' })
  const { from, to, reason: usual } = ORDERS[command]
  const { state } = found.value
  if (state === to) return found
  if (!(from as readonly RolloutState[]).includes(state)) {
    return refuse('wrong-state', { detail: `The rollout is ${state}.` })
  }
  const later = command === 'resume' ? laterThan(context, found.value) : undefined
  if (later)
    return refuse('wrong-state', {
      detail: `The rollout ${later.id} has taken its place: it would put back what is older.`,
    })
  if (command === 'abort') {
    for (const change of unmerged(context, id)) {
      const withdrawn = await withdraw(context, who, change, 'its rollout was aborted')
      if (!withdrawn.ok) return withdrawn
    }
  }
  return take(context, (tx) => {
    const rollout = readRollout(tx, id)
    if (rollout?.state !== state) throw new StaleChange()
    if (command === 'resume') askAgain(tx, rollout)
    const at = context.now().toISOString()
    return moveRollout(tx, rollout, { to, actor: who.subject, at, reason: reason ?? usual })
  })
}

const mayOrder = ({ subject, roles }: Principal, { requester }: RolloutRow): boolean =>
  subject === requester || roles.includes('owner') || roles.includes('admin')

/** Another of its name that is under way, or was asked for later and is done. */
const laterThan = (
  { db }: TenantContext,
  { id, name, createdAt }: RolloutRow,
): RolloutRow | undefined => {
  const { rollouts: table } = tables
  return db
    .select()
    .from(table)
    .where(and(eq(table.name, name), ne(table.id, id), inArray(table.state, [...LIVING, 'done'])))
    .all()
    .find((other) => other.state !== 'done' || other.createdAt > createdAt)
}

const unmerged = ({ db }: TenantContext, rollout: string): ChangeRow[] =>
  db
    .select()
    .from(tables.changes)
    .where(and(eq(tables.changes.rollout, rollout), inArray(tables.changes.state, OPEN_STATES)))
    .all()
    .filter(({ state }) => state === 'accepted' || state === 'proposed' || state === 'approved')

/** Phases that failed lose their change, and get another attempt. */
const askAgain = (tx: Tx, rollout: RolloutRow): void => {
  const rows = readPhases(tx, rollout.id)
  for (const { phase, state } of outlookOf(tx, rollout, 'running').phases) {
    const row = rows.get(phase.id)
    if (state === 'failed' && row) writePhase(tx, { ...row, changeId: null, refused: null })
  }
}
