// An Azure storage account, its blob service and containers. Only Entra identities get in: shared keys are off,
// so there is no key that could leak.
import type { StorageAccountParameters } from '../../schemas/parameters/storage-account.ts'
import type { Manifest } from '../../schemas/template.ts'
import { azureObject, inOwnGroup } from './azure.ts'
import type { Scope } from './object.ts'

export const storageAccount = (scope: Scope, parameters: StorageAccountParameters): Manifest =>
  azureObject('StorageAccount', scope.resource, scope, {
    ...inOwnGroup(scope, parameters),
    kind: 'StorageV2',
    sku: { name: `Standard_${parameters.redundancy}` },
    accessTier: parameters.tier,
    supportsHttpsTrafficOnly: true,
    minimumTlsVersion: 'TLS1_2',
    allowBlobPublicAccess: false,
    allowSharedKeyAccess: false,
    allowCrossTenantReplication: false,
    defaultToOAuthAuthentication: true,
    publicNetworkAccess: 'Disabled',
    networkAcls: { defaultAction: 'Deny', bypass: 'None' },
  })

/** Versions are kept, and what was deleted can be brought back for so many days. */
export const blobService = (
  scope: Scope,
  { retentionDays: days }: StorageAccountParameters,
): Manifest =>
  azureObject('StorageAccountsBlobService', scope.resource, scope, {
    owner: { name: scope.resource },
    isVersioningEnabled: true,
    deleteRetentionPolicy: { enabled: true, days },
    containerDeleteRetentionPolicy: { enabled: true, days },
  })

export const blobContainer = (scope: Scope, container: string): Manifest =>
  azureObject('StorageAccountsBlobServicesContainer', `${scope.resource}-${container}`, scope, {
    azureName: container,
    owner: { name: scope.resource },
    publicAccess: 'None',
  })
