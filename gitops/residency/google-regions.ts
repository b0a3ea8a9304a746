// Regions of Google's cloud: their jurisdictions, and the region in a host of it (`us-central1.telemetry.googleapis.com`,
// `storage.us-east1.rep.googleapis.com`, `us-central1-aiplatform.googleapis.com`). As of 2026-11.
// Source: cloud.google.com/about/locations and docs.cloud.google.com/assured-workloads (regional endpoints)
import type { Jurisdiction } from '../../schemas/ids.ts'

export const googleRegions: Partial<Record<Jurisdiction, readonly string[]>> = {
  eu: [
    ...['europe-central2', 'europe-north1', 'europe-north2', 'europe-southwest1', 'europe-west1'],
    ...['europe-west3', 'europe-west4', 'europe-west8', 'europe-west9', 'europe-west10'],
    'europe-west12',
  ],
  us: [
    ...['us-central1', 'us-east1', 'us-east4', 'us-east5', 'us-south1'],
    ...['us-west1', 'us-west2', 'us-west3', 'us-west4'],
  ],
  ch: ['europe-west6'],
  uk: ['europe-west2'],
  sg: ['asia-southeast1'],
  au: ['australia-southeast1', 'australia-southeast2'],
  ca: ['northamerica-northeast1', 'northamerica-northeast2'],
  jp: ['asia-northeast1', 'asia-northeast2'],
  br: ['southamerica-east1'],
  hk: ['asia-east2'],
  id: ['asia-southeast2'],
  il: ['me-west1'],
  in: ['asia-south1', 'asia-south2'],
  kr: ['asia-northeast3'],
  mx: ['northamerica-south1'],
  za: ['africa-south1'],
}

const DOMAIN = /\.googleapis\.com$/
const REGION = /^([a-z]+-[a-z]+\d+)(?:-[a-z]+)?$/

/** Buckets have names before `storage.googleapis.com`: there nothing says where they are. */
const CHOSEN = /\.storage$/

export const googleRegionOf = (host: string): string | null => {
  const rest = host.replace(DOMAIN, '')
  if (rest === host || CHOSEN.test(rest)) return null
  const found = rest.split('.').map((label) => REGION.exec(label)?.[1])
  return found.findLast((region) => region !== undefined) ?? null
}
