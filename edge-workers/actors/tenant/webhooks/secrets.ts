// Signing secrets (Standard Webhooks, https://www.standardwebhooks.com, "Signature scheme"): HMAC-SHA256 under a key that is a
// function of the platform's key, the endpoint and the number of its rotations. None is ever stored.
import { toBase64 } from '../../../base64.ts'
import { deriveKey, hmacSha256 } from '../../../digest.ts'
import type { TenantContext } from '../context.ts'
import type { EndpointRow } from './rows.ts'

/** 32 bytes. */
const keyOf = ({ env, tenant }: TenantContext, endpointId: string, generation: number) =>
  hmacSha256(
    deriveKey(env.PLATFORM_KEY, 'webhook-secret'),
    [tenant().id, endpointId, generation].join('\u0000'),
  )

/** `whsec_` and the key in base64, as receivers' libraries take it. */
export const secretOf = (context: TenantContext, { id, generation }: EndpointRow): string =>
  `whsec_${toBase64(keyOf(context, id, generation))}`

/** One signature for each secret that holds at `at`, the newest first, as the header carries them. */
export const signaturesOf = (
  context: TenantContext,
  { id, generation, previousUntil }: EndpointRow,
  { messageId, at, body }: { messageId: string; at: Date; body: string },
): { timestamp: string; signature: string } => {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const both = previousUntil !== null && Date.parse(previousUntil) > at.getTime()
  const generations = both ? [generation, generation - 1] : [generation]
  const signature = generations
    .map((each) => hmacSha256(keyOf(context, id, each), `${messageId}.${timestamp}.${body}`))
    .map((mac) => `v1,${toBase64(mac)}`)
    .join(' ')
  return { timestamp, signature }
}
