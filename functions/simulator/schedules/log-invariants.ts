// What must be true of the logs after a schedule: the tenant's leaves are its steps, every signed size has the root that the leaves
// lead to (RFC 6962 §2.1, computed anew from their text), and the platform knows the newest head and never another tree's.
import { createHash } from 'node:crypto'
import { whereLeft } from './live-by-hand.ts'
import { type ChangeShown, type Scene, sqlOf } from './scene.ts'

const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
const LEAF = new Uint8Array([0])
const NODE = new Uint8Array([1])

/** Roots of the tree over the first leaves, by its definition; complete subtrees are made once. */
export const rootsOf = (leaves: readonly Buffer[]) => {
  const known = new Map<string, Buffer>()
  const over = (from: number, to: number): Buffer => {
    if (to - from === 1) return leaves[from] ?? sha256()
    const name = `${from} ${to}`
    const made = known.get(name)
    if (made) return made
    let half = 1
    while (half * 2 < to - from) half *= 2
    const root = sha256(NODE, over(from, from + half), over(from + half, to))
    known.set(name, root)
    return root
  }
  return (size: number): string => (size === 0 ? sha256() : over(0, size)).toString('hex')
}

interface LeafRow {
  index: number
  leaf: string
  hash: string
  changeId: string | null
  version: number | null
  from: string | null
  to: string | null
  leafHash: string | null
}

/** Each leaf is the step that it was written with, and has the hash of its own text. */
const leafFaults = (rows: readonly LeafRow[], steps: number): string[] => {
  const found: string[] = []
  if (rows.length !== steps) found.push(`lost: ${steps} steps and ${rows.length} leaves`)
  for (const [at, { index, leaf, hash, leafHash, ...step }] of rows.entries()) {
    if (index !== at) found.push('lost: a leaf is missing in the log')
    if (sha256(LEAF, leaf).toString('hex') !== hash) found.push('illegal: a leaf has another hash')
    if (hash !== leafHash) found.push('illegal: a step names another leaf')
    const { subject, version, from, to } = JSON.parse(leaf)
    const same = subject === step.changeId && version === step.version
    if (!same || from !== step.from || to !== step.to)
      found.push('illegal: a leaf tells of another step')
  }
  return found
}

export const logs = (scene: Scene): string[] => {
  const sql = sqlOf(scene)
  const rows = sql
    .exec(
      `SELECT l."index", l.leaf, l.hash, t.changeId, t.version, t."from", t."to", t.leafHash
       FROM log_leaves l LEFT JOIN transitions t ON t.seq = l.seq ORDER BY l."index"`,
    )
    .toArray() as unknown as LeafRow[]
  const steps = Number(sql.exec('SELECT count(*) AS n FROM transitions').one().n)
  const found = leafFaults(rows, steps)
  const rootAt = rootsOf(rows.map(({ hash }) => Buffer.from(hash, 'hex')))
  const isOurs = (size: number, root: unknown): boolean =>
    size <= rows.length && rootAt(size) === root
  for (const { size, root } of sql.exec('SELECT size, root FROM log_checkpoints').toArray())
    if (!isOurs(Number(size), root)) found.push('illegal: a signed head is not one of the tree')
  const { world } = scene.sim
  const [told] =
    world.log
      .storageOf('log')
      ?.sql?.exec('SELECT size, root FROM heads WHERE tenantId = ?', world.tenantId)
      .toArray() ?? []
  if (told && !isOurs(Number(told.size), told.root))
    found.push('illegal: the platform has a head that is not one of the tenant’s tree')
  if (Number(told?.size ?? 0) !== rows.length)
    found.push('lost: the platform was never told the newest head')
  return found
}

/** What was never accepted is not refused for having been asked before: a lost answer must not spend its key (C1). */
export const keys = (scene: Scene): string[] => {
  const known = 'SELECT id FROM changes WHERE idempotencyKey = ?'
  return scene.commands
    .filter(
      ({ asked, answer }) => asked.what === 'ask' && answer?.problem === 'idempotency-key-reused',
    )
    .filter(({ key }) => sqlOf(scene).exec(known, key).toArray().length === 0)
    .map(({ key }) => `lost: ${key} was never accepted, and is refused as used`)
}

const PROPOSED: ReadonlySet<string> = new Set([
  ...['proposed', 'approved', 'merged', 'promoted', 'applying', 'applied'],
])

/** Whatever was promoted is on the way that Phoenix has taken `live`, and what was proposed is of the revision that it is said to be. */
export const commits = (scene: Scene, changes: readonly ChangeShown[]): string[] => {
  const line = new Set<string>()
  const { memory } = scene.sim.world
  for (
    let at: string | undefined = whereLeft(scene);
    at !== undefined;
    at = memory.commit(at).parents[0]
  )
    line.add(at)
  const found: string[] = []
  for (const { state, revision, commitSha, liveSha } of changes) {
    if (liveSha !== null && !line.has(liveSha)) found.push(`lost: ${state}, and live never had it`)
    if (commitSha === null || !PROPOSED.has(state)) continue
    const { message } = memory.commit(commitSha)
    if (!message.includes(`\nPhoenix-Revision: ${revision}\n`))
      found.push(`illegal: ${state}, and its commit is of another revision`)
  }
  return found
}
