// What the Authorization header says (RFC 6750 §2.1). Reads nothing but that header: no cookie, no query, no form field.
// It proves nothing yet; door.ts does.
import { ok, type Result, refuse } from '../../schemas/result.ts'
import { sha256Hex } from '../digest.ts'
import { type ParsedToken, parseToken } from './token.ts'

export type Credential =
  | ({ kind: 'token' } & ParsedToken)
  /** An access token of an identity provider, in compact form (RFC 7515 §3.1). `digest`: its SHA-256 in hex. */
  | { kind: 'jwt'; jwt: string; digest: string }

const BEARER = /^Bearer +([A-Za-z0-9_]{1,200})$/i
/** Three parts; longer than this no provider's token is, and nothing is spent on it. */
const JWT_BEARER =
  /^Bearer +(eyJ[A-Za-z0-9_-]{1,8000}\.[A-Za-z0-9_-]{1,8000}\.[A-Za-z0-9_-]{1,2000})$/i

/** Well-formed headers seen lately. In memory only, as the request itself; hashing the secret anew costs as much as routing. */
const parsed = new Map<string, Result<Credential>>()
const PARSED_AT_MOST = 1_000
/** What is longer is refused anyway. */
const KEPT_CHARACTERS = 8_300

const keep = (authorization: string, credential: Credential): Result<Credential> => {
  const kept = ok(credential)
  if (parsed.size >= PARSED_AT_MOST) parsed.clear()
  if (authorization.length <= KEPT_CHARACTERS) parsed.set(authorization, kept)
  return kept
}

export const readCredential = (authorization = ''): Result<Credential> => {
  const known = parsed.get(authorization)
  if (known) return known
  const jwt = JWT_BEARER.exec(authorization)?.[1]
  if (jwt !== undefined) return keep(authorization, { kind: 'jwt', jwt, digest: sha256Hex(jwt) })
  const text = BEARER.exec(authorization)?.[1]
  const token = text === undefined ? null : parseToken(text)
  if (token === null) return refuse('unauthenticated')
  return keep(authorization, { kind: 'token', ...token })
}
