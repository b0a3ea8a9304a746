// Parameters of the template application-gateway: the way in from the Internet, with a firewall for web requests.
// The certificate stays in its vault: only its address is given, and no key can be.

import * as z from 'zod'
import { Slug } from '../ids.ts'
import { isUnique } from '../unique.ts'
import { AzureLocation } from './azure.ts'
import { SubnetChoice, SubscriptionId } from './azure-reference.ts'
import { DnsHost } from './dns-name.ts'

const Backend = z.union([
  z.strictObject({ fqdn: DnsHost }),
  z.strictObject({ ip: z.ipv4().describe('Reachable from the subnet') }),
])

const Probe = z.strictObject({
  path: z
    .string()
    .regex(/^\/[A-Za-z0-9._~/-]{0,200}$/)
    .default('/')
    .describe('What a healthy backend answers with a status from 200 to 399'),
  intervalSeconds: z.int().min(5).max(300).default(30),
  timeoutSeconds: z.int().min(1).max(60).default(10),
  unhealthyAfter: z.int().min(1).max(20).default(3).describe('Failures in a row'),
})

export const ApplicationGatewayParameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Cluster whose Azure Service Operator manages it; absent: the only one there is',
  ),
  location: AzureLocation.describe('Azure region of the network'),
  subscriptionId: SubscriptionId.describe(
    'Subscription that the tenant’s objects are made in: the parts of a gateway name each other by full id',
  ),
  subnet: SubnetChoice.describe('A subnet of purpose application-gateway, with nothing else in it'),
  hostNames: z
    .array(DnsHost)
    .min(1)
    .max(5)
    .refine(isUnique, 'each at most once')
    .describe('Names it answers to; every other name gets nothing'),
  certificate: z
    .string()
    .regex(
      /^https:\/\/[a-z][a-z0-9-]{1,22}[a-z0-9]\.vault\.azure\.net\/secrets\/[A-Za-z0-9-]{1,127}$/,
      'https://<vault>.vault.azure.net/secrets/<name>, without a version',
    )
    .describe(
      'Certificate in a Key Vault, without version so that a renewed one is taken up. The vault must let Azure’s trusted services in, and give the gateway’s identity the role Key Vault Secrets User',
    ),
  backend: z.strictObject({
    addresses: z
      .array(Backend)
      .min(1)
      .max(50)
      .refine((all) => isUnique(all.map((one) => JSON.stringify(one))), 'each at most once'),
    protocol: z
      .enum(['Https', 'Http'])
      .default('Https')
      .describe('Https: the backend’s certificate must be of a public authority'),
    port: z.int().min(1).max(65_535).default(443),
    hostName: DnsHost.optional().describe(
      'Name that backends are asked for; absent: the one the client asked for',
    ),
    requestTimeoutSeconds: z.int().min(1).max(3600).default(30),
    probe: Probe.prefault({}),
  }),
  firewall: z
    .strictObject({
      mode: z
        .enum(['Prevention', 'Detection'])
        .default('Prevention')
        .describe('Detection only logs what Prevention refuses'),
      maxBodyKiB: z.int().min(8).max(2000).default(128),
      maxUploadMiB: z.int().min(1).max(4000).default(100),
    })
    .prefault({}),
  instances: z
    .strictObject({
      min: z.int().min(1).max(20).default(2),
      max: z.int().min(20).max(125).default(20),
    })
    .prefault({})
    .describe('Between these it scales by itself, over three zones'),
})
export type ApplicationGatewayParameters = z.infer<typeof ApplicationGatewayParameters>
