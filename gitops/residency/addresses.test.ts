// The region in an address, in each form in which vendors write it; names that a customer chose give nothing away.
import { describe, expect, it } from 'vitest'
import { regionOf } from '../world.fixture.ts'
import { regionOfAddress } from './addresses.ts'
import { knownRegion } from './regions.ts'

const AROUND = { clusterRegion: 'eu-test', objects: [] }
const jurisdictionAt = (url: string): string | null => {
  const region = regionOfAddress(url, AROUND)
  const regions = [regionOf('eu-test')]
  return region === null ? null : (knownRegion(region, regions)?.jurisdiction ?? null)
}

describe('an address', () => {
  it.each([
    'https://s3.us-east-1.amazonaws.com',
    'https://s3.amazonaws.com',
    'https://bucket.s3.amazonaws.com/x',
    'https://eu-central-1.s3.amazonaws.com',
    'https://s3-us-west-2.amazonaws.com',
    'https://s3-fips.us-east-1.amazonaws.com',
    'https://s3.fips.us-east-1.amazonaws.com',
    'https://s3-external-1.amazonaws.com',
    'https://s3.us-gov-west-1.amazonaws.com',
    'https://s3-fips-us-gov-west-1.amazonaws.com',
    'https://s3.dualstack.us-east-2.amazonaws.com',
    'https://S3.US-EAST-1.AMAZONAWS.COM.',
    'https://s3.us-east-1.api.aws',
    'https://eu-west-1-logs.s3.us-east-1.amazonaws.com',
    'https://xray.us-east-1.amazonaws.com/v1/traces',
    'https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write',
    'https://search-eu-central-1.us-east-1.es.amazonaws.com',
    'https://bucket.vpce-1a.s3.us-east-1.vpce.amazonaws.com',
    'https://x.lambda-url.us-west-2.on.aws',
    's3.us-east-1.amazonaws.com:443',
    'https://us-central1.telemetry.googleapis.com',
    'https://storage.us-east1.rep.googleapis.com',
    'https://us-central1-aiplatform.googleapis.com',
    'https://s3.us-central-1.wasabisys.com',
    'https://s3.wasabisys.com',
    'https://eastus2-3.in.applicationinsights.azure.com',
    'https://mine-1a2b.eastus-1.ingest.monitor.azure.com',
    'https://mine.eastus-1.metrics.ingest.monitor.azure.com/dataCollectionRules/dcr-1',
    'https://westeurope.eastus-1.metrics.ingest.monitor.azure.com',
    'https://mine.blob.core.usgovcloudapi.net',
  ])('%s is in the United States', (url) => {
    expect(jurisdictionAt(url)).toBe('us')
  })

  it.each([
    ['https://s3.eu-central-1.amazonaws.com', 'eu'],
    ['https://us-east-1.s3.eu-central-1.amazonaws.com', 'eu'],
    ['https://s3.eu-central-2.amazonaws.com', 'ch'],
    ['https://s3.eu-central-2.wasabisys.com', 'eu'],
    ['https://s3.eu-west-1.wasabisys.com', 'uk'],
    ['https://europe-west4.telemetry.googleapis.com', 'eu'],
    ['https://storage.europe-west6.rep.googleapis.com', 'ch'],
    ['https://westeurope-5.in.applicationinsights.azure.com', 'eu'],
    ['http://minio.storage.svc:9000', 'eu'],
    ['minio.storage.svc:9000', 'eu'],
  ])('%s is in %s', (url, jurisdiction) => {
    expect(jurisdictionAt(url)).toBe(jurisdiction)
  })

  it.each([
    's3://eu.svc/backups',
    'gs://europe-west4.telemetry.googleapis.com',
    'https://westeurope.blob.core.windows.net',
    'https://westeurope.monitor.azure.com',
    'https://eu-central-1.s3-accelerate.amazonaws.com',
    'https://europe-west4.storage.googleapis.com',
    'https://storage.googleapis.com',
    'https://s3.eu-central-1.amazonaws.com.example.org',
    'https://s3.eu-central-1-amazonaws.com',
    'https://objects.example.com',
    'https://10.0.0.5:9000',
    '',
  ])('%s gives no place away', (url) => {
    expect(jurisdictionAt(url)).toBeNull()
  })
})
