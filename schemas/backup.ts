// Backups: what an export holds, where its files are, and what a restore says.
import * as z from 'zod'
import { Digest } from './ids.ts'
import { Hash } from './log.ts'

/** An export is never older than this while anything changes. */
export const BACKUP_EVERY_MILLISECONDS = 300_000
/** Seven years: how long exports are kept where nobody set another time. */
export const RETENTION_DAYS = 2_557

/** Whose rows: a tenant's id, or an actor of the platform. */
export const BackupOwner = z
  .string()
  .regex(/^(?:ten_[a-z]{2}_[a-z2-7]{16}|directory|log|inventory-[a-z]{2})$/)
/** When it was, in UTC to the millisecond, and how many leaves its log had. */
export const ExportId = z.string().regex(/^\d{8}T\d{9}Z-\d{10}$/)
/** Of a piece: a keyed digest of what is in it. */
const PieceId = Hash

/** The first line of an export, for the store as well: names the pieces that it needs, and nothing of what is in them. */
export const ExportHead = z.strictObject({
  schema: z.literal('phoenix.export/v1'),
  owner: BackupOwner,
  id: ExportId,
  /** Counts the exports of this object. */
  sequence: z.int().min(1),
  at: z.iso.datetime(),
  keyId: z.string(),
  /** Which of the owner's logs: a restore that lost leaves begins another. Empty: it has none. */
  log: z.string(),
  logSize: z.int().min(0),
  /** Hash of the last leaf; empty without one. */
  logLast: z.union([Hash, z.literal('')]),
  /** Steps of the schema that had been taken. */
  migrations: z.array(z.string()),
  pieces: z.array(PieceId),
})
export type ExportHead = z.infer<typeof ExportHead>

export const PieceHead = z.strictObject({
  schema: z.literal('phoenix.piece/v1'),
  keyId: z.string(),
})

export const exportName = (owner: string, id: string): string => `${owner}/exports/${id}`
export const pieceName = (owner: string, id: string): string => `${owner}/pieces/${id}`
/** Names in a store. No other is taken, so none leads out of the owner's place. */
export const FileName = z
  .string()
  .regex(/^[a-z0-9_-]{3,40}\/(?:exports\/\d{8}T\d{9}Z-\d{10}|pieces\/[0-9a-f]{64})$/)

export const BackupView = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  /** Leaves of the tenant's log in it. */
  logSize: z.int(),
  /** Of the encrypted bytes that this export added to the store. */
  bytes: z.int(),
  /** Null of an export that is being written or failed. */
  digest: Digest.nullable(),
  state: z.enum(['writing', 'kept', 'failed']),
})
export type BackupView = z.infer<typeof BackupView>

export const RestoreBackup = z.strictObject({
  /** Id of an export, or `newest`. */
  backup: z.union([z.literal('newest'), ExportId]),
  /**
   * The export's log is shorter than what was published of it: what is in Git is taken over, and the log goes on as a new one
   * whose next leaf says so.
   */
  adopt: z.boolean().default(false),
})
export type RestoreBackup = z.infer<typeof RestoreBackup>

export const SetAside = z.strictObject({
  tokens: z.int(),
  workloads: z.int(),
  invitations: z.int(),
})

/** What people are told on pages about the last restore that may have lost something. */
export const RestoreStanding = z.strictObject({
  at: z.iso.datetime(),
  /** As the log has it: which backup, and how many leaves. */
  words: z.string(),
  setAside: SetAside,
})
export type RestoreStanding = z.infer<typeof RestoreStanding>

export const RestoreReport = z.strictObject({
  /** Id of the export. */
  backup: z.string(),
  /** Leaves that the restored log has. */
  logSize: z.int(),
  /** Leaves that were published before; null: none were. */
  publishedSize: z.int().nullable(),
  /** Changes of the export, and those that were found again in Git. */
  changes: z.int(),
  recovered: z.int(),
  /**
   * Changes of which Git has a pull request that nothing proves to be ours: without our seal, and not in `live`. Nothing is
   * taken from them; whoever asked for one sends his request again under its Idempotency-Key.
   */
  unproved: z.array(z.string()),
  /** Leaves that were published and are lost; null: nobody knows how many were, or nothing was lost. */
  leavesLost: z.int().nullable(),
  /** Credentials that count again when an owner has confirmed them. */
  setAside: SetAside,
  /** Members here whom the Directory does not know in this tenant any more: removed after the backup. */
  unknownMembers: z.array(z.string()),
  /**
   * The export's resource group in Azure, which another tenant has by now; null: there is none. This tenant has no place there until
   * an operator sets one (`PUT …/azure-scope`).
   */
  resourceGroupLost: z.string().nullable(),
  /** What nobody can tell, in words; null: nothing was lost. */
  untold: z.string().nullable(),
})
export type RestoreReport = z.infer<typeof RestoreReport>
