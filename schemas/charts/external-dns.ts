// The values of the chart external-dns that we set.
import * as z from 'zod'
import { Resources, SecretKey } from '../manifests/words.ts'
import { DnsHost } from '../parameters/dns-name.ts'

export const externalDnsValues = z.strictObject({
  provider: z.strictObject({ name: z.literal('cloudflare') }),
  env: z.tuple([
    z.strictObject({
      name: z.literal('CF_API_TOKEN'),
      valueFrom: z.strictObject({ secretKeyRef: SecretKey }),
    }),
  ]),
  sources: z.tuple([z.literal('service')]),
  labelFilter: z.literal('phoenix.cloud/template=dns-records'),
  annotationPrefix: z.literal('external-dns.alpha.kubernetes.io/'),
  namespaced: z.boolean(),
  domainFilters: z.array(DnsHost).min(1).max(20),
  managedRecordTypes: z.tuple([z.literal('A'), z.literal('AAAA'), z.literal('CNAME')]),
  policy: z.enum(['sync', 'upsert-only']),
  registry: z.literal('txt'),
  txtOwnerId: z.string().regex(/^[a-z0-9-]{1,90}$/),
  interval: z.literal('5m'),
  triggerLoopOnEvent: z.literal(true),
  logFormat: z.literal('json'),
  resources: Resources,
  extraArgs: z.strictObject({
    'service-type-filter': z.tuple([z.literal('ClusterIP')]),
    'txt-wildcard-replacement': z.literal('wildcard'),
  }),
})
