// /v1/tenants/{tenant}/secrets and /keys: what is asked for and what is shown. No view has a field for a value.
import * as z from 'zod'
import { KeyId, KeyKind, KeyState, SecretGenerator, SecretId, SecretState } from './secret.ts'
import {
  KeyPolicy,
  LAST_VAULT_TIME,
  PublicJwk,
  SECRET_VALUE_BYTES_AT_MOST,
  SecretValue,
  VaultName,
} from './vault.ts'

export const SECRETS_AT_MOST = 1_000
export const KEYS_AT_MOST = 100

const Time = z.iso.datetime({ precision: null })
const ContentType = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x20-\x7e]+$/, 'printable ASCII')
const Expiry = Time.refine(
  (time) => Date.parse(time) >= 1_000 && Date.parse(time) <= Date.parse(LAST_VAULT_TIME),
  { error: `after 1970-01-01T00:00:00Z, and not after ${LAST_VAULT_TIME}` },
).describe(`Not after ${LAST_VAULT_TIME}; absent: it does not expire.`)
const RotateDays = z.int().min(1).max(3_650)

/** Exactly one of `value` and `generate`. */
const oneSource = ({ value, generate }: { value?: unknown; generate?: unknown }): boolean =>
  (value === undefined) !== (generate === undefined)

export const PutSecret = z
  .strictObject({
    value: SecretValue.optional().describe(`At most ${SECRET_VALUE_BYTES_AT_MOST} bytes of UTF-8.`),
    /** The value is made beside the vault: nobody sees it, and it can be rotated by itself. */
    generate: SecretGenerator.optional(),
    contentType: ContentType.optional(),
    expiresAt: Expiry.optional(),
    /** Days after which the next value is due: made by itself where it is generated, else asked for. */
    rotateDays: RotateDays.optional(),
  })
  .refine(oneSource, { error: 'either value or generate', path: ['value'] })
export type PutSecret = z.infer<typeof PutSecret>

/** Absent: stays as it is; null: none. */
export const UpdateSecret = z
  .strictObject({
    enabled: z.boolean().optional(),
    expiresAt: Expiry.optional(),
    rotateDays: RotateDays.nullable().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, { error: 'at least one field' })
export type UpdateSecret = z.infer<typeof UpdateSecret>

/** `value` where it is not generated. */
export const RotateSecret = z.strictObject({ value: SecretValue.optional() })
export type RotateSecret = z.infer<typeof RotateSecret>

/** Nobody gets it back: the name is said once more. */
export const PurgeSecret = z.strictObject({ confirm: VaultName })
export type PurgeSecret = z.infer<typeof PurgeSecret>

/**
 * The last thing that was asked about it and not answered. `unanswered`: Phoenix asks again by itself. `lost`: the value that was
 * sent has not come to the vault, and nobody here has it: send it again.
 */
const Unfinished = z.strictObject({
  what: z.enum(['put', 'rotate', 'update', 'delete', 'recover', 'purge']),
  state: z.enum(['unanswered', 'lost']),
  since: z.iso.datetime(),
})
export type Unfinished = z.infer<typeof Unfinished>

const Shown = {
  name: VaultName,
  /** The vault's own name of the current version; null while there is none. */
  currentVersion: z.string().nullable(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  updatedAt: z.iso.datetime(),
  /** Of a deleted one: until then it can be had back; null where the vault does not say. */
  purgeAt: Time.nullable(),
  unfinished: Unfinished.nullable(),
}

export const SecretView = z.strictObject({
  id: SecretId,
  ...Shown,
  state: SecretState,
  contentType: z.string().nullable(),
  expiresAt: Time.nullable(),
  generate: SecretGenerator.nullable(),
  rotateDays: z.int().nullable(),
  /** When the next value is due; null: never. */
  rotationDueAt: z.iso.datetime().nullable(),
  /** It is due, and somebody has to bring it. */
  rotationDue: z.boolean(),
  /** What a manifest says of it: `key` of an ExternalSecret whose store is this vault. `vault` null: not known at this moment. */
  reference: z.strictObject({ vault: z.string().nullable(), key: z.string() }),
})
export type SecretView = z.infer<typeof SecretView>

/** Newest first; which of them there are is asked of the vault. */
export const SecretVersions = z.strictObject({
  versions: z.array(
    z.strictObject({
      version: z.string(),
      enabled: z.boolean(),
      createdAt: Time,
      updatedAt: Time,
      expiresAt: Time.nullable(),
      notBefore: Time.nullable(),
    }),
  ),
})
export type SecretVersions = z.infer<typeof SecretVersions>

export const CreateKey = z.strictObject({
  name: VaultName,
  kind: KeyKind,
  policy: KeyPolicy.optional(),
})
export type CreateKey = z.infer<typeof CreateKey>
export const UpdateKey = z
  .strictObject({ enabled: z.boolean().optional(), policy: KeyPolicy.optional() })
  .refine((body) => Object.keys(body).length > 0, { error: 'at least one field' })
export type UpdateKey = z.infer<typeof UpdateKey>

export const KeyView = z.strictObject({
  id: KeyId,
  ...Shown,
  kind: KeyKind,
  state: KeyState,
  /** RFC 7517, the public half of the current version; null while it is queued. */
  publicJwk: PublicJwk.nullable(),
  policy: z.strictObject({ rotateDays: z.int().nullable(), expireDays: z.int().nullable() }),
})
export type KeyView = z.infer<typeof KeyView>
