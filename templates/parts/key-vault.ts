// An Azure Key Vault: roles instead of access policies, no public network, nothing gone before its time.
// What is inside it, and who may read it, is decided elsewhere.
import type { KeyVaultParameters } from '../../schemas/parameters/key-vault.ts'
import type { Manifest } from '../../schemas/template.ts'
import { azureObject, inOwnGroup } from './azure.ts'
import type { Scope } from './object.ts'

export const keyVault = (scope: Scope, parameters: KeyVaultParameters): Manifest =>
  azureObject('Vault', scope.resource, scope, {
    ...inOwnGroup(scope, parameters),
    properties: {
      tenantId: parameters.entraTenantId,
      sku: { family: 'A', name: parameters.hsm ? 'premium' : 'standard' },
      enableRbacAuthorization: true,
      enableSoftDelete: true,
      softDeleteRetentionInDays: parameters.retentionDays,
      enablePurgeProtection: true,
      publicNetworkAccess: 'Disabled',
      networkAcls: {
        defaultAction: 'Deny',
        bypass: parameters.trustedServices ? 'AzureServices' : 'None',
      },
    },
  })
