// The account an engine works under in a tenant's namespace, and what it may do there: exactly the kinds
// that our templates render into a leaf. It cannot change its own quota, limits and roles.
import type { IRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role'
import type { IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding'
import type { Engine } from '../../schemas/place.ts'
import type { Manifest } from '../../schemas/template.ts'
import { groupOf, type Kind, kindOf } from '../api-versions.ts'
import { object, type Scope } from './object.ts'

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']

interface Managed {
  kind: Kind
  resource: string
}

/** What the base has let the engine manage since its version 1.0.0. */
const SINCE_1_0: Managed[] = [
  { kind: 'ConfigMap', resource: 'configmaps' },
  { kind: 'Service', resource: 'services' },
  { kind: 'Deployment', resource: 'deployments' },
  { kind: 'HorizontalPodAutoscaler', resource: 'horizontalpodautoscalers' },
  { kind: 'PodDisruptionBudget', resource: 'poddisruptionbudgets' },
  // Gates in the fence. The fence itself has names that no leaf's object can have (network-policy.ts).
  { kind: 'NetworkPolicy', resource: 'networkpolicies' },
  { kind: 'Issuer', resource: 'issuers' },
  { kind: 'Certificate', resource: 'certificates' },
  { kind: 'EnvironmentVM', resource: 'environmentvms' },
  { kind: 'EnvironmentFile', resource: 'environmentfiles' },
  { kind: 'EnvironmentDownloadFile', resource: 'environmentdownloadfiles' },
  { kind: 'ResourceGroup', resource: 'resourcegroups' },
  { kind: 'ManagedCluster', resource: 'managedclusters' },
  { kind: 'ManagedClustersAgentPool', resource: 'managedclustersagentpools' },
  { kind: 'FlexibleServer', resource: 'flexibleservers' },
  { kind: 'FlexibleServersDatabase', resource: 'flexibleserversdatabases' },
  { kind: 'Vault', resource: 'vaults' },
  { kind: 'Registry', resource: 'registries' },
  { kind: 'RegistryReplication', resource: 'registryreplications' },
  { kind: 'StorageAccount', resource: 'storageaccounts' },
  { kind: 'StorageAccountsBlobService', resource: 'storageaccountsblobservices' },
  {
    kind: 'StorageAccountsBlobServicesContainer',
    resource: 'storageaccountsblobservicescontainers',
  },
  { kind: 'ServiceAccount', resource: 'serviceaccounts' },
  { kind: 'SecretStore', resource: 'secretstores' },
  { kind: 'ExternalSecret', resource: 'externalsecrets' },
  { kind: 'Cluster', resource: 'clusters' },
  { kind: 'ScheduledBackup', resource: 'scheduledbackups' },
  { kind: 'ObjectStore', resource: 'objectstores' },
  { kind: 'RedisReplication', resource: 'redisreplications' },
  { kind: 'RedisSentinel', resource: 'redissentinels' },
  { kind: 'Keycloak', resource: 'keycloaks' },
  { kind: 'KeycloakRealmImport', resource: 'keycloakrealmimports' },
]
/** Added with version 1.1.0. A kind that is new here needs a new version of the base. */
const SINCE_1_1: Managed[] = [
  { kind: 'Rollout', resource: 'rollouts' },
  { kind: 'Ingress', resource: 'ingresses' },
  { kind: 'ProviderConfig', resource: 'providerconfigs' },
  { kind: 'Extension', resource: 'extensions' },
  { kind: 'FluxConfiguration', resource: 'fluxconfigurations' },
  { kind: 'VirtualNetwork', resource: 'virtualnetworks' },
  { kind: 'VirtualNetworksSubnet', resource: 'virtualnetworkssubnets' },
  { kind: 'NetworkSecurityGroup', resource: 'networksecuritygroups' },
  { kind: 'NetworkSecurityGroupsSecurityRule', resource: 'networksecuritygroupssecurityrules' },
  { kind: 'PrivateEndpoint', resource: 'privateendpoints' },
  { kind: 'PrivateEndpointsPrivateDnsZoneGroup', resource: 'privateendpointsprivatednszonegroups' },
  { kind: 'PrivateDnsZone', resource: 'privatednszones' },
  { kind: 'PrivateDnsZonesVirtualNetworkLink', resource: 'privatednszonesvirtualnetworklinks' },
  { kind: 'PublicIPAddress', resource: 'publicipaddresses' },
  { kind: 'ApplicationGateway', resource: 'applicationgateways' },
  { kind: 'WebApplicationFirewallPolicy', resource: 'webapplicationfirewallpolicies' },
  { kind: 'DnsZone', resource: 'dnszones' },
  { kind: 'UserAssignedIdentity', resource: 'userassignedidentities' },
  { kind: 'Workspace', resource: 'workspaces' },
  { kind: 'Component', resource: 'components' },
  { kind: 'ActionGroup', resource: 'actiongroups' },
  { kind: 'ScheduledQueryRule', resource: 'scheduledqueryrules' },
  { kind: 'HelmRelease', resource: 'helmreleases' },
  { kind: 'HelmRepository', resource: 'helmrepositories' },
  { kind: 'OCIRepository', resource: 'ocirepositories' },
  { kind: 'CapiCluster', resource: 'clusters' },
  { kind: 'MachineDeployment', resource: 'machinedeployments' },
  { kind: 'KThreesControlPlane', resource: 'kthreescontrolplanes' },
  { kind: 'KThreesConfigTemplate', resource: 'kthreesconfigtemplates' },
  { kind: 'ProxmoxCluster', resource: 'proxmoxclusters' },
  { kind: 'ProxmoxMachineTemplate', resource: 'proxmoxmachinetemplates' },
  { kind: 'PrometheusRule', resource: 'prometheusrules' },
  { kind: 'AlertmanagerConfig', resource: 'alertmanagerconfigs' },
  { kind: 'ScrapeConfig', resource: 'scrapeconfigs' },
  { kind: 'OpenTelemetryCollector', resource: 'opentelemetrycollectors' },
]

/** Versions of the tenant's base, and what each lets the engine manage. */
export const MANAGED = { '1.0.0': SINCE_1_0, '1.1.0': [...SINCE_1_0, ...SINCE_1_1] } as const
export type BaseVersion = keyof typeof MANAGED

/** `<group>/<kind>` of what the engine may manage under a base of this version; of an unknown one nothing is known. */
export const managedBy = (version: string): ReadonlySet<string> | undefined =>
  Object.hasOwn(MANAGED, version)
    ? new Set(MANAGED[version as BaseVersion].map(({ kind }) => `${groupOf(kind)}/${kindOf(kind)}`))
    : undefined

/** Flux applies the entry of each component under the same account. */
const FLUX_ENTRIES: Managed[] = [{ kind: 'Kustomization', resource: 'kustomizations' }]

export const reconcilerName = ({ tenant }: Scope): string => `${tenant}-reconciler`

export const reconciler = (scope: Scope, engine: Engine, version: BaseVersion): Manifest[] => {
  const name = reconcilerName(scope)
  const managed = MANAGED[version]
  const kinds = engine === 'flux' ? [...managed, ...FLUX_ENTRIES] : managed
  const rules: IRole['rules'] = kinds.map(({ kind, resource }) => ({
    apiGroups: [groupOf(kind)],
    resources: [resource],
    verbs: VERBS,
  }))
  const roleRef: IRoleBinding['roleRef'] = {
    apiGroup: groupOf('Role'),
    kind: 'Role',
    name,
  }
  const subjects: IRoleBinding['subjects'] = [
    { kind: 'ServiceAccount', name, namespace: scope.tenant },
  ]
  return [
    object('ServiceAccount', name, scope, { automountServiceAccountToken: false }),
    object('Role', name, scope, { rules }),
    object('RoleBinding', name, scope, { roleRef, subjects }),
  ]
}
