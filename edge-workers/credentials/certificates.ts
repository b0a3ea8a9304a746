// X.509 certificates of an issuer (RFC 5280): a root that verifiers trust, and leaves for the keys that sign. Made here with a
// signature from wherever the key is; verified with every check a chain of this kind needs, and no revocation list.
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { fromBase64url, toBase64 } from '../base64.ts'
import { type EcPublicJwk, ecPublicJwk } from './keys.ts'

/** ES256 over these bytes, as r || s (RFC 7518 §3.4). */
export type SignBytes = (data: Uint8Array) => Promise<Uint8Array>

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const SERIAL_BYTES = 16
const IPV4 = /^[0-9.]+$/

const publicKeyOf = ({ kty, crv, x, y }: EcPublicJwk): Promise<CryptoKey> =>
  crypto.subtle.importKey('jwk', { kty, crv, x, y }, ES256, true, ['verify'])

/** The library asks WebCrypto to sign; the key may be somewhere else. */
const signingWith = (sign: SignBytes): Crypto =>
  ({
    getRandomValues: crypto.getRandomValues.bind(crypto),
    subtle: {
      exportKey: crypto.subtle.exportKey.bind(crypto.subtle),
      digest: crypto.subtle.digest.bind(crypto.subtle),
      sign: async (_algorithm: unknown, _key: unknown, data: ArrayBuffer) => {
        const signature = await sign(new Uint8Array(data))
        return signature.slice().buffer
      },
    },
  }) as unknown as Crypto

/** Positive and at most 20 octets long (RFC 5280 §4.1.2.2). */
const serialNumber = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(SERIAL_BYTES))
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** One value of a distinguished name: given as a structure, so that nothing in it is syntax. */
const nameOf = (commonName: string): Name => new Name([{ CN: [{ utf8String: commonName }] }])

interface Wish {
  publicJwk: EcPublicJwk
  /** Shown to people: at most 64 characters are taken (RFC 5280, ub-common-name). */
  name: string
  from: Date
  until: Date
  /** With the issuer's key, or the root's own. */
  sign: SignBytes
}

const make = async (
  { publicJwk, name, from, until, sign }: Wish,
  issuer: Name | null,
  extensions: (key: CryptoKey) => Promise<Extension[]>,
): Promise<Uint8Array> => {
  const publicKey = await publicKeyOf(publicJwk)
  const subject = nameOf([...name].slice(0, 64).join(''))
  const made = await X509CertificateGenerator.create(
    {
      ...{ serialNumber: serialNumber(), subject, issuer: issuer ?? subject, publicKey },
      ...{ notBefore: from, notAfter: until, signingAlgorithm: ES256 },
      // Only its algorithm is read: the signature comes from `sign`.
      signingKey: publicKey,
      extensions: await extensions(publicKey),
    },
    signingWith(sign),
  )
  return new Uint8Array(made.rawData)
}

/** DER of a self-signed root for one level of leaves. */
export const makeRoot = (wish: Wish): Promise<Uint8Array> =>
  make(wish, null, async (key) => [
    new BasicConstraintsExtension(true, 0, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    await SubjectKeyIdentifierExtension.create(key),
  ])

/** DER of a certificate under `root`, for whoever is at `url`: its name in the DNS and its address are alternative names. */
export const makeLeaf = (wish: Wish & { root: Uint8Array; url: string }): Promise<Uint8Array> => {
  const root = new X509Certificate(new Uint8Array(wish.root))
  const { hostname } = new URL(wish.url)
  return make(wish, root.subjectName, async (key) => [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new SubjectAlternativeNameExtension([
      { type: IPV4.test(hostname) ? 'ip' : 'dns', value: hostname },
      { type: 'url', value: wish.url },
    ]),
    await SubjectKeyIdentifierExtension.create(key),
    await AuthorityKeyIdentifierExtension.create(root.publicKey),
  ])
}

/** SubjectPublicKeyInfo of a certificate in DER. Throws where it is none. */
export const spkiOf = (certificate: Uint8Array): Uint8Array =>
  new Uint8Array(new X509Certificate(new Uint8Array(certificate)).publicKey.rawData)

/** RFC 7468. */
export const pemOf = (certificate: Uint8Array): string => {
  const lines = toBase64(certificate).match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

/** Of what somebody sent. */
const CHAIN_AT_MOST = 4
const DER_AT_MOST = 8_192
/** Those this file reads; any other that is critical ends it (RFC 5280 §4.2). */
const UNDERSTOOD = new Set(['2.5.29.14', '2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.35'])

export interface LeafCertificate {
  der: Uint8Array
  /** Null where it is no P-256 key. */
  publicJwk: EcPublicJwk | null
  dnsNames: string[]
  uris: string[]
  until: Date
}

export type ChainVerdict =
  /** `root`: its place in the list of roots. */
  | { ok: true; leaf: LeafCertificate; root: number }
  | { ok: false; fault: 'bad-certificate' | 'untrusted-issuer' }

const read = (der: Uint8Array): X509Certificate | null => {
  if (der.length === 0 || der.length > DER_AT_MOST) return null
  try {
    const certificate = new X509Certificate(new Uint8Array(der))
    // Parsed where it is first looked at.
    void certificate.extensions
    return certificate
  } catch {
    return null
  }
}

const readBase64 = (text: unknown): X509Certificate | null => {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null
  try {
    return read(fromBase64url(text))
  } catch {
    return null
  }
}

const isSame = (a: X509Certificate, b: X509Certificate): boolean => {
  const [left, right] = [new Uint8Array(a.rawData), new Uint8Array(b.rawData)]
  return left.length === right.length && left.every((byte, at) => byte === right[at])
}

const isIntact = (certificate: X509Certificate, now: Date): boolean =>
  certificate.notBefore <= now &&
  now <= certificate.notAfter &&
  certificate.extensions.every(({ critical, type }) => !critical || UNDERSTOOD.has(type))

/** `below`: how many authorities stand between it and the leaf. */
const mayIssue = (certificate: X509Certificate, below: number): boolean => {
  const constraints = certificate.getExtension(BasicConstraintsExtension)
  const usages = certificate.getExtension(KeyUsagesExtension)
  return (
    constraints?.ca === true &&
    (constraints.pathLength === undefined || constraints.pathLength >= below) &&
    (usages === null || (usages.usages & KeyUsageFlags.keyCertSign) !== 0)
  )
}

const maySign = (certificate: X509Certificate): boolean => {
  const usages = certificate.getExtension(KeyUsagesExtension)
  return (
    certificate.getExtension(BasicConstraintsExtension)?.ca !== true &&
    (usages === null || (usages.usages & KeyUsageFlags.digitalSignature) !== 0)
  )
}

const isIssuedBy = async (
  certificate: X509Certificate,
  issuer: X509Certificate,
): Promise<boolean> => {
  if (certificate.issuer !== issuer.subject) return false
  try {
    // Throws where algorithm and key do not go together.
    return await certificate.verify({ publicKey: issuer, signatureOnly: true })
  } catch {
    return false
  }
}

const leafOf = async (certificate: X509Certificate): Promise<LeafCertificate> => {
  const names = certificate.getExtension(SubjectAlternativeNameExtension)?.names.items ?? []
  const of = (kind: string): string[] =>
    names.filter(({ type }) => type === kind).map(({ value }) => value)
  const key = await certificate.publicKey.export(ES256, ['verify']).catch(() => null)
  return {
    der: new Uint8Array(certificate.rawData),
    publicJwk: key ? ecPublicJwk(await crypto.subtle.exportKey('jwk', key)) : null,
    ...{ dnsNames: of('dns'), uris: of('url'), until: certificate.notAfter },
  }
}

/**
 * Whether `x5c` (RFC 7515 §4.1.6, leaf first) leads to one of `roots` (DER) now, by RFC 5280 §6 for chains of this kind: ECDSA, at
 * most four certificates, no policies, no name constraints. The root itself may stand at its end. A leaf that is its own root is
 * refused. `bad-certificate`: the chain is broken in itself; `untrusted-issuer`: it leads to nobody who is trusted.
 */
export const verifyChain = async (
  x5c: unknown,
  roots: readonly Uint8Array[],
  now: Date,
): Promise<ChainVerdict> => {
  const bad = { ok: false, fault: 'bad-certificate' } as const
  if (!Array.isArray(x5c) || x5c.length === 0 || x5c.length > CHAIN_AT_MOST) return bad
  const sent = x5c.map(readBase64).filter((certificate) => certificate !== null)
  const [leaf] = sent
  if (sent.length !== x5c.length || !leaf) return bad
  const trusted = roots.map(read)
  const last = sent.at(-1)
  const chain =
    sent.length > 1 && trusted.some((root) => root && last && isSame(root, last))
      ? sent.slice(0, -1)
      : sent
  if (!chain.every((certificate) => isIntact(certificate, now)) || !maySign(leaf)) return bad
  for (const [at, certificate] of chain.entries()) {
    const issuer = chain[at + 1]
    if (!issuer) break
    if (!mayIssue(issuer, at) || !(await isIssuedBy(certificate, issuer))) return bad
  }
  const top = chain.at(-1) ?? leaf
  for (const [at, root] of trusted.entries()) {
    if (!root || !isIntact(root, now) || !mayIssue(root, chain.length - 1)) continue
    if (await isIssuedBy(top, root)) return { ok: true, leaf: await leafOf(leaf), root: at }
  }
  return { ok: false, fault: 'untrusted-issuer' }
}

/** Until when a certificate (DER) may stand above others; null: it is no certificate, or none of an authority. */
export const authorityUntil = (der: Uint8Array): Date | null => {
  const certificate = read(der)
  return certificate && mayIssue(certificate, 0) ? certificate.notAfter : null
}
