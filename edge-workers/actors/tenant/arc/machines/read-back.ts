// Machines as Azure says they are: one list for all of a tenant's, in a rhythm of their own. What was asked to be removed is followed
// until it is gone. What does not answer is told to the outbox, which comes back later each time.
import { and, eq, inArray, isNotNull, lte, or } from 'drizzle-orm'
import {
  type ArcMachineRemote,
  type ArcMachineState,
  type FoundMachine,
  machineVerbs,
  OFFLINE_DAYS_AT_MOST,
  ONBOARDING_DAYS,
} from '../../../../../schemas/arc-machine.ts'
import type { Ask } from '../../../../../schemas/azure.ts'
import { Denied, Outage, Throttled } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { transaction } from '../../../database.ts'
import { askAzure } from '../../azure.ts'
import type { TenantContext, Tx } from '../../context.ts'
import { faultOf, isForeign } from '../clusters/azure-turn.ts'
import { findScope, placeOf } from '../scope.ts'
import { mayStillCome } from './late.ts'
import { findMachine, type MachineRow, move, NO_LINK } from './rows.ts'

const { arcMachines } = tables
type AskMachines = Ask<typeof machineVerbs>

const SERVICE = 'Azure Arc'
const ABSENT_SECONDS = 600
const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
/** One look follows at most so many removals; the next one others. */
const REMOVALS_AT_ONCE = 10
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
  if (row.state === 'removed')
    return { state: 'removing', reason: 'its script connected it after it was removed' }
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
    const ended = state === 'removed' ? { removal: null, fault: null } : {}
    move(tx, row, state, { actor: ACTOR, at, reason, patch: { remote, ...link, ...ended } })
  }
  tx.update(arcMachines).set({ readAt: at }).where(eq(arcMachines.id, row.id)).run()
}

const READ: ArcMachineState[] = [
  ...(['waiting', 'downloaded', 'connected', 'disconnected', 'error', 'expired'] as const),
  'removing',
]
/** Those of which Azure could know something. */
const readable = (tx: Pick<Tx, 'select'>, now: Date): MachineRow[] => {
  const there = and(inArray(arcMachines.state, READ), isNotNull(arcMachines.downloadedAt))
  return tx
    .select()
    .from(arcMachines)
    .where(or(there, mayStillCome(now)))
    .all()
}

const noteRemoval = (
  { db, now }: TenantContext,
  { id, version }: MachineRow,
  patch: Pick<MachineRow, 'removal' | 'fault'>,
): void =>
  transaction(db, (tx) => {
    const row = findMachine(tx, id)
    if (row?.version !== version) return
    const { fault } = patch
    if (row.fault === fault) tx.update(arcMachines).set(patch).where(eq(arcMachines.id, id)).run()
    else {
      const reason = fault && `Azure does not remove it: ${fault}`
      move(tx, row, row.state, { actor: ACTOR, at: now().toISOString(), reason, patch })
    }
  })

/** Begins it, or looks how far it is. What Azure does not do stays `removing`, and the row says why. */
const followRemoval = async (
  context: TenantContext,
  ask: AskMachines,
  place: ReturnType<typeof placeOf>,
  row: MachineRow,
): Promise<void> => {
  const { id, name, version, removal } = row
  const operation = `arc-remove ${id} ${version}`
  try {
    const answer = removal
      ? await ask('follow', operation, { place, pending: removal })
      : await ask('remove', operation, { place, name, machine: id })
    // A refusal ends what was followed: it begins anew. What is somebody else's is in no list as ours.
    const pending = answer.ok && !answer.value.done ? answer.value.pending : null
    const fault = answer.ok || isForeign(answer) ? null : faultOf(answer)
    noteRemoval(context, row, { removal: pending, fault })
  } catch (error) {
    if (error instanceof Throttled) throw error
    // That this one cannot be removed keeps no other from being read.
    if (error instanceof Denied)
      return noteRemoval(context, row, { removal: null, fault: 'denied' })
    if (error instanceof Outage) return noteRemoval(context, row, { removal, fault: 'unreachable' })
    throw error
  }
}

/** Not always the same ones: what Azure refuses would keep the others from their turn. */
const someOf = (rows: MachineRow[]): MachineRow[] => {
  const from = Math.floor(Math.random() * rows.length)
  return [...rows.slice(from), ...rows.slice(0, from)].slice(0, REMOVALS_AT_ONCE)
}

/** When to look again, in milliseconds from now; undefined: there is nothing to wait for. */
const rhythm = (rows: readonly MachineRow[], now: Date): number | undefined => {
  const leaving = rows.filter(({ state }) => state === 'removing')
  if (leaving.some(({ fault }) => fault === null)) return 10 * SECOND
  if (leaving.length > 0) return MINUTE
  const ages = rows
    .filter(({ remote }) => remote === null)
    .map(({ downloadedAt }) => now.getTime() - Date.parse(downloadedAt ?? ''))
  if (ages.some((age) => age < 10 * MINUTE)) return 15 * SECOND
  if (ages.some((age) => age < 60 * MINUTE)) return MINUTE
  const mayCome = ages.some((age) => age < ONBOARDING_DAYS * DAY)
  return mayCome || rows.some(({ remote }) => remote !== null) ? 10 * MINUTE : undefined
}

const nextLook = ({ db, now }: TenantContext): number | undefined => {
  const looks = rhythm(readable(db, now()), now())
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

const keyOf = (id: string, name: string): string => `${id} ${name.toLowerCase()}`

/** Each as it stands now: what was found may be older than what somebody did meanwhile. */
const takeAll = (
  { db }: TenantContext,
  rows: readonly MachineRow[],
  found: ReadonlyMap<string, FoundMachine>,
  readAt: Date,
): void => {
  for (const { id, version } of rows)
    transaction(db, (tx) => {
      const row = findMachine(tx, id)
      if (row?.version === version) take(tx, row, found.get(keyOf(id, row.name)), readAt)
    })
}

/** Handler of the outbox. Throws Outage and Denied, and has then changed nothing but links that were over, and removals. */
export const readMachines = async (context: TenantContext): Promise<number | undefined> => {
  const { db, now } = context
  transaction(db, (tx) => endLinks(tx, now()))
  const scope = findScope(db)
  const rows = readable(db, now())
  if (!scope || rows.length === 0) return nextLook(context)
  const ask = askAzure(context, SERVICE, machineVerbs)
  const place = placeOf(scope)
  const leaving = rows.filter(({ state }) => state === 'removing')
  for (const row of someOf(leaving)) await followRemoval(context, ask, place, row)
  const listed = await ask('list', `arc-list ${now().toISOString()}`, { place })
  if (!listed.ok) {
    if (listed.fault.fault !== 'absent')
      throw new Outage(SERVICE, `does not list machines (${faultOf(listed)})`, ABSENT_SECONDS)
    // What was to go is gone with it.
    takeAll(context, leaving, new Map(), now())
    throw new Outage(SERVICE, 'has no such resource group', ABSENT_SECONDS)
  }
  // By its name as well: whoever copies the tag makes no other machine ours.
  const found = new Map(
    listed.value.machines.flatMap((one) =>
      one.machine === null ? [] : [[keyOf(one.machine, one.name), one]],
    ),
  )
  takeAll(context, rows, found, now())
  return nextLook(context)
}
