// Where Azure objects are, and the copies that Azure makes of them by itself: a table from kind to what it keeps.
// Whatever Azure kind has a location is a row here even when the table does not know the kind.
import type { ResidencyLine } from '../../schemas/plan.ts'
import type { Manifest } from '../../schemas/template.ts'
import type { RenderedObject } from '../policies/judge.ts'
import { pairOf } from './regions.ts'
import type { Spot, Surroundings } from './spots.ts'

/** What an object of the kind is to its tenant; any other one counts as data. */
const KEEPS: Record<string, ResidencyLine['kind']> = {
  ActionGroup: 'logs',
  ApplicationGateway: 'compute',
  Component: 'logs',
  DataCollectionEndpoint: 'logs',
  DataCollectionRule: 'logs',
  Extension: 'compute',
  FluxConfiguration: 'compute',
  ManagedCluster: 'compute',
  NetworkSecurityGroup: 'compute',
  PrivateEndpoint: 'compute',
  PublicIPAddress: 'compute',
  Registry: 'registry',
  RegistryReplication: 'registry',
  ScheduledQueryRule: 'logs',
  UserAssignedIdentity: 'compute',
  Vault: 'vault',
  VirtualNetwork: 'compute',
  WebApplicationFirewallPolicy: 'compute',
  Workspace: 'logs',
}

/** Words that people know better than the kind's own. */
const TITLES: Record<string, string> = {
  Registry: 'ContainerRegistry',
  RegistryReplication: 'ContainerRegistry geo-replica',
  Workspace: 'Log Analytics workspace',
  Component: 'Application Insights',
  ManagedCluster: 'AKS cluster',
}

interface AzureSpec {
  location?: string
  sku?: { name?: string }
  backup?: { geoRedundantBackup?: string }
  createMode?: string
  owner?: { name?: string; armId?: string }
  azureName?: string
}

const specOf = ({ spec }: Manifest): AzureSpec => (spec ?? {}) as AzureSpec
const isAzure = ({ apiVersion }: Manifest): boolean =>
  apiVersion.split('/')[0]?.endsWith('.azure.com') ?? false

/** Standard_GRS, Standard_GZRS and their readable forms (RA-) keep a copy in the paired region. */
const GEO_REDUNDANT = /_(?:RA)?GZ?RS$/

export const azureSpots = (
  { path: file, manifest }: RenderedObject,
  around: Surroundings,
): Spot[] => {
  if (!isAzure(manifest)) return []
  const { kind } = manifest
  const spec = specOf(manifest)
  const { location } = spec
  const what = `${TITLES[kind] ?? kind} ${manifest.metadata.name}`
  if (location === undefined) return arcSpots(what, manifest, file, around)
  const at = { file, pointer: '/spec/location' }
  const own = {
    what,
    kind: spec.createMode === 'Replica' ? ('replica' as const) : (KEEPS[kind] ?? 'data'),
    ...at,
  }
  if (location === 'global') return [{ ...own, region: null, place: 'global', global: true }]
  const paired = (suffix: string, pointer: string, keeps: ResidencyLine['kind']): Spot => ({
    ...{ what: `${what}, ${suffix} in the region paired with ${location}`, kind: keeps },
    ...{ region: pairOf(location), file, pointer },
  })
  return [
    { ...own, region: location },
    ...(kind === 'StorageAccount' && GEO_REDUNDANT.test(spec.sku?.name ?? '')
      ? [paired('geo-redundant copy', '/spec/sku/name', 'replica')]
      : []),
    ...(kind === 'FlexibleServer' && spec.backup?.geoRedundantBackup === 'Enabled'
      ? [paired('geo-redundant backup', '/spec/backup/geoRedundantBackup', 'backup')]
      : []),
  ]
}

/** What hangs on a cluster that Arc shows is where that cluster's group is, if the group is of this plan. */
const arcSpots = (
  what: string,
  { kind, spec }: Manifest,
  file: string,
  { objects }: Surroundings,
): Spot[] => {
  if (kind !== 'Extension' && kind !== 'FluxConfiguration') return []
  const { owner } = (spec ?? {}) as AzureSpec
  const group = /\/resourceGroups\/([^/]+)\//.exec(owner?.armId ?? '')?.[1]
  const found = objects.find(
    ({ manifest }) => manifest.kind === 'ResourceGroup' && specOf(manifest).azureName === group,
  )
  const region = found ? (specOf(found.manifest).location ?? null) : null
  return [{ what, kind: 'control-plane', region, file, pointer: '/spec/owner/armId' }]
}
