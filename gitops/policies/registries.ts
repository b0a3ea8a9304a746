// Registries that images may come from without a warning, as data. A row is a host, a wildcard for one label, or a host
// with the beginning of a path. Not a wall: whatever is not here is a warning (IMG-REGISTRY) for the approver.

export const REGISTRIES: readonly string[] = [
  'ghcr.io',
  'quay.io',
  'registry.k8s.io',
  'mcr.microsoft.com',
  // Each is some tenant's own: its registry in Azure.
  '*.azurecr.io',
  // Docker Hub is everybody's, so only publishers whose images templates render.
  'docker.io/cloudflare/',
  'docker.io/velero/',
]

const matches = (row: string, host: string, path: string): boolean => {
  if (row.includes('/')) return `${host}/${path}`.startsWith(row)
  if (!row.startsWith('*.')) return row === host
  const label = host.slice(0, -(row.length - 1))
  return host.endsWith(row.slice(1)) && label !== '' && !label.includes('.')
}

export const isListed = (host: string, path: string): boolean =>
  REGISTRIES.some((row) => matches(row, host, path))
