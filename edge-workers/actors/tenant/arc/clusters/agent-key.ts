// The key of a connected cluster's agents: RSA of 4,096 bits (facts: connectedClusters, agentPublicKeyCertificate). Azure gets the
// public half as PKCS#1 (RFC 8017 §A.1.1), the cluster gets the private half, and it is kept nowhere.
import { toBase64 } from '../../../../../gitops/log/bytes.ts'

const ALGORITHM = {
  ...{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 4096 },
  publicExponent: new Uint8Array([1, 0, 1]),
}

/** Where the content of the element at `at` begins, and where it ends (X.690 §8.1). */
const elementAt = (der: Uint8Array, at: number): { from: number; to: number } => {
  const first = der[at + 1] ?? 0
  const more = first < 0x80 ? 0 : first & 0x7f
  let length = more === 0 ? first : 0
  for (let index = 0; index < more; index += 1) length = length * 256 + (der[at + 2 + index] ?? 0)
  const from = at + 2 + more
  return { from, to: from + length }
}

/** Of SubjectPublicKeyInfo (RFC 5280 §4.1): what its bit string holds. */
export const pkcs1OfSpki = (der: Uint8Array): Uint8Array => {
  const { from } = elementAt(der, 0)
  const { to: bits } = elementAt(der, from)
  const { from: unused, to } = elementAt(der, bits)
  return der.slice(unused + 1, to)
}

/** Of PrivateKeyInfo (RFC 5958 §2): what its octet string holds. */
export const pkcs1OfPkcs8 = (der: Uint8Array): Uint8Array => {
  const { from } = elementAt(der, 0)
  const { to: version } = elementAt(der, from)
  const { to: algorithm } = elementAt(der, version)
  const { from: key, to } = elementAt(der, algorithm)
  return der.slice(key, to)
}

const pem = (der: Uint8Array): string =>
  [
    '-----BEGIN RSA PRIVATE KEY-----',
    ...(toBase64(der).match(/.{1,64}/g) ?? []),
    '-----END RSA PRIVATE KEY-----',
    '',
  ].join('\n')

/** `publicKey`: base64 of PKCS#1 DER. `privateKey`: PKCS#1 in PEM. */
export const makeAgentKey = async (): Promise<{ publicKey: string; privateKey: string }> => {
  const pair = (await crypto.subtle.generateKey(ALGORITHM, true, [
    ...(['sign', 'verify'] as const),
  ])) as CryptoKeyPair
  const [spki, pkcs8] = await Promise.all([
    crypto.subtle.exportKey('spki', pair.publicKey) as Promise<ArrayBuffer>,
    crypto.subtle.exportKey('pkcs8', pair.privateKey) as Promise<ArrayBuffer>,
  ])
  return {
    publicKey: toBase64(pkcs1OfSpki(new Uint8Array(spki))),
    privateKey: pem(pkcs1OfPkcs8(new Uint8Array(pkcs8))),
  }
}
