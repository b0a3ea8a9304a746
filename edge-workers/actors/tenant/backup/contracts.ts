// Operations of this concern: one row each, its input and its output.
import type {
  BackupView,
  RestoreBackup,
  RestoreReport,
  RestoreStanding,
} from '../../../../schemas/backup.ts'
import type { TokenView } from '../../../../schemas/token.ts'
import type { WorkloadView } from '../../../../schemas/workload.ts'
import type { Page, PageRequest, Versioned } from '../../contracts.ts'

export interface BackupOperations {
  /** Null: no restore ever lost anything. */
  'backups.standing': { input: null; output: RestoreStanding | null }
  'tokens.confirm': { input: string; output: Versioned<TokenView> }
  'workloads.confirm': { input: string; output: Versioned<WorkloadView> }
  /** Gives up a restore that is under way. */
  'backups.abandon': { input: null; output: RestoreReport }
  /** Newest first. */
  'backups.list': { input: PageRequest; output: Page<BackupView> }
  'backups.restore': { input: RestoreBackup; output: RestoreReport }
}
