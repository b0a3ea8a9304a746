// The words of the tamper-evident log: leaves, heads, checkpoints and proofs (RFC 6962 §2.1; C2SP tlog-checkpoint and
// signed-note). A tenant's log is its own; the platform's log has one leaf for each head that a tenant's log was seen at.
import * as z from 'zod'
import { Digest } from './ids.ts'

/** SHA-256 in lower-case hex. */
export const Hash = z.string().regex(/^[0-9a-f]{64}$/)
export type Hash = z.infer<typeof Hash>

/**
 * What a leaf is about. Provisioning, identity, billing, service levels, compliance and the supply chain are types of one log
 * and not logs (or contracts) of their own: one order over all of them is what shows that nothing is missing between two.
 */
export const LeafType = z.enum([
  'change',
  'rollout',
  'identity',
  'credential',
  'billing',
  'service-level',
  'compliance',
  'supply-chain',
  'platform',
])
export type LeafType = z.infer<typeof LeafType>

/** One leaf of a tenant's log, as RFC 8785 canonical JSON. Pseudonyms and keyed digests only: what is in the log stays there. */
export const LogLeaf = z.strictObject({
  schema: z.literal('phoenix.leaf/v1'),
  /** Its place in the log, from 0. */
  index: z.int().min(0),
  type: LeafType,
  /** Id of the change, member, token, invoice, component … that took a step. */
  subject: z.string(),
  /** Of that object after the step: its leaves count up from 1 without a gap. */
  version: z.int().min(1),
  from: z.string(),
  to: z.string(),
  /** Pseudonym of who caused it; `phoenix` for the system, `forge` for somebody there who is nobody here. */
  actor: z.string(),
  at: z.iso.datetime(),
  /** HMAC-SHA-256 of the words that go with the step, under a key of this leaf alone; null where there are none. */
  words: Digest.nullable(),
})
export type LogLeaf = z.infer<typeof LogLeaf>

/** A log's size and RFC 6962 root at one moment. */
export const LogHead = z.strictObject({ size: z.int().min(0), root: Hash })
export type LogHead = z.infer<typeof LogHead>

/** A leaf of the platform's log: a keyed digest of the tenant, and the head that its log had. */
export const HeadLeaf = z.strictObject({
  schema: z.literal('phoenix.head/v1'),
  index: z.int().min(0),
  tenant: Digest,
  size: z.int().min(0),
  root: Hash,
  at: z.iso.datetime(),
})
export type HeadLeaf = z.infer<typeof HeadLeaf>

export const InclusionProof = z.strictObject({
  index: z.int().min(0),
  size: z.int().min(1),
  leafHash: Hash,
  root: Hash,
  /** RFC 6962 §2.1.1, from the leaf's sibling to the root's child. */
  path: z.array(Hash),
})
export type InclusionProof = z.infer<typeof InclusionProof>

export const ConsistencyProof = z.strictObject({
  from: LogHead,
  to: LogHead,
  /** RFC 6962 §2.1.2. */
  path: z.array(Hash),
})
export type ConsistencyProof = z.infer<typeof ConsistencyProof>

export const SigningAlgorithm = z.enum(['Ed25519', 'ES256'])
export type SigningAlgorithm = z.infer<typeof SigningAlgorithm>

/** A key that signs checkpoints, and when it did. Old ones stay: what they signed is checked with them. */
export const LogKey = z.strictObject({
  /** Name in the signature lines. */
  name: z.string(),
  algorithm: SigningAlgorithm,
  /** 4 bytes in hex, as signature lines carry it (C2SP signed-note). */
  keyId: z.string().regex(/^[0-9a-f]{8}$/),
  /** Ed25519: 32 bytes; ES256: SubjectPublicKeyInfo. Base64. */
  publicKey: z.string(),
  from: z.iso.datetime(),
  until: z.iso.datetime().nullable(),
  /** A stand-in of the laptop holds it. */
  simulated: z.boolean(),
})
export type LogKey = z.infer<typeof LogKey>

/** A leaf of the platform's log: from here on this key signs. Public, as keys are. */
export const KeyLeaf = z.strictObject({
  schema: z.literal('phoenix.key/v1'),
  index: z.int().min(0),
  ...LogKey.omit({ until: true }).shape,
})
export type KeyLeaf = z.infer<typeof KeyLeaf>

/** A leaf of the platform's log: something happened to the platform itself that whoever trusts it should see. */
export const EventLeaf = z.strictObject({
  schema: z.literal('phoenix.event/v1'),
  index: z.int().min(0),
  event: z.enum(['restored']),
  /** Which actor: `directory`, `log`, `inventory-eu` … */
  owner: z.string(),
  /** Id of the export that took its place. */
  backup: z.string(),
  /** Pseudonym of who did it. */
  actor: z.string(),
  at: z.iso.datetime(),
})
export type EventLeaf = z.infer<typeof EventLeaf>
export type PlatformEvent = Pick<EventLeaf, 'event' | 'owner' | 'backup' | 'actor'>

/** A key as a bundle carries it. */
export const BundleKey = LogKey.omit({ from: true, until: true })
export type BundleKey = z.infer<typeof BundleKey>

/** Where a checkpoint was put beyond our own reach. */
export const AnchorView = z.strictObject({
  kind: z.enum(['evm', 'file']),
  /** `chain <id>, <contract>, <transaction>`, or the file's name. */
  reference: z.string(),
  size: z.int().min(0),
  at: z.iso.datetime(),
  /** False where nothing but this installation keeps it. */
  independent: z.boolean(),
})
export type AnchorView = z.infer<typeof AnchorView>

export const CheckpointView = z.strictObject({
  origin: z.string(),
  size: z.int().min(0),
  root: Hash,
  at: z.iso.datetime(),
  /** The signed note, byte by byte. */
  note: z.string(),
  /** Both halves have signed. Until then only the edge has. */
  cosigned: z.boolean(),
  /** Commit of the platform's repository that holds it; null: not there yet. */
  commit: z.string().nullable(),
  anchors: z.array(AnchorView),
})
export type CheckpointView = z.infer<typeof CheckpointView>

/** The words of a step and the key of their digest: HMAC-SHA-256 under its 32 bytes over their UTF-8. */
export const LeafWords = z.strictObject({ text: z.string(), key: Hash })
export type LeafWords = z.infer<typeof LeafWords>

export const LeafView = z.strictObject({
  index: z.int().min(0),
  type: LeafType,
  subject: z.string(),
  /** As it is hashed. */
  leaf: z.string(),
  hash: Hash,
  /** Null where the leaf has none, they were erased, or who asks may not read them. */
  words: LeafWords.nullable(),
})
export type LeafView = z.infer<typeof LeafView>

/** One step, for people: who did what when. */
export const AuditEntry = z.strictObject({
  /** Of its leaf. */
  index: z.int().min(0),
  at: z.iso.datetime(),
  actor: z.string(),
  /** Of that member as he is called now; null for the system, for operators, and for who was erased. */
  handle: z.string().nullable(),
  type: LeafType,
  subject: z.string(),
  /** What a change or a rollout is called. */
  name: z.string().nullable(),
  version: z.int().min(1),
  from: z.string(),
  to: z.string(),
  words: z.string().nullable(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

/** Everything a third party needs for one object's leaves, offline: `node verify-log.mjs bundle.json`. */
export const ProofBundle = z.strictObject({
  schema: z.literal('phoenix.proof-bundle/v1'),
  subject: z.string(),
  /** Every leaf of the subject, oldest first, as it is hashed, with its proof at the tenant's head. */
  leaves: z.array(
    z.strictObject({
      leaf: z.string(),
      proof: InclusionProof,
      /** The words and the key of their digest; null where the leaf has none, or they were erased. */
      words: z.strictObject({ text: z.string(), key: Hash }).nullable(),
    }),
  ),
  /** The tenant's head as a signed note. */
  checkpoint: z.string(),
  /** That head in the platform's log: null until the platform's next checkpoint. */
  platform: z
    .strictObject({ leaf: z.string(), proof: InclusionProof, checkpoint: z.string() })
    .nullable(),
  /**
   * Those that signed the two checkpoints, each once and no other: every byte of a bundle is held by something in it, and
   * when a key served is held by nothing here (GET /log/keys says it).
   */
  keys: z.array(BundleKey),
})
export type ProofBundle = z.infer<typeof ProofBundle>
