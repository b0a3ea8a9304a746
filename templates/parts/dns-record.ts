// A DNS record as a Service that leads nowhere inside the cluster: no address, no pods, no ports. ExternalDNS reads
// what it stands for from its annotations.
import type { IService } from 'kubernetes-models/v1/Service'
import type { DnsRecord } from '../../schemas/parameters/dns-records.ts'
import type { Manifest } from '../../schemas/template.ts'
import { ANNOTATIONS } from './external-dns.ts'
import { fingerprint } from './fingerprint.ts'
import { object, type Scope } from './object.ts'

/** Named after what it says, so that a record keeps its object whatever comes before it in the list. */
const nameOf = ({ resource }: Scope, { type, name }: DnsRecord): string =>
  `${resource}-${type.toLowerCase()}-${fingerprint(name)}`

const targetsOf = (record: DnsRecord): string[] =>
  record.type === 'CNAME' ? [record.target] : record.addresses

export const dnsRecord = (scope: Scope, record: DnsRecord): Manifest => {
  const spec: IService['spec'] = { type: 'ClusterIP', clusterIP: 'None' }
  const annotations = {
    [`${ANNOTATIONS}hostname`]: record.name,
    [`${ANNOTATIONS}target`]: targetsOf(record).join(','),
    // Behind the proxy Cloudflare sets the time itself.
    ...(record.proxied ? {} : { [`${ANNOTATIONS}ttl`]: String(record.ttlSeconds) }),
    [`${ANNOTATIONS}cloudflare-proxied`]: String(record.proxied),
  }
  return object('Service', nameOf(scope, record), scope, { spec }, { annotations })
}
