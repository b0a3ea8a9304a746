// What an address says of where it is. Only what the address itself, or an object of the same plan, gives away: a name that
// somebody chose, a bucket's or an account's, says nothing.
import { amazonRegionOf } from './amazon-addresses.ts'
import { azureRegionOf } from './azure-addresses.ts'
import { googleRegionOf } from './google-regions.ts'
import type { Surroundings } from './spots.ts'
import { wasabiRegionOf } from './wasabi-regions.ts'

/** Inside the cluster, by the names that its own DNS gives. */
const INSIDE = /\.svc(?:\.cluster\.local)?$/

/** Each answers null for hosts that are not its vendor's, and for those that give no region away. */
const VENDORS: readonly ((host: string) => string | null)[] = [
  amazonRegionOf,
  azureRegionOf,
  googleRegionOf,
  wasabiRegionOf,
]

/** Azure names whose region only the object itself knows: `<name>.blob.core.windows.net`, `<name>.vault.azure.net`. */
const AZURE_NAME = /^([a-z0-9-]+)\.(?:blob\.core\.windows\.net|vault\.azure\.net|azurecr\.io)$/

/** `s3://backups`: what looks like a host is a bucket. */
const NO_HOST = /^(?:s3|gs):/

/** Some fields take a host with its port and no scheme. */
const hostOf = (url: string): string | null => {
  const whole = url.includes('://') ? url : `https://${url}`
  if (NO_HOST.test(whole)) return null
  try {
    // A dot at the end names the same host.
    return new URL(whole).hostname.toLowerCase().replace(/\.$/, '')
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
  const named = VENDORS.map((regionOf) => regionOf(host)).find((found) => found !== null)
  if (named !== undefined) return named
  const azureName = AZURE_NAME.exec(host)?.[1]
  const owner = objects
    .map(({ manifest }) => (manifest.spec ?? {}) as { azureName?: string; location?: string })
    .find((spec) => azureName !== undefined && spec.azureName === azureName && spec.location)
  return owner?.location ?? null
}
