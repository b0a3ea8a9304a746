// How an Azure object names another: by its object in the same namespace, or by ARM id where it has none.
import type { SubnetChoice } from '../../schemas/parameters/azure-reference.ts'
import { groupOf, type Kind, kindOf } from '../api-versions.ts'

type Reference = { group: string; kind: string; name: string } | { armId: string }

/** An object of the tenant's own namespace: ASO looks in no other. */
export const objectReference = (kind: Kind, name: string): Reference => ({
  group: groupOf(kind),
  kind: kindOf(kind),
  name,
})

/** What the template azure-network calls the object of a subnet. */
export const subnetObjectName = (network: string, subnet: string): string => `${network}-${subnet}`

export const subnetReference = (choice: SubnetChoice): Reference =>
  'armId' in choice
    ? { armId: choice.armId }
    : objectReference('VirtualNetworksSubnet', subnetObjectName(choice.network, choice.subnet))

/** The network that a subnet is in. */
export const networkReference = (choice: SubnetChoice): Reference =>
  'armId' in choice
    ? { armId: choice.armId.replace(/\/subnets\/[^/]+$/, '') }
    : objectReference('VirtualNetwork', choice.network)
