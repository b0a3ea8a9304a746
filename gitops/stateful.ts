// Which kinds hold data or keep others alive: they carry prune guards, and their loss is named as loss of data.

const HOLDS_DATA = new Set([
  'EnvironmentVM',
  'PersistentVolumeClaim',
  'Namespace',
  'Cluster',
  'ObjectStore',
  'FlexibleServer',
  'FlexibleServersDatabase',
  'Vault',
  // They take along what they installed and applied.
  'Extension',
  'FluxConfiguration',
  'Registry',
  'StorageAccount',
  'StorageAccountsBlobServicesContainer',
  'ManagedCluster',
  'KThreesControlPlane',
  'MachineDeployment',
  'ProxmoxCluster',
  'ManagedClustersAgentPool',
  'ResourceGroup',
  'Component',
  'Workspace',
  'DnsZone',
  'PublicIPAddress',
  'VirtualNetworksSubnet',
  'VirtualNetwork',
  'Keycloak',
  'RedisReplication',
])

export const holdsData = (kind: string): boolean => HOLDS_DATA.has(kind)
