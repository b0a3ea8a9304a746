// The verbs of keys over @azure/keyvault-keys. Private halves are made in the vault and stay there. A rotation is a creation under
// the same name: it can carry its operation's tag, which `rotate` of the vault cannot.
import type { CreateKeyOptions, KeyClient, KeyVaultKey } from '@azure/keyvault-keys'
import { KeyKind } from '../../schemas/secret.ts'
import { type keyVerbs, nameOfOwner, type Sign, type VaultPurpose } from '../../schemas/vault.ts'
import type { Work } from '../azure/verbs.ts'
import type { VaultClients } from './clients.ts'
import { digestToSign, policyOf, remotePolicyOf, wholeKey } from './key-parts.ts'
import { allOf, createTurns, madeBy, newestFirst, tagsOf } from './once.ts'
import { requireMakeable } from './order.ts'
import { costOf } from './pace.ts'
import type { VaultParts } from './parts.ts'
import { type Place, placeOf, vaultOfOwner } from './settings.ts'
import * as shelves from './shelf.ts'

export const keyShelf = (client: KeyClient): shelves.Shelf => ({
  list: (signal) => client.listPropertiesOfKeys(signal),
  versions: (name, signal) => client.listPropertiesOfKeyVersions(name, signal),
  update: async (name, version, change) =>
    (await client.updateKeyProperties(name, version, change)).properties,
  beginDelete: (name, signal) => client.beginDeleteKey(name, signal),
  async getDeleted(name, signal) {
    return (await client.getDeletedKey(name, signal)).properties
  },
  async *listDeleted(signal) {
    for await (const { properties } of client.listDeletedKeys(signal)) yield properties
  },
  beginRecover: (name, signal) => client.beginRecoverDeletedKey(name, signal),
  purge: (name, signal) => client.purgeDeletedKey(name, signal),
})

const KIND_TAG = 'phoenix-kind'

/** A key that is disabled may be rotated, and cannot be read. */
const kindAtLast = async (
  versions: shelves.Properties[],
  read: () => Promise<KeyVaultKey>,
): Promise<KeyKind> => {
  const tag = [...versions].sort(newestFirst)[0]?.tags?.[KIND_TAG]
  return KeyKind.safeParse(tag).data ?? wholeKey(await read()).kind
}

const createKind = (
  client: KeyClient,
  name: string,
  kind: KeyKind,
  options: CreateKeyOptions,
): Promise<KeyVaultKey> => {
  const [family, size = ''] = kind.split('-')
  const tags = { ...options.tags, [KIND_TAG]: kind }
  const more = { ...options, tags, keyOps: ['sign', 'verify'] }
  return family === 'EC'
    ? client.createEcKey(name, { ...more, curve: size.replace('P', 'P-') })
    : client.createRsaKey(name, { ...more, keySize: Number(size) })
}

const DAY_MS = 86_400_000
const KNOWN_AT_MOST = 1_000

/** What of a key does not change, so that a signature is one request. Whether it may sign is the vault's to say. */
const createSigners = () => {
  const known = new Map<string, { kind: KeyKind; version: string; signer: Signer }>()
  type Signer = ReturnType<KeyClient['getCryptographyClient']>
  return async (
    { keys }: VaultClients,
    { url, remote, version }: { url: string; remote: string; version: string | null },
    signal: shelves.Signal,
  ) => {
    const before = version === null ? undefined : known.get(`${url} ${remote} ${version}`)
    if (before) return before
    const found = wholeKey(
      await keys.getKey(remote, { ...(version === null ? {} : { version }), ...signal }),
    )
    const signer = keys.getCryptographyClient(remote, { keyVersion: found.version })
    const made = { kind: found.kind, version: found.version, signer }
    if (known.size >= KNOWN_AT_MOST) known.clear()
    known.set(`${url} ${remote} ${found.version}`, made)
    return made
  }
}

export const keyWork = (
  { vaults, clientsOf, now, purged }: VaultParts,
  purpose: VaultPurpose = 'key',
): Work<typeof keyVerbs> => {
  const inTurn = createTurns()
  const signerOf = createSigners()
  /** What is named, and the clients of its vault. */
  const open = async (owner: string, name: string) => {
    const { url, remote } = placeOf(vaults, owner, purpose, name)
    const clients = await clientsOf(url)
    return { url, remote, clients, client: clients.keys, shelf: keyShelf(clients.keys) }
  }
  type Opened = Awaited<ReturnType<typeof open>>
  /** One after the other for each name. */
  const changing = <T>(
    owner: string,
    name: string,
    work: (place: Place, opened: Opened, signal: shelves.Signal) => Promise<T>,
  ): Promise<T> =>
    shelves.bounded(async (signal) => {
      const opened = await open(owner, name)
      const { url, remote } = opened
      return inTurn(`${url} ${remote}`, () => work({ url, remote }, opened, signal))
    })
  const ownVault = async (owner: string) =>
    keyShelf((await clientsOf(vaultOfOwner(vaults, owner).url)).keys)
  const ownName = (owner: string) => (remote: string) => nameOfOwner(owner, purpose, remote)

  const sign = async (asked: Sign, owner: string, signal: shelves.Signal) => {
    const { url, remote, clients } = await open(owner, asked.name)
    const at = { url, remote, version: asked.version }
    const { kind, version, signer } = await signerOf(clients, at, signal)
    const digest = digestToSign(asked, kind)
    if (costOf(kind) > 1) await clients.pace.more(costOf(kind) - 1)
    const { result } = await signer.sign(asked.algorithm, digest, signal)
    return { version, signature: Buffer.from(result).toString('base64url') }
  }

  return {
    createKey: (asked, who) =>
      shelves.bounded(async (signal) => {
        const { url, remote, client } = await open(who.owner, asked.name)
        const tags = tagsOf('createKey', who, asked.order)
        return inTurn(`${url} ${remote}`, async () => {
          const all = await allOf(client.listPropertiesOfKeyVersions(remote, signal))
          const version = madeBy(all, tags)?.version
          if (version) return wholeKey(await client.getKey(remote, { version, ...signal }))
          await requireMakeable(purged, { url, remote }, all, asked.order)
          const options = { tags, ...shelves.windowOf(asked), ...signal }
          return wholeKey(await createKind(client, remote, asked.kind, options))
        })
      }),
    rotateKey: ({ name, order }, who) =>
      shelves.bounded(async (signal) => {
        const { url, remote, client } = await open(who.owner, name)
        const tags = tagsOf('rotateKey', who, order)
        return inTurn(`${url} ${remote}`, async () => {
          const all = await allOf(client.listPropertiesOfKeyVersions(remote, signal))
          const version = madeBy(all, tags)?.version
          if (version) return wholeKey(await client.getKey(remote, { version, ...signal }))
          await requireMakeable(purged, { url, remote }, all, order)
          const kind = await kindAtLast(all, async () => client.getKey(remote, signal))
          const { expireDays } = policyOf(await client.getKeyRotationPolicy(remote, signal))
          const expiresAt =
            expireDays === null
              ? null
              : new Date(now().getTime() + expireDays * DAY_MS).toISOString()
          const options = { tags, ...shelves.windowOf({ expiresAt, notBefore: null }), ...signal }
          return wholeKey(await createKind(client, remote, kind, options))
        })
      }),
    readKey: ({ name, version }, { owner }) =>
      shelves.bounded(async (signal) => {
        const { client, remote } = await open(owner, name)
        const which = version === null ? {} : { version }
        return wholeKey(await client.getKey(remote, { ...which, ...signal }))
      }),
    listKeys: (_, { owner }) =>
      shelves.bounded(async (signal) => {
        const all = await shelves.listOf(await ownVault(owner), ownName(owner), signal)
        return { names: all.map((one) => ({ name: one.own, ...shelves.viewOf(one) })) }
      }),
    keyVersions: ({ name }, { owner }) =>
      shelves.bounded(async (signal) => {
        const { shelf, remote } = await open(owner, name)
        const all = await shelves.versionsOf(shelf, remote, signal)
        return { versions: all.map(shelves.versionOf) }
      }),
    keyPolicy: ({ name }, { owner }) =>
      shelves.bounded(async (signal) => {
        const { client, remote } = await open(owner, name)
        return policyOf(await client.getKeyRotationPolicy(remote, signal))
      }),
    putKeyPolicy: ({ name, policy, order }, { owner }) =>
      changing(owner, name, async ({ remote }, { client, shelf }, signal) => {
        await shelves.fenceIfThere(shelf, remote, order, signal)
        const put = remotePolicyOf(policy)
        return policyOf(await client.updateKeyRotationPolicy(remote, put, signal))
      }),
    updateKey: (asked, { owner }) =>
      changing(owner, asked.name, async ({ remote }, { shelf }, signal) => {
        const all = await shelves.updateAll(shelf, remote, asked, signal)
        return { versions: all.map(shelves.versionOf) }
      }),
    deleteKey: (asked, { owner }) =>
      changing(owner, asked.name, (place, { shelf }, signal) =>
        shelves.deleteOne(shelf, place, { order: asked.order, purged }, signal),
      ),
    deletedKeys: (_, { owner }) =>
      shelves.bounded(async (signal) =>
        shelves.listDeleted(await ownVault(owner), ownName(owner), signal),
      ),
    recoverKey: (asked, { owner }) =>
      changing(owner, asked.name, async ({ remote }, { shelf }, signal) => {
        const all = await shelves.recoverOne(shelf, remote, asked, signal)
        return { versions: all.map(shelves.versionOf) }
      }),
    purgeKey: ({ name, order }, { owner }) =>
      changing(owner, name, (place, { shelf }, signal) =>
        shelves.purgeOne(shelf, place, { order, purged }, signal),
      ),
    sign: (asked, { owner }) => shelves.bounded((signal) => sign(asked, owner, signal)),
  }
}
