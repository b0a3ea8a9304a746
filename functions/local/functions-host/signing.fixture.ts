// Request tokens by hand, for tests that repeat, move or spoil them; the edge's own client makes each only once.
import { createHash, randomUUID } from 'node:crypto'
import { importJWK, type JWK, SignJWT } from 'jose'
import {
  WIRE_AUDIENCE,
  WIRE_HEADER,
  WIRE_ISSUER,
  WIRE_LIFETIME_SECONDS,
  WIRE_TYPE,
} from '../../../schemas/wire.ts'

export interface SignedCall {
  path: string
  owner: string
  operation: string
  body: string
}

/** A fresh token for this call, by a private JWK with `alg` and `kid`. */
export const tokenFor = async (
  key: JWK,
  { path, owner, operation, body }: SignedCall,
): Promise<string> => {
  const { alg = '', kid = '' } = key
  const iat = Math.floor(Date.now() / 1000)
  return new SignJWT({
    ...{ iss: WIRE_ISSUER, aud: WIRE_AUDIENCE, sub: owner, jti: operation, nonce: randomUUID() },
    ...{ iat, exp: iat + WIRE_LIFETIME_SECONDS, htm: 'POST', htp: path },
    bsh: createHash('sha256').update(body).digest('base64url'),
  })
    .setProtectedHeader({ alg, kid, typ: WIRE_TYPE })
    .sign(await importJWK(key, alg))
}

export const post = (base: string, { path, body }: SignedCall, token: string): Promise<Response> =>
  fetch(`${base}${path}`, { method: 'POST', body, headers: { [WIRE_HEADER]: token } })
