// How a parameter names what stands in Azure already: another resource of the same tenant, or an ARM id.
// An ARM id is held to the type that is meant, so that a vault's id cannot stand where a subnet's should.
import * as z from 'zod'
import { Slug } from '../ids.ts'

const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const GROUP = '[A-Za-z0-9_-]{1,90}'
const NAME = '[A-Za-z0-9][A-Za-z0-9_-]{0,79}'

/** Lower case, as Azure itself writes it. */
export const SubscriptionId = z.string().regex(new RegExp(`^${GUID}$`), 'a GUID in lower case')

/** `type` is `Microsoft.Network/virtualNetworks/subnets`: a provider and nested types. */
export const armIdPattern = (type: string): RegExp => {
  const [provider = '', ...types] = type.split('/')
  const path = types.map((part) => `/${part}/${NAME}`).join('')
  return new RegExp(
    `^/subscriptions/${GUID}/resourceGroups/${GROUP}/providers/${provider.replace('.', '\\.')}${path}$`,
  )
}

export const armIdOf = (type: string) => z.string().regex(armIdPattern(type), `an id of ${type}`)

/** What the template azure-network calls its subnets. */
export const SubnetName = z
  .string()
  .regex(/^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/, 'lower-case letters, digits, hyphens, at most 20')

export const SubnetChoice = z.union([
  z.strictObject({
    network: Slug.describe('Resource of the template azure-network'),
    subnet: SubnetName.describe('One of its subnets'),
  }),
  z.strictObject({
    armId: armIdOf('Microsoft.Network/virtualNetworks/subnets').describe(
      'A subnet that is managed elsewhere',
    ),
  }),
])
export type SubnetChoice = z.infer<typeof SubnetChoice>
