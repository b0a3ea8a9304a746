// Regions of Wasabi's object store. Their names are Amazon's and their places are not, so they have names of their own here.
// As of 2026-11. Source: docs.wasabi.com (What are the service URLs for Wasabi's different storage regions?)
import type { Jurisdiction } from '../../schemas/ids.ts'

const named = (...regions: string[]): readonly string[] => regions.map((one) => `wasabi-${one}`)

export const wasabiRegions: Partial<Record<Jurisdiction, readonly string[]>> = {
  eu: named('eu-central-1', 'eu-central-2', 'eu-west-2', 'eu-south-1'),
  us: named('us-east-1', 'us-east-2', 'us-central-1', 'us-west-1', 'us-west-2'),
  uk: named('eu-west-1', 'eu-west-3'),
  ca: named('ca-central-1'),
  jp: named('ap-northeast-1', 'ap-northeast-2'),
  sg: named('ap-southeast-1'),
  au: named('ap-southeast-2'),
}

/** `s3.us-central-1.wasabisys.com`; without a region it is in Virginia. */
export const wasabiRegionOf = (host: string): string | null => {
  const [, region = 'us-east-1'] = /(?:^|\.)s3(?:\.([a-z]{2}-[a-z]+-\d))?\.wasabisys\.com$/.exec(
    host,
  ) ?? [undefined, '']
  return region === '' ? null : `wasabi-${region}`
}
