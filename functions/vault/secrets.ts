// The verbs of secrets over @azure/keyvault-secrets. Its `getSecret` is called by nothing here: the identity of these Functions
// needs no right to read a value, and should have none.
import { randomInt } from 'node:crypto'
import type { SecretClient, SecretProperties } from '@azure/keyvault-secrets'
import type { SecretGenerator } from '../../schemas/secret.ts'
import {
  nameOfOwner,
  type SecretVersion,
  type SetSecret,
  type secretVerbs,
} from '../../schemas/vault.ts'
import type { Asker, Work } from '../azure/verbs.ts'
import { allOf, createTurns, madeBy, tagsOf } from './once.ts'
import { requireMakeable } from './order.ts'
import type { VaultParts } from './parts.ts'
import { type Place, placeOf, vaultOfOwner } from './settings.ts'
import * as shelves from './shelf.ts'

const secretShelf = (client: SecretClient): shelves.Shelf => ({
  list: (signal) => client.listPropertiesOfSecrets(signal),
  versions: (name, signal) => client.listPropertiesOfSecretVersions(name, signal),
  update: (name, version, change) => client.updateSecretProperties(name, version, change),
  beginDelete: (name, signal) => client.beginDeleteSecret(name, signal),
  async getDeleted(name, signal) {
    return (await client.getDeletedSecret(name, signal)).properties
  },
  async *listDeleted(signal) {
    for await (const { properties } of client.listDeletedSecrets(signal)) yield properties
  },
  beginRecover: (name, signal) => client.beginRecoverDeletedSecret(name, signal),
  purge: (name, signal) => client.purgeDeletedSecret(name, signal),
})

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ALPHABETS: Record<SecretGenerator['alphabet'], string> = {
  base64url: `${LETTERS}0123456789-_`,
  hex: '0123456789abcdef',
  alphanumeric: `${LETTERS}0123456789`,
}
/** Every character is as likely as every other. */
export const generateValue = ({ alphabet, length }: SecretGenerator): string => {
  const characters = ALPHABETS[alphabet]
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join('')
}

const secretVersion = (one: shelves.Properties): SecretVersion => ({
  ...shelves.versionOf(one),
  contentType: one.contentType ?? null,
})

export const secretWork = ({
  vaults,
  clientsOf,
  purged,
}: Omit<VaultParts, 'now'>): Work<typeof secretVerbs> => {
  const inTurn = createTurns()
  const at = (owner: string, name: string): Place => placeOf(vaults, owner, 'secret', name)
  const clientOf = async (url: string): Promise<SecretClient> => (await clientsOf(url)).secrets
  const shelfOf = async (url: string) => secretShelf(await clientOf(url))
  const ownName = (owner: string) => (remote: string) => nameOfOwner(owner, 'secret', remote)
  const ownVault = (owner: string) => shelfOf(vaultOfOwner(vaults, owner).url)

  /** One after the other for each name. */
  const changing = <T>(
    owner: string,
    name: string,
    work: (place: Place, shelf: shelves.Shelf, signal: shelves.Signal) => Promise<T>,
  ): Promise<T> =>
    shelves.bounded(async (signal) => {
      const place = at(owner, name)
      const shelf = await shelfOf(place.url)
      return inTurn(`${place.url} ${place.remote}`, () => work(place, shelf, signal))
    })

  const make = (verb: string, asked: Omit<SetSecret, 'value'>, who: Asker, value: () => string) =>
    shelves.bounded(async (signal) => {
      const { name, order } = asked
      const place = at(who.owner, name)
      const { url, remote } = place
      const tags = tagsOf(verb, who, order)
      const client = await clientOf(url)
      return inTurn(`${url} ${remote}`, async () => {
        const all = await allOf(client.listPropertiesOfSecretVersions(remote, signal))
        const made = madeBy(all, tags)
        if (made) return secretVersion(made)
        await requireMakeable(purged, place, all, order)
        const { contentType } = asked
        const options = {
          ...(contentType === null ? {} : { contentType }),
          ...{ tags, ...shelves.windowOf(asked), ...signal },
        }
        const properties: SecretProperties = (await client.setSecret(remote, value(), options))
          .properties
        return secretVersion(properties)
      })
    })

  return {
    setSecret: (asked, who) => make('setSecret', asked, who, () => asked.value),
    generateSecret: (asked, who) =>
      make('generateSecret', asked, who, () => generateValue(asked.generator)),
    listSecrets: (_, { owner }) =>
      shelves.bounded(async (signal) => {
        const all = await shelves.listOf(await ownVault(owner), ownName(owner), signal)
        const view = (one: shelves.Properties) => ({
          ...shelves.viewOf(one),
          contentType: one.contentType ?? null,
        })
        return { names: all.map((one) => ({ name: one.own, ...view(one) })) }
      }),
    secretVersions: ({ name }, { owner }) =>
      shelves.bounded(async (signal) => {
        const { url, remote } = at(owner, name)
        const all = await shelves.versionsOf(await shelfOf(url), remote, signal)
        return { versions: all.map(secretVersion) }
      }),
    updateSecret: (asked, { owner }) =>
      changing(owner, asked.name, async ({ remote }, shelf, signal) => {
        const all = await shelves.updateAll(shelf, remote, asked, signal)
        return { versions: all.map(secretVersion) }
      }),
    deleteSecret: (asked, { owner }) =>
      changing(owner, asked.name, (place, shelf, signal) =>
        shelves.deleteOne(shelf, place, { order: asked.order, purged }, signal),
      ),
    deletedSecrets: (_, { owner }) =>
      shelves.bounded(async (signal) =>
        shelves.listDeleted(await ownVault(owner), ownName(owner), signal),
      ),
    recoverSecret: (asked, { owner }) =>
      changing(owner, asked.name, async ({ remote }, shelf, signal) => {
        const all = await shelves.recoverOne(shelf, remote, asked, signal)
        return { versions: all.map(secretVersion) }
      }),
    purgeSecret: ({ name, order }, { owner }) =>
      changing(owner, name, (place, shelf, signal) =>
        shelves.purgeOne(shelf, place, { order, purged }, signal),
      ),
  }
}
