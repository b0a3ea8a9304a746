// The rows of the tenant's log in the table of operations.
import type { OperationRows } from '../operation.ts'
import { bundleOf, readCheckpoint, readSummary } from './bundle.ts'
import type { LogOperations } from './contracts.ts'
import { proveConsistency, proveInclusion } from './proofs.ts'
import { listAudit, listLeaves } from './read.ts'

export const logOperations: OperationRows<LogOperations> = {
  'log.checkpoint': { action: 'log.read', run: (context) => readCheckpoint(context) },
  'log.summary': { action: 'log.read', run: (context) => readSummary(context) },
  'log.inclusion': {
    action: 'log.read',
    run: (context, _, input) => proveInclusion(context, input),
  },
  'log.consistency': {
    action: 'log.read',
    run: (context, _, input) => proveConsistency(context, input),
  },
  'log.leaves': { action: 'log.read', run: listLeaves },
  'log.audit': { action: 'log.read', run: listAudit },
  'log.bundle': { action: 'log.read', run: bundleOf },
}
