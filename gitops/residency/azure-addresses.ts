// The region in a host of Azure: `westeurope-5.in.applicationinsights.azure.com`,
// `<name>.eastus-1.metrics.ingest.monitor.azure.com`, `<name>.eastus.data.azurecr.io`.
// Source: learn.microsoft.com/azure/azure-monitor/app/connection-strings and /essentials/data-collection-endpoint-overview
import { azureLocations } from '../../schemas/parameters/azure.ts'
import { regionOf } from '../../templates/index.ts'
import { AZURE_GOVERNMENT } from './more-regions.ts'

const DOMAIN = /\.(?:azure\.(?:com|net|us)|azurecr\.(?:io|us)|windows\.net|usgovcloudapi\.net)$/
/** The cloud of the government of the United States, which is nowhere else. */
const GOVERNMENT = /\.(?:azure\.us|azurecr\.us|usgovcloudapi\.net)$/
/** There the first label is the region; elsewhere it is a name that a customer chose. */
const REGION_FIRST = /\.(?:in\.applicationinsights|livediagnostics\.monitor)\.azure\.com$/

const isRegion = (name: string): boolean =>
  Object.hasOwn(azureLocations, name) || regionOf(name) !== undefined

export const azureRegionOf = (host: string): string | null => {
  if (GOVERNMENT.test(host)) return AZURE_GOVERNMENT
  if (!DOMAIN.test(host)) return null
  const labels = host.split('.').slice(REGION_FIRST.test(host) ? 0 : 1)
  const names = labels.map((label) => label.replace(/-\d+$/, ''))
  return names.find(isRegion) ?? null
}
