// What the Authorization header says (RFC 6750 §2.1). Reads nothing but that header: no cookie, no query, no form field.
// It proves nothing yet; door.ts does.
import { ok, type Result, refuse } from '../../schemas/result.ts'
import { type ParsedToken, parseToken } from './token.ts'

export interface Credential extends ParsedToken {}

const BEARER = /^Bearer +([A-Za-z0-9_]{1,200})$/i

/** Well-formed headers seen lately. In memory only, as the request itself; hashing the secret anew costs as much as routing. */
const parsed = new Map<string, Result<Credential>>()
const PARSED_AT_MOST = 1_000

export const readCredential = (authorization = ''): Result<Credential> => {
  const known = parsed.get(authorization)
  if (known) return known
  const text = BEARER.exec(authorization)?.[1]
  const token = text === undefined ? null : parseToken(text)
  if (token === null) return refuse('unauthenticated')
  const credential = ok(token)
  if (parsed.size >= PARSED_AT_MOST) parsed.clear()
  parsed.set(authorization, credential)
  return credential
}
