// The installation's first operator: one token, known by the digest of its secret in the environment, no actor involved.
import { type Principal, scopesOf } from '../../schemas/principal.ts'
import { equalInConstantTime } from '../digest.ts'
import type { Env } from '../env.ts'
import type { Credential } from './credential.ts'
import { OPERATOR_TOKEN_ID, PLATFORM_TENANT_ID } from './token.ts'

const principal: Principal = {
  tenantId: PLATFORM_TENANT_ID,
  tokenId: OPERATOR_TOKEN_ID,
  subject: 'usr_operator',
  person: true,
  role: 'operator',
  scopes: scopesOf('operator'),
}

export const claimsOperator = ({ tenantId }: Credential): boolean => tenantId === PLATFORM_TENANT_ID

/** Null when the credential claims to be the operator's and is not. */
export const proveOperator = (
  { OPERATOR_TOKEN_DIGEST }: Pick<Env, 'OPERATOR_TOKEN_DIGEST'>,
  { tokenId, secretDigest }: Credential,
): Principal | null => {
  const secretIsRight = equalInConstantTime(secretDigest, OPERATOR_TOKEN_DIGEST.toLowerCase())
  return secretIsRight && tokenId === OPERATOR_TOKEN_ID ? principal : null
}
