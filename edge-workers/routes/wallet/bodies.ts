// What wallets send, read strictly in form and leniently in content: one object of JSON or one form, each known field once, fields
// that nobody knows ignored (RFC 6749 §3.2, OpenID4VCI 1.0 §1.2). A fault is a sentence for `error_description`, never the input.
import type * as z from 'zod'
import { WALLET_BODY_BYTES } from '../../../schemas/oid4vci.ts'
import { readBody } from '../../http/body.ts'
import type { AppContext } from '../../http/context.ts'
import { parseJson } from '../../http/json.ts'

export type Read<T> = { ok: true; value: T } | { ok: false; fault: string }

const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i
const JWT_TYPE = /^application\/jwt\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i

const fault = (text: string): Read<never> => ({ ok: false, fault: text })

const bytesOf = async (c: AppContext, type: RegExp, name: string): Promise<Read<Uint8Array>> => {
  if (!type.test(c.req.header('content-type') ?? '')) return fault(`The body must be ${name}.`)
  const body = await readBody(c, WALLET_BODY_BYTES)
  if (body.ok) return body
  return fault(
    body.refusal.problem === 'payload-too-large'
      ? `The body is larger than ${WALLET_BODY_BYTES / 1024} KiB.`
      : 'The body cannot be read.',
  )
}

/** Which field, and nothing that stands in it. Names of fields are ours: others are ignored. */
const faultIn = (error: z.ZodError): Read<never> => {
  const name = error.issues[0]?.path[0]
  return fault(
    name === undefined
      ? 'The body is not one object with the fields of the specification.'
      : `${String(name)} is missing, or not of the form that the specification has.`,
  )
}

const parsed = <T>(schema: z.ZodType<T>, value: unknown): Read<T> => {
  const result = schema.safeParse(value)
  return result.success ? { ok: true, value: result.data } : faultIn(result.error)
}

const readJson = <T>(bytes: Uint8Array, schema: z.ZodType<T>): Read<T> => {
  const json = parseJson(bytes)
  return json.ok
    ? parsed(schema, json.value)
    : fault('The body is not JSON that everybody reads alike.')
}

export const readWalletJson = async <T>(c: AppContext, schema: z.ZodType<T>): Promise<Read<T>> => {
  const bytes = await bytesOf(c, JSON_TYPE, 'application/json')
  return bytes.ok ? readJson(bytes.value, schema) : bytes
}

/** An encrypted body (OpenID4VCI 1.0 §10). Null: `decrypt` has no answer to it. */
export const readWalletJwt = async <T>(
  c: AppContext,
  schema: z.ZodType<T>,
  decrypt: (jwt: string) => Promise<Uint8Array | null>,
): Promise<Read<T> | null> => {
  const bytes = await bytesOf(c, JWT_TYPE, 'application/jwt')
  if (!bytes.ok) return bytes
  const plain = await decrypt(new TextDecoder().decode(bytes.value).trim())
  return plain && readJson(plain, schema)
}

/** Fields without a value count as left out (RFC 6749 §3.2). */
export const readWalletForm = async <T>(
  c: AppContext,
  schema: z.ZodObject & z.ZodType<T>,
): Promise<Read<T>> => {
  const bytes = await bytesOf(c, FORM_TYPE, 'application/x-www-form-urlencoded')
  if (!bytes.ok) return bytes
  const form = new URLSearchParams(new TextDecoder().decode(bytes.value))
  const names = Object.keys(schema.shape)
  const twice = names.find((name) => form.getAll(name).length > 1)
  if (twice !== undefined) return fault(`${twice} may be given once.`)
  const given = [...form].filter(([name, value]) => names.includes(name) && value !== '')
  return parsed(schema, Object.fromEntries(given))
}

/** 64 hex digits, as we make them. RFC 6750 §2.1 alone: a token in the address or in the body is none. */
const BEARER = /^Bearer +([0-9a-f]{64})$/i

/** Null: none was sent that could be one of ours. */
export const accessTokenIn = (c: AppContext): { token: string | null; sent: boolean } => {
  const header = c.req.header('authorization')
  const token = BEARER.exec(header ?? '')?.[1]
  return { token: token?.toLowerCase() ?? null, sent: header !== undefined }
}
