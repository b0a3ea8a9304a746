// Operations of the tenant's place in Azure: one row each, its input and its output.
import type { AzureScope, AzureScopeView } from '../../../../schemas/azure-scope.ts'

export interface AzureScopeOperations {
  'azure-scope.read': { input: null; output: AzureScopeView }
  /** Once more the same changes nothing. */
  'azure-scope.put': { input: AzureScope; output: AzureScopeView }
}
