// Every operation of operations-contracts.ts, by name.
import { isReading } from '../../../schemas/principal.ts'
import type { Operations } from '../operations-contracts.ts'
import { arcClusterOperations } from './arc/clusters/operations.ts'
import { arcMachineOperations } from './arc/machines/operations.ts'
import { azureScopeOperations } from './arc/scope.ts'
import { backupOperations } from './backup/operations.ts'
import { billingOperations } from './billing/operations.ts'
import { componentOperations } from './components/operations.ts'
import { entraOperations } from './credentials/entra/operations.ts'
import { issuanceOperations } from './credentials/issuance/operations.ts'
import { issuerOperations } from './credentials/issuer/operations.ts'
import { powerOperations } from './credentials/powers/operations.ts'
import { presentationOperations } from './credentials/presentations/operations.ts'
import { statusOperations } from './credentials/status/operations.ts'
import { driftOperations } from './drift/operations.ts'
import { forgeAccountOperations } from './forge-accounts/operations.ts'
import { freezeOperations } from './freeze/operations.ts'
import { lifecycleOperations } from './lifecycle/operations.ts'
import { logOperations } from './log/operations.ts'
import type { Operation, OperationRows } from './operation.ts'
import { peopleOperations } from './people/operations.ts'
import { secretOperations } from './secrets/operations.ts'
import { webhookOperations } from './webhooks/operations.ts'
import { workloadOperations } from './workloads/operations.ts'

const rows: OperationRows<Operations> = {
  ...peopleOperations,
  ...workloadOperations,
  ...forgeAccountOperations,
  ...webhookOperations,
  ...arcClusterOperations,
  ...arcMachineOperations,
  ...azureScopeOperations,
  ...backupOperations,
  ...billingOperations,
  ...componentOperations,
  ...entraOperations,
  ...issuanceOperations,
  ...issuerOperations,
  ...powerOperations,
  ...presentationOperations,
  ...statusOperations,
  ...driftOperations,
  ...freezeOperations,
  ...logOperations,
  ...secretOperations,
  ...lifecycleOperations,
}

/** Whatever writes may leave work behind: a step of anything is told to webhooks. */
const armed = <Input, Output>(row: Operation<Input, Output>): Operation<Input, Output> =>
  isReading(row.action)
    ? row
    : {
        action: row.action,
        run: async (context, who, input) => {
          const result = await row.run(context, who, input)
          await context.arm()
          return result
        },
      }

export const operations = Object.fromEntries(
  Object.entries(rows).map(([name, row]) => [name, armed(row as Operation<unknown, unknown>)]),
) as OperationRows<Operations>
