// What the_order has in Azure, phase by phase: rendered to the cluster whose Azure Service Operator makes it. An instance
// beside another one makes nothing of it but the storage of its own environment.
import {
  ORDER_ENVIRONMENTS,
  type TheOrderParameters as Parameters,
} from '../../../schemas/parameters/systems/the-order.ts'
import type { Block } from '../../../schemas/system.ts'
import { aksCluster } from '../../aks-cluster.ts'
import { aksNodePool } from '../../aks-node-pool.ts'
import { applicationGateway } from '../../application-gateway.ts'
import { azureDns } from '../../azure-dns.ts'
import { azureMonitoring } from '../../azure-monitoring.ts'
import { azureNetwork } from '../../azure-network.ts'
import { azurePostgres } from '../../azure-postgres.ts'
import { containerRegistry } from '../../container-registry.ts'
import { keyVault } from '../../key-vault.ts'
import { privateEndpoint } from '../../private-endpoint.ts'
import { storageAccount } from '../../storage-account.ts'
import { block } from '../block.ts'
import {
  DATABASES,
  databaseServer,
  GATEWAY_CERTIFICATE,
  hostsOutside,
  insideAddress,
  registryName,
  storageName,
  subnets,
  vaultName,
} from './names.ts'
import { ORDER_SIZES, SYSTEM_NODES } from './sizes.ts'

type Blocks = (parameters: Parameters, name: string) => Block[]

const on = ({ cluster, location }: Parameters) => ({
  ...(cluster === undefined ? {} : { cluster }),
  location,
})

/** Nothing where another instance has it. */
const own =
  (blocks: Blocks): Blocks =>
  (parameters, name) =>
    parameters.base === undefined ? blocks(parameters, name) : []

/** An address in the network for what has no public one. A network takes one zone per kind of service: the first's. */
const links = (
  parameters: Parameters,
  name: string,
  service: 'key-vault' | 'azure-postgres' | 'storage-blob' | 'container-registry',
  ids: string[],
): Block[] =>
  parameters.privateEndpoints
    ? ids.map((id) =>
        block(privateEndpoint, `${id}-link`, {
          ...on(parameters),
          target: { service, resource: `${name}-${id}` },
          subnet: { network: `${parameters.base ?? name}-network`, subnet: 'endpoints' },
          zoneOf: `${parameters.base ?? name}-${ids[0]}-link`,
        }),
      )
    : []

const nodes: Blocks = (parameters, name) => {
  const { kubernetesVersion, administratorGroups, authorizedIpRanges } = parameters
  const version = kubernetesVersion === undefined ? {} : { kubernetesVersion }
  const subnet = { network: `${name}-network`, subnet: 'nodes' }
  const standard = ORDER_SIZES[parameters.size].nodes
  const separate = parameters.separateSystemPool
  const { cluster } = on(parameters)
  return [
    block(aksCluster, 'aks', {
      ...on(parameters),
      ...version,
      ...{ administratorGroups, authorizedIpRanges, subnet },
      systemPool: separate ? { ...SYSTEM_NODES, dedicated: true } : standard,
    }),
    ...(separate
      ? [
          block(aksNodePool, 'nodes', {
            ...(cluster === undefined ? {} : { cluster }),
            ...version,
            ...{ aksCluster: `${name}-aks`, poolName: 'standard', subnet },
            ...standard,
          }),
        ]
      : []),
  ]
}

export const infrastructure = own((parameters, name) => {
  const { addressRange, entraTenantId, environment, entrance, dnsZone, domain } = parameters
  const vaults = ORDER_ENVIRONMENTS.map((one) => `vault-${one}`)
  return [
    block(azureNetwork, 'network', {
      ...on(parameters),
      addressSpace: [addressRange],
      subnets: subnets(parameters),
    }),
    ...nodes(parameters, name),
    ...ORDER_ENVIRONMENTS.map((one) =>
      block(keyVault, `vault-${one}`, {
        ...on(parameters),
        entraTenantId,
        azureName: vaultName(parameters, one),
        // The gateway fetches its certificate past the closed network.
        trustedServices: entrance === 'application-gateway' && one === environment,
      }),
    ),
    ...links(parameters, name, 'key-vault', vaults),
    ...(dnsZone ? [block(azureDns, 'dns', { ...on(parameters), zone: domain })] : []),
  ]
})

const databases = own((parameters, name) => {
  const { size, standby, backupRetentionDays, geoRedundantBackup } = parameters
  const servers = ORDER_ENVIRONMENTS.map((environment) =>
    block(azurePostgres, `db-${environment}`, {
      ...on(parameters),
      ...{ environment, backupRetentionDays, geoRedundantBackup },
      ...ORDER_SIZES[size].database,
      standby: standby.includes(environment),
      azureName: databaseServer(parameters, environment),
      databases: DATABASES,
    }),
  )
  return [
    ...servers,
    ...links(
      parameters,
      name,
      'azure-postgres',
      servers.map(({ id }) => id),
    ),
  ]
})

export const data: Blocks = (parameters, name) => [
  ...databases(parameters, name),
  block(storageAccount, 'documents', {
    ...on(parameters),
    azureName: storageName(parameters),
    containers: ['intake-documents', 'dataroom-deals', 'credentials'],
  }),
  ...links(parameters, name, 'storage-blob', ['documents']),
]

const replicasOf = ({ registryReplicas, acrGeoReplica }: Parameters) => [
  ...new Set([...registryReplicas, ...(acrGeoReplica === undefined ? [] : [acrGeoReplica])]),
]

export const registry = own((parameters, name) => [
  block(containerRegistry, 'images', {
    ...on(parameters),
    azureName: registryName(parameters),
    replicas: replicasOf(parameters),
  }),
  ...links(parameters, name, 'container-registry', ['images']),
])

/** The certificate is in the vault of the environment; behind the gateway stands the controller's own. */
export const gateway: Blocks = (parameters, name) => [
  block(applicationGateway, 'gateway', {
    ...on(parameters),
    subscriptionId: parameters.subscriptionId,
    subnet: { network: `${name}-network`, subnet: 'gateway' },
    hostNames: hostsOutside(parameters),
    certificate: `https://${vaultName(parameters, parameters.environment)}.vault.azure.net/secrets/${GATEWAY_CERTIFICATE}`,
    backend: {
      addresses: [{ ip: insideAddress(parameters) }],
      probe: { path: parameters.probes.readinessPath ?? '/' },
    },
  }),
]

export const observability = own((parameters) => [
  block(azureMonitoring, 'insights', {
    ...on(parameters),
    retentionDays: parameters.logRetentionDays,
    receivers: parameters.receivers,
  }),
])
