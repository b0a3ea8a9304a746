// Template dns-records: records of the tenant's zones, each one reviewed before it is public. It writes nothing to a
// DNS server itself: external-dns on the same cluster does.
import { DnsRecordsParameters } from '../schemas/parameters/dns-records.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { dnsRecord } from './parts/dns-record.ts'
import { RECORDS_TEMPLATE } from './parts/external-dns.ts'
import { scopeOf } from './parts/object.ts'

export const dnsRecords: Template<DnsRecordsParameters> = {
  name: RECORDS_TEMPLATE,
  version: '1.0.0',
  title: 'DNS records',
  description:
    'A, AAAA and CNAME records at Cloudflare, each as a Service that ExternalDNS reads. ' +
    'Needs the template external-dns on the cluster, watching this namespace.',
  kind: RECORDS_TEMPLATE,
  parameters: DnsRecordsParameters,
  examples: [
    {
      title: 'A portal behind a tunnel, and a host of its own',
      name: 'zone',
      parameters: {
        records: [
          {
            type: 'CNAME',
            name: 'portal.example.org',
            target: '0f5c1d2e-3a4b-4c5d-8e6f-7a8b9c0d1e2f.cfargotunnel.com',
            proxied: true,
          },
          { type: 'A', name: 'git.example.org', addresses: ['192.0.2.10'], ttlSeconds: 3600 },
          { type: 'AAAA', name: 'git.example.org', addresses: ['2001:db8::10'], ttlSeconds: 3600 },
        ],
      },
    },
  ],
  renders: ['Service'],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const scope = scopeOf(RECORDS_TEMPLATE, input)
    return [
      {
        wave: 80,
        name: input.name,
        objects: input.parameters.records.map((record) => dnsRecord(scope, record)),
      },
    ]
  },
}
