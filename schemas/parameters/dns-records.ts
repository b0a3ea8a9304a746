// Parameters of the template dns-records: names, and what they lead to.

import * as z from 'zod'
import { Slug } from '../ids.ts'
import { isUnique } from '../unique.ts'
import { DnsHost, DnsName } from './dns-name.ts'

/** Cloudflare's limits for a record that is not proxied (API reference, "DNS Records for a Zone": ttl). */
const common = {
  name: DnsName.describe('Whole name; a leading *. stands for one label'),
  ttlSeconds: z
    .int()
    .min(60)
    .max(86_400)
    .default(300)
    .describe('How long answers may be kept; without effect where Cloudflare proxies'),
  proxied: z
    .boolean()
    .default(false)
    .describe('Whether Cloudflare stands in front and hides what is behind (HTTP only)'),
}
const targets = <T extends z.ZodType<string>>(address: T) =>
  z.array(address).min(1).max(10).refine(isUnique, 'each address once')

export const DnsRecord = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('A'), ...common, addresses: targets(z.ipv4()) }),
  z.strictObject({ type: z.literal('AAAA'), ...common, addresses: targets(z.ipv6()) }),
  z.strictObject({
    type: z.literal('CNAME'),
    ...common,
    target: DnsHost.describe('The name it stands for, for instance <tunnel>.cfargotunnel.com'),
  }),
])
export type DnsRecord = z.infer<typeof DnsRecord>

/** Nothing else can stand beside a CNAME (RFC 1034, section 3.6.2), and each type once for a name. */
const isZoneLike = (records: readonly DnsRecord[]): boolean =>
  isUnique(records.map(({ name, type }) => `${type} ${name}`)) &&
  isUnique([
    ...new Set(records.filter(({ type }) => type !== 'CNAME').map(({ name }) => name)),
    ...records.filter(({ type }) => type === 'CNAME').map(({ name }) => name),
  ])

export const DnsRecordsParameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Cluster whose ExternalDNS writes them; absent: the only one there is',
  ),
  records: z
    .array(DnsRecord)
    .min(1)
    .max(100)
    .refine(isZoneLike, 'each type once for a name, and a CNAME alone')
    .describe('Names outside the zones of ExternalDNS are not made'),
})
export type DnsRecordsParameters = z.infer<typeof DnsRecordsParameters>
