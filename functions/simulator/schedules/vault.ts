// The vault of a schedule: what the laptop's simulated vault keeps and refuses (functions/local/vault), in the shape of the SDK's
// client, so that the Functions' own verbs run over it. No HTTP: every call goes through whoever stands in between.
import type { SecretClient } from '@azure/keyvault-secrets'
import * as items from '../../local/vault/items.ts'
import { VaultRefusal } from '../../local/vault/refusal.ts'
import { type Item, openStore, type Version } from '../../local/vault/store.ts'
import type { Properties } from '../../vault/shelf.ts'

export const VAULT_URL = 'https://phoenix.vault.azure.net'
const SECRETS = 'secrets'
/** In every value that somebody brings. */
export const CANARY = 'canary'

/** As the SDK throws it. */
export const refusedBy = (
  statusCode: number,
  { code = '', headers = {} }: { code?: string; headers?: Record<string, string> } = {},
): object => ({
  statusCode,
  details: { error: { code, innerError: { code } } },
  response: { headers: { get: (name: string) => headers[name] } },
})

/** A call to the vault: it may be lost, late, done twice, or answered by something else. */
export type Cross = (verb: string, input: unknown[], run: () => unknown) => Promise<unknown>

/** What says which operation a version is of. */
export const tagOf = (of: unknown): string | undefined =>
  (of as Pick<Version, 'tags'>).tags?.['phoenix-operation']

const timeOf = (seconds: number | undefined): Date | undefined =>
  seconds === undefined ? undefined : new Date(seconds * 1_000)
const propertiesOf = (name: string, one: Version): Properties => {
  const { enabled, created, updated, exp, nbf } = one.attributes
  const [expiresOn, notBefore] = [timeOf(exp), timeOf(nbf)]
  return {
    ...{ name, version: one.version, enabled, recoveryLevel: 'Recoverable+Purgeable' },
    ...{ createdOn: new Date(created * 1_000), updatedOn: new Date(updated * 1_000) },
    ...(expiresOn ? { expiresOn } : {}),
    ...(notBefore ? { notBefore } : {}),
    ...(one.contentType === undefined ? {} : { contentType: one.contentType }),
    ...(one.tags ? { tags: one.tags } : {}),
  }
}
const attributesOf = ({ enabled, expiresOn, notBefore }: Partial<Properties>) => ({
  ...(enabled === undefined ? {} : { enabled }),
  ...(expiresOn ? { exp: expiresOn.getTime() / 1_000 } : {}),
  ...(notBefore ? { nbf: notBefore.getTime() / 1_000 } : {}),
})

const READS = new Set(['versions', 'deleted'])

/** `now`: milliseconds since 1970. The vault's own clock never goes back, and no two versions are of one second. */
export const createVault = (now: () => number) => {
  const store = openStore(null)
  /** By name: what it was before the last write. */
  const past = new Map<string, Item | null>()
  let made = 0
  let seconds = 0
  const context = (): items.VaultContext => {
    seconds = Math.max(seconds + 1, Math.floor(now() / 1_000))
    return { store, vault: VAULT_URL, seconds, purgeProtected: false }
  }
  const itemOf = (name: string): Item | null => items.itemAt(context(), SECRETS, name)
  /** None where there is no such name, or it is deleted. */
  const versionsOf = (name: string, item = itemOf(name)): Properties[] =>
    item && !item.deleted ? item.versions.map((one) => propertiesOf(name, one)) : []
  const deletedOf = (name: string) => {
    const item = items.deletedAt(context(), SECRETS, name)
    const { at, purgeAt } = item.deleted ?? { at: 0, purgeAt: 0 }
    const properties = propertiesOf(name, items.versionAt(item, ''))
    return { ...properties, deletedOn: timeOf(at), scheduledPurgeDate: timeOf(purgeAt) }
  }
  const rows = {
    versions: (name: string) => versionsOf(name),
    set: (name: string, value: string, options: Partial<Properties>) => {
      made += 1
      const at = context()
      const { tags, contentType } = options
      const one: Version = {
        ...{ version: made.toString(16).padStart(32, '0'), value },
        attributes: items.attributesOf(attributesOf(options), null, at.seconds),
        ...(tags ? { tags } : {}),
        ...(contentType === undefined ? {} : { contentType }),
      }
      items.addVersion(at, SECRETS, name, one)
      return propertiesOf(name, one)
    },
    update: (name: string, version: string, change: Partial<Properties>) => {
      const [attributes, { tags }] = [attributesOf(change), change]
      items.update(context(), { kind: SECRETS, name, version }, { attributes, tags })
      return versionsOf(name).find((one) => one.version === version)
    },
    delete: (name: string) => void items.softDelete(context(), SECRETS, name),
    deleted: deletedOf,
    recover: (name: string) => void items.recover(context(), SECRETS, name),
    purge: (name: string) => items.purge(context(), SECRETS, name),
  }
  type Verb = keyof typeof rows

  /** Each call of it goes through `cross`. */
  const clientOver = (cross: Cross): SecretClient => {
    const ask = <Answer>(verb: Verb, ...input: unknown[]): Promise<Answer> =>
      cross(verb, input, () => {
        const name = String(input[0])
        if (!READS.has(verb)) past.set(name, itemOf(name))
        try {
          return (rows[verb] as (...input: unknown[]) => unknown)(...input)
        } catch (error) {
          if (!(error instanceof VaultRefusal)) throw error
          throw refusedBy(error.status, { code: error.inner ?? error.code })
        }
      }) as Promise<Answer>
    const begun = async (verb: Verb, name: string) => {
      await ask(verb, name)
      return { poll: async () => undefined, isDone: () => true }
    }
    const client = {
      async *listPropertiesOfSecretVersions(name: string) {
        yield* await ask<Properties[]>('versions', name)
      },
      setSecret: async (name: string, value: string, options: Partial<Properties>) => ({
        properties: await ask<Properties>('set', name, value, options),
      }),
      updateSecretProperties: (name: string, version: string, change: Partial<Properties>) =>
        ask('update', name, version, change),
      beginDeleteSecret: (name: string) => begun('delete', name),
      getDeletedSecret: async (name: string) => ({ properties: await ask('deleted', name) }),
      beginRecoverDeletedSecret: (name: string) => begun('recover', name),
      purgeDeletedSecret: (name: string) => ask('purge', name),
    }
    return client as unknown as SecretClient
  }

  return {
    store,
    clientOver,
    /** Its versions before the last write. */
    earlier: (name: string): Properties[] => versionsOf(name, past.get(name) ?? null),
    /** What is here now is come back to, any number of times. */
    keep: (): (() => void) => {
      const [kept, madeThen, then] = [new Map(store.items), made, seconds]
      return () => {
        store.items.clear()
        past.clear()
        for (const [key, item] of kept) store.items.set(key, item)
        ;[made, seconds] = [madeThen, then]
      }
    },
  }
}
export type Vault = ReturnType<typeof createVault>
