// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): required on every POST that creates; keys never expire.
import type * as z from 'zod'
import { canonicalJson } from '../../schemas/canonical-json.ts'
import { IdempotencyKey } from '../../schemas/ids.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { Keyed } from '../actors/tenant/operation-inputs.ts'
import { sha256Hex } from '../digest.ts'
import { readJson } from './body.ts'
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

/** A body under its key. `target` keeps one key from meaning two things. */
export const keyed = <Body>(key: string, body: Body, target: string): Keyed<Body> => ({
  key,
  fingerprint: fingerprint(body, target),
  body,
})

/** The same of a request: its key is asked for before its body is read. */
export const readKeyed = async <Body>(
  c: AppContext,
  schema: z.ZodType<Body>,
  target: string,
  options: { optional?: boolean } = {},
): Promise<Result<Keyed<Body>>> => {
  const key = requireIdempotencyKey(c)
  if (!key.ok) return key
  const body = await readJson(c, schema, options)
  return body.ok ? ok(keyed(key.value, body.value, target)) : body
}
