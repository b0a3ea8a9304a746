// The rows of this concern in the table of operations.
import { ok } from '../../../../schemas/result.ts'
import type { OperationRows } from '../operation.ts'
import type { LifecycleOperations } from './contracts.ts'
import { deleteTenant } from './delete.ts'
import { outsideOf } from './outside.ts'
import { restoreTenant } from './restore.ts'
import { resumeTenant, suspendTenant } from './suspend.ts'

export const lifecycleOperations: OperationRows<LifecycleOperations> = {
  'tenant.suspend': { action: 'tenant.suspend', run: suspendTenant },
  'tenant.resume': {
    action: 'tenant.suspend',
    run: (context, who) => resumeTenant(context, who),
  },
  'tenant.delete': { action: 'tenant.delete', run: deleteTenant },
  'tenant.restore': {
    action: 'tenant.delete',
    run: (context, who) => restoreTenant(context, who),
  },
  'tenant.outside': { action: 'tenant.read', run: (context) => ok(outsideOf(context)) },
}
