// The region in a host of Amazon's cloud. It stands beside the domain, behind the service (`s3.us-east-1`), joined to it
// (`s3-us-west-2`), or before it (`us-east-1.es`); what comes earlier is a name that a customer chose.
// Source: docs.aws.amazon.com/general/latest/gr/rande.html and s3.html

const DOMAIN = /\.(?:amazonaws\.com|api\.aws|on\.aws)$/
const REGION =
  '[a-z]{2}(?:-gov|-iso[a-z]?)?-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\\d+'
const WHOLE = new RegExp(`^${REGION}$`)
const JOINED = new RegExp(`(?:^|-)(${REGION})$`)

/** Endpoints of S3 without a region are in Virginia; of the others (`s3-accelerate`) nobody can say. */
const VIRGINIA = /^s3(?:-fips|-external-1)?$/

export const amazonRegionOf = (host: string): string | null => {
  if (!DOMAIN.test(host)) return null
  const [last = '', before = '', more = ''] = host.replace(DOMAIN, '').split('.').reverse()
  const joined = JOINED.exec(last)?.[1]
  if (joined !== undefined) return joined
  if (VIRGINIA.test(last)) return 'us-east-1'
  // `fips.s3.amazonaws.com` would be a bucket, and so would a region before any other endpoint of S3.
  if (last.startsWith('s3')) return null
  return [before, more].find((label) => WHOLE.test(label)) ?? null
}
