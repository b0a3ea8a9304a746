// The rows of the driver of Microsoft Entra Verified ID in the table of operations.
import type { OperationRows } from '../../operation.ts'
import type { EntraOperations } from './contracts.ts'

export const entraOperations: OperationRows<EntraOperations> = {}
