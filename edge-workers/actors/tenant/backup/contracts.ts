// Operations of this concern: one row each, its input and its output.
import type { BackupView, RestoreBackup, RestoreReport } from '../../../../schemas/backup.ts'
import type { Page, PageRequest } from '../../contracts.ts'

export interface BackupOperations {
  /** Newest first. */
  'backups.list': { input: PageRequest; output: Page<BackupView> }
  'backups.restore': { input: RestoreBackup; output: RestoreReport }
}
