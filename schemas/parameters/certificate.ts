// Parameters of the template certificate: a TLS certificate and who issues it. Keys are made in the cluster.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { DnsName } from './dns-name.ts'
import { SecretKeyRef } from './pod.ts'
import { SecretName } from './workload.ts'

const Http01 = z.strictObject({
  method: z.literal('http01'),
  ingressClass: HostName.describe('Ingress class that answers for the names on port 80'),
})
const CloudflareDns = z.strictObject({
  method: z.literal('dns01-cloudflare'),
  apiToken: SecretKeyRef.describe('Secret with a token that may edit the zone’s DNS records'),
})
const AzureDns = z.strictObject({
  method: z.literal('dns01-azure'),
  subscriptionId: z.uuid(),
  resourceGroup: z.string().regex(/^[A-Za-z0-9_()-]{1,90}$/),
  zone: DnsName.describe('The DNS zone'),
  managedIdentityClientId: z.uuid().describe('Identity that may edit the zone; no secret'),
})

export const AcmeIssuer = z.strictObject({
  type: z.literal('acme'),
  directory: z
    .enum(['letsencrypt', 'letsencrypt-staging'])
    .default('letsencrypt')
    .describe('Staging certificates are trusted by nobody, and have no tight rate limits'),
  email: z.email().max(254).describe('Where the authority writes when a certificate expires'),
  challenge: z.discriminatedUnion('method', [Http01, CloudflareDns, AzureDns]),
})
export type AcmeIssuer = z.infer<typeof AcmeIssuer>

const CaIssuer = z.strictObject({
  type: z.literal('ca'),
  secret: SecretName.describe(
    'Secret in the tenant’s namespace with the authority’s tls.crt and tls.key',
  ),
})

export const CertificateParameters = z
  .strictObject({
    cluster: Slug.optional().describe('Cluster it is kept on; absent: the only one there is'),
    issuer: z.discriminatedUnion('type', [AcmeIssuer, CaIssuer]),
    dnsNames: z
      .array(DnsName)
      .min(1)
      .max(100)
      .refine((names) => new Set(names).size === names.length, 'each name only once')
      .describe('Names the certificate is for'),
    durationDays: z
      .int()
      .min(2)
      .max(397)
      .default(90)
      .describe('Asked of the authority; an ACME one may decide otherwise'),
    renewBeforeDays: z.int().min(1).max(180).default(30),
  })
  .refine(({ durationDays, renewBeforeDays }) => renewBeforeDays < durationDays, {
    path: ['renewBeforeDays'],
    message: 'must be less than durationDays',
  })
  .refine(
    ({ issuer, dnsNames }) =>
      issuer.type !== 'acme' ||
      issuer.challenge.method !== 'http01' ||
      dnsNames.every((name) => !name.startsWith('*.')),
    { path: ['dnsNames'], message: 'a wildcard needs a dns01 challenge' },
  )
export type CertificateParameters = z.infer<typeof CertificateParameters>
