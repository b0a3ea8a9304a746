// What must be true of a world at rest, whatever happened to it. Each finding begins with what it is: lost, doubled, stuck,
// illegal, or the gate.
import { BY_HAND } from '../../../gitops/propose.ts'
import { type ChangeState, isOver, mayMove } from '../../../schemas/change.ts'
import { isLeftOver } from './early-pushes.ts'
import { isFrozen } from './freeze.ts'
import { forgotten } from './held.ts'
import { isMovedByHand, whereLeft } from './live-by-hand.ts'
import { commits, keys, logs } from './log-invariants.ts'
import { FOR_PEOPLE } from './main-by-hand.ts'
import { isObstructed, isUnobstructed, undone, waitsForRoom } from './main-invariants.ts'
import { publishedLog } from './published-log.ts'
import {
  alarmOf,
  type ChangeShown,
  type Command,
  changesOf,
  excuse,
  type Scene,
  sqlOf,
} from './scene.ts'
import { secrets } from './secret-invariants.ts'
import { strangers } from './strangers.ts'
import { HOST_MIB, INVENTORY } from './world.ts'

type Found = string[]
const APPLIES: readonly ChangeState[] = ['promoted', 'applying', 'applied']

interface MoveRow {
  changeId: string
  version: number
  from: string
  to: string
}

/** Every move is one of the table, every version follows the one before, and the row is where its last move led. */
const moves = (scene: Scene, changes: ChangeShown[]): Found => {
  const found: Found = []
  const rows = sqlOf(scene)
    .exec('SELECT changeId, version, "from", "to" FROM transitions ORDER BY seq')
    .toArray() as unknown as MoveRow[]
  const byChange = Map.groupBy(rows, ({ changeId }) => changeId)
  for (const { id, state, version } of changes) {
    let [at, from] = [0, 'none']
    for (const row of byChange.get(id) ?? []) {
      at += 1
      if (row.version !== at) found.push(`illegal: version ${row.version} after ${at - 1}`)
      if (row.from !== from) found.push(`illegal: from ${row.from} when it was ${from}`)
      const [was, to] = [row.from as ChangeState, row.to as ChangeState]
      const legal = row.from === 'none' ? to === 'accepted' : was === to || mayMove(was, to)
      if (!legal) found.push(`illegal: ${row.from} -> ${row.to}`)
      from = row.to
    }
    if (from !== state || at !== version) found.push(`illegal: ${state} is not what was written`)
  }
  return found
}

/**
 * What was acknowledged after the last copy and is not in Git is recovered by its receipt: asked for again under its key. That is
 * all that is promised. Where somebody else has asked for the same name first, the holder is refused with `open-change`, which
 * he reads; two open changes of one resource would be worse. Counted, and printed.
 */
const isOvertaken = ({ restores }: Scene, { refusedAgain }: Command): boolean =>
  restores > 0 && refusedAgain === 'open-change'

/** What was acknowledged is there, under its key, and says what became of it. */
const acknowledged = (scene: Scene, changes: ChangeShown[]): Found => {
  const found: Found = []
  for (const command of scene.commands) {
    const { key, asked, answer } = command
    if (!answer?.ok || answer.id === null) continue
    const change = changes.find(({ id }) => id === answer.id)
    if (!change) {
      if (isOvertaken(scene, command)) excuse(scene, 'a receipt from before a restore came second')
      else found.push(`lost: ${key} was acknowledged and is not there`)
      continue
    }
    if (asked.what === 'ask' && change.idempotencyKey !== key)
      found.push(`lost: ${key} leads to another change`)
    if (asked.what === 'merge' && change.mergeSha === null)
      found.push(`lost: the merge ${key} was acknowledged`)
    if (asked.what === 'cancel' && !isOver(change.state))
      found.push(`lost: ${key} was acknowledged, and the change is ${change.state}`)
  }
  const keys = changes.map(({ idempotencyKey }) => idempotencyKey)
  if (new Set(keys).size !== keys.length) found.push('doubled: two changes under one key')
  return found
}

const ONCE = new Set([
  ...['reserve', 'propose', 'gate', 'gate-again', 'observe', 'unclaim', 'settle', 'release'],
  ...['close-pull', 'delete-branch', 'prune'],
])

/** No open change rests without work that is due or a person whose turn it is. */
const atRest = (scene: Scene, changes: ChangeShown[]): Found => {
  const found: Found = []
  const sql = sqlOf(scene)
  const work = sql
    .exec("SELECT kind, changeId, attempts FROM outbox WHERE kind <> 'poison'")
    .toArray()
  const has = (id: string, kind: string) =>
    work.some((row) => row.changeId === id && row.kind === kind)
  for (const change of changes) {
    const { id, state } = change
    if (state === 'accepted') found.push('stuck: it is accepted and nothing comes of it')
    const waits = state === 'proposed' || state === 'approved'
    if (waits && change.commitSha === null) found.push('stuck: a revision is never written')
    if (waits && change.pullNumber === null) found.push('stuck: it has no pull request')
    if (waits && !has(id, 'watch')) found.push(`stuck: nobody looks at it (${state})`)
    if (waits && change.gate === 'absent') found.push('stuck: its gate was never posted')
    if (state === 'promoted' || state === 'applying') {
      if (isMovedByHand(scene)) excuse(scene, 'promoted, and engines follow a live moved by hand')
      else found.push(`stuck: ${state}, and the engines have told that it is well`)
    }
    if (state === 'merged') {
      if (!has(id, 'promote')) found.push('stuck: merged, and nobody promotes it')
      if (isMovedByHand(scene)) found.push(...waitsForLive(scene, change))
      else if (change.reason?.includes(FROZEN) && isFrozen(scene))
        excuse(scene, 'merged while every promotion is frozen')
      else if (waitsForRoom(scene, change))
        excuse(scene, 'merged without room, for its requester to revert')
      else if (!isObstructed(scene, changes) || isUnobstructed(scene, changes))
        found.push('stuck: merged by right and not promoted')
    }
    if (state === 'failed' && change.liveSha === null && scene.excuses === 0) {
      if (isOverStray(change, changes))
        excuse(scene, 'accepted before the merge it would overwrite')
      else found.push(`lost: it failed, and nobody did anything: ${change.reason}`)
    }
    if (isOver(state) && !change.reason && state !== 'applied' && state !== 'failed')
      found.push(`lost: it is ${state} and does not say why`)
  }
  const alarm = alarmOf(scene)
  const { due } = sql.exec(`SELECT min(dueAt) AS due FROM outbox WHERE kind <> 'poison'`).one()
  const latest = Math.max(Number(due), scene.sim.surroundings.now())
  if (due !== null && (alarm === null || alarm > latest))
    found.push('stuck: there is work, and no alarm for it')
  // What looks again from time to time is there for good; what fails all the time, or should have been done once, is not.
  for (const { kind, attempts } of work)
    if (Number(attempts) > 0 || ONCE.has(String(kind))) found.push(`stuck: ${kind} is never done`)
  return found
}

const FROZEN = 'promotion waits: frozen by operators since '
const PUT_BACK = 'somebody else moved live: put it back to where Phoenix left it'

/** It is the turn of whoever moved `live`, and the change says so. Counted, and printed. */
const waitsForLive = (scene: Scene, { reason }: ChangeShown): Found => {
  if (!reason?.includes(PUT_BACK)) return [`stuck: live was moved by hand, and it says: ${reason}`]
  excuse(scene, 'merged behind a live moved by hand, for a person to put back')
  return []
}

/**
 * Asked for while nobody knew yet that a pull request of the same name, withdrawn by its requester, had just been merged on the
 * forge: what that put on main is not written over unseen. Counted, and printed.
 */
const isOverStray = ({ name, reason }: ChangeShown, changes: ChangeShown[]): boolean =>
  reason?.startsWith(BY_HAND) === true &&
  changes.some((other) => other.name === name && other.state === 'merged_unauthorised')

/** Applied says that an engine was well at the change’s place in `live`, or later. */
export const tooEarly = (scene: Scene): Found =>
  changesOf(scene)
    .filter(({ id, state }) => state === 'applied' && !scene.appliedAtFirst.includes(id))
    .filter(({ name, liveSha }) => {
      const place = scene.lives.indexOf(liveSha ?? '')
      const own = scene.healthy.filter(({ component }) => component === `60-${name}`)
      return !own.some((heard) => heard.place >= place)
    })
    .map(() => 'illegal: applied, and no engine has said so')

/** One pull request for a change, merged once. */
const pulls = (scene: Scene, changes: ChangeShown[]): Found => {
  const { world } = scene.sim
  const found: Found = []
  for (const change of changes) {
    const { id, branch, pullNumber, mergeSha, state } = change
    const own = world.memory.pulls.filter(({ headBranch }) => headBranch === branch)
    const merged = own.filter((pull) => pull.merged)
    if (merged.length > 1) found.push(`doubled: ${id} was merged ${merged.length} times`)
    const open = own.filter((pull) => pull.state === 'open')
    if (open.length > 1) found.push('doubled: two pull requests are open')
    if (open.some(({ number }) => number !== pullNumber))
      found.push(`doubled: a pull request is open that is not the claimed one (${state})`)
    const claimed = own.find(({ number }) => number === pullNumber)
    if ((state === 'proposed' || state === 'approved') && claimed?.state === 'closed')
      found.push(`lost: it is ${state} and its pull request is closed`)
    const misleads = claimed?.state === 'open' && claimed.body.startsWith('Nothing to see')
    if (misleads && !isOver(state)) found.push('gate: the body is not the plan')
    if (state === 'approved' && claimed && claimed.headSha !== change.commitSha)
      found.push('gate: approved, and the head is another')
    if (isOver(state) && mergeSha === null && open.length > 0)
      found.push(`stuck: it is ${state} and its pull request is open`)
    if (merged.some(({ mergeSha: sha }) => sha !== mergeSha))
      found.push(`lost: ${id} was merged and nobody knows (${state})`)
    const ended = isOver(state) || mergeSha !== null
    if (ended && isLeftOver(scene, branch))
      found.push(`stuck: the branch of a change that is ${state} is still there`)
  }
  return found
}

/** Green only for what is claimed, approved and not yet merged, or was. */
const gates = (scene: Scene, changes: ChangeShown[]): Found => {
  const found: Found = []
  const { memory } = scene.sim.world
  const approvals = sqlOf(scene)
    .exec('SELECT changeId, revision, subject, headSha FROM approvals WHERE voidedAt IS NULL')
    .toArray()
  for (const [sha, green] of memory.gates) {
    if (!green || !memory.pulls.some(({ headSha, state }) => headSha === sha && state === 'open'))
      continue
    const change = changes.find(({ commitSha }) => commitSha === sha)
    if (change?.state !== 'approved') found.push(`gate: green and ${change?.state ?? 'nobody’s'}`)
  }
  for (const { id, requester, state, gate, commitSha, revision } of changes) {
    if (state !== 'approved' && state !== 'merged' && !APPLIES.includes(state)) continue
    const by = approvals.filter((one) => one.changeId === id && one.revision === revision)
    const counts = by.some((one) => one.subject !== requester && one.headSha === commitSha)
    if (!counts) found.push(`gate: ${state} without an approval by another`)
    if (state === 'approved' && (gate === 'green') !== (memory.gates.get(commitSha ?? '') === true))
      found.push('gate: what is shown is not what was posted')
  }
  return found
}

/** What `live` holds where Phoenix left it, and the first commit did not, is what promoted changes wrote. */
const live = (scene: Scene, changes: ChangeShown[]): Found => {
  const found: Found = []
  const { memory } = scene.sim.world
  const written = new Map<string, Set<string | null>>()
  const plans = sqlOf(scene)
    .exec('SELECT changeId, revision, written FROM plans WHERE written IS NOT NULL')
    .toArray()
  const left = whereLeft(scene)
  for (const { id, revision, liveSha, mergeSha } of changes) {
    const row = plans.find((one) => one.changeId === id && one.revision === revision)
    // Moved there, and moved away by hand before Phoenix had heard that it was.
    const wasThere = mergeSha === left && isMovedByHand(scene)
    if (!row || (liveSha === null && !wasThere)) continue
    for (const { path, blob } of JSON.parse(String(row.written)))
      written.set(path, (written.get(path) ?? new Set()).add(blob))
  }
  for (const [path, blob] of memory.contentsAt(left)) {
    if (FOR_PEOPLE.test(path)) continue
    if (!written.get(path)?.has(blob)) found.push(`illegal: live holds ${path}`)
  }
  const line = new Set<string>()
  for (let at = memory.branches.get('main'); at !== undefined; at = memory.commit(at).parents[0])
    line.add(at)
  if (!line.has(left)) found.push('illegal: live is not on main')
  for (const { state, mergeSha, liveSha } of changes)
    if (APPLIES.includes(state) && (liveSha === null || mergeSha === null))
      found.push(`lost: ${state} without its place in live`)
  return found
}

const HELD: Partial<Record<ChangeState, string>> = {
  ...{ proposed: 'held', approved: 'held', merged: 'claimed', applied: 'settled' },
}

/** Rooms are counted once, belong to who may have them, and were given back by who may not. */
const rooms = (scene: Scene, changes: ChangeShown[]): Found => {
  const found: Found = []
  const sql = scene.sim.world.inventory.storageOf(INVENTORY)?.sql
  if (!sql) return ['lost: the inventory is gone']
  const rows = sql.exec('SELECT change_id, state FROM reservations').toArray()
  const machines = sql
    .exec('SELECT change_id, name, site, host, memory_mib, vm_id, address FROM machines')
    .toArray()
  if (forgotten(scene).length > 0) found.push('stuck: a change that nobody knows still holds')
  for (const change of changes) {
    const { id, state, mergeSha, liveSha } = change
    const row = rows.find(({ change_id }) => change_id === id)
    const removes = JSON.parse(change.request).action === 'delete'
    const wanted = HELD[state]
    const gone = isOver(state) && state !== 'applied' && liveSha === null
    if (gone && row && row.state !== 'released')
      found.push(`stuck: ${state}, and its room is ${row.state}`)
    if (wanted && !removes && !row) found.push(`lost: ${state}, and nothing is held for it`)
    const firm = row?.state === 'claimed' || row?.state === 'settled'
    if (wanted === 'held' && firm && mergeSha === null)
      found.push(`stuck: ${state}, and its room is ${row.state}`)
    if (wanted === 'settled' && !removes && row?.state !== 'settled')
      found.push(`lost: applied, and its room is ${row?.state}`)
  }
  const firm = machines.filter(({ change_id }) =>
    rows.some((row) => row.change_id === change_id && row.state !== 'held'),
  )
  const used = new Map<string, Map<string, number>>()
  for (const { site, host, name, memory_mib } of firm) {
    const at = used.get(`${site}/${host}`) ?? new Map<string, number>()
    const before = at.get(String(name)) ?? 0
    used.set(`${site}/${host}`, at.set(String(name), Math.max(before, Number(memory_mib))))
  }
  for (const [host, byName] of used)
    if ([...byName.values()].reduce((sum, memory) => sum + memory, 0) > HOST_MIB)
      found.push(`doubled: the room on ${host} is given twice`)
  for (const field of ['vm_id', 'address'] as const) {
    const owners = new Map<unknown, unknown>()
    for (const machine of machines) {
      const owner = owners.get(machine[field]) ?? machine.name
      if (owner !== machine.name) found.push(`doubled: ${field} of two machines`)
      owners.set(machine[field], machine.name)
    }
  }
  return found
}

/** Whether everything is frozen is asked right before each move of `live`. */
const asked = ({ sim: { unasked } }: Scene): Found =>
  unasked.moves > 0 ? ['illegal: live is moved, and nobody has said that it is not frozen'] : []

/** Everything that is wrong, each thing once. */
export const judge = (scene: Scene): Found => {
  const changes = changesOf(scene)
  return [
    ...new Set([
      ...scene.faults,
      ...asked(scene),
      ...moves(scene, changes),
      ...acknowledged(scene, changes),
      ...atRest(scene, changes),
      ...pulls(scene, changes),
      ...gates(scene, changes),
      ...live(scene, changes),
      ...undone(scene, changes),
      ...rooms(scene, changes),
      ...logs(scene),
      ...keys(scene),
      ...strangers(scene),
      ...secrets(scene),
      ...publishedLog(scene),
      ...commits(scene, changes),
    ]),
  ]
}
