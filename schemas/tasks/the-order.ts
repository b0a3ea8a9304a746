// What is reported of the tasks of the_order until its images are signed: tools, Azure, Entra, data, registry, build.

import * as z from 'zod'
import { Digest, GitSha, Slug } from '../ids.ts'
import { SubscriptionId } from '../parameters/azure-reference.ts'
import { DnsHost } from '../parameters/dns-name.ts'
import { ORDER_ENVIRONMENTS } from '../parameters/systems/the-order.ts'
import { SecretName } from '../parameters/workload.ts'
import { isUnique } from '../unique.ts'

const Guid = z.guid().toLowerCase()
export const Environment = z.enum(ORDER_ENVIRONMENTS)

/** `1.5.7` is at least 1.5; what follows the numbers does not count. */
const isAtLeast = (version: string, [major, minor]: [number, number]): boolean => {
  const [first = 0, second = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  return first > major || (first === major && second >= minor)
}
const version = (floor: [number, number] = [0, 0]) =>
  z
    .string()
    .max(40)
    .regex(/^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,6}(?:[-+][A-Za-z0-9.-]{1,20})?$/, 'such as 1.5.7')
    .refine((text) => isAtLeast(text, floor), `at least ${floor.join('.')}`)

/** One entry for each environment, none twice. */
export const perEnvironment = <T extends z.ZodRawShape>(shape: T) =>
  z
    .array(z.strictObject({ environment: Environment, ...shape }))
    .length(ORDER_ENVIRONMENTS.length)
    .refine(
      (all) => isUnique(all.map((one) => (one as { environment: string }).environment)),
      'each environment once',
    )

/** Floors of the source: Terraform 1.5, Node.js 18, pnpm 8. */
export const Toolchain = z.strictObject({
  terraform: version([1, 5]),
  node: version([18, 0]),
  pnpm: version([8, 0]),
  azureCli: version([2, 0]),
  kubectl: version([1, 0]),
  docker: version(),
  cosign: version([2, 0]),
})

export const AzureAccount = z.strictObject({
  subscriptionId: SubscriptionId,
  entraTenantId: Guid,
  role: z.enum(['Contributor', 'Owner']),
})

/** Namespaces of Azure whose resources the phases make. */
const PROVIDERS = [
  ...['Microsoft.ContainerService', 'Microsoft.Network', 'Microsoft.KeyVault', 'Microsoft.Storage'],
  ...['Microsoft.DBforPostgreSQL', 'Microsoft.ContainerRegistry', 'Microsoft.ManagedIdentity'],
  ...['Microsoft.Insights', 'Microsoft.OperationalInsights'],
] as const

export const ProvidersRegistered = z
  .strictObject({
    registered: z
      .array(z.enum(PROVIDERS))
      .length(PROVIDERS.length)
      .refine(isUnique, 'each namespace once'),
  })
  .meta({
    examples: [{ registered: [...PROVIDERS] }],
  })

/** At the least what the smaller end of the ranges takes: 24 cores of nodes, 24 of databases. */
export const QuotaConfirmed = z.strictObject({
  nodeCoresFree: z.int().min(24).max(100_000),
  postgresCoresFree: z.int().min(24).max(100_000),
  publicAddressesFree: z.int().min(1).max(10_000),
})

export const ClusterJoined = z.strictObject({
  cluster: Slug,
  kubernetesVersion: version([1, 24]),
  nodesReady: z.int().min(3).max(1000),
  networkPlugin: z.literal('azure'),
  diskDriver: z.literal('disk.csi.azure.com'),
})

export const RolesAssigned = z.strictObject({
  vaults: perEnvironment({ vault: z.string().regex(/^[a-z][a-z0-9-]{1,22}[a-z0-9]$/) }),
  readerPrincipalId: Guid,
  clusterPrincipalId: Guid,
  subnetRole: z.literal('Network Contributor'),
})

export const ZoneDelegated = z.strictObject({
  zone: DnsHost,
  nameServers: z
    .array(z.string().regex(/^[a-z0-9-]{1,30}(?:\.[a-z0-9-]{1,30}){1,4}\.?$/))
    .min(2)
    .max(8)
    .refine(isUnique, 'each once'),
})

export const AppRegistered = z.strictObject({
  applicationId: Guid,
  servicePrincipalId: Guid,
  entraTenantId: Guid,
})

export const PermissionsGranted = z.strictObject({
  permission: z.literal('VerifiableCredential.Create.All'),
  grantedTo: Guid,
  adminConsent: z.literal(true),
})

/** Which secret, and until when; never the secret. */
export const ClientSecretMade = z.strictObject({ keyId: Guid, expiresAt: z.iso.datetime() })

const Did = z.string().regex(/^did:web:[a-z0-9.-]{4,253}(?:%3A[0-9]{1,5})?$/, 'did:web: and a host')

export const VerifiedIdEnabled = z.strictObject({ authorityId: Guid, did: Did })

export const CredentialManifest = z
  .strictObject({
    credentialType: z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,79}$/),
    manifestUrl: z
      .url({ hostname: /^verifiedid\.did\.msidentity\.com$/, protocol: /^https$/ })
      .max(400)
      .endsWith('/manifest'),
  })
  .meta({
    examples: [
      {
        credentialType: 'EResident',
        manifestUrl:
          'https://verifiedid.did.msidentity.com/v1.0/tenants/5f0a7c1e/verifiableCredentials/contracts/eresident/manifest',
      },
    ],
  })

export const IssuerVerified = z.strictObject({
  did: Did,
  linkedDomain: DnsHost,
  didDocumentStatus: z.literal('published'),
  linkedDomainsVerified: z.literal(true),
})

export const AdministratorsStored = z.strictObject({
  secrets: perEnvironment({ secret: SecretName, key: z.literal('password') }),
})

export const DatabasesReady = z.strictObject({
  servers: perEnvironment({
    host: DnsHost,
    version: z.string().regex(/^1[4-9](?:\.[0-9]{1,2})?$/, 'PostgreSQL 14 or later'),
    databases: z.array(z.enum(['identity', 'intake', 'finance', 'dataroom'])).length(4),
    publicNetworkAccess: z.literal('Disabled'),
    standby: z.boolean(),
  }),
})

export const StorageReady = z.strictObject({
  account: z.string().regex(/^[a-z0-9]{3,24}$/),
  containers: z
    .array(z.enum(['intake-documents', 'dataroom-deals', 'credentials']))
    .length(3)
    .refine(isUnique, 'each once'),
  versioning: z.literal(true),
  softDeleteDays: z.int().min(7).max(365),
})

export const PullGranted = z.strictObject({
  registry: DnsHost,
  kubeletPrincipalId: Guid,
  role: z.literal('AcrPull'),
})

/** One value for each of the six images. */
export const perImage = <T extends z.ZodType>(one: T) =>
  z.strictObject({
    ...{ identity: one, intake: one, finance: one, dataroom: one },
    ...{ 'portal-public': one, 'portal-internal': one },
  })

export const PackagesBuilt = z.strictObject({
  commit: GitSha,
  lockfileDigest: Digest,
  node: version([18, 0]),
  pnpm: version([8, 0]),
})

export const ImagesPushed = z.strictObject({ registry: DnsHost, digests: perImage(Digest) })

export const ImagesSigned = z.strictObject({
  digests: perImage(Digest),
  /** Who signed: a key in a vault, or an identity. Public either way. */
  signer: z.union([
    z.strictObject({
      key: z.string().regex(/^azurekms:\/\/[a-z0-9.-]{4,80}\/[A-Za-z0-9-]{1,127}$/),
    }),
    z.strictObject({ identity: z.string().min(3).max(200), issuer: z.url().max(200) }),
  ]),
  verified: z.literal(true),
})
