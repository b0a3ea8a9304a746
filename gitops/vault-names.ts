// Names in a vault that tenants share, as manifests say them. There what begins with phx- is Phoenix's to give (schemas/vault.ts),
// and whoever can read the vault can read what he names: so a manifest may name the tenant's own secrets and no others. A name
// that Phoenix never gives is the vault's owner's. Which rights an identity has is Azure's: none of this replaces them.
import type { Finding } from '../schemas/plan.ts'
import type { Manifest } from '../schemas/template.ts'
import { nameInVault, nameOfOwner } from '../schemas/vault.ts'
import { finding } from './finding.ts'
import { at, fieldsOf, listOf, pointerTo } from './policies/walk.ts'

/** Where something reads a secret by the name that is written there. */
interface Place {
  pointer: string
  text: string
}

/** As the vault reads it: in an address `%2d` is a hyphen. */
const decoded = (text: string): string =>
  text.replace(/%([0-7][0-9a-f])/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )

const BEGINS = /(?<![a-z0-9-])phx-/i
/** Nothing but the name itself is the tenant's own: with a type or a version around it, it may be another thing's. */
const isOwnSecret = (owner: string | undefined, text: string): boolean =>
  owner !== undefined && nameOfOwner(owner, 'secret', text) !== null

/** A name as `nameInVault` makes it, of whomever; the first group says whose. */
const GIVEN = /(?<![a-z0-9-])(phx-[a-z]-(?:[a-z]{2}-[a-z2-7]{16}|platform0*)-)/gi

/** Most texts have none, and are long. */
const MAY_HAVE_ONE = /phx|%[0-7]/i

const stringsOf = (value: unknown, pointer: string): Place[] => {
  if (typeof value === 'string') return [{ pointer, text: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    stringsOf(inner, `${pointer}${pointerTo(key)}`),
  )
}

const SECRET_ADDRESS = /^https:\/\/[^/]+\/secrets\//i

const textsAt = (pointer: string, value: unknown): Place[] =>
  typeof value === 'string' ? [{ pointer, text: value }] : []

/** By kind: External Secrets' ExternalSecret, Azure's ApplicationGateway. */
const PLACES: Record<string, (spec: unknown) => Place[]> = {
  ExternalSecret: (spec) => [
    ...listOf(fieldsOf(spec).data).flatMap((one, index) =>
      textsAt(pointerTo('spec', 'data', index, 'remoteRef', 'key'), at(one, 'remoteRef', 'key')),
    ),
    ...stringsOf(fieldsOf(spec).dataFrom, '/spec/dataFrom'),
  ],
  ApplicationGateway: (spec) =>
    listOf(fieldsOf(spec).sslCertificates).flatMap(({ keyVaultSecretId }, index) =>
      textsAt(pointerTo('spec', 'sslCertificates', index, 'keyVaultSecretId'), keyVaultSecretId),
    ),
}

const found = (message: string, pointer: string): Finding =>
  finding('VAULT-NAME', message, { pointer })

const namedSecrets = ({ kind, spec }: Manifest, owner: string | undefined): Finding[] =>
  (Object.hasOwn(PLACES, kind) ? (PLACES[kind]?.(spec) ?? []) : []).flatMap(({ pointer, text }) =>
    BEGINS.test(decoded(text)) && !isOwnSecret(owner, text.replace(SECRET_ADDRESS, ''))
      ? [found('A secret is named that is not one of this tenant’s own.', pointer)]
      : [],
  )

/** What a name of the owner's begins with: its secrets, and its keys, which unseal and sign. */
const ownBeginnings = (owner: string | undefined): string[] =>
  (['secret', 'key'] as const).flatMap((purpose) => {
    const name = owner === undefined ? null : nameInVault(owner, purpose, 'a')
    return name === null ? [] : [name.slice(0, -1)]
  })

/** Scripts of machines, values of charts, workflows: whatever reads there, no text names what is another's. */
const mentioned = (manifest: Manifest, owner: string | undefined): Finding[] => {
  const own = ownBeginnings(owner)
  const first = stringsOf(manifest, '').find(
    ({ text }) =>
      MAY_HAVE_ONE.test(text) &&
      [...decoded(text).matchAll(GIVEN)].some(
        ([, whose = '']) => !own.includes(whose.toLowerCase()),
      ),
  )
  return first
    ? [found('A name is said that Phoenix gives in vaults to somebody else.', first.pointer)]
    : []
}

/** `owner`: the tenant's id; without one nothing that begins with phx- is its own. Every secret that is asked for, or else the
 * first text that names another's. */
export const vaultNames = (manifest: Manifest, owner: string | undefined): Finding[] => {
  const secrets = namedSecrets(manifest, owner)
  return secrets.length > 0 ? secrets : mentioned(manifest, owner)
}
