// Which version of its interface each resource type of Azure Resource Manager is asked in: the only place that names one. Stable
// versions alone; learn.microsoft.com/rest/api, by provider.

export const API_VERSIONS = {
  'Microsoft.HybridCompute/machines': '2025-01-13',
  'Microsoft.Kubernetes/connectedClusters': '2024-01-01',
  'Microsoft.ContainerService/managedClusters': '2024-09-01',
  'Microsoft.KubernetesConfiguration/extensions': '2025-03-01',
  'Microsoft.KubernetesConfiguration/fluxConfigurations': '2025-04-01',
} as const
export type ResourceType = keyof typeof API_VERSIONS

const known = new Map(
  Object.keys(API_VERSIONS).map((type) => [type.toLowerCase(), type as ResourceType]),
)

/** Of a resource, or of a list of them: what follows the last provider in its path. Throws for a type that is not in the table. */
export const typeOfPath = (path: string): ResourceType => {
  const [provider = '', kind = ''] = (path.split(/\/providers\//i).at(-1) ?? '').split('/')
  const type = known.get(`${provider}/${kind}`.toLowerCase())
  if (!type) throw new Error('a resource type without an api-version')
  return type
}
