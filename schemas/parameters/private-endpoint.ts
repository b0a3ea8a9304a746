// Parameters of the template private-endpoint: an address inside a network for a service that has no public one.
// The target is another resource of the tenant, or an ARM id of exactly the type that is meant.
import * as z from 'zod'
import { Slug } from '../ids.ts'
import { AzureLocation } from './azure.ts'
import { armIdOf, SubnetChoice } from './azure-reference.ts'

/**
 * Targets: the kind that manages them, their ARM type, the sub-resource and the zone that their names move to.
 * Source: learn.microsoft.com/azure/private-link/private-endpoint-dns
 */
export const privateLinks = {
  'key-vault': {
    kind: 'Vault',
    type: 'Microsoft.KeyVault/vaults',
    groupId: 'vault',
    zone: 'privatelink.vaultcore.azure.net',
  },
  'storage-blob': {
    kind: 'StorageAccount',
    type: 'Microsoft.Storage/storageAccounts',
    groupId: 'blob',
    zone: 'privatelink.blob.core.windows.net',
  },
  'azure-postgres': {
    kind: 'FlexibleServer',
    type: 'Microsoft.DBforPostgreSQL/flexibleServers',
    groupId: 'postgresqlServer',
    zone: 'privatelink.postgres.database.azure.com',
  },
  'container-registry': {
    kind: 'Registry',
    type: 'Microsoft.ContainerRegistry/registries',
    groupId: 'registry',
    zone: 'privatelink.azurecr.io',
  },
} as const
export type PrivateLink = keyof typeof privateLinks
const LINKS = Object.keys(privateLinks) as PrivateLink[]

const ByName = z.strictObject({
  service: z.enum(LINKS),
  resource: Slug.describe('Resource of the tenant that made it, on the same cluster'),
})
const byArmId = (service: PrivateLink) =>
  z.strictObject({
    service: z.literal(service),
    armId: armIdOf(privateLinks[service].type).describe('One that is managed elsewhere'),
  })

export const PrivateEndpointParameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Cluster whose Azure Service Operator manages it; absent: the only one there is',
  ),
  location: AzureLocation.describe('Azure region of the network'),
  target: z
    .union([
      ByName,
      byArmId('key-vault'),
      byArmId('storage-blob'),
      byArmId('azure-postgres'),
      byArmId('container-registry'),
    ])
    .describe('The service that gets an address in the network'),
  subnet: SubnetChoice.describe('Where the address is taken from'),
  zoneOf: Slug.optional().describe(
    'Resource of this template that has the zone of this kind of service in this network already: a network cannot have two. Absent: this one makes it',
  ),
})
export type PrivateEndpointParameters = z.infer<typeof PrivateEndpointParameters>
