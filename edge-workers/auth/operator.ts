// The installation's first operator: one token, known by the digest of its secret in the environment, no actor involved.
import { type Principal, ROOT_CREDENTIAL, scopesOf } from '../../schemas/principal.ts'
import { equalInConstantTime } from '../digest.ts'
import type { Env } from '../env.ts'
import type { ParsedToken } from './token.ts'
import { OPERATOR_TOKEN_ID, PLATFORM_TENANT_ID } from './token.ts'

/** The root credential’s own pseudonym: it stands for one operator. */
export const OPERATOR_SUBJECT = 'usr_operator'

const principal: Principal = {
  tenantId: PLATFORM_TENANT_ID,
  credential: ROOT_CREDENTIAL,
  subject: OPERATOR_SUBJECT,
  person: true,
  roles: ['operator'],
  scopes: scopesOf('operator'),
  behind: [],
}

export const claimsOperator = ({ tenantId }: Pick<ParsedToken, 'tenantId'>): boolean =>
  tenantId === PLATFORM_TENANT_ID

/** Null when the credential claims to be the operator's and is not. */
export const proveOperator = (
  { OPERATOR_TOKEN_DIGEST }: Pick<Env, 'OPERATOR_TOKEN_DIGEST'>,
  { tokenId, secretDigest }: ParsedToken,
): Principal | null => {
  const secretIsRight = equalInConstantTime(secretDigest, OPERATOR_TOKEN_DIGEST.toLowerCase())
  return secretIsRight && tokenId === OPERATOR_TOKEN_ID ? principal : null
}
