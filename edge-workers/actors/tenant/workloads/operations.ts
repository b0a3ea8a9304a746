// The rows of workloads in the table of operations.
import { ok } from '../../../../schemas/result.ts'
import type { OperationRows } from '../operation.ts'
import type { WorkloadOperations } from './contracts.ts'
import { createWorkload, deleteWorkload, listWorkloads, readWorkload } from './workloads.ts'

export const workloadOperations: OperationRows<WorkloadOperations> = {
  'workloads.create': { action: 'workloads.create', run: createWorkload },
  'workloads.list': {
    action: 'workloads.read',
    run: (context, _, page) => ok(listWorkloads(context, page)),
  },
  'workloads.read': {
    action: 'workloads.read',
    run: (context, _, id) => readWorkload(context, id),
  },
  'workloads.delete': { action: 'workloads.delete', run: deleteWorkload },
}
