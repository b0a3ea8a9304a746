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
  NetworkPolicy: 'networking.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  AppProject: 'argoproj.io/v1alpha1',
  ApplicationSet: 'argoproj.io/v1alpha1',
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  // Azure Service Operator 2.20, stable versions; vYYYYMMDD where a group has the new spelling
  Registry: 'containerregistry.azure.com/v1api20230701',
  RegistryReplication: 'containerregistry.azure.com/v1api20230701',
  ManagedCluster: 'containerservice.azure.com/v20240901',
  ManagedClustersAgentPool: 'containerservice.azure.com/v20240901',
  FlexibleServer: 'dbforpostgresql.azure.com/v20240801',
  FlexibleServersDatabase: 'dbforpostgresql.azure.com/v20240801',
  Vault: 'keyvault.azure.com/v1api20230701',
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
  // CloudNativePG 1.29
  Cluster: 'postgresql.cnpg.io/v1',
  ScheduledBackup: 'postgresql.cnpg.io/v1',
  // OT-CONTAINER-KIT redis-operator 0.26
  RedisReplication: 'redis.redis.opstreelabs.in/v1beta2',
  RedisSentinel: 'redis.redis.opstreelabs.in/v1beta2',
  // provider-proxmox-bpg, namespaced form (Crossplane v2)
  EnvironmentDownloadFile: 'virtualenvironmentdownloadfile.proxmoxbpg.m.crossplane.io/v1alpha1',
  EnvironmentFile: 'virtualenvironmentfile.proxmoxbpg.m.crossplane.io/v1alpha1',
  EnvironmentVM: 'virtualenvironmentvm.proxmoxbpg.m.crossplane.io/v1alpha1',
} as const

export type Kind = keyof typeof apiVersions

/** Rows of the table whose kind is a word that another row has already. */
const SHARED_WORDS: Partial<Record<Kind, string>> = {}

/** The word that stands in a manifest's `kind`. */
export const kindOf = (row: Kind): string => SHARED_WORDS[row] ?? row
