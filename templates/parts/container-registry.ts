// An Azure Container Registry and its copies in other regions. Premium: the other tiers have neither private
// endpoints nor copies.
import type { AzureLocation } from '../../schemas/parameters/azure.ts'
import type { ContainerRegistryParameters } from '../../schemas/parameters/container-registry.ts'
import type { Manifest } from '../../schemas/template.ts'
import { azureObject, azureTags, inOwnGroup } from './azure.ts'
import { object, type Scope } from './object.ts'

export const containerRegistry = (
  scope: Scope,
  parameters: ContainerRegistryParameters,
): Manifest =>
  azureObject('Registry', scope.resource, scope, {
    ...inOwnGroup(scope, parameters),
    sku: { name: 'Premium' },
    adminUserEnabled: false,
    publicNetworkAccess: 'Disabled',
    networkRuleBypassOptions: 'None',
    // A host name of its own for image layers: egress rules can name it.
    dataEndpointEnabled: true,
    zoneRedundancy: 'Enabled',
    policies: {
      exportPolicy: { status: 'disabled' },
      ...(parameters.untaggedDays === undefined
        ? {}
        : { retentionPolicy: { status: 'enabled', days: parameters.untaggedDays } }),
    },
  })

/** Without a guard: a copy can be made again, and a region given up for residency must really be left. */
export const registryReplica = (scope: Scope, location: AzureLocation): Manifest =>
  object('RegistryReplication', `${scope.resource}-${location}`, scope, {
    spec: {
      azureName: location,
      location,
      owner: { name: scope.resource },
      tags: azureTags(scope),
      regionEndpointEnabled: true,
      zoneRedundancy: 'Enabled',
    },
  })
