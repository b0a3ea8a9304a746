// Logs for the stand-alone verifier, made with the product's own code and with keys that are always the same, so that the
// bytes of a bundle are too.
import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { p256 } from '@noble/curves/nist.js'
import { bytesOfHex, toBase64 } from '../../gitops/log/bytes.ts'
import { derOfRaw } from '../../gitops/log/ecdsa.ts'
import { checkpointText, keyIdOf, noteOf, originOf, signatureLine } from '../../gitops/log/note.ts'
import {
  consistencyPath,
  inclusionPath,
  leafHashOf,
  nodesOfAppend,
  rootOf,
  type TreeReader,
} from '../../gitops/log/tree.ts'
import { canonicalJson } from '../../schemas/canonical-json.ts'
import type {
  BundleKey,
  ConsistencyProof,
  HeadLeaf,
  InclusionProof,
  LogHead,
  LogLeaf,
  ProofBundle,
} from '../../schemas/log.ts'

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')

const HOST = 'phoenix.example'
const TENANT = 'ten_eu_abcdefghij234567'
const AT = '2026-11-22T07:00:00.000Z'

export interface Signer {
  key: BundleKey
  line: (text: string) => string
}

/** RFC 8410 §7: PKCS #8 of an Ed25519 key is this and the 32 bytes. */
const PKCS8 = '302e020100300506032b657004220420'
export const ed25519Signer = (name = originOf(HOST), seed = '01'): Signer => {
  const der = Buffer.from(PKCS8 + seed.repeat(32), 'hex')
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const bytes = Buffer.from(x, 'base64url')
  const keyId = keyIdOf(name, 'Ed25519', bytes, sha256)
  return {
    key: { name, algorithm: 'Ed25519', keyId, publicKey: toBase64(bytes), simulated: false },
    line: (text) => signatureLine(name, keyId, sign(null, Buffer.from(text), privateKey)),
  }
}

/** RFC 5480: SubjectPublicKeyInfo of P-256 is this and the point. */
const SPKI = '3059301306072a8648ce3d020106082a8648ce3d030107034200'
/** Signs as RFC 6979 says, without chance. */
export const es256Signer = (name = `${HOST}/log/vault`): Signer => {
  const secret = bytesOfHex('02'.repeat(32))
  const spki = bytesOfHex(SPKI + Buffer.from(p256.getPublicKey(secret, false)).toString('hex'))
  const keyId = keyIdOf(name, 'ES256', spki, sha256)
  return {
    key: { name, algorithm: 'ES256', keyId, publicKey: toBase64(spki), simulated: true },
    line: (text) =>
      signatureLine(name, keyId, derOfRaw(p256.sign(Buffer.from(text), secret, { lowS: false }))),
  }
}

export const logOf = (leaves: readonly string[]) => {
  const kept = new Map<string, string>()
  const reader: TreeReader = { hashAt: (level, index) => kept.get(`${level}/${index}`) }
  const hashes = leaves.map((leaf, index) => {
    const hash = leafHashOf(leaf, sha256)
    for (const node of [{ level: 0, index, hash }, ...nodesOfAppend(reader, index, hash, sha256)])
      kept.set(`${node.level}/${node.index}`, node.hash)
    return hash
  })
  const head = (size = leaves.length): LogHead => ({ size, root: rootOf(reader, size, sha256) })
  return {
    head,
    prove: (index: number, size = leaves.length): InclusionProof => ({
      ...{ index, size, leafHash: hashes[index] ?? '', root: head(size).root },
      path: inclusionPath(reader, index, size, sha256),
    }),
    grown: (from: number, to = leaves.length): ConsistencyProof => ({
      ...{ from: head(from), to: head(to) },
      path: consistencyPath(reader, from, to, sha256),
    }),
    /** As an export has them: one line a leaf. */
    stored: leaves.map((leaf, at) => `${JSON.stringify({ leaf, hash: hashes[at] })}\n`).join(''),
  }
}

export const checkpointOf = (origin: string, head: LogHead, signers: readonly Signer[]): string => {
  const text = checkpointText(origin, head)
  return noteOf(
    text,
    signers.map(({ line }) => line(text)),
  )
}

const WORDS = 'Größer, bitte: 2 → 3 replicas'
const WORDS_KEY = '5a'.repeat(32)
const wordsDigest = (): string =>
  `sha256:${createHmac('sha256', Buffer.from(WORDS_KEY, 'hex')).update(WORDS).digest('hex')}`

const STATES = ['none', 'accepted', 'rendering', 'committed', 'pr_open', 'approved', 'merged']

/** Leaves of three changes by turns; the first of each has words. */
export const tenantLeaves = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => {
    const version = Math.floor(index / 3) + 1
    const leaf: LogLeaf = {
      ...{ schema: 'phoenix.leaf/v1', index, type: 'change' },
      ...{ subject: `chg_${'abc'.charAt(index % 3).repeat(26)}`, version },
      ...{ from: STATES[version - 1] ?? 'merged', to: STATES[version] ?? 'merged' },
      ...{ actor: 'mem_2345', at: AT, words: version === 1 ? wordsDigest() : null },
    }
    return canonicalJson(leaf)
  })

export const SUBJECT = `chg_${'b'.repeat(26)}`
export const TENANT_ORIGIN = originOf(HOST, TENANT)
export const PLATFORM_ORIGIN = originOf(HOST)

/** Some parts may be other than the product would make them. */
interface Changes {
  leaves?: string[]
  tenantSigners?: Signer[]
  platformSigners?: Signer[]
  /** Of the tenant's log. */
  origin?: string
  /** Of the platform's leaf. */
  head?: Partial<HeadLeaf>
  keys?: BundleKey[]
}

/** The bundle of one change: leaf `index` where `index % 3 === 1`. */
export const bundleOf = ({
  leaves = tenantLeaves(11),
  tenantSigners = [ed25519Signer()],
  platformSigners = [ed25519Signer(), es256Signer()],
  origin = TENANT_ORIGIN,
  head = {},
  keys = [ed25519Signer().key, es256Signer().key],
}: Changes = {}): ProofBundle => {
  const log = logOf(leaves)
  const headLeaf = (index: number, more: Partial<HeadLeaf>): string =>
    canonicalJson({
      ...{ schema: 'phoenix.head/v1', index, tenant: `sha256:${'7c'.repeat(32)}` },
      ...{ ...log.head(), at: AT, ...more },
    })
  const heads = [headLeaf(0, { size: 3 }), headLeaf(1, head), headLeaf(2, { size: 999 })]
  const platform = logOf(heads)
  return {
    ...{ schema: 'phoenix.proof-bundle/v1', subject: SUBJECT },
    leaves: leaves.flatMap((leaf, index) =>
      index % 3 === 1
        ? [
            {
              ...{ leaf, proof: log.prove(index) },
              words: index === 1 ? { text: WORDS, key: WORDS_KEY } : null,
            },
          ]
        : [],
    ),
    checkpoint: checkpointOf(origin, log.head(), tenantSigners),
    platform: {
      ...{ leaf: heads[1] ?? '', proof: platform.prove(1) },
      checkpoint: checkpointOf(PLATFORM_ORIGIN, platform.head(), platformSigners),
    },
    keys,
  }
}
