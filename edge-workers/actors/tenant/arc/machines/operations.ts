// The rows of machines in Arc in the table of operations.
import { ok } from '../../../../../schemas/result.ts'
import type { OperationRows } from '../../operation.ts'
import type { ArcMachineOperations } from './contracts.ts'
import { registerMachine, renewLink } from './register.ts'
import { listMachines, readBack, readMachine, removeMachine } from './views.ts'

export const arcMachineOperations: OperationRows<ArcMachineOperations> = {
  'arc-machines.create': { action: 'arc.write', run: registerMachine },
  'arc-machines.link': { action: 'arc.write', run: renewLink },
  'arc-machines.list': {
    action: 'arc.read',
    run: (context, _, page) => ok(listMachines(context, page)),
  },
  'arc-machines.read': { action: 'arc.read', run: (context, _, id) => readMachine(context, id) },
  'arc-machines.remove': { action: 'arc.remove', run: removeMachine },
  'arc-machines.read-back': { action: 'arc.read', run: (context) => ok(readBack(context)) },
}
