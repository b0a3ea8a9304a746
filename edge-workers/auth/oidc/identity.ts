// An identity: who an identity provider says somebody is, as a keyed digest of issuer and subject. Nobody without the platform
// key can tell whose it is, and it is all that is kept of him outside of his tenants.
import { deriveKey, hex, hmacSha256 } from '../../digest.ts'
import type { Env } from '../../env.ts'
import type { Issuer } from './issuers.ts'

/** 64 hex digits. An issuer is a URL, so it has no NUL and the two cannot be split otherwise. */
export const identityOf = (
  { PLATFORM_KEY }: Pick<Env, 'PLATFORM_KEY'>,
  { issuer, knownAs = issuer }: Pick<Issuer, 'issuer' | 'knownAs'>,
  subject: string,
): string => hex(hmacSha256(deriveKey(PLATFORM_KEY, 'identity'), `${knownAs}\u0000${subject}`))
