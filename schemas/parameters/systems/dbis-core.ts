// Parameters of the system dbis_core: a core banking system, and where its data may stand. What is secret is named only.

import * as z from 'zod'
import { isReservedSlug, Jurisdiction, Slug } from '../../ids.ts'
import { CreateTenant } from '../../tenant.ts'
import { isUnique } from '../../unique.ts'
import { ApplicationParameters, EnvironmentVariable } from '../application.ts'
import { UnionLocation } from '../azure.ts'
import { SubnetChoice } from '../azure-reference.ts'
import { CertificateParameters } from '../certificate.ts'
import { DnsHost } from '../dns-name.ts'
import { IngressParameters } from '../ingress.ts'
import { Cidr } from '../network-policies.ts'
import { OperatorsParameters } from '../operators.ts'
import { ContainerImage } from '../pod.ts'
import { PostgresParameters } from '../postgres.ts'
import { SecretStoreParameters } from '../secret-store.ts'
import { HttpsOrigin, Nodes, StorageClass } from '../workload.ts'

/** The source's number of central banks. */
export const CENTRAL_BANKS = 33
const NOBODY = '00000000-0000-0000-0000-000000000000'
/** Ends of the names of Secrets that the system makes itself. */
const OWN_SECRETS = /-(?:cache-auth|documents-auth|hsm|db-app|db-ca|cert-tls|cert-account-key)$/
const Port = z.int().min(1).max(65_535)
const Container = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]{3,20}(?:-[a-z0-9]{1,20}){0,2}$/)

/** Set for the application by the system itself. */
export const OWN_VARIABLES =
  /^(?:DATABASE_(?:URL|CA|READ_HOST)|REDIS_(?:SENTINEL_HOST|SENTINEL_PORT|MASTER|PASSWORD)|BLOB_\w+|AZURE_\w+|AWS_\w+|HSM_PIN)$/

const Application = z.strictObject({
  image: ContainerImage.default('registry.example.com/dbis/core:1.0.0').describe(
    'Image of the application: replace it by your own, with its digest',
  ),
  pullSecret: ApplicationParameters.shape.pullSecret,
  port: ApplicationParameters.shape.port,
  instances: z.int().min(3).max(20).default(3).describe('Instances at the least'),
  moreUnderLoad: z.int().min(0).max(20).default(3).describe('How many more the autoscaler starts'),
  env: z
    .array(EnvironmentVariable)
    .max(50)
    .default([])
    .refine((env) => isUnique(env.map(({ name }) => name)), 'each name only once')
    .refine((env) => env.every(({ name }) => !OWN_VARIABLES.test(name)), 'set by the system itself')
    .describe('Environment besides database, cache, documents and HSM'),
  probes: ApplicationParameters.shape.probes,
  runAsUser: z.int().min(1).max(2_000_000_000).default(1000).describe('User id in the image'),
})

const StorageAccount = z.strictObject({
  kind: z.literal('storage-account'),
  location: UnionLocation.default('westeurope'),
  azureName: z
    .string()
    .regex(/^[a-z0-9]{3,24}$/)
    .default('dbiscoredocuments')
    .describe('Name of the account in Azure, the only one anywhere: replace it'),
  redundancy: z.enum(['LRS', 'ZRS']).default('ZRS').describe('Both keep to the one region'),
  container: Container.default('documents'),
  subnet: SubnetChoice.optional().describe(
    'Where its private endpoint takes an address; absent: somebody else makes the endpoint',
  ),
  network: Cidr.default('192.0.2.0/24').describe('Range of that address: replace it'),
})
const Bucket = z.strictObject({
  kind: z.literal('s3'),
  endpoint: HttpsOrigin,
  bucket: Container,
  network: Cidr.optional().describe('Range of its addresses; absent: the Internet'),
})

const SecondRegion = z.strictObject({
  cluster: Slug.describe('Cluster in the other region, with the same operators'),
  jurisdiction: Jurisdiction.describe('Where this replica’s data then is'),
  instances: z.int().min(1).max(5).default(1),
  backup: PostgresParameters.shape.backup.describe('Its own archive, in its own region'),
  vault: SecretStoreParameters.shape.vault.describe('Key vault of that region'),
  clientId: SecretStoreParameters.shape.clientId,
})

const CentralBank = z.strictObject({
  slug: Slug.max(39).refine((slug) => !isReservedSlug(slug), 'reserved'),
  name: CreateTenant.shape.name,
  jurisdiction: Jurisdiction.describe('Where its rows are kept'),
})

export const DbisCoreParameters = z
  .strictObject({
    cluster: Slug.optional().describe('Cluster to run on; absent: the only one there is'),
    size: z
      .enum(['minimum', 'maximum'])
      .default('minimum')
      .describe('Which end of every range of the source'),
    domain: DnsHost.default('core.dbis.example').describe('Its public name: replace it'),
    nodes: Nodes,
    storageClass: StorageClass,
    application: Application.prefault({}),
    database: z
      .strictObject({
        version: PostgresParameters.shape.version,
        replicas: z.int().min(2).max(8).default(2).describe('Besides the primary'),
      })
      .prefault({}),
    backup: PostgresParameters.shape.backup.prefault({
      store: {
        kind: 'azure-blob',
        account: 'dbiscorebackups',
        container: 'postgres',
        secret: 'dbis-core-backup',
      },
    }),
    cache: z
      .strictObject({ instances: z.int().min(2).max(9).default(2) })
      .prefault({})
      .describe('Redis: a primary and its replicas'),
    documents: z
      .discriminatedUnion('kind', [StorageAccount, Bucket])
      .prefault({ kind: 'storage-account' })
      .describe('Blob storage: an account in Azure, or a bucket that is there already'),
    vault: z
      .strictObject({
        name: SecretStoreParameters.shape.vault.default('dbis-core').describe('Replace it'),
        entraTenantId: SecretStoreParameters.shape.entraTenantId
          .default(NOBODY)
          .describe('Entra tenant of vault and documents: replace it'),
        clientId: SecretStoreParameters.shape.clientId
          .default(NOBODY)
          .describe('Identity that may read the vault: replace it'),
      })
      .prefault({})
      .describe('Azure Key Vault that keeps every secret of the system'),
    hsm: z
      .strictObject({
        network: Cidr.default('192.0.2.10/32').describe('Address or range: replace it'),
        port: Port.default(1792).describe('1792 is a Luna’s; another maker has another'),
      })
      .prefault({})
      .describe('Hardware security module, required in production'),
    partners: z
      .array(
        z.strictObject({
          name: Slug.max(30).refine((name) => !name.includes('allow'), 'without the word allow'),
          network: Cidr,
          port: Port.default(443),
        }),
      )
      .max(20)
      .default([])
      .refine((partners) => isUnique(partners.map(({ name }) => name)), 'each name only once')
      .describe('Whom the application calls: ISO 20022 messaging, FX engine, CBDC, compliance'),
    ingress: z
      .strictObject({
        className: IngressParameters.shape.ingressClass,
        namespace: IngressParameters.shape.controllerNamespace,
        issuer: CertificateParameters.shape.issuer.prefault({
          type: 'acme',
          email: 'operations@dbis.example',
          challenge: { method: 'http01', ingressClass: 'traefik' },
        }),
      })
      .prefault({})
      .describe('The load balancer’s controller, and who issues its certificate'),
    residency: z
      .strictObject({
        primary: Jurisdiction.default('eu').describe('Of the cluster that holds the primary'),
        refused: z.array(Jurisdiction).max(9).default([]).describe('Where no replica may stand'),
      })
      .prefault({}),
    secondRegion: SecondRegion.optional().describe('A replica cluster in another region'),
    centralBanks: z
      .array(CentralBank)
      .max(CENTRAL_BANKS)
      .default([])
      .refine((banks) => isUnique(banks.map(({ slug }) => slug)), 'each slug only once')
      .describe('Central banks that become tenants, each with its own residency'),
    install: z
      .strictObject({
        certManager: z.boolean().default(false),
        operators: z.boolean().default(false).describe('Secrets, PostgreSQL, Redis, Rollouts'),
        azure: OperatorsParameters.shape.azure.describe('With the operators: Azure’s too'),
        monitoring: z.boolean().default(false),
      })
      .prefault({})
      .describe('What the cluster does not have yet: each chart once per tenant and cluster'),
  })
  .refine(({ backup }) => !OWN_SECRETS.test(backup.store.secret), {
    path: ['backup', 'store', 'secret'],
    error: 'is the name of another Secret of the system',
  })
  .refine(({ residency: { primary, refused } }) => !refused.includes(primary), {
    path: ['residency', 'primary'],
    error: 'is refused',
  })
  .refine(
    ({ residency: { refused }, secondRegion }) =>
      !secondRegion || !refused.includes(secondRegion.jurisdiction),
    { path: ['secondRegion', 'jurisdiction'], error: 'is refused' },
  )
  .refine(({ cluster, secondRegion }) => !secondRegion || secondRegion.cluster !== cluster, {
    path: ['secondRegion', 'cluster'],
    error: 'must be another cluster',
  })
  .refine(
    ({ backup, secondRegion }) =>
      !secondRegion || secondRegion.backup.store.secret !== backup.store.secret,
    { path: ['secondRegion', 'backup', 'store', 'secret'], error: 'must be another Secret' },
  )
export type DbisCoreParameters = z.infer<typeof DbisCoreParameters>
