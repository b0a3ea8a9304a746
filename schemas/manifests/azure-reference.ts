// How what we emit names another object of Azure: one of the same namespace, or an ARM id of the type that is meant.
import * as z from 'zod'
import { armIdPattern } from '../parameters/azure-reference.ts'
import { ObjectName } from './words.ts'

export const NETWORK = 'network.azure.com'

export const objectReference = (group: string, kind: string) =>
  z.strictObject({ group: z.literal(group), kind: z.literal(kind), name: ObjectName })
export const armReference = (type: string) =>
  z.strictObject({ armId: z.string().regex(armIdPattern(type)) })
export const anyReference = (group: string, kind: string, type: string) =>
  z.union([objectReference(group, kind), armReference(type)])

export const subnetTarget = anyReference(
  NETWORK,
  'VirtualNetworksSubnet',
  'Microsoft.Network/virtualNetworks/subnets',
)
export const subnetReference = z.strictObject({ reference: subnetTarget })
