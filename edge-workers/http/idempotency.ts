// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): required on every POST that creates; keys never expire.
import { canonicalJson } from '../../schemas/canonical-json.ts'
import { IdempotencyKey } from '../../schemas/ids.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import { sha256Hex } from '../digest.ts'
import type { AppContext } from './context.ts'

/** The key, or 400. A header sent twice is joined with a space by the platform and so refused too. */
export const requireIdempotencyKey = (c: AppContext): Result<string> => {
  const header = c.req.header('idempotency-key')
  if (header === undefined || header === '') return refuse('idempotency-key-missing')
  const key = IdempotencyKey.safeParse(header)
  if (key.success) return ok(key.data)
  return refuse('malformed-request', {
    detail: 'Idempotency-Key is one header of 1 to 255 printable ASCII characters without spaces.',
  })
}

/** SHA-256 in hex over the canonical form of the validated body and what it was sent to, for instance `POST /v1/tenants`. */
export const fingerprint = (body: unknown, target: string): string =>
  sha256Hex(canonicalJson([target, body]))
