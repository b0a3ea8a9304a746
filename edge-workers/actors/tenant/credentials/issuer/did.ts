// The issuer's address as a decentralised identifier (did:web), and the document behind it.
import type { JsonObject } from '../../../../credentials/json.ts'
import type { EcPublicJwk } from '../../../../credentials/keys.ts'

/** did:web method specification §3.1: a port's colon is escaped, slashes of the path are colons. */
export const didOf = (url: string): string => {
  const { host, pathname } = new URL(url)
  const path = pathname.split('/').filter((part) => part !== '')
  return ['did:web', encodeURIComponent(host), ...path].join(':')
}

export const didDocument = (
  url: string,
  keys: readonly { kid: string; jwk: EcPublicJwk }[],
): JsonObject => {
  const did = didOf(url)
  const methods = keys.map(({ kid, jwk }) => ({
    ...{ id: `${did}#${kid}`, type: 'JsonWebKey2020', controller: did },
    publicKeyJwk: { ...jwk, kid, alg: 'ES256' },
  }))
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/jws-2020/v1'],
    id: did,
    verificationMethod: methods,
    assertionMethod: methods.map(({ id }) => id),
  }
}
