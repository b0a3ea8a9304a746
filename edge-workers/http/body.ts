// Bodies of requests: read once, counted while they come in, at most 1 MiB; Entra's callbacks alone may have photos in them.
// readBody is for senders that sign their bytes (webhooks); everything else uses readJson.
import type { MiddlewareHandler } from 'hono'
import type * as z from 'zod'
import { toErrors } from '../../schemas/issues.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { AppContext, AppTypes } from './context.ts'
import { parseJson } from './json.ts'
import { answerRefusal } from './problem.ts'

export const MAX_BODY_BYTES = 1_048_576
/** Verified ID's FAQ: «callback result 10 MB without receipt». */
export const MAX_CALLBACK_BYTES = 10 * MAX_BODY_BYTES
const CALLBACKS = /^\/i\/[^/]+\/entra\/callbacks$/

/** Refuses early what announces itself as too large; what lies about its length is caught by readBody. */
export const bodyLimit: MiddlewareHandler<AppTypes> = async (c, next) => {
  const announced = Number(c.req.header('content-length') ?? 0)
  const most = CALLBACKS.test(c.req.path) ? MAX_CALLBACK_BYTES : MAX_BODY_BYTES
  if (announced > most) return answerRefusal(c, { problem: 'payload-too-large' })
  return next()
}

/** The body's exact bytes, at most `maxBytes` of them. */
export const readBody = async (
  c: AppContext,
  maxBytes = MAX_BODY_BYTES,
): Promise<Result<Uint8Array>> => {
  const encoding = c.req.header('content-encoding')
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return refuse('unsupported-media-type', { detail: 'Send the body without Content-Encoding.' })
  }
  const stream = c.req.raw.body
  if (!stream) return ok(new Uint8Array())
  const chunks: Uint8Array[] = []
  let bytes = 0
  const reader = stream.getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value.byteLength
      if (bytes > maxBytes) {
        await reader.cancel()
        return refuse('payload-too-large')
      }
      chunks.push(part.value)
    }
  } catch {
    return refuse('malformed-request', { detail: 'The body ended before its announced length.' })
  }
  const [only] = chunks
  if (only && chunks.length === 1) return ok(only)
  const whole = new Uint8Array(bytes)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return ok(whole)
}

const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i

/** The body as `schema` sees it. `optional`: no bytes at all count as {}. */
export const readJson = async <T>(
  c: AppContext,
  schema: z.ZodType<T>,
  { optional = false, maxBytes }: { optional?: boolean; maxBytes?: number } = {},
): Promise<Result<T>> => {
  const body = await readBody(c, maxBytes)
  if (!body.ok) return body
  const empty = optional && body.value.byteLength === 0
  if (!empty && !JSON_TYPE.test(c.req.header('content-type') ?? '')) {
    return refuse('unsupported-media-type')
  }
  const json = empty ? ok<unknown>({}) : parseJson(body.value)
  if (!json.ok) return json
  const parsed = schema.safeParse(json.value)
  return parsed.success
    ? ok(parsed.data)
    : refuse('invalid-parameters', { errors: toErrors(parsed.error.issues, '', schema) })
}
