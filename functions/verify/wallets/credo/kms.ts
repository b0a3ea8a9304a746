// Keys for Credo, in memory on node:crypto: P-256 alone, ES256, and ECDH-ES with AES-GCM (RFC 7518 §4.6, §5.3). @credo-ts/node, which
// would bring one, cannot be installed here.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
  verify,
} from 'node:crypto'
import { Kms } from '@credo-ts/core'

const RAW = { dsaEncoding: 'ieee-p1363' } as const
const KEY_BYTES: Record<string, number> = { A128GCM: 16, A256GCM: 32 }
const TAG_BYTES = 16

const refuse = (what: string): never => {
  throw new Kms.KeyManagementAlgorithmNotSupportedError(what, 'memory')
}
const publicOf = (key: KeyObject) => {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return { kty: 'EC', crv: 'P-256', x, y } as const
}
const lengthed = (bytes: Uint8Array): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

interface Agreement {
  algorithm: string
  keyId?: string | undefined
  externalPublicJwk?: object | undefined
  apu?: Uint8Array | undefined
  apv?: Uint8Array | undefined
}

/** Concat KDF of one round: AES-GCM needs no more than one SHA-256 (RFC 7518 §4.6.2). */
const derive = (key: KeyObject, agreement: Agreement, enc: string): Buffer => {
  const bytes = KEY_BYTES[enc] ?? refuse(`enc ${enc}`)
  const other = createPublicKey({ key: agreement.externalPublicJwk as JsonWebKey, format: 'jwk' })
  const secret = diffieHellman({ privateKey: key, publicKey: other })
  const [round, bits] = [Buffer.alloc(4), Buffer.alloc(4)]
  round.writeUInt32BE(1)
  bits.writeUInt32BE(bytes * 8)
  const parties = [agreement.apu, agreement.apv].map((party) => lengthed(party ?? Buffer.alloc(0)))
  return createHash('sha256')
    .update(Buffer.concat([round, secret, lengthed(Buffer.from(enc)), ...parties, bits]))
    .digest()
    .subarray(0, bytes)
}

export const createMemoryKms = (): Kms.KeyManagementService => {
  const keys = new Map<string, KeyObject>()
  const privateKey = (id: string | undefined): KeyObject =>
    keys.get(id ?? '') ?? refuse('a key that is not here')
  const keep = (id: string | undefined, key: KeyObject) => {
    const keyId = id ?? randomUUID()
    keys.set(keyId, key)
    return { keyId, publicJwk: { ...publicOf(createPublicKey(key)), kid: keyId } }
  }
  const agreed = (key: { keyAgreement?: Agreement | undefined }, enc: string): Buffer => {
    const { keyAgreement: agreement } = key
    if (agreement?.algorithm !== 'ECDH-ES') return refuse('a key that is not agreed on')
    return derive(privateKey(agreement.keyId), agreement, enc)
  }

  const service = {
    backend: 'memory',
    isOperationSupported: () => true,
    getPublicKey: async (_: unknown, id: string) => {
      const key = keys.get(id)
      return key ? { ...publicOf(createPublicKey(key)), kid: id } : null
    },
    createKey: async (_: unknown, { keyId, type }: Kms.KmsCreateKeyOptions) => {
      if (type.kty !== 'EC' || type.crv !== 'P-256') return refuse('a key that is not P-256')
      return keep(keyId, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
    },
    importKey: async (_: unknown, { privateJwk }: { privateJwk: JsonWebKey & { kid?: string } }) =>
      keep(privateJwk.kid, createPrivateKey({ key: privateJwk, format: 'jwk' })),
    deleteKey: async (_: unknown, { keyId }: Kms.KmsDeleteKeyOptions) => keys.delete(keyId),
    sign: async (_: unknown, { keyId, algorithm, data }: Kms.KmsSignOptions) => {
      if (algorithm !== 'ES256') return refuse(algorithm)
      const signature = sign('sha256', data, { key: privateKey(keyId), ...RAW })
      return { signature: Uint8Array.from(signature) }
    },
    verify: async (_: unknown, { key, algorithm, data, signature }: Kms.KmsVerifyOptions) => {
      if (algorithm !== 'ES256') return refuse(algorithm)
      const publicKey = key.publicJwk
        ? createPublicKey({ key: key.publicJwk as JsonWebKey, format: 'jwk' })
        : createPublicKey(privateKey(key.keyId))
      return verify('sha256', data, { key: publicKey, ...RAW }, signature)
        ? { verified: true, publicJwk: publicOf(publicKey) }
        : { verified: false }
    },
    encrypt: async (_: unknown, { key, encryption, data }: Kms.KmsEncryptOptions) => {
      const { algorithm } = encryption
      if (algorithm !== 'A128GCM' && algorithm !== 'A256GCM') return refuse(algorithm)
      const iv = encryption.iv ?? randomBytes(12)
      const name = algorithm === 'A128GCM' ? 'aes-128-gcm' : 'aes-256-gcm'
      const cipher = createCipheriv(name, agreed(key, algorithm), iv)
      if (encryption.aad) cipher.setAAD(encryption.aad)
      const encrypted = Buffer.concat([cipher.update(data), cipher.final()])
      return {
        encrypted: Uint8Array.from(encrypted),
        ...{ iv: Uint8Array.from(iv), tag: Uint8Array.from(cipher.getAuthTag()) },
      }
    },
    decrypt: async (_: unknown, { key, decryption, encrypted }: Kms.KmsDecryptOptions) => {
      const { algorithm } = decryption
      if (algorithm !== 'A128GCM' && algorithm !== 'A256GCM') return refuse(algorithm)
      const name = algorithm === 'A128GCM' ? 'aes-128-gcm' : 'aes-256-gcm'
      const secret = agreed(key, algorithm)
      const cipher = createDecipheriv(name, secret, decryption.iv, { authTagLength: TAG_BYTES })
      cipher.setAuthTag(decryption.tag)
      if (decryption.aad) cipher.setAAD(decryption.aad)
      return { data: Uint8Array.from(Buffer.concat([cipher.update(encrypted), cipher.final()])) }
    },
    randomBytes: (_: unknown, { length }: Kms.KmsRandomBytesOptions) =>
      Uint8Array.from(randomBytes(length)),
  }
  // Its types have every kind of key in them, where there is one here.
  return service as unknown as Kms.KeyManagementService
}
