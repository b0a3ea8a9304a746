// Secrets and keys alike: what both of the SDK's clients do with names, versions and deleted ones, and the verbs made of it.
// Nothing here ever holds a value or a private key.
import { setTimeout as sleep } from 'node:timers/promises'
import { LAST_VAULT_TIME, type VaultDeleted } from '../../schemas/vault.ts'
import { AzureError, unreachable } from '../azure/errors.ts'
import { errorOf, refusal, SERVICE } from './errors.ts'
import { allOf, newestFirst } from './once.ts'
import { fence, orderOf, type PurgedNames, requireLatest } from './order.ts'
import type { Place } from './settings.ts'

/** Of the SDK's SecretProperties and KeyProperties. */
export interface Properties {
  name: string
  version?: string
  enabled?: boolean
  createdOn?: Date
  updatedOn?: Date
  expiresOn?: Date
  notBefore?: Date
  contentType?: string
  tags?: Record<string, string>
  recoveryLevel?: string
}
export interface DeletedProperties extends Properties {
  deletedOn?: Date
  scheduledPurgeDate?: Date
}
export interface Ordered {
  order: number | null
}
export interface Signal {
  abortSignal: AbortSignal
}
interface Poller {
  poll(signal: Signal): Promise<void>
  isDone(): boolean
}
/** One vault's secrets, or its keys. Throws what the SDK throws. */
export interface Shelf {
  list(signal: Signal): AsyncIterable<Properties>
  versions(name: string, signal: Signal): AsyncIterable<Properties>
  update(
    name: string,
    version: string,
    change: { enabled?: boolean; expiresOn?: Date; tags?: Record<string, string> } & Signal,
  ): Promise<Properties>
  beginDelete(name: string, signal: Signal): Promise<Poller>
  getDeleted(name: string, signal: Signal): Promise<DeletedProperties>
  listDeleted(signal: Signal): AsyncIterable<DeletedProperties>
  beginRecover(name: string, signal: Signal): Promise<Poller>
  purge(name: string, signal: Signal): Promise<unknown>
}

const NAMES_AT_MOST = 50_000
const POLL_EVERY_MS = 500
/** The vault finishes what it began, whether it is waited for or not. */
const POLL_FOR_MS = 12_000

/** What is later ends at the last time that the SDK can send. */
const sendable = (time: string): Date =>
  new Date(Math.min(Date.parse(time), Date.parse(LAST_VAULT_TIME)))

/** For the SDK's options: nothing where nothing is said. */
export const windowOf = ({
  expiresAt,
  notBefore,
}: {
  expiresAt: string | null
  notBefore: string | null
}): { expiresOn?: Date; notBefore?: Date } => ({
  ...(expiresAt === null ? {} : { expiresOn: sendable(expiresAt) }),
  ...(notBefore === null ? {} : { notBefore: sendable(notBefore) }),
})

const timeOf = (date: Date | undefined): string | null => date?.toISOString() ?? null
/** Of what the vault says: everything that every version has. */
export const viewOf = ({ enabled, createdOn, updatedOn, expiresOn, notBefore }: Properties) => {
  if (createdOn === undefined || updatedOn === undefined) throw unreachable(SERVICE, 200)
  return {
    enabled: enabled ?? true,
    ...{ createdAt: createdOn.toISOString(), updatedAt: updatedOn.toISOString() },
    ...{ expiresAt: timeOf(expiresOn), notBefore: timeOf(notBefore) },
  }
}
export const versionOf = (properties: Properties) => {
  const { version } = properties
  if (!/^[0-9a-f]{32}$/.test(version ?? '')) throw unreachable(SERVICE, 200)
  return { version: version as string, ...viewOf(properties), order: orderOf(properties) }
}
const deletedOf = (one: DeletedProperties): VaultDeleted => ({
  ...{ deletedAt: timeOf(one.deletedOn), purgeAt: timeOf(one.scheduledPurgeDate) },
  purgeable: one.recoveryLevel?.includes('Purgeable') ?? false,
})

/** Null where the vault says that it is not there. */
const orNull = async <T>(asked: Promise<T>): Promise<T | null> => {
  try {
    return await asked
  } catch (thrown) {
    if (errorOf(thrown, Date.now()).fault.fault === 'absent') return null
    throw thrown
  }
}

const finish = async (poller: Poller, signal: Signal): Promise<void> => {
  const until = performance.now() + POLL_FOR_MS
  while (!poller.isDone() && performance.now() < until) {
    await sleep(POLL_EVERY_MS, undefined, { signal: signal.abortSignal })
    await poller.poll(signal)
  }
  if (!poller.isDone()) throw unreachable(SERVICE, null)
}

/** Newest first. Throws `absent` where there are none. */
export const versionsOf = async (shelf: Shelf, name: string, signal: Signal) => {
  const all = await orNull(allOf(shelf.versions(name, signal)))
  if (!all?.length) throw refusal('absent')
  return all.sort(newestFirst)
}

/** With the owner's own name for each; others' are left out. */
export const listOf = async (
  shelf: Shelf,
  ownName: (remote: string) => string | null,
  signal: Signal,
): Promise<(Properties & { own: string })[]> =>
  (await allOf(shelf.list(signal), NAMES_AT_MOST)).flatMap((one) => {
    const own = ownName(one.name)
    return own === null ? [] : [{ ...one, own }]
  })

export const updateAll = async (
  shelf: Shelf,
  name: string,
  asked: { version: string | null; enabled: boolean | null; expiresAt: string | null } & Ordered,
  signal: Signal,
): Promise<Properties[]> => {
  const { version, enabled, expiresAt, order } = asked
  const all = await versionsOf(shelf, name, signal)
  const chosen = version === null ? all : all.filter((one) => one.version === version)
  if (chosen.length === 0) throw refusal('absent')
  await fence(shelf, name, { versions: all, order }, signal)
  const seconds = expiresAt === null ? null : Math.floor(sendable(expiresAt).getTime() / 1_000)
  const changed: Properties[] = []
  for (const one of chosen) {
    const fits =
      (enabled === null || one.enabled === enabled) &&
      (seconds === null || one.expiresOn?.getTime() === seconds * 1_000)
    const change = {
      ...(enabled === null ? {} : { enabled }),
      ...(seconds === null ? {} : { expiresOn: new Date(seconds * 1_000) }),
    }
    const made = fits ? one : await shelf.update(name, one.version ?? '', { ...change, ...signal })
    changed.push({ ...one, ...made })
  }
  return changed
}

/** What is not there is nobody's to fence. */
export const fenceIfThere = async (
  shelf: Shelf,
  name: string,
  order: number | null,
  signal: Signal,
): Promise<void> => {
  const versions = (await orNull(allOf(shelf.versions(name, signal)))) ?? []
  await fence(shelf, name, { versions, order }, signal)
}

/** Deleted before is deleted. */
export const deleteOne = async (
  shelf: Shelf,
  place: Place,
  { order, purged }: Ordered & { purged: PurgedNames },
  signal: Signal,
): Promise<VaultDeleted> => {
  const { remote: name } = place
  await fenceIfThere(shelf, name, order, signal)
  try {
    await finish(await shelf.beginDelete(name, signal), signal)
  } catch (thrown) {
    const { fault, target } = errorOf(thrown, Date.now()).fault
    if (fault !== 'absent' && target !== 'deleted') throw thrown
  }
  const deleted = await orNull(shelf.getDeleted(name, signal))
  if (deleted) return deletedOf(deleted)
  // What was to make it may still be on its way.
  if (order !== null) await purged.note(place, order)
  throw refusal('absent')
}

export const listDeleted = async (
  shelf: Shelf,
  ownName: (remote: string) => string | null,
  signal: Signal,
) => ({
  names: (await allOf(shelf.listDeleted(signal), NAMES_AT_MOST)).flatMap((one) => {
    const name = ownName(one.name)
    return name === null ? [] : [{ name, ...deletedOf(one) }]
  }),
})

/** Answers with its versions. Recovered before is recovered. */
export const recoverOne = async (
  shelf: Shelf,
  name: string,
  { order }: Ordered,
  signal: Signal,
) => {
  const deleted = await orNull(shelf.getDeleted(name, signal))
  if (deleted) {
    requireLatest([deleted], order)
    await finish(await shelf.beginRecover(name, signal), signal)
  }
  const versions = await versionsOf(shelf, name, signal)
  await fence(shelf, name, { versions, order }, signal)
  return versions
}

/** Asks first whether the vault would: a refusal for its protection looks like a right that is not there. */
export const purgeOne = async (
  shelf: Shelf,
  place: Place,
  { order, purged }: Ordered & { purged: PurgedNames },
  signal: Signal,
): Promise<{ already: boolean }> => {
  const { remote: name } = place
  const deleted = await orNull(shelf.getDeleted(name, signal))
  if (!deleted) {
    const living = await orNull(versionsOf(shelf, name, signal))
    if (living) throw refusal('conflict', 'not-deleted')
    return { already: true }
  }
  requireLatest([deleted], order)
  if (!deletedOf(deleted).purgeable) throw refusal('refused', 'purge-protected')
  if (order !== null) await purged.note(place, order)
  await shelf.purge(name, signal)
  return { already: false }
}

/** In milliseconds: the edge waits for 30 seconds. */
const VERB_WITHIN_MS = 25_000
/** One verb: bounded in time, and nothing but AzureError out of it. */
export const bounded = async <T>(work: (signal: Signal) => Promise<T>): Promise<T> => {
  try {
    return await work({ abortSignal: AbortSignal.timeout(VERB_WITHIN_MS) })
  } catch (thrown) {
    throw thrown instanceof AzureError ? thrown : errorOf(thrown, Date.now())
  }
}
