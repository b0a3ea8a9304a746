// What things of the_order are called, where more than one of them must know it: names in Azure, subnets, hosts, Secrets.
import type {
  ORDER_ENVIRONMENTS,
  TheOrderParameters as Parameters,
} from '../../../schemas/parameters/systems/the-order.ts'

type Environment = (typeof ORDER_ENVIRONMENTS)[number]

export const SERVICES = ['identity', 'intake', 'finance', 'dataroom'] as const
export const PORTALS = ['portal-public', 'portal-internal'] as const
export const WORKFLOWS = ['eidas-verification', 'vc-issuance', 'document-processing'] as const
export type Service = (typeof SERVICES)[number]
export type Workload = Service | (typeof PORTALS)[number]

/** One database per service on each server. */
export const DATABASES: readonly string[] = SERVICES
/** Certificate of the gateway in the vault. */
export const GATEWAY_CERTIFICATE = 'gateway-certificate'

export const vaultName = ({ azurePrefix }: Parameters, environment: Environment): string =>
  `${azurePrefix}-${environment}-kv`
export const databaseServer = ({ azurePrefix }: Parameters, environment: Environment): string =>
  `${azurePrefix}-${environment}-db`
export const registryName = ({ azurePrefix }: Parameters): string => `${azurePrefix}images`
/** Each environment has an account of its own: documents of one are not in reach of another. */
export const storageName = ({ azurePrefix, environment }: Parameters): string =>
  `${azurePrefix}${environment}docs`

export const imageOf = (parameters: Parameters, workload: Workload): string => {
  const { registry = `${registryName(parameters)}.azurecr.io`, images } = parameters
  const version = images[workload]
  return `${registry}/the-order/${workload}${version.startsWith('sha256:') ? '@' : ':'}${version}`
}

/** Subnets lie at fixed places of the /16: 4,096 addresses for nodes, 256 each for endpoints and gateway. */
const at = ({ addressRange }: Parameters, rest: string): string =>
  `${addressRange.split('.').slice(0, 2).join('.')}.${rest}`
export const endpointRange = (parameters: Parameters): string => at(parameters, '16.0/24')
export const gatewayRange = (parameters: Parameters): string => at(parameters, '17.0/24')
/** Of the ingress controller behind the gateway: the end of the nodes' subnet, since Azure gives out its beginning. */
export const insideAddress = (parameters: Parameters): string => at(parameters, '15.250')

export const subnets = (parameters: Parameters) => [
  { name: 'nodes', range: at(parameters, '0.0/20'), purpose: 'workload' },
  { name: 'endpoints', range: endpointRange(parameters), purpose: 'private-endpoints' },
  { name: 'gateway', range: gatewayRange(parameters), purpose: 'application-gateway' },
]

const internalHost = ({ domain }: Parameters): string => `internal.${domain}`
/** Whether the internal portal has a name at all: behind a gateway only inside, without one only published. */
export const hasInternalHost = ({ entrance, internalPortal }: Parameters): boolean =>
  entrance === 'application-gateway' || internalPortal === 'published'
export const hostsInside = (parameters: Parameters) => ({
  'portal-public': parameters.domain,
  ...(hasInternalHost(parameters) ? { 'portal-internal': internalHost(parameters) } : {}),
})
export const hostsOutside = (parameters: Parameters): string[] =>
  parameters.internalPortal === 'published'
    ? [parameters.domain, internalHost(parameters)]
    : [parameters.domain]

/** Keys of Secrets and the vault's secrets that they come from, by the Secret's suffix. */
export const SECRETS: Record<string, Record<string, string>> = {
  entra: { 'client-id': 'entra-client-id', 'client-secret': 'entra-client-secret' },
  ...Object.fromEntries(
    SERVICES.map((service) => [service, { 'database-url': `${service}-database-url` }]),
  ),
  ...Object.fromEntries(
    PORTALS.map((portal) => [portal, { 'session-secret': `${portal}-session-secret` }]),
  ),
}
export const VAULT_SECRETS: readonly string[] = Object.values(SECRETS).flatMap((keys) =>
  Object.values(keys),
)
