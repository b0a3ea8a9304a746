// Moves `live` forward over what approved changes wrote, and makes what was promoted the tenant's resources.
// Merging is not authority: approval, reservation and content are checked again here, right before anything is applied.
import { and, desc, isNotNull, isNull } from 'drizzle-orm'
import { exceptionsFor } from '../../../gitops/exceptions.ts'
import { unexplained } from '../../../gitops/promote.ts'
import { isOpen } from '../../../schemas/change.ts'
import { Outage } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { transaction } from '../database.ts'
import { throwIfOutage } from '../outage.ts'
import type { Pending } from '../repository-contracts.ts'
import { isApproved, isApprovedAgain } from './approvals.ts'
import type { ChangeRow, OutboxKind, TenantContext, Tx } from './context.ts'
import { enqueue, readChangeRow, readPlanRow, StaleChange, step } from './context.ts'
import { wasByCredential } from './credentials/powers/standing.ts'
import { noteRepaired } from './drift/repaired.ts'
import { byHand, differenceOf, isExplained, isHeldBy, waiting } from './explained.ts'
import { renderChange, StaleTemplate } from './files.ts'
import { intend, isMovedBack, isStranger, mergedAt } from './live-moved.ts'
import { lastLive, placeOf } from './lives.ts'
import { isObserved, observe } from './observe.ts'
import { barTo } from './promotion-bars.ts'
import { keepsRecords, obstacleTo } from './records.ts'
import { writeResource } from './resources.ts'
import { judgeOthersAgain, lostAtPromotion } from './room.ts'
import { noteUndone, strays } from './strays.ts'
import { openTargets } from './targets.ts'
import { MORE, movedByHand, NOBODYS, NOT_APPLIED, PAST_GATE } from './waits.ts'

/** What waits is looked at again this often, and at once when something new is merged or main is pushed to. */
const WAIT_MILLISECONDS = 300_000

/** Promotes everything on main that may be, oldest first. Returns when to look again while the change asked for waits. */
export const promote = async (context: TenantContext, id: string): Promise<number | undefined> => {
  const asked = readChangeRow(context.db, id)
  if (asked?.state !== 'merged' || asked.mergeSha === null) return undefined
  const pending = await readPending(context)
  if (pending === null) return WAIT_MILLISECONDS
  if (pending === 'moved by hand') {
    noteWaiting(context, asked, movedByHand(lastLive(context.db) ?? ''))
    return WAIT_MILLISECONDS
  }
  if (!pending.line.some(({ sha }) => sha === asked.mergeSha))
    return settleBehind(context, asked, pending)
  const reason = await advance(context, pending)
  const after = readChangeRow(context.db, id)
  if (after?.state !== 'merged') return undefined
  noteWaiting(context, after, reason)
  return WAIT_MILLISECONDS
}

/** Nothing waits for it, and a merge that went around the gate may have been undone on main by hand: live goes past it. */
export const passUndone = async (context: TenantContext): Promise<void> => {
  if (strays(context.db).length === 0) return
  const pending = await readPending(context)
  if (pending === null || pending === 'moved by hand') return
  const { live, line } = pending
  const isStray = ({ sha }: { sha: string }): boolean =>
    mergedAt(context, sha)?.state === 'merged_unauthorised'
  if (line.some(isStray)) await advance(context, pending)
  await noteBehind(context, live, line)
}

/** The answer of a move was lost: `live` went past them, and nobody has written it down. Two calls for each. */
const noteBehind = async (
  context: TenantContext,
  live: string,
  line: Pending['line'],
): Promise<void> => {
  for (const stray of strays(context.db)) {
    const { id, mergeSha } = stray
    if (mergeSha === null || line.some(({ sha }) => sha === mergeSha)) continue
    if (!(await differenceOf(context, mergeSha, live))?.forward) continue
    // It lost its authority while live moved over it: that has it, until its revert.
    if (await isHeldBy(context, stray, live)) continue
    transaction(context.db, (tx) => {
      const change = readChangeRow(tx, id)
      if (change) noteUndone(tx, change, live, context.now().toISOString())
      return null
    })
    context.changed()
  }
}

/** Main beyond `live`; null where the forge does not say. */
const readPending = async (context: TenantContext): Promise<Pending | 'moved by hand' | null> => {
  const pending = await context.repository().pending(context.tenant().repository)
  throwIfOutage(pending)
  if (!pending.ok) return null
  // What nobody told us yet the open pull requests say themselves.
  const { live, line } = pending.value
  if (line.some(({ sha }) => !mergedAt(context, sha))) await observeOpen(context)
  const moved = isMovedBack(context, line) || (await isStranger(context, live))
  return moved ? 'moved by hand' : pending.value
}

/** What was walked over since `live` was last moved, or began. */
interface Stretch {
  from: string
  shas: string[]
  lawful: ChangeRow[]
  /** The first thing that holds `live` up, and the first merge of ours that does. */
  obstacle: string | null
  waits: string | null
}
const beginAt = (from: string): Stretch => ({
  ...{ from, shas: [], lawful: [], obstacle: null, waits: null },
})

/** Takes the next commit into the stretch; returns why `live` may not be moved to it for its own sake. */
const walkOver = async (
  context: TenantContext,
  walked: Stretch,
  sha: string,
  behind: Pending['line'],
): Promise<string | null> => {
  walked.shas.push(sha)
  const change = mergedAt(context, sha)
  const objection = change
    ? await objectionTo(context, change, { before: walked.lawful, behind })
    : NOBODYS
  if (objection === null) {
    if (change) walked.lawful.push(change)
    return null
  }
  const inWords = `${objection} (${sha.slice(0, 12)})`
  walked.obstacle ??= inWords
  if (change) walked.waits ??= inWords
  return objection
}

/**
 * Walks the line; returns why what could not be promoted waits. `live` moves to merges that may be applied, and to main's head whoever
 * made it, where a merge of ours is on the way: what was undone there by hand holds nobody up.
 */
const advance = async (context: TenantContext, pending: Pending): Promise<string> => {
  const head = pending.line.at(-1)?.sha
  const madeByHand = isMadeByHand(context, pending)
  let walked = beginAt(pending.live)
  for (const [at, { sha }] of pending.line.entries()) {
    const objection = await walkOver(context, walked, sha, pending.line.slice(at + 1))
    const { from, shas, lawful } = walked
    const mayPass = sha === head && shas.some((one) => mergedAt(context, one))
    if (objection !== null && !mayPass) continue
    const known =
      from === pending.live && sha === head ? pending : await differenceOf(context, from, sha)
    if (!known || !(await isExplained(context, known, lawful, sha))) {
      walked.obstacle ??= `${MORE} (${sha.slice(0, 12)})`
      continue
    }
    const passed = mergedBetween(context, shas, lawful)
    if (await isAnyHeldBy(context, passed, sha)) continue
    const bar = await barTo(context, lawful)
    if (bar !== null) return bar
    for (const { id } of passed) giveUpTakenOut(context, id)
    requireLawful(context, lawful)
    await moveLive(context, sha)
    settleOn(context, shas, lawful)
    walked = beginAt(sha)
  }
  const { obstacle, waits } = walked
  const why = madeByHand ? obstacle : (waits ?? obstacle)
  return `main holds ${why ?? 'nothing new'}, and live does not move past it`
}

/** Commits of nobody’s of which main has nothing, or which no engine reads, keep nothing waiting. */
const isMadeByHand = (context: TenantContext, { line, files, filesComplete }: Pending): boolean =>
  line.some(({ sha }) => !mergedAt(context, sha)) &&
  (!filesComplete || unexplained(files, waiting(context), byHand(context)).length > 0)

/** Why a merged change may not be applied now; null when it may. */
const objectionTo = async (
  context: TenantContext,
  change: ChangeRow,
  { before, behind }: { before: ChangeRow[]; behind: Pending['line'] },
): Promise<string | null> => {
  if (change.state !== 'merged') return PAST_GATE
  if (isApprovedAgain(context.db, change) && !isApproved(context.db, change))
    return wasByCredential(context.db, change)
      ? 'a merge whose approver’s credential no longer holds: approve it again'
      : 'a merge whose approvals were lost with the database: approve it again'
  const lapse = lapseOf(context, change)
  if (lapse !== null) {
    turnStray(context, change, lapse)
    return `${NOT_APPLIED} ${lapse}`
  }
  const room = await lostAtPromotion(context, change, before)
  if (room !== null && (await isRoomBehind(context, behind))) {
    turnStray(context, change, room)
    return `${NOT_APPLIED} ${room}`
  }
  const lost = room ?? (await obstacleTo(context, change))
  return lost === null ? null : `a merge that may not be applied now: ${lost}`
}

/**
 * A merge that comes after on main has its room. Where that is what took the room of the one before it, neither could ever go:
 * this one waits for room, and that one cannot be applied without this one. So the one without room is undone.
 */
const isRoomBehind = async (
  context: TenantContext,
  behind: readonly { sha: string }[],
): Promise<boolean> => {
  for (const { sha } of behind) {
    const other = mergedAt(context, sha)
    if (other?.state === 'merged' && (await lostAtPromotion(context, other, [])) === null)
      return true
  }
  return false
}

/** Name of an exception that let the plan through, has ended or was withdrawn since, and has no other in its place. */
const endedException = ({ db, now }: TenantContext, change: ChangeRow): string | null => {
  const { plan } = readPlanRow(db, change)
  const relied = plan.findings.filter(({ exception }) => exception !== undefined)
  if (relied.length === 0) return null
  const rows = db.select().from(tables.resources).all()
  const day = now().toISOString().slice(0, 10)
  const about = { name: plan.name, template: plan.template.name }
  const live = exceptionsFor(about, rows, day).filter(({ expired }) => !expired)
  const lost = relied.find(({ rule }) => !live.some((one) => one.rule === rule))
  return lost?.exception?.name ?? null
}

/** What ended the authority of a merge before it was applied; only a revert helps then. */
const lapseOf = (context: TenantContext, change: ChangeRow): string | null => {
  if (!isApproved(context.db, change)) return 'its approval no longer stands'
  const ended = endedException(context, change)
  if (ended !== null) return `its exception ${ended} no longer stands`
  try {
    renderChange(context, change)
    return null
  } catch (error) {
    if (error instanceof StaleTemplate) return 'its template has changed since'
    throw error
  }
}

/**
 * Nothing is waited for between this and the call that moves `live`: whoever lost his say while the forge was read has no say.
 * Throws StaleChange: the work is done again from the start, and that finds what became of the change.
 */
const requireLawful = (context: TenantContext, lawful: ChangeRow[]): void => {
  for (const { id, version } of lawful) {
    const now = readChangeRow(context.db, id)
    if (now?.version !== version || lapseOf(context, now) !== null) throw new StaleChange()
  }
}

/** The merge will not be applied any more: it stays on main until its revert. */
export const turnStray = (context: TenantContext, change: ChangeRow, lapse: string): void =>
  giveUp(context, change, `merged and not applied: ${lapse}; revert it`)

const giveUp = (context: TenantContext, change: ChangeRow, reason: string): void => {
  const at = context.now().toISOString()
  const work: OutboxKind[] = ['release', 'undo-stray']
  transaction(context.db, (tx) => {
    step(tx, change, 'merged_unauthorised', { actor: 'phoenix', at, reason, work })
    judgeOthersAgain(tx, change.id, at)
    return null
  })
  context.changed()
}

export const TAKEN_OUT = 'merged and not applied: what it wrote was taken out of main again'

/** Merges that have to wait, and that `live` would go past. */
const mergedBetween = (
  context: TenantContext,
  between: readonly string[],
  lawful: readonly ChangeRow[],
): ChangeRow[] =>
  between
    .flatMap((sha) => mergedAt(context, sha) ?? [])
    .filter(({ id, state }) => state === 'merged' && !lawful.some((one) => one.id === id))

/** What they wrote is on main all the same, because it is what stood there before. */
const isAnyHeldBy = async (
  context: TenantContext,
  passed: readonly ChangeRow[],
  head: string,
): Promise<boolean> => {
  for (const change of passed) if (await isHeldBy(context, change, head)) return true
  return false
}

/** Without what it wrote there is nothing of it that could ever be applied. */
const giveUpTakenOut = (context: TenantContext, id: string): void => {
  const change = readChangeRow(context.db, id)
  if (change?.state === 'merged') giveUp(context, change, TAKEN_OUT)
}

const moveLive = async (context: TenantContext, sha: string): Promise<void> => {
  intend(context, sha)
  const moved = await context.repository().promote(context.tenant().repository, sha)
  throwIfOutage(moved)
  // A forge that will not move live now may do so later: the work stays.
  if (!moved.ok) throw new Outage('forge', 'did not move live', 30)
}

/** Not on the way from live to main: an earlier run moved live and its answer was lost, or the merge is gone from main. */
const settleBehind = async (
  context: TenantContext,
  asked: ChangeRow,
  { live, line }: Pending,
): Promise<number | undefined> => {
  const { mergeSha } = asked
  const behind = mergeSha === null ? null : await differenceOf(context, mergeSha, live)
  if (mergeSha !== null && behind?.forward) {
    settleOn(context, [mergeSha], [asked], live)
    await noteBehind(context, live, line)
    return undefined
  }
  noteWaiting(context, asked, 'its merge is not on main any more')
  return WAIT_MILLISECONDS
}

/** Changes that ended without a merge are asked as well: somebody may have merged one of them all the same. */
const ENDED_ASKED = 20

/** Returns of how many it has asked. */
export const observeOpen = async (context: TenantContext): Promise<number> => {
  const { changes } = tables
  const unmerged = and(isNotNull(changes.pullNumber), isNull(changes.mergeSha))
  const rows = context.db
    .select()
    .from(changes)
    .where(unmerged)
    .orderBy(desc(changes.updatedAt))
    .all()
    .filter(isObserved)
  const open = rows.filter(({ state }) => isOpen(state))
  const ended = rows.filter(({ state }) => !isOpen(state)).slice(0, ENDED_ASKED)
  for (const { id } of [...open, ...ended]) await observe(context, id, false)
  return open.length + ended.length
}

const noteWaiting = (context: TenantContext, change: ChangeRow, why: string): void => {
  const reason = `promotion waits: ${why}`
  if (change.reason === reason) return
  transaction(context.db, (tx) =>
    step(tx, change, 'merged', { actor: 'phoenix', at: context.now().toISOString(), reason }),
  )
  context.changed()
}

/** The changes among the commits are promoted and become what exists; their place is that of the head `live` was moved to. */
const settleOn = (
  context: TenantContext,
  shas: string[],
  lawful: ChangeRow[],
  head = shas.at(-1) ?? '',
): void => {
  const at = context.now().toISOString()
  const passed = shas.flatMap((sha) => mergedAt(context, sha) ?? [])
  transaction(context.db, (tx) => {
    const place = placeOf(tx, head, at)
    for (const change of passed) {
      const { mergeSha: sha } = change
      if (!lawful.some(({ id }) => id === change.id)) noteUndone(tx, change, head, at)
      else if (change.state === 'merged' && sha) promoteChange(tx, change, sha, place, at)
    }
    return null
  })
  context.changed()
}

/** What `live` has is what exists. */
export const promoteChange = (
  tx: Tx,
  change: ChangeRow,
  sha: string,
  place: number,
  at: string,
): void => {
  const { plan } = readPlanRow(tx, change)
  const row = step(tx, change, 'promoted', {
    actor: 'phoenix',
    at,
    reason: null,
    patch: { liveSha: sha, livePlace: place },
  })
  enqueue(tx, 'settle', row.id, Date.parse(at))
  if (keepsRecords(plan)) enqueue(tx, 'keep', row.id, Date.parse(at))
  openTargets(tx, row.id, plan)
  writeResource(tx, row, sha)
  noteRepaired(tx, row, at)
  judgeOthersAgain(tx, row.id, at)
}
