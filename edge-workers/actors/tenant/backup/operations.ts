// The rows of backups in the table of operations.
import { desc, lt } from 'drizzle-orm'
import type { BackupView } from '../../../../schemas/backup.ts'
import { ok } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Page, PageRequest } from '../../contracts.ts'
import { byId, pageOf } from '../../page.ts'
import type { TenantContext } from '../context.ts'
import type { OperationRows } from '../operation.ts'
import { confirmToken, confirmWorkload, standingOf } from './confirm.ts'
import type { BackupOperations } from './contracts.ts'
import { abandonRestore, restoreTenant } from './restore.ts'

const { backups } = tables

const listBackups = ({ db }: TenantContext, { limit, after }: PageRequest): Page<BackupView> => {
  const rows = db
    .select()
    .from(backups)
    .where(after === null ? undefined : lt(backups.id, after))
    .orderBy(desc(backups.id))
    .limit(limit + 1)
    .all()
  return pageOf(rows, limit, byId, (row) => ({ ...row, digest: row.digest || null }))
}

export const backupOperations: OperationRows<BackupOperations> = {
  'backups.list': {
    action: 'backups.read',
    run: (context, _, page) => ok(listBackups(context, page)),
  },
  'backups.standing': { action: 'members.read', run: (context) => ok(standingOf(context)) },
  'tokens.confirm': { action: 'tokens.confirm', run: confirmToken },
  'workloads.confirm': { action: 'tokens.confirm', run: confirmWorkload },
  'backups.abandon': { action: 'backups.write', run: abandonRestore },
  'backups.restore': { action: 'backups.write', run: restoreTenant },
}
