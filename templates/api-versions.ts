// The one table of API versions that templates emit. A kind that is not here cannot be rendered.
// Where two operators use one word, the second has a name of its own here and its kind in `SHARED_WORDS`.

export const apiVersions = {
  ConfigMap: 'v1',
  LimitRange: 'v1',
  Namespace: 'v1',
  ResourceQuota: 'v1',
  Service: 'v1',
  ServiceAccount: 'v1',
  Deployment: 'apps/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Ingress: 'networking.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  AppProject: 'argoproj.io/v1alpha1',
  ApplicationSet: 'argoproj.io/v1alpha1',
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  // Argo Rollouts 1.9
  Rollout: 'argoproj.io/v1alpha1',
  // Azure Service Operator 2.20, stable versions; vYYYYMMDD where a group has the new spelling
  Registry: 'containerregistry.azure.com/v1api20230701',
  RegistryReplication: 'containerregistry.azure.com/v1api20230701',
  ManagedCluster: 'containerservice.azure.com/v20240901',
  ManagedClustersAgentPool: 'containerservice.azure.com/v20240901',
  FlexibleServer: 'dbforpostgresql.azure.com/v20240801',
  FlexibleServersDatabase: 'dbforpostgresql.azure.com/v20240801',
  ActionGroup: 'insights.azure.com/v1api20230101',
  Component: 'insights.azure.com/v1api20200202',
  ScheduledQueryRule: 'insights.azure.com/v1api20220615',
  Vault: 'keyvault.azure.com/v1api20230701',
  Extension: 'kubernetesconfiguration.azure.com/v1api20241101',
  FluxConfiguration: 'kubernetesconfiguration.azure.com/v1api20241101',
  UserAssignedIdentity: 'managedidentity.azure.com/v1api20230131',
  ApplicationGateway: 'network.azure.com/v1api20220701',
  DnsZone: 'network.azure.com/v1api20180501',
  NetworkSecurityGroup: 'network.azure.com/v1api20240301',
  NetworkSecurityGroupsSecurityRule: 'network.azure.com/v1api20240301',
  PrivateDnsZone: 'network.azure.com/v1api20240601',
  PrivateDnsZonesVirtualNetworkLink: 'network.azure.com/v1api20240601',
  PrivateEndpoint: 'network.azure.com/v1api20240301',
  PrivateEndpointsPrivateDnsZoneGroup: 'network.azure.com/v1api20240301',
  PublicIPAddress: 'network.azure.com/v1api20240301',
  VirtualNetwork: 'network.azure.com/v1api20240301',
  VirtualNetworksSubnet: 'network.azure.com/v1api20240301',
  WebApplicationFirewallPolicy: 'network.azure.com/v1api20240101',
  Workspace: 'operationalinsights.azure.com/v1api20210601',
  ResourceGroup: 'resources.azure.com/v1api20200601',
  StorageAccount: 'storage.azure.com/v20230101',
  StorageAccountsBlobService: 'storage.azure.com/v20230101',
  StorageAccountsBlobServicesContainer: 'storage.azure.com/v20230101',
  // Flux's Helm controller
  HelmRelease: 'helm.toolkit.fluxcd.io/v2',
  HelmRepository: 'source.toolkit.fluxcd.io/v1',
  OCIRepository: 'source.toolkit.fluxcd.io/v1',
  // cert-manager v1
  Certificate: 'cert-manager.io/v1',
  Issuer: 'cert-manager.io/v1',
  // barman-cloud plugin of CloudNativePG
  ObjectStore: 'barmancloud.cnpg.io/v1',
  // External Secrets
  ExternalSecret: 'external-secrets.io/v1',
  SecretStore: 'external-secrets.io/v1',
  // Keycloak operator
  Keycloak: 'k8s.keycloak.org/v2beta1',
  KeycloakRealmImport: 'k8s.keycloak.org/v2beta1',
  // Prometheus operator 0.93
  AlertmanagerConfig: 'monitoring.coreos.com/v1alpha1',
  PrometheusRule: 'monitoring.coreos.com/v1',
  ScrapeConfig: 'monitoring.coreos.com/v1alpha1',
  // OpenTelemetry operator 0.158
  OpenTelemetryCollector: 'opentelemetry.io/v1beta1',
  // CloudNativePG 1.29
  Cluster: 'postgresql.cnpg.io/v1',
  ScheduledBackup: 'postgresql.cnpg.io/v1',
  // OT-CONTAINER-KIT redis-operator 0.26
  RedisReplication: 'redis.redis.opstreelabs.in/v1beta2',
  RedisSentinel: 'redis.redis.opstreelabs.in/v1beta2',
  // Cluster API 1.11 (core), CAPMOX 0.8, cluster-api-k3s 0.4: the first that go together, by
  // github.com/k3s-io/cluster-api-k3s/issues/180
  KThreesConfigTemplate: 'bootstrap.cluster.x-k8s.io/v1beta2',
  CapiCluster: 'cluster.x-k8s.io/v1beta2',
  MachineDeployment: 'cluster.x-k8s.io/v1beta2',
  KThreesControlPlane: 'controlplane.cluster.x-k8s.io/v1beta2',
  ProxmoxCluster: 'infrastructure.cluster.x-k8s.io/v1alpha2',
  ProxmoxMachineTemplate: 'infrastructure.cluster.x-k8s.io/v1alpha2',
  // provider-proxmox-bpg, namespaced form (Crossplane v2)
  ProviderConfig: 'proxmoxbpg.m.crossplane.io/v1beta1',
  EnvironmentDownloadFile: 'virtualenvironmentdownloadfile.proxmoxbpg.m.crossplane.io/v1alpha1',
  EnvironmentFile: 'virtualenvironmentfile.proxmoxbpg.m.crossplane.io/v1alpha1',
  EnvironmentVM: 'virtualenvironmentvm.proxmoxbpg.m.crossplane.io/v1alpha1',
} as const

export type Kind = keyof typeof apiVersions

/** Rows of the table whose kind is a word that another row has already. */
const SHARED_WORDS: Partial<Record<Kind, string>> = {
  CapiCluster: 'Cluster',
}

/** The word that stands in a manifest's `kind`. */
export const kindOf = (row: Kind): string => SHARED_WORDS[row] ?? row

/** The API group of a kind. */
export const groupOf = (kind: Kind): string => apiVersions[kind].split('/').slice(0, -1).join('/')
