// Machines as Azure says they are: one list for all of a tenant's, in a rhythm of their own. What was asked to be removed is followed
// until it is gone. What does not answer is told to the outbox, which comes back later each time.
import { and, eq, inArray, isNotNull, lte } from 'drizzle-orm'
import {
  type ArcMachineRemote,
  type ArcMachineState,
  type FoundMachine,
  machineVerbs,
  OFFLINE_DAYS_AT_MOST,
} from '../../../../../schemas/arc-machine.ts'
import type { Ask } from '../../../../../schemas/azure.ts'
import { Outage } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { transaction } from '../../../database.ts'
import { askAzure } from '../../azure.ts'
import type { TenantContext, Tx } from '../../context.ts'
import { findScope, placeOf } from '../scope.ts'
import { findMachine, type MachineRow, move, NO_LINK } from './rows.ts'

const { arcMachines } = tables
type AskMachines = Ask<typeof machineVerbs>

const SERVICE = 'Azure Arc'
const ABSENT_SECONDS = 600
const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
/** One look follows at most so many removals; the next one the others. */
const REMOVALS_AT_ONCE = 10
/** A script that did not connect its machine until then will not. */
const ONBOARDING_DAYS = 1
const ACTOR = 'phoenix'

/** Links that nobody used in time. */
const endLinks = (tx: Tx, now: Date): void => {
  const at = now.toISOString()
  const over = and(eq(arcMachines.state, 'waiting'), lte(arcMachines.linkExpiresAt, at))
  for (const row of tx.select().from(arcMachines).where(over).all())
    move(tx, row, 'expired', { actor: ACTOR, at, reason: 'its link was not used', patch: NO_LINK })
}

const stateOf = ({ status, lastStatusChange }: ArcMachineRemote, now: Date): ArcMachineState => {
  if (status === 'Connected') return 'connected'
  if (status === 'Error') return 'error'
  const since = Date.parse(lastStatusChange ?? '')
  const isOver = now.getTime() - since > OFFLINE_DAYS_AT_MOST * DAY
  return status === 'Expired' || isOver ? 'expired' : 'disconnected'
}

interface Becomes {
  state: ArcMachineState
  reason: string | null
}
/** Azure has none of it. */
const withoutRemote = (row: MachineRow, now: Date): Becomes => {
  const { state, remote, downloadedAt } = row
  if (state === 'removing') return { state: 'removed', reason: null }
  if (state === 'downloaded') {
    const isOver = now.getTime() - Date.parse(downloadedAt ?? '') > ONBOARDING_DAYS * DAY
    return isOver
      ? { state: 'expired', reason: 'its script did not connect it' }
      : { state, reason: null }
  }
  return remote === null || state === 'waiting'
    ? { state, reason: null }
    : { state: 'removed', reason: 'it is no longer in Azure' }
}

const becomes = (row: MachineRow, found: FoundMachine | undefined, now: Date): Becomes => {
  if (!found) return withoutRemote(row, now)
  const state = row.state === 'removing' ? 'removing' : stateOf(found.remote, now)
  return { state, reason: state === row.state ? null : `Azure says ${state}` }
}

const take = (tx: Tx, row: MachineRow, found: FoundMachine | undefined, now: Date): void => {
  const at = now.toISOString()
  const { state, reason } = becomes(row, found, now)
  const remote = found?.remote ?? row.remote
  const isSame = JSON.stringify(remote) === JSON.stringify(row.remote)
  if (state !== row.state || !isSame) {
    const link = found ? NO_LINK : {}
    const removal = state === 'removed' ? { removal: null } : {}
    move(tx, row, state, { actor: ACTOR, at, reason, patch: { remote, ...link, ...removal } })
  }
  tx.update(arcMachines).set({ readAt: at }).where(eq(arcMachines.id, row.id)).run()
}

const READ: ArcMachineState[] = [
  ...(['waiting', 'downloaded', 'connected', 'disconnected', 'error', 'expired'] as const),
  'removing',
]
/** Those of which Azure could know something. */
const readable = (tx: Pick<Tx, 'select'>): MachineRow[] =>
  tx
    .select()
    .from(arcMachines)
    .where(and(inArray(arcMachines.state, READ), isNotNull(arcMachines.downloadedAt)))
    .all()

/** Begins it, or looks how far it is. What Azure refuses stays `removing`, and the list says how it is. */
const followRemoval = async (
  context: TenantContext,
  ask: AskMachines,
  place: ReturnType<typeof placeOf>,
  { id, name, version, removal }: MachineRow,
): Promise<void> => {
  const operation = `arc-remove ${id} ${version}`
  const answer = removal
    ? await ask('follow', operation, { place, pending: removal })
    : await ask('remove', operation, { place, name, machine: id })
  const pending = answer.ok && !answer.value.done ? answer.value.pending : null
  // A refusal ends what was followed: it begins anew.
  context.db.update(arcMachines).set({ removal: pending }).where(eq(arcMachines.id, id)).run()
}

/** When to look again, in milliseconds from now; undefined: there is nothing to wait for. */
const rhythm = (rows: readonly MachineRow[], now: Date): number | undefined => {
  if (rows.some(({ state }) => state === 'removing')) return 10 * SECOND
  const ages = rows
    .filter(({ remote }) => remote === null)
    .map(({ downloadedAt }) => now.getTime() - Date.parse(downloadedAt ?? ''))
  if (ages.some((age) => age < 10 * MINUTE)) return 15 * SECOND
  if (ages.some((age) => age < 60 * MINUTE)) return MINUTE
  const mayCome = ages.some((age) => age < ONBOARDING_DAYS * DAY)
  return mayCome || rows.some(({ remote }) => remote !== null) ? 10 * MINUTE : undefined
}

const nextLook = ({ db, now }: TenantContext): number | undefined => {
  const looks = rhythm(readable(db), now())
  // Not all tenants at once.
  const soon = looks === undefined ? [] : [looks * (0.8 + Math.random() * 0.4)]
  const waiting = db
    .select({ at: arcMachines.linkExpiresAt })
    .from(arcMachines)
    .where(eq(arcMachines.state, 'waiting'))
    .all()
    .map(({ at }) => Math.max(0, Date.parse(at ?? '') - now().getTime()))
  const all = [...soon, ...waiting]
  return all.length === 0 ? undefined : Math.ceil(Math.min(...all)) + 1
}

/** Handler of the outbox. Throws Outage and Denied, and has then changed nothing but links that were over. */
export const readMachines = async (context: TenantContext): Promise<number | undefined> => {
  const { db, now } = context
  transaction(db, (tx) => endLinks(tx, now()))
  const scope = findScope(db)
  const rows = readable(db)
  if (!scope || rows.length === 0) return nextLook(context)
  const ask = askAzure(context, SERVICE, machineVerbs)
  const place = placeOf(scope)
  const leaving = rows.filter(({ state }) => state === 'removing').slice(0, REMOVALS_AT_ONCE)
  for (const row of leaving) await followRemoval(context, ask, place, row)
  const listed = await ask('list', `arc-list ${now().toISOString()}`, { place })
  if (!listed.ok) throw new Outage(SERVICE, 'has no such resource group', ABSENT_SECONDS)
  const byId = new Map(
    listed.value.machines.flatMap((one) => (one.machine === null ? [] : [[one.machine, one]])),
  )
  const readAt = now()
  // Each as it stands now: the list may be older than what somebody did meanwhile.
  for (const { id, version } of rows)
    transaction(db, (tx) => {
      const row = findMachine(tx, id)
      if (row?.version === version) take(tx, row, byId.get(id), readAt)
    })
  return nextLook(context)
}
