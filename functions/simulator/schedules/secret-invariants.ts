// What must be true of the vault after a schedule: each operation has made one version, the rows say what the vault holds, whoever
// was answered has what he was told, and no value is anywhere but in the vault.
import type { Item, Version } from '../../local/vault/store.ts'
import { excuse, type Scene, sqlOf } from './scene.ts'
import { remoteOf } from './secrets.ts'
import { CANARY, tagOf } from './vault.ts'

type Found = string[]
interface Row {
  id: string
  name: string
  state: 'active' | 'disabled' | 'deleted' | 'purged'
  vaultVersion: string | null
  generator: string | null
  rotationDueAt: string | null
}
const rowsOf = (scene: Scene): Row[] =>
  sqlOf(scene)
    .exec('SELECT id, name, state, vaultVersion, generator, rotationDueAt FROM secrets')
    .toArray() as unknown as Row[]

const itemsOf = ({ sim }: Scene): Item[] => [...sim.office.vault.store.items.values()]
const versionsOf = (scene: Scene): Version[] => itemsOf(scene).flatMap(({ versions }) => versions)

/** One version for each operation. */
const once = (scene: Scene): Found => {
  const found: Found = []
  for (const { name, versions } of itemsOf(scene)) {
    // Whoever brings a value brings another one with each operation.
    const of = (one: Version) => (one.value?.startsWith(CANARY) ? one.value : tagOf(one))
    for (const made of Map.groupBy(versions, of).values()) {
      const tag = made.map(tagOf).find((one) => scene.repeated.has(one ?? '')) ?? ''
      if (made.length < 2) continue
      if (scene.repeated.has(tag) || scene.repeated.has(name))
        excuse(scene, 'a request that the vault got twice')
      else found.push('doubled: one operation made two versions of a secret')
    }
  }
  return found
}

/** Of what the row says and what the vault holds. */
const differs = (row: Row, item: Item | undefined): string | null => {
  if (row.state === 'purged') return item ? 'purged, and it is in the vault' : null
  if (!item) return `${row.state}, and it is not in the vault`
  if (row.state === 'deleted') return item.deleted ? null : 'deleted, and not so in the vault'
  if (item.deleted) return `${row.state}, and deleted in the vault`
  const newest = item.versions.at(-1)
  if (newest?.attributes.enabled !== (row.state === 'active'))
    return `${row.state}, and not so in the vault`
  const own = item.versions.find(({ version }) => version === row.vaultVersion)
  if (!own) return 'current is a version that the vault does not have'
  if (tagOf(own) !== tagOf(newest)) return 'another version is current in the vault'
  return null
}

/** A late request of an older operation makes its value current again: the vault has no precondition that would refuse it. */
const isLate = (scene: Scene, name: string, item: Item | undefined): boolean =>
  scene.repeated.has(name) ||
  (item?.versions.some((one) => scene.repeated.has(tagOf(one) ?? '')) ?? false)

const asWritten = (scene: Scene): Found => {
  const found: Found = []
  const rows = rowsOf(scene)
  for (const row of rows) {
    const remote = remoteOf(scene, row.name)
    const item = itemsOf(scene).find(({ name }) => name === remote)
    const how = differs(row, item)
    if (how === null) continue
    if (isLate(scene, remote, item)) excuse(scene, 'a request that came late to the vault')
    else found.push(`lost: a secret is ${how}`)
  }
  const known = new Set(rows.map(({ name }) => remoteOf(scene, name)))
  for (const { name, deleted } of itemsOf(scene))
    if (!known.has(name) && deleted === null && !scene.repeated.has(name))
      found.push('lost: a secret is in the vault, and no row tells of it')
  return found
}

/** What makes its next value by itself has work that will do it, on which nothing failed last. */
const rotated = (scene: Scene): Found => {
  const work = sqlOf(scene).exec(
    "SELECT changeId FROM outbox WHERE kind = 'rotate' AND attempts = 0",
  )
  const known = new Set(work.toArray().map(({ changeId }) => changeId))
  return rowsOf(scene)
    .filter(
      ({ state, generator, rotationDueAt }) =>
        state === 'active' && generator !== null && rotationDueAt !== null,
    )
    .filter(({ id }) => !known.has(id))
    .map(() => 'stuck: nobody makes the next value of a secret')
}

/** Whoever brought a value and was answered finds it, unless somebody purged it. */
const brought = (scene: Scene): Found => {
  const found: Found = []
  const purged = new Set(
    scene.commands.flatMap(({ asked }) =>
      asked.what === 'secret' && asked.operation === 'secrets.purge' ? [asked.input.id] : [],
    ),
  )
  const values = versionsOf(scene).map(({ value }) => value)
  for (const { key, asked, answer } of scene.commands) {
    if (asked.what !== 'secret' || !answer?.ok || purged.has(asked.input.id)) continue
    const { value } = (asked.input.body ?? {}) as { value?: string }
    if (value !== undefined && !values.includes(value))
      found.push(`lost: the value of ${key} was acknowledged and is not there`)
  }
  return found
}

/** Everything that is stored beside the vault, and all that was said. */
const written = (scene: Scene): string => {
  const { world } = scene.sim
  const texts = [...(scene.said ?? []), JSON.stringify(world.memory.pulls)]
  const storages = [world.tenants, world.directory, world.inventory, world.log, world.repository]
  for (const namespace of storages)
    for (const name of namespace.actors.keys()) {
      const sql = namespace.storageOf(name)?.sql
      const tables = sql?.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray()
      for (const { name: table } of tables ?? [])
        texts.push(JSON.stringify(sql?.exec(`SELECT * FROM "${table}"`).toArray()))
    }
  return texts.join('\n')
}

const kept = (scene: Scene): Found => {
  const text = written(scene)
  const values = new Set([CANARY, ...versionsOf(scene).map(({ value }) => value ?? '')])
  for (const value of values)
    for (const form of ['utf8', 'base64url', 'hex'] as const) {
      const bytes = Buffer.from(value)
      const shown =
        form === 'utf8'
          ? value
          : bytes.subarray(0, bytes.length - (bytes.length % 3)).toString(form)
      if (text.includes(shown))
        return ["illegal: a secret's value is somewhere else than in the vault"]
    }
  return []
}

export const secrets = (scene: Scene): Found =>
  scene.keeps
    ? [...once(scene), ...asWritten(scene), ...rotated(scene), ...brought(scene), ...kept(scene)]
    : []
