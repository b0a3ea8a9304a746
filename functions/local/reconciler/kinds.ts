// The kinds that a simulated cluster knows, as if its operators were installed, and whether they live in a namespace.
// Knows no fields: schemas are judged before a change is ever merged.
import type { Engine } from '../../../schemas/place.ts'

export type Scope = 'namespaced' | 'cluster'

/** API group to kinds; a star marks kinds without a namespace. */
const table: Record<string, string> = {
  '': 'ConfigMap Endpoints LimitRange Namespace* PersistentVolume* PersistentVolumeClaim Pod ResourceQuota Secret Service ServiceAccount',
  'admissionregistration.k8s.io': 'ValidatingAdmissionPolicy* ValidatingAdmissionPolicyBinding*',
  'apiextensions.crossplane.io':
    'CompositeResourceDefinition* Composition* EnvironmentConfig* ManagedResourceActivationPolicy*',
  'apiextensions.k8s.io': 'CustomResourceDefinition*',
  // Argo Rollouts works beside either engine.
  'argoproj.io': 'AnalysisTemplate Rollout',
  apps: 'DaemonSet Deployment StatefulSet',
  'authorization.azure.com': 'RoleAssignment RoleDefinition',
  autoscaling: 'HorizontalPodAutoscaler',
  'barmancloud.cnpg.io': 'ObjectStore',
  batch: 'CronJob Job',
  'bootstrap.cluster.x-k8s.io': 'KThreesConfigTemplate',
  'cache.azure.com': 'Redis RedisEnterprise',
  'cert-manager.io': 'Certificate ClusterIssuer* Issuer',
  'cilium.io': 'CiliumClusterwideNetworkPolicy* CiliumNetworkPolicy',
  'cluster.x-k8s.io': 'Cluster MachineDeployment',
  'compute.azure.com': 'Disk DiskEncryptionSet',
  'containerregistry.azure.com': 'Registry RegistryReplication',
  'containerservice.azure.com':
    'Fleet FleetsAutoUpgradeProfile FleetsMember FleetsUpdateRun MaintenanceConfiguration ManagedCluster ManagedClustersAgentPool',
  'controlplane.cluster.x-k8s.io': 'KThreesControlPlane',
  'dbforpostgresql.azure.com':
    'FlexibleServer FlexibleServersBackup FlexibleServersConfiguration FlexibleServersDatabase FlexibleServersFirewallRule FlexibleServersVirtualEndpoint',
  'external-secrets.io':
    'ClusterExternalSecret* ClusterSecretStore* ExternalSecret PushSecret SecretStore',
  'gateway.networking.k8s.io': 'Gateway GatewayClass* HTTPRoute ReferenceGrant',
  'grafana.integreatly.org':
    'Grafana GrafanaAlertRuleGroup GrafanaDashboard GrafanaDatasource GrafanaFolder',
  'helm.cattle.io': 'HelmChart HelmChartConfig',
  // Flux's Helm controller runs on every cluster, beside Argo CD too.
  'helm.toolkit.fluxcd.io': 'HelmRelease',
  'infrastructure.cluster.x-k8s.io': 'ProxmoxCluster ProxmoxMachineTemplate',
  'insights.azure.com': 'ActionGroup Component DiagnosticSetting MetricAlert ScheduledQueryRule',
  'k8s.keycloak.org': 'Keycloak KeycloakRealmImport',
  'keyvault.azure.com': 'Vault',
  'kubernetesconfiguration.azure.com': 'Extension FluxConfiguration',
  'kyverno.io': 'ClusterPolicy* Policy PolicyException',
  'longhorn.io': 'BackupTarget RecurringJob Setting',
  'managedidentity.azure.com': 'FederatedIdentityCredential UserAssignedIdentity',
  'metallb.io': 'IPAddressPool L2Advertisement',
  'monitoring.coreos.com':
    'Alertmanager AlertmanagerConfig PodMonitor Probe Prometheus PrometheusRule ScrapeConfig ServiceMonitor',
  'network.azure.com':
    'ApplicationGateway DnsZone LoadBalancer NatGateway NetworkSecurityGroup NetworkSecurityGroupsSecurityRule PrivateDnsZone PrivateDnsZonesVirtualNetworkLink PrivateEndpoint PrivateEndpointsPrivateDnsZoneGroup PublicIPAddress RouteTable TrafficManagerProfile VirtualNetwork VirtualNetworksSubnet VirtualNetworksVirtualNetworkPeering WebApplicationFirewallPolicy',
  'networking.cfargotunnel.com': 'AccessTunnel ClusterTunnel* Tunnel TunnelBinding',
  'networking.k8s.io': 'Ingress IngressClass* NetworkPolicy',
  'operationalinsights.azure.com': 'Workspace',
  'opentelemetry.io': 'OpenTelemetryCollector',
  'pkg.crossplane.io': 'Configuration* DeploymentRuntimeConfig* Function* Provider*',
  policy: 'PodDisruptionBudget',
  'postgresql.cnpg.io':
    'Backup Cluster ClusterImageCatalog* Database ImageCatalog Pooler ScheduledBackup',
  'projectcalico.org': 'GlobalNetworkPolicy* NetworkPolicy',
  'protection.crossplane.io': 'ClusterUsage* Usage',
  'proxmoxbpg.m.crossplane.io': 'ClusterProviderConfig* ProviderConfig',
  'rbac.authorization.k8s.io': 'ClusterRole* ClusterRoleBinding* Role RoleBinding',
  'redis.redis.opstreelabs.in': 'Redis RedisCluster RedisReplication RedisSentinel',
  'resources.azure.com': 'ResourceGroup',
  'scheduling.k8s.io': 'PriorityClass*',
  'secrets-store.csi.x-k8s.io': 'SecretProviderClass',
  'source.toolkit.fluxcd.io': 'HelmChart HelmRepository OCIRepository',
  'snapshot.storage.k8s.io': 'VolumeSnapshot VolumeSnapshotClass*',
  'storage.azure.com':
    'StorageAccount StorageAccountsBlobService StorageAccountsBlobServicesContainer StorageAccountsManagementPolicy',
  'storage.k8s.io': 'StorageClass* VolumeAttributesClass*',
  'trust.cert-manager.io': 'Bundle*',
  'upgrade.cattle.io': 'Plan',
  'velero.io': 'Backup BackupStorageLocation Restore Schedule VolumeSnapshotLocation',
}

/** An engine's own kinds exist only where that engine is installed. */
const engines: Record<Engine, Record<string, string>> = {
  argocd: { 'argoproj.io': 'AppProject Application ApplicationSet' },
  flux: {
    'kustomize.toolkit.fluxcd.io': 'Kustomization',
    'notification.toolkit.fluxcd.io': 'Alert Provider',
    'source.toolkit.fluxcd.io': 'Bucket GitRepository',
  },
}

/** API group of an `apiVersion`; '' is the core group. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''

/** Null for a kind that the cluster does not have. */
export const scopeOf = (engine: Engine, apiVersion: string, kind: string): Scope | null => {
  const group = groupOf(apiVersion)
  const tables = [table, engines[engine]].filter((kinds) => Object.hasOwn(kinds, group))
  const names = tables.flatMap((kinds) => kinds[group]?.split(' ') ?? [])
  if (names.includes(kind)) return 'namespaced'
  if (names.includes(`${kind}*`)) return 'cluster'
  // The Proxmox provider gives every kind a group of its own, named after it.
  return group === `virtual${kind.toLowerCase()}.proxmoxbpg.m.crossplane.io` ? 'namespaced' : null
}
