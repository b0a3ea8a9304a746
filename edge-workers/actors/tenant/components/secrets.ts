// What of a component is kept as keyed digests alone: its serial number, and whatever a serial number could be guessed from. Keys
// differ by tenant: the same machine in two tenants has nothing in common.
import { base32, deriveKey, hex, hmacSha256 } from '../../../digest.ts'
import type { TenantContext } from '../context.ts'

const keyed = (context: TenantContext, purpose: string, text: string): Uint8Array =>
  hmacSha256(
    deriveKey(context.env.PLATFORM_KEY, `component-${purpose}`),
    `${context.tenant().id}\u0000${text}`,
  )

/** The same component for the same key, whoever asks how often. */
export const idOf = (context: TenantContext, key: string): string =>
  `cmp_${base32(keyed(context, 'id', key), 26)}`

export const serialDigestOf = (context: TenantContext, serial: string): string =>
  `sha256:${hex(keyed(context, 'serial', serial.normalize('NFC')))}`

/** Of a request and of its Idempotency-Key, which is the sender's own text: both may tell of a serial number or a person. */
export const sealed = (context: TenantContext, text: string): string =>
  hex(keyed(context, 'request', text))
