// The rows of hardware in the table of operations.
import { ok } from '../../../../schemas/result.ts'
import type { OperationRows } from '../operation.ts'
import type { ComponentOperations } from './contracts.ts'
import { registerComponent } from './register.ts'
import { stepComponent } from './step.ts'
import { listComponents, readComponent } from './views.ts'

export const componentOperations: OperationRows<ComponentOperations> = {
  'components.register': { action: 'components.write', run: registerComponent },
  'components.list': {
    action: 'components.read',
    run: (context, _, input) => ok(listComponents(context, input)),
  },
  'components.read': {
    action: 'components.read',
    run: (context, _, id) => readComponent(context, id),
  },
  'components.step': { action: 'components.write', run: stepComponent },
}
