// What is reported of the tasks of Sankofa Phoenix: cluster, migrations, images, identity, vault, GitOps, tenants, billing.

import * as z from 'zod'
import { Digest, GitSha, HostName } from '../ids.ts'
import { DnsHost } from '../parameters/dns-name.ts'
import { HttpsUrl } from '../parameters/workload.ts'
import { isUnique } from '../unique.ts'

const Count = z.int().min(1).max(1_000_000_000)
const Name = HostName
const When = z.iso.datetime()

/** `v1.34.5+k3s1`, `1.31.2`: at least 1.24, the source's floor. */
const KubernetesVersion = z
  .string()
  .max(40)
  .regex(/^v?1\.(?:2[4-9]|[3-9][0-9])\.[0-9]{1,2}(?:[+-][A-Za-z0-9.+-]{1,20})?$/, '1.24 or later')

export const ClusterReady = z.strictObject({
  version: KubernetesVersion,
  controlPlanes: z.int().min(3).max(99),
  workers: z.int().min(5).max(5000),
  runtime: z.enum(['containerd', 'cri-o']),
  cni: z.enum(['calico', 'flannel', 'cilium']),
})

/** The source counts 26, multi-tenancy and billing among them. */
export const Migrated = z.strictObject({
  migrations: z.literal(26),
  lastMigration: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/),
  tenancyTables: Count,
  billingTables: Count,
  schemaDigest: Digest.describe('SHA-256 of the dumped schema'),
})

export const Seeded = z.strictObject({ seedDigest: Digest, rows: Count })

export const BackedUp = z.strictObject({
  backup: Name.describe('Name of the completed Backup'),
  completedAt: When,
  restoredAt: When.describe('When a restore from it into another cluster was ready'),
  instancesReady: z.int().min(3).max(9),
})

export const SecretsPlaced = z.strictObject({
  secrets: z
    .array(z.strictObject({ namespace: Name, name: Name }))
    .min(4)
    .max(50)
    .refine(
      (secrets) => isUnique(secrets.map(({ namespace, name }) => `${namespace}/${name}`)),
      'each Secret once',
    ),
})

export const ImagesPushed = z.strictObject({ api: Digest, frontend: Digest, portal: Digest })

/** The floor is 20 in the source; the kinds we render need an operator of 26 or later. */
export const KeycloakOperator = z.strictObject({
  version: z.string().regex(/^(?:2[6-9]|[3-9][0-9])\.[0-9]{1,3}\.[0-9]{1,3}$/, '26.0.0 or later'),
  watches: Name.describe('The tenant’s namespace'),
})

export const ProxmoxConnected = z.strictObject({
  providerConfig: z.string().regex(/^[a-z0-9-]{1,63}$/),
  hosts: z.array(Name).min(1).max(64).refine(isUnique, 'each host once'),
})

export const OidcWorks = z.strictObject({
  issuer: HttpsUrl,
  clients: z
    .array(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/))
    .min(1)
    .max(100)
    .refine(isUnique, 'each client once'),
  keyId: z.string().regex(/^[A-Za-z0-9_-]{10,100}$/, 'kid of the signing key in use'),
})

export const VaultOpen = z.strictObject({
  servers: z.union([z.literal(3), z.literal(5)]),
  sealed: z.literal(false),
  recoveryShares: z.int().min(3).max(20),
  recoveryThreshold: z.int().min(2).max(20),
})

export const TunnelRoutes = z.strictObject({
  tunnel: z.uuid(),
  hostnames: z.array(DnsHost).min(4).max(50).refine(isUnique, 'each name once'),
})

export const Monitored = z.strictObject({
  targetsUp: Count,
  targetsDown: z.literal(0),
  testAlertAt: When.describe('When a person received the test alert'),
})

export const RepositoryMade = z.strictObject({ url: HttpsUrl, commit: GitSha })

export const ApplicationsSynced = z.strictObject({
  applications: z
    .array(
      z.strictObject({
        name: Name,
        sync: z.literal('Synced'),
        health: z.literal('Healthy'),
        revision: GitSha,
      }),
    )
    .min(1)
    .max(500)
    .refine((list) => isUnique(list.map(({ name }) => name)), 'each application once'),
})

export const DriftHealed = z.strictObject({ commit: GitSha, changedAt: When, healedAt: When })

export const SystemTenant = z.strictObject({ tenantId: z.uuid(), slug: Name })

export const AdminAssigned = z.strictObject({
  userId: z.uuid().describe('Id of the user in Keycloak'),
  role: z.literal('system-admin'),
  secondFactor: z.enum(['webauthn', 'totp']),
})

export const BillingSet = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, 'ISO 4217'),
  plans: z.int().min(1).max(1000),
  testInvoice: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/),
})

export const TenantsIsolated = z.strictObject({
  tenants: z.array(z.uuid()).length(2).refine(isUnique, 'two different tenants'),
  foreignRowsSeen: z.literal(0),
  deniedStatus: z.union([z.literal(401), z.literal(403), z.literal(404)]),
})
