// A vault of one process: SecretStore and KeyStore without Azure, HTTP or a disk, for simulations. It sits the same examination as
// Key Vault's adapters (functions/vault/examination.test.ts). Values are forgotten as soon as they come.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { p256 } from '@noble/curves/nist.js'

import {
  type KeyPolicy,
  keyVerbs,
  type PublicJwk,
  type SecretVersion,
  secretVerbs,
  type VaultTarget,
  type vaultVerbs,
  type WholeKey,
} from '../../schemas/vault.ts'
import type { AzureError } from '../azure/errors.ts'
import type { Asker, Work } from '../azure/verbs.ts'
import { refusal } from '../vault/errors.ts'
import { storeOf } from '../vault/store-of.ts'

interface Kept<T> {
  versions: { version: T; operation: string; key?: KeyObject }[]
  deletedAt: string | null
  policy: KeyPolicy
}

const RETENTION_MS = 90 * 86_400_000
const NO_POLICY: KeyPolicy = { rotateDays: null, expireDays: null }
const conflict = (target: VaultTarget): AzureError => refusal('conflict', target)

interface Ordered {
  name: string
  order: number | null
}
interface Times {
  version: string
  enabled: boolean
  createdAt: string
  updatedAt: string
  expiresAt: string | null
  notBefore: string | null
  order: number | null
}
type Wish = Pick<Times, 'expiresAt' | 'notBefore' | 'order'>
const kinds = {
  'EC-P256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'EC-P384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'RSA-2048': () => generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  'RSA-3072': () => generateKeyPairSync('rsa', { modulusLength: 3_072 }),
  'RSA-4096': () => generateKeyPairSync('rsa', { modulusLength: 4_096 }),
} as const

/** What secrets and keys have in common. */
const createShelf = <T extends Times>(now: () => Date) => {
  const kept = new Map<string, Kept<T>>()
  /** Of each name, purged ones too: the order of the last request. */
  const last = new Map<string, number>()
  const at = (owner: string, name: string): string => `${owner} ${name}`
  const note = (owner: string, name: string, order: number | null): void => {
    if (order === null) return
    if ((last.get(at(owner, name)) ?? 0) > order) throw conflict('superseded')
    last.set(at(owner, name), order)
  }
  const find = (owner: string, name: string): Kept<T> | undefined => kept.get(at(owner, name))
  const living = (owner: string, name: string): Kept<T> => {
    const one = find(owner, name)
    if (!one || one.deletedAt !== null) throw refusal('absent')
    return one
  }
  const namesOf = (owner: string, deleted: boolean) =>
    [...kept]
      .filter(([key, one]) => key.startsWith(`${owner} `) && (one.deletedAt !== null) === deleted)
      .map(([key, one]) => ({ name: key.slice(owner.length + 1), one }))
  const deletedView = (deletedAt: string | null) => ({
    deletedAt,
    purgeAt: new Date(Date.parse(deletedAt ?? '') + RETENTION_MS).toISOString(),
    purgeable: true,
  })
  const newest = ({ versions }: Kept<T>): T => versions.at(-1)?.version as T
  const all = (one: Kept<T>): T[] => one.versions.map(({ version }) => version).reverse()
  return {
    ...{ living, newest, all, note },
    names: (owner: string) =>
      namesOf(owner, false).map(({ name, one }) => ({ name, ...newest(one) })),
    make(
      { owner, operation }: Asker,
      name: string,
      asked: Wish,
      build: (times: Times) => { version: T; key?: KeyObject },
    ): T {
      const one = find(owner, name)
      if (one && one.deletedAt !== null) throw conflict('deleted')
      const before = one?.versions.find((each) => each.operation === operation)
      if (before) return before.version
      note(owner, name, asked.order)
      const time = now().toISOString()
      const times = { enabled: true, createdAt: time, updatedAt: time, ...asked }
      const made = build({ version: randomBytes(16).toString('hex'), ...times })
      const versions = [...(one?.versions ?? []), { operation, ...made }]
      kept.set(at(owner, name), { versions, deletedAt: null, policy: one?.policy ?? NO_POLICY })
      return made.version
    },
    update(
      owner: string,
      asked: {
        name: string
        version: string | null
        enabled: boolean | null
        expiresAt: string | null
        order: number | null
      },
    ): T[] {
      const chosen = living(owner, asked.name).versions.filter(
        ({ version }) => asked.version === null || version.version === asked.version,
      )
      if (chosen.length === 0) throw refusal('absent')
      note(owner, asked.name, asked.order)
      return chosen.reverse().map((each) => {
        each.version = {
          ...each.version,
          enabled: asked.enabled ?? each.version.enabled,
          expiresAt: asked.expiresAt ?? each.version.expiresAt,
        }
        return each.version
      })
    },
    remove(owner: string, { name, order }: Ordered) {
      const one = find(owner, name)
      if (!one) throw refusal('absent')
      if (one.deletedAt === null) note(owner, name, order)
      one.deletedAt ??= now().toISOString()
      return deletedView(one.deletedAt)
    },
    deleted: (owner: string) => ({
      names: namesOf(owner, true).map(({ name, one }) => ({ name, ...deletedView(one.deletedAt) })),
    }),
    recover(owner: string, { name, order }: Ordered): T[] {
      const one = find(owner, name)
      if (!one) throw refusal('absent')
      note(owner, name, order)
      one.deletedAt = null
      return all(one)
    },
    purge(owner: string, { name, order }: Ordered): { already: boolean } {
      const one = find(owner, name)
      if (one && one.deletedAt === null) throw conflict('not-deleted')
      if (one) note(owner, name, order)
      return { already: !kept.delete(at(owner, name)) }
    },
  }
}

const secretWorkOf = (now: () => Date): Work<typeof secretVerbs> => {
  const shelf = createShelf<SecretVersion>(now)
  const make = (
    asked: { name: string; contentType: string | null } & Wish,
    who: Asker,
  ): SecretVersion => {
    const { name, contentType, expiresAt, notBefore, order } = asked
    return shelf.make(who, name, { expiresAt, notBefore, order }, (times) => ({
      version: { ...times, contentType },
    }))
  }
  return {
    setSecret: async (asked, who) => make(asked, who),
    generateSecret: async (asked, who) => make(asked, who),
    listSecrets: async (_, { owner }) => ({
      names: shelf.names(owner).map(({ version: _version, order: _order, ...one }) => one),
    }),
    secretVersions: async ({ name }, { owner }) => ({
      versions: shelf.all(shelf.living(owner, name)),
    }),
    updateSecret: async (asked, { owner }) => ({ versions: shelf.update(owner, asked) }),
    deleteSecret: async (asked, { owner }) => shelf.remove(owner, asked),
    deletedSecrets: async (_, { owner }) => shelf.deleted(owner),
    recoverSecret: async (asked, { owner }) => ({ versions: shelf.recover(owner, asked) }),
    purgeSecret: async (asked, { owner }) => shelf.purge(owner, asked),
  }
}

const bare = ({ kind: _kind, publicJwk: _jwk, ...one }: WholeKey) => one
const DAY_MS = 86_400_000

const keyWorkOf = (now: () => Date): Work<typeof keyVerbs> => {
  const shelf = createShelf<WholeKey>(now)
  const make = (
    { name, kind, ...asked }: Pick<WholeKey, 'kind'> & Wish & { name: string },
    who: Asker,
  ): WholeKey =>
    shelf.make(who, name, asked, (times) => {
      const { privateKey, publicKey } = kinds[kind]()
      const publicJwk = publicKey.export({ format: 'jwk' }) as PublicJwk
      return { version: { ...times, kind, publicJwk }, key: privateKey }
    })
  const versionAt = (owner: string, name: string, version: string | null) => {
    const { versions } = shelf.living(owner, name)
    const found =
      version === null ? versions.at(-1) : versions.find((each) => each.version.version === version)
    if (!found?.key) throw refusal('absent')
    return found
  }
  return {
    createKey: async (asked, who) => make(asked, who),
    readKey: async ({ name, version }, { owner }) => versionAt(owner, name, version).version,
    listKeys: async (_, { owner }) => ({
      names: shelf.names(owner).map(({ name, ...one }) => {
        const { version: _version, order: _order, ...rest } = bare(one)
        return { name, ...rest }
      }),
    }),
    keyVersions: async ({ name }, { owner }) => ({
      versions: shelf.all(shelf.living(owner, name)).map(bare),
    }),
    rotateKey: async ({ name, order }, who) => {
      const one = shelf.living(who.owner, name)
      const { expireDays } = one.policy
      const end = expireDays === null ? null : new Date(now().getTime() + expireDays * DAY_MS)
      const expiresAt = end?.toISOString() ?? null
      const { kind } = shelf.newest(one)
      return make({ name, kind, expiresAt, notBefore: null, order }, who)
    },
    keyPolicy: async ({ name }, { owner }) => shelf.living(owner, name).policy,
    putKeyPolicy: async ({ name, policy, order }, { owner }) => {
      const one = shelf.living(owner, name)
      shelf.note(owner, name, order)
      one.policy = policy
      return policy
    },
    updateKey: async (asked, { owner }) => ({ versions: shelf.update(owner, asked).map(bare) }),
    deleteKey: async (asked, { owner }) => shelf.remove(owner, asked),
    deletedKeys: async (_, { owner }) => shelf.deleted(owner),
    recoverKey: async (asked, { owner }) => ({
      versions: shelf.recover(owner, asked).map(bare),
    }),
    purgeKey: async (asked, { owner }) => shelf.purge(owner, asked),
    sign: async ({ name, version, algorithm, what }, { owner }) => {
      const found = versionAt(owner, name, version)
      if (!found.version.enabled) throw conflict('disabled')
      if (algorithm !== 'ES256' || found.version.kind !== 'EC-P256') throw conflict('kind')
      const signed = signEs256(found.key as KeyObject, what)
      return { version: found.version.version, signature: signed.toString('base64url') }
    },
  }
}

/** ES256 alone: simulations need no other. */
const signEs256 = (key: KeyObject, what: { data: string } | { digest: string }): Buffer => {
  if ('data' in what)
    return sign('sha256', Buffer.from(what.data, 'base64url'), { key, dsaEncoding: 'ieee-p1363' })
  const { d } = key.export({ format: 'jwk' })
  const digest = Buffer.from(what.digest, 'base64url')
  return Buffer.from(p256.sign(digest, Buffer.from(d ?? '', 'base64url'), { prehash: false }))
}

export const createMemoryVault = (now: () => Date = () => new Date()) => {
  const [secrets, keys] = [secretWorkOf(now), keyWorkOf(now)]
  const work: Work<typeof vaultVerbs> = {
    place: async () => ({
      ...{ vault: '0'.repeat(16), url: 'https://memory.vault.azure.net', shared: true },
    }),
    ...secrets,
    ...keys,
  }
  return {
    /** Behind the handlers of the Functions. */
    work,
    of: (owner: string) => ({
      secrets: storeOf(secretVerbs, secrets, owner),
      keys: storeOf(keyVerbs, keys, owner),
    }),
  }
}
