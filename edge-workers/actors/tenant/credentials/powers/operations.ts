// The rows of what a credential does here in the table of operations.
import type { OperationRows } from '../../operation.ts'
import { createApprovalRequest, readApprovalRequest } from './approval-requests.ts'
import type { PowerOperations } from './contracts.ts'
import { readApprovalEvidence } from './evidence.ts'

export const powerOperations: OperationRows<PowerOperations> = {
  'approval-requests.create': { action: 'changes.approve', run: createApprovalRequest },
  'approval-requests.read': { action: 'changes.approve', run: readApprovalRequest },
  'approval-evidence.read': { action: 'evidence.read', run: readApprovalEvidence },
}
