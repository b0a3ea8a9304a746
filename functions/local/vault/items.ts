// Names, versions and the deleted of the simulated vault, secrets and keys alike: who is there, who is gone for now, and what each
// looks like from outside.
import { randomBytes } from 'node:crypto'
import { publicMembers } from './key-material.ts'
import { badParameter, conflict, forbidden, notFound, VaultRefusal } from './refusal.ts'
import { type Attributes, type Item, keyOf, type Store, type Version } from './store.ts'

export interface VaultContext {
  store: Store
  /** `https://<name>.vault.azure.net`, as it was called. */
  vault: string
  /** Seconds since 1970. */
  seconds: number
  purgeProtected: boolean
}
export type Kind = Item['kind']
export type Json = Record<string, unknown>

const RECOVERABLE_DAYS = 90
const DAY_SECONDS = 86_400
const word = (kind: Kind): 'Secret' | 'Key' => (kind === 'secrets' ? 'Secret' : 'Key')
const NAME = /^[0-9A-Za-z-]{1,127}$/

export const itemAt = ({ store, vault }: VaultContext, kind: Kind, name: string): Item | null => {
  if (!NAME.test(name)) throw badParameter('The name is invalid.')
  return store.items.get(keyOf({ vault, kind, name })) ?? null
}
export const livingAt = (context: VaultContext, kind: Kind, name: string): Item => {
  const item = itemAt(context, kind, name)
  if (!item || item.deleted) throw notFound(word(kind))
  return item
}
export const deletedAt = (context: VaultContext, kind: Kind, name: string): Item => {
  const item = itemAt(context, kind, name)
  if (!item?.deleted) throw notFound(word(kind))
  // What its retention has run out for is gone.
  if (item.deleted.purgeAt > context.seconds) return item
  context.store.remove(item)
  throw notFound(word(kind))
}

const second = (value: unknown, name: string): number => {
  if (Number.isInteger(value) && (value as number) >= 0) return value as number
  throw badParameter(`The property ${name} has an invalid value.`)
}
export const attributesOf = (
  asked: unknown,
  before: Attributes | null,
  now: number,
): Attributes => {
  const { enabled, nbf, exp } = (asked ?? {}) as Json
  return {
    enabled: typeof enabled === 'boolean' ? enabled : (before?.enabled ?? true),
    ...(before?.nbf === undefined ? {} : { nbf: before.nbf }),
    ...(before?.exp === undefined ? {} : { exp: before.exp }),
    ...(nbf == null ? {} : { nbf: second(nbf, 'nbf') }),
    ...(exp == null ? {} : { exp: second(exp, 'exp') }),
    ...{ created: before?.created ?? now, updated: now },
  }
}
export const tagsOf = (asked: unknown): { tags?: Record<string, string> } => {
  if (asked == null) return {}
  const entries = Object.entries(asked as Json)
  const fine = entries.every(
    ([name, value]) => name.length <= 256 && typeof value === 'string' && value.length <= 256,
  )
  if (entries.length > 15 || !fine) throw badParameter('The tags are invalid.')
  return { tags: Object.fromEntries(entries) as Record<string, string> }
}

/** Adds a version, under a name that is new or living. */
export const addVersion = (
  context: VaultContext,
  kind: Kind,
  name: string,
  made: Omit<Version, 'version'>,
): { item: Item; version: Version } => {
  const before = itemAt(context, kind, name)
  if (before?.deleted)
    throw conflict(
      'ObjectIsDeletedButRecoverable',
      `${word(kind)} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the ${word(kind).toLowerCase()} can only be recovered or purged.`,
    )
  const version = { version: randomBytes(16).toString('hex'), ...made }
  const { vault } = context
  const item: Item = before
    ? { ...before, versions: [...before.versions, version] }
    : { vault, kind, name, versions: [version], deleted: null }
  context.store.save(item)
  return { item, version }
}

/** Empty: the newest. */
export const versionAt = (item: Item, version: string): Version => {
  const found =
    version === '' ? item.versions.at(-1) : item.versions.find((one) => one.version === version)
  if (!found) throw notFound(word(item.kind))
  return found
}
export const requireEnabled = (
  { kind }: Item,
  { attributes }: Version,
  operation: string,
): void => {
  if (!attributes.enabled)
    throw forbidden(
      `${word(kind)}Disabled`,
      `Operation ${operation} is not allowed on a disabled ${word(kind).toLowerCase()}.`,
    )
}

const shownAttributes = ({ attributes }: Version, { purgeProtected }: VaultContext) => ({
  ...attributes,
  recoveryLevel: purgeProtected ? 'Recoverable' : 'Recoverable+Purgeable',
  recoverableDays: RECOVERABLE_DAYS,
})
const idOf = ({ vault, kind, name }: Item, version: string | null): string =>
  `${vault}/${kind}/${name}${version === null ? '' : `/${version}`}`

/** In lists: `id` of a secret, `kid` of a key. `version` null: of the name. */
export const entryOf = (
  context: VaultContext,
  item: Item,
  one: Version,
  version: string | null,
): Json => {
  const id = idOf(item, version)
  return {
    ...(item.kind === 'secrets' ? { id } : { kid: id }),
    attributes: shownAttributes(one, context),
    // What nobody's own vault says.
    tags: { ...one.tags, simulated: 'true' },
    ...(one.contentType === undefined ? {} : { contentType: one.contentType }),
  }
}
/** Without the value of a secret. */
export const bundleOf = (context: VaultContext, item: Item, one: Version): Json => {
  if (item.kind === 'secrets') return entryOf(context, item, one, one.version)
  const key = {
    ...(one.jwk ? publicMembers(one.jwk) : {}),
    kid: idOf(item, one.version),
    key_ops: one.keyOps,
  }
  const { kid: _, ...rest } = entryOf(context, item, one, one.version)
  return { key, ...rest }
}
const deletedPart = ({ vault, kind, name, deleted }: Item): Json => ({
  recoveryId: `${vault}/deleted${kind}/${name}`,
  ...(deleted ? { deletedDate: deleted.at, scheduledPurgeDate: deleted.purgeAt } : {}),
})
const newestOf = (item: Item): Version => versionAt(item, '')
export const deletedBundleOf = (context: VaultContext, item: Item): Json => ({
  ...bundleOf(context, item, newestOf(item)),
  ...deletedPart(item),
})
export const deletedEntryOf = (context: VaultContext, item: Item): Json => ({
  ...entryOf(context, item, newestOf(item), null),
  ...deletedPart(item),
})
export const newestEntryOf = (context: VaultContext, item: Item): Json =>
  entryOf(context, item, newestOf(item), null)

export const softDelete = (context: VaultContext, kind: Kind, name: string): Json => {
  const item = livingAt(context, kind, name)
  const at = context.seconds
  const deleted = { ...item, deleted: { at, purgeAt: at + RECOVERABLE_DAYS * DAY_SECONDS } }
  context.store.save(deleted)
  return deletedBundleOf(context, deleted)
}
export const recover = (context: VaultContext, kind: Kind, name: string): Json => {
  const item = { ...deletedAt(context, kind, name), deleted: null }
  context.store.save(item)
  return bundleOf(context, item, newestOf(item))
}
export const purge = (context: VaultContext, kind: Kind, name: string): void => {
  const item = deletedAt(context, kind, name)
  if (context.purgeProtected)
    throw new VaultRefusal(
      403,
      'Forbidden',
      'Operation "purge" is not allowed because purge protection is enabled for this vault.',
    )
  context.store.remove(item)
}
export const update = (
  context: VaultContext,
  { kind, name, version }: { kind: Kind; name: string; version: string },
  { attributes, tags, contentType }: Json,
): Json => {
  const item = livingAt(context, kind, name)
  const before = versionAt(item, version)
  const after: Version = {
    ...before,
    ...tagsOf(tags),
    ...(typeof contentType === 'string' ? { contentType } : {}),
    attributes: attributesOf(attributes, before.attributes, context.seconds),
  }
  const versions = item.versions.map((one) => (one === before ? after : one))
  const saved = { ...item, versions }
  context.store.save(saved)
  return bundleOf(context, saved, after)
}
