// What an address says of where it is. Only what the address itself, or an object of the same plan, gives away.
import type { Surroundings } from './spots.ts'

/** Inside the cluster, by the names that its own DNS gives. */
const INSIDE = /\.svc(?:\.cluster\.local)?$/

/** Hosts of vendors that carry the region in their names, as their documentation gives them. */
const NAMED: readonly RegExp[] = [
  // docs.aws.amazon.com/general/latest/gr/s3.html
  /(?:^|\.)s3[.-](?:dualstack\.)?([a-z]{2}-[a-z]+-\d)\.amazonaws\.com$/,
  // learn.microsoft.com/azure/azure-monitor/app/connection-strings
  /^([a-z]+[a-z0-9]*)-\d+\.in\.applicationinsights\.azure\.com$/,
  /\.([a-z]+[a-z0-9]*)-\d+\.ingest\.monitor\.azure\.com$/,
]

/** Azure names whose region only the object itself knows: `<name>.blob.core.windows.net`, `<name>.vault.azure.net`. */
const AZURE_NAME = /^([a-z0-9-]+)\.(?:blob\.core\.windows\.net|vault\.azure\.net|azurecr\.io)$/

const hostOf = (url: string): string | null => {
  try {
    return new URL(url).hostname
  } catch {
    return null
  }
}

/** Name of the region that `url` leads to; null where nothing says. */
export const regionOfAddress = (
  url: string,
  { clusterRegion, objects }: Surroundings,
): string | null => {
  const host = hostOf(url)
  if (host === null) return null
  if (INSIDE.test(host)) return clusterRegion
  const named = NAMED.map((pattern) => pattern.exec(host)?.[1]).find((found) => found !== undefined)
  if (named !== undefined) return named
  const azureName = AZURE_NAME.exec(host)?.[1]
  const owner = objects
    .map(({ manifest }) => (manifest.spec ?? {}) as { azureName?: string; location?: string })
    .find((spec) => azureName !== undefined && spec.azureName === azureName && spec.location)
  return owner?.location ?? null
}
