// What the Authorization header says (RFC 6750 §2.1). Reads nothing but that header: no cookie, no query, no form field.
// It proves nothing yet; door.ts does.
import { ok, type Result, refuse } from '../../schemas/result.ts'
import { type ParsedToken, parseToken } from './token.ts'

export interface Credential extends ParsedToken {}

const BEARER = /^Bearer +([A-Za-z0-9_]{1,200})$/i

export const readCredential = (authorization: string | undefined): Result<Credential> => {
  const text = BEARER.exec(authorization ?? '')?.[1]
  const token = text === undefined ? null : parseToken(text)
  return token === null ? refuse('unauthenticated') : ok(token)
}
