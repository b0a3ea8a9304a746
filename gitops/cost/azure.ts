// What is counted of each Azure object, by its kind: a table, no amounts. An Azure kind that is not in it is unpriced, so
// that a new kind never costs nothing by accident. Sources: azure.microsoft.com/pricing/details of each service.
import type { AzureMeter } from '../../schemas/price-book.ts'
import type { Manifest } from '../../schemas/template.ts'

export interface AzureCount {
  meter: AzureMeter
  sku?: string
  /** Null: how many, nothing says. */
  least: number | null
  most: number | null
}

type Spec = Record<string, unknown>
type CountKind = (spec: Spec) => AzureCount[]

const HOURS_PER_DAY = 24
const DAYS_PER_MONTH = 730 / HOURS_PER_DAY
/** An instance is billed as so many units from the start: learn.microsoft.com/azure/application-gateway/understanding-pricing */
const CAPACITY_UNITS_PER_INSTANCE = 10

const inside = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Spec)[key] : undefined),
    value,
  )
const numberAt = (value: unknown, ...path: string[]): number | null => {
  const found = inside(value, ...path)
  return typeof found === 'number' ? found : null
}
const textAt = (value: unknown, ...path: string[]): string => {
  const found = inside(value, ...path)
  return typeof found === 'string' ? found : '?'
}

const one = (meter: AzureMeter, sku?: string): AzureCount => some(meter, 1, 1, sku)
const some = (
  meter: AzureMeter,
  least: number | null,
  most: number | null,
  sku?: string,
): AzureCount => ({ meter, least, most, ...(sku === undefined ? {} : { sku }) })
const byUse = (meter: AzureMeter, sku?: string): AzureCount => some(meter, null, null, sku)

const times = (count: number | null, each: number | null): number | null =>
  count === null || each === null ? null : count * each

/** Nodes of one pool and their disks; one that scales by itself is a range. */
const poolCounts = (pool: unknown): AzureCount[] => {
  const scales = inside(pool, 'enableAutoScaling') === true
  const least = numberAt(pool, scales ? 'minCount' : 'count')
  const most = numberAt(pool, scales ? 'maxCount' : 'count')
  const disk = numberAt(pool, 'osDiskSizeGB')
  return [
    some('aks-node', least, most, textAt(pool, 'vmSize')),
    some('node-disk', times(least, disk), times(most, disk)),
  ]
}

const clusterCounts: CountKind = (spec) => {
  const pools = inside(spec, 'agentPoolProfiles')
  const balanced = inside(spec, 'networkProfile', 'outboundType') === 'loadBalancer'
  const hidden = inside(spec, 'apiServerAccessProfile', 'enablePrivateCluster') === true
  return [
    one('aks-control-plane', textAt(spec, 'sku', 'tier')),
    ...(Array.isArray(pools) ? pools.flatMap(poolCounts) : []),
    // What AKS makes by itself in the group of the nodes.
    ...(balanced ? [one('load-balancer', 'Standard'), one('public-ip', 'Standard')] : []),
    ...(hidden ? [one('private-endpoint')] : []),
  ]
}

/** A standby in another zone is a second server with a second disk. */
const serverCounts: CountKind = (spec) => {
  const servers = textAt(spec, 'highAvailability', 'mode') === 'ZoneRedundant' ? 2 : 1
  const storage = times(servers, numberAt(spec, 'storage', 'storageSizeGB'))
  return [
    some('postgres-server', servers, servers, textAt(spec, 'sku', 'name')),
    some('postgres-storage', storage, storage),
    byUse('postgres-backup'),
  ]
}

const gatewayCounts: CountKind = (spec) => {
  const sku = textAt(spec, 'sku', 'name')
  const fixed = numberAt(spec, 'sku', 'capacity')
  const units = (instances: number | null) => times(instances, CAPACITY_UNITS_PER_INSTANCE)
  const least = units(numberAt(spec, 'autoscaleConfiguration', 'minCapacity') ?? fixed)
  const most = units(numberAt(spec, 'autoscaleConfiguration', 'maxCapacity') ?? fixed)
  return [one('application-gateway', sku), some('application-gateway-capacity', least, most, sku)]
}

/** A cap makes a range of what nothing else bounds. */
const workspaceCounts: CountKind = (spec) => {
  const sku = textAt(spec, 'sku', 'name')
  const cap = numberAt(spec, 'workspaceCapping', 'dailyQuotaGb')
  return [
    cap === null
      ? byUse('log-ingestion', sku)
      : some('log-ingestion', 0, cap * DAYS_PER_MONTH, sku),
  ]
}

const NOT_COUNTED: CountKind = () => []

const kinds: Record<string, CountKind> = {
  ManagedCluster: clusterCounts,
  ManagedClustersAgentPool: poolCounts,
  FlexibleServer: serverCounts,
  StorageAccount: (spec) => [byUse('storage-account', textAt(spec, 'sku', 'name'))],
  Registry: (spec) => [one('container-registry', textAt(spec, 'sku', 'name'))],
  // Each copy is billed as the registry itself; only premium ones have copies.
  RegistryReplication: () => [one('container-registry', 'Premium')],
  Vault: (spec) => [byUse('key-vault-operations', textAt(spec, 'properties', 'sku', 'name'))],
  ApplicationGateway: gatewayCounts,
  WebApplicationFirewallPolicy: () => [one('firewall-policy')],
  PublicIPAddress: (spec) => [one('public-ip', textAt(spec, 'sku', 'name'))],
  PrivateEndpoint: () => [one('private-endpoint')],
  DnsZone: () => [one('dns-zone')],
  PrivateDnsZone: () => [one('private-dns-zone')],
  Workspace: workspaceCounts,
  ScheduledQueryRule: (spec) => [one('log-alert', textAt(spec, 'evaluationFrequency'))],
  ActionGroup: () => [one('action-group')],
  Extension: () => [byUse('arc-gitops')],
  VirtualNetwork: () => [one('virtual-network')],
  NetworkSecurityGroup: () => [one('security-group')],
  ResourceGroup: () => [one('resource-group')],
  UserAssignedIdentity: () => [one('managed-identity')],
  // Parts of something that is counted above.
  Component: NOT_COUNTED,
  FlexibleServersDatabase: NOT_COUNTED,
  FluxConfiguration: NOT_COUNTED,
  NetworkSecurityGroupsSecurityRule: NOT_COUNTED,
  PrivateDnsZonesVirtualNetworkLink: NOT_COUNTED,
  PrivateEndpointsPrivateDnsZoneGroup: NOT_COUNTED,
  StorageAccountsBlobService: NOT_COUNTED,
  StorageAccountsBlobServicesContainer: NOT_COUNTED,
  VirtualNetworksSubnet: NOT_COUNTED,
}

export const isAzure = ({ apiVersion }: Pick<Manifest, 'apiVersion'>): boolean =>
  (apiVersion.split('/')[0] ?? '').endsWith('.azure.com')

/** Whether files of this kind, as they are named in Git, are of something that has a price. */
const lowerCased = new Map(
  Object.entries(kinds).map(([kind, count]) => [kind.toLowerCase(), count]),
)
export const isCountedFile = (path: string): boolean => {
  const kind = (path.split('/').at(-1) ?? '').split('-')[0] ?? ''
  const count = lowerCased.get(kind)
  return count !== undefined && count !== NOT_COUNTED
}

/** Null: an Azure kind that nothing here knows how to count. */
export const azureCounts = (manifest: Manifest): AzureCount[] | null => {
  const count = Object.hasOwn(kinds, manifest.kind) ? kinds[manifest.kind] : undefined
  return count ? count(Object(manifest.spec) as Spec) : null
}

export const locationOf = (manifest: Manifest): string => {
  const location = textAt(manifest.spec, 'location')
  return location === '?' ? '' : location
}
