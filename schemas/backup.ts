// Backups of a tenant: what an export holds, and what a restore says.
import * as z from 'zod'
import { Digest } from './ids.ts'

/** An export is never older than this while anything changes. */
export const BACKUP_EVERY_MILLISECONDS = 300_000
/** Seven years: how long exports are kept where nobody set another time. */
export const RETENTION_DAYS = 2_557

export const BackupView = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  /** Leaves of the tenant's log in it. */
  logSize: z.int(),
  /** Of the encrypted bytes. */
  bytes: z.int(),
  digest: Digest,
  state: z.enum(['writing', 'kept', 'failed']),
})
export type BackupView = z.infer<typeof BackupView>

export const RestoreReport = z.strictObject({
  /** Leaves that the restored log has. */
  logSize: z.int(),
  /** Changes of the export, and those that were found again in Git. */
  changes: z.int(),
  recovered: z.int(),
})
export type RestoreReport = z.infer<typeof RestoreReport>
