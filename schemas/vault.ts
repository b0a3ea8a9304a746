// Secrets and keys in Azure Key Vault behind the wire: what the edge asks of the Functions, and what they answer. A value goes in
// and never comes out: no answer has a field for one, and no private half of a key leaves its vault.
import * as z from 'zod'
import type { Ask, Verbs } from './azure.ts'
import { TenantId } from './ids.ts'
import { KeyKind, SecretGenerator } from './secret.ts'

/** As the tenant calls it. Lower case: names of a vault do not tell the cases apart. */
export const VaultName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'lower-case letters, digits, hyphens, 1 to 63')
export type VaultName = z.infer<typeof VaultName>

/** What a name in a vault is for. Purposes are apart: no name of one is a name of another. */
export const VaultPurpose = z.enum(['secret', 'key', 'issuer-key', 'platform-key'])
export type VaultPurpose = z.infer<typeof VaultPurpose>

const PURPOSES: Record<VaultPurpose, string> = {
  ...{ secret: 's', key: 'k', 'issuer-key': 'i', 'platform-key': 'p' },
}
const SHARED = 'platform'
const OWNER_CHARACTERS = 'ten_eu_0123456789abcdef'.length - 'ten_'.length

/**
 * The name in the vault (1 to 127 of 0-9, A-Z, a-z and hyphen, cases alike; learn.microsoft.com/azure/key-vault/general/
 * about-keys-secrets-certificates). Injective: purpose and owner have fixed places and lengths in front of the name, and nothing
 * is in upper case. Null: there is no such owner, purpose or name. An ExternalSecret refers to a secret by it.
 */
export const nameInVault = (owner: string, purpose: VaultPurpose, name: string): string | null => {
  const platform = owner === SHARED
  if (platform !== (purpose === 'platform-key')) return null
  if (!platform && !TenantId.safeParse(owner).success) return null
  if (!VaultName.safeParse(name).success) return null
  const place = platform ? SHARED.padEnd(OWNER_CHARACTERS, '0') : owner.slice(4).replace('_', '-')
  return `phx-${PURPOSES[purpose]}-${place}-${name}`
}

/** The owner's own name for it; null: it is another's, of another purpose, or not of ours at all. */
export const nameOfOwner = (
  owner: string,
  purpose: VaultPurpose,
  remote: string,
): string | null => {
  const first = nameInVault(owner, purpose, 'a')?.slice(0, -1)
  const lower = remote.toLowerCase()
  const name = first && lower.startsWith(first) ? lower.slice(first.length) : ''
  return VaultName.safeParse(name).success ? name : null
}

/**
 * `target` of a `conflict` or `refused`. `deleted`: the name is a deleted one's until that is recovered or purged. `being-deleted`,
 * `being-recovered`: ask again soon. `disabled`: it, or this version, is. `not-yet-valid`, `expired`: of a key that was to sign.
 * `superseded`: a later request about
 * the same name was here before. `not-deleted`: only what is deleted can be purged or recovered. `purge-protected`: the vault keeps it until its `purgeAt`.
 * `kind`: the key is of another kind than was asked for. `too-many`: more names or versions than are walked through.
 */
export const VaultTarget = z.enum([
  ...(['deleted', 'being-deleted', 'being-recovered', 'disabled', 'not-yet-valid'] as const),
  ...(['expired', 'superseded', 'not-deleted', 'purge-protected', 'kind', 'too-many'] as const),
])
export type VaultTarget = z.infer<typeof VaultTarget>

/** The vault's own name of a version. */
export const VaultVersion = z.string().regex(/^[0-9a-f]{32}$/)
/** The vault keeps whole seconds. */
const Time = z.iso.datetime({ precision: null })
/** What speaks to the vault counts those seconds since 1970 in 32 bits (@azure/keyvault-secrets 4.12): later is long ago there. */
export const LAST_VAULT_TIME = '2038-01-19T03:14:07Z'
const ContentType = z.string().min(1).max(255)
/**
 * When the request was made, in milliseconds since 1970; those about one name rise. One that comes after a later one changes
 * nothing (`superseded`), however late it comes. Null: whoever asks makes a name once, and does nothing else with it.
 */
const Order = z.int().min(0).nullable()
const order = Order.default(null)

/** In bytes of UTF-8 (learn.microsoft.com/azure/key-vault/secrets/about-secrets: 25k). */
export const SECRET_VALUE_BYTES_AT_MOST = 25_600
export const SecretValue = z
  .string()
  .min(1)
  .max(SECRET_VALUE_BYTES_AT_MOST)
  .refine((value) => new TextEncoder().encode(value).length <= SECRET_VALUE_BYTES_AT_MOST, {
    error: `at most ${SECRET_VALUE_BYTES_AT_MOST} bytes`,
  })

const VersionOf = {
  version: VaultVersion,
  enabled: z.boolean(),
  createdAt: Time,
  updatedAt: Time,
  expiresAt: Time.nullable(),
  notBefore: Time.nullable(),
  /** Of the request that made it; null: it had none, or nobody here made it. */
  order: Order,
}
export const SecretVersion = z.strictObject({ ...VersionOf, contentType: ContentType.nullable() })
export type SecretVersion = z.infer<typeof SecretVersion>

const Base64url = z.string().regex(/^[A-Za-z0-9_-]+$/)
const Coordinate = Base64url.max(100)
/** RFC 7517, RFC 7518 §6: the public half. */
export const PublicJwk = z.union([
  z.strictObject({
    ...{ kty: z.literal('EC'), crv: z.enum(['P-256', 'P-384']), x: Coordinate, y: Coordinate },
  }),
  z.strictObject({ kty: z.literal('RSA'), n: Base64url.max(800), e: Base64url.max(10) }),
])
export type PublicJwk = z.infer<typeof PublicJwk>
/** Of a list: it has no kind and no public half there. */
export const KeyVersion = z.strictObject(VersionOf)
export type KeyVersion = z.infer<typeof KeyVersion>
export const WholeKey = KeyVersion.extend({ kind: KeyKind, publicJwk: PublicJwk })
export type WholeKey = z.infer<typeof WholeKey>

const named = { name: VaultName }
const Named = z.strictObject(named)
const Ordered = z.strictObject({ ...named, order })
const Nothing = z.strictObject({})
const window = { expiresAt: Time.nullable(), notBefore: Time.nullable() }
/** Null: stays as it is. `version` null: every one. */
const Change = z.strictObject({
  ...named,
  version: VaultVersion.nullable(),
  enabled: z.boolean().nullable(),
  expiresAt: Time.nullable(),
  order,
})
export const VaultDeleted = z.strictObject({
  deletedAt: Time.nullable(),
  /** When the vault forgets it by itself; null where it does not say. */
  purgeAt: Time.nullable(),
  /** False where the vault is protected against purging: until `purgeAt`. */
  purgeable: z.boolean(),
})
export type VaultDeleted = z.infer<typeof VaultDeleted>
const Deleted = z.strictObject({ names: z.array(VaultDeleted.extend(named)) })
/** `already`: there was nothing of the name. */
const Purged = z.strictObject({ already: z.boolean() })

const NewSecret = z.strictObject({
  ...{ ...named, ...window, order },
  contentType: ContentType.nullable(),
})
export const SetSecret = NewSecret.extend({ value: SecretValue })
export type SetSecret = z.infer<typeof SetSecret>
export const GenerateSecret = NewSecret.extend({ generator: SecretGenerator })
export type GenerateSecret = z.infer<typeof GenerateSecret>
/** Of the current version. */
const SecretList = z.strictObject({
  names: z.array(SecretVersion.omit({ version: true, order: true }).extend(named)),
})
/** Newest first. */
const SecretVersions = z.strictObject({ versions: z.array(SecretVersion) })

const path = (verb: string) => `/api/vault/${verb}`
export const secretVerbs = {
  /** Makes a version; the same operation makes no second one. */
  setSecret: { path: path('secrets/set'), input: SetSecret, output: SecretVersion },
  /** The same, with a value that is made beside the vault and seen by nobody. */
  generateSecret: { path: path('secrets/generate'), input: GenerateSecret, output: SecretVersion },
  listSecrets: { path: path('secrets/list'), input: Nothing, output: SecretList },
  secretVersions: { path: path('secrets/versions'), input: Named, output: SecretVersions },
  updateSecret: { path: path('secrets/update'), input: Change, output: SecretVersions },
  deleteSecret: { path: path('secrets/delete'), input: Ordered, output: VaultDeleted },
  deletedSecrets: { path: path('secrets/deleted'), input: Nothing, output: Deleted },
  recoverSecret: { path: path('secrets/recover'), input: Ordered, output: SecretVersions },
  purgeSecret: { path: path('secrets/purge'), input: Ordered, output: Purged },
} as const satisfies Verbs

export const CreateKey = z.strictObject({ ...named, kind: KeyKind, ...window, order })
export type CreateKey = z.infer<typeof CreateKey>
const KeyList = z.strictObject({
  names: z.array(KeyVersion.omit({ version: true, order: true }).extend(named)),
})
const KeyVersions = z.strictObject({ versions: z.array(KeyVersion) })
/** `version` null: the current one. */
const ReadKey = z.strictObject({ ...named, version: VaultVersion.nullable() })

/**
 * In days. The vault makes a version by itself so long after the last one (at least 7), each valid for `expireDays` (at least 28,
 * and 7 longer than it takes to the next); null: it does not (learn.microsoft.com/azure/key-vault/keys/
 * how-to-configure-key-rotation).
 */
export const KeyPolicy = z
  .strictObject({
    rotateDays: z.int().min(7).max(3_650).nullable(),
    expireDays: z.int().min(28).max(3_650).nullable(),
  })
  .refine(
    ({ rotateDays, expireDays }) =>
      rotateDays === null || expireDays === null || rotateDays + 7 <= expireDays,
    { error: 'rotates at least 7 days before it expires', path: ['rotateDays'] },
  )
export type KeyPolicy = z.infer<typeof KeyPolicy>
const PutKeyPolicy = z.strictObject({ ...named, policy: KeyPolicy, order })

/** In bytes: what is hashed and signed. */
export const SIGNED_AT_MOST = 262_144
/** EC-P256: ES256, EC-P384: ES384, RSA: PS256 or RS256 (RFC 7518 §3.1). */
export const SignatureAlgorithm = z.enum(['ES256', 'ES384', 'PS256', 'RS256'])
export type SignatureAlgorithm = z.infer<typeof SignatureAlgorithm>
/** `data` is hashed by the Functions; `digest` is one already, of the algorithm's own length. */
export const Sign = z.strictObject({
  ...named,
  version: VaultVersion.nullable(),
  algorithm: SignatureAlgorithm,
  what: z.union([
    z.strictObject({
      data: z
        .string()
        .regex(/^[A-Za-z0-9_-]*$/)
        .max(Math.ceil((SIGNED_AT_MOST * 4) / 3)),
    }),
    z.strictObject({ digest: z.string().regex(/^(?:[A-Za-z0-9_-]{43}|[A-Za-z0-9_-]{64})$/) }),
  ]),
})
export type Sign = z.infer<typeof Sign>
/** EC: r || s. */
const Signature = z.strictObject({ version: VaultVersion, signature: Base64url.max(700) })

export const keyVerbs = {
  createKey: { path: path('keys/create'), input: CreateKey, output: WholeKey },
  readKey: { path: path('keys/read'), input: ReadKey, output: WholeKey },
  listKeys: { path: path('keys/list'), input: Nothing, output: KeyList },
  keyVersions: { path: path('keys/versions'), input: Named, output: KeyVersions },
  /** Another version of the same kind, that is valid as long as the policy says. */
  rotateKey: { path: path('keys/rotate'), input: Ordered, output: WholeKey },
  keyPolicy: { path: path('keys/policy'), input: Named, output: KeyPolicy },
  putKeyPolicy: { path: path('keys/policy/put'), input: PutKeyPolicy, output: KeyPolicy },
  updateKey: { path: path('keys/update'), input: Change, output: KeyVersions },
  deleteKey: { path: path('keys/delete'), input: Ordered, output: VaultDeleted },
  deletedKeys: { path: path('keys/deleted'), input: Nothing, output: Deleted },
  recoverKey: { path: path('keys/recover'), input: Ordered, output: KeyVersions },
  purgeKey: { path: path('keys/purge'), input: Ordered, output: Purged },
  sign: { path: path('keys/sign'), input: Sign, output: Signature },
} as const satisfies Verbs

/** `vault`: what turns are taken for (DirectoryApi.takeVaultTurn). `url`: where an ExternalSecret's store looks. */
export const VaultPlace = z.strictObject({
  vault: z.string().regex(/^[0-9a-f]{16}$/),
  url: z.url({ protocol: /^https$/ }).max(300),
  /** Other tenants have names in it. */
  shared: z.boolean(),
})
export type VaultPlace = z.infer<typeof VaultPlace>

export const vaultVerbs = {
  /** Which vault is this tenant's. */
  place: { path: path('place'), input: Nothing, output: VaultPlace },
  ...secretVerbs,
  ...keyVerbs,
} as const satisfies Verbs

export type Vault = Ask<typeof vaultVerbs>
