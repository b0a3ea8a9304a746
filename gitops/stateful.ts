// Which kinds hold data or keep others alive: they carry prune guards, and their loss is named as loss of data.

const HOLDS_DATA = new Set([
  'EnvironmentVM',
  'PersistentVolumeClaim',
  'Namespace',
  'Cluster',
  'ObjectStore',
  'FlexibleServer',
  'Vault',
  'StorageAccount',
  'ManagedCluster',
  'ResourceGroup',
  'Keycloak',
])

export const holdsData = (kind: string): boolean => HOLDS_DATA.has(kind)
