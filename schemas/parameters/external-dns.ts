// Parameters of the template external-dns: which zones at Cloudflare, and with whose token.

import * as z from 'zod'
import { Slug } from '../ids.ts'
import { isUnique } from '../unique.ts'
import { DnsHost } from './dns-name.ts'
import { SecretKeyRef } from './pod.ts'

export const ExternalDnsParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to install it on; absent: the only one there is'),
  zones: z
    .array(DnsHost)
    .min(1)
    .max(20)
    .refine(isUnique, 'each zone once')
    .describe('Zones at Cloudflare; names outside them are left alone'),
  token: SecretKeyRef.describe(
    'Secret in the tenant’s namespace with an API token of Cloudflare that may edit the DNS of these zones',
  ),
  namespaces: z
    .enum(['own', 'all'])
    .default('own')
    .describe(
      'Whose dns-records count: only those of the cluster’s owner, or those of every tenant of the cluster',
    ),
  removal: z
    .enum(['sync', 'upsert-only'])
    .default('sync')
    .describe(
      'sync: a record that is no longer asked for goes, if it was made from here; upsert-only: it stays',
    ),
})
export type ExternalDnsParameters = z.infer<typeof ExternalDnsParameters>
