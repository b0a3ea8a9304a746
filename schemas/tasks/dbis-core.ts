// What is reported of the tasks of dbis_core: room, secrets, replication, keys, images, residency, audit, tests.

import * as z from 'zod'
import { Digest, GitSha, Jurisdiction, TenantId } from '../ids.ts'
import { CENTRAL_BANKS } from '../parameters/systems/dbis-core.ts'
import { isUnique } from '../unique.ts'

const ObjectName = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/, 'an object’s name')
const VaultSecret = z.string().regex(/^[A-Za-z0-9-]{1,127}$/)
const Url = z.url({ protocol: /^https$/ }).max(300)
const all = <const T extends string>(of: readonly T[], items: readonly T[]) =>
  items.length === of.length && isUnique(items)

/** Hard limits of the ResourceQuota, in whole units. */
export const QuotaRaised = z.strictObject({
  cpuCores: z.int().min(55).max(100_000),
  memoryGiB: z.int().min(152).max(1_000_000),
  storageGiB: z.int().min(1630).max(10_000_000),
  pods: z.int().min(15).max(10_000),
})

export const SecretsInVault = z.strictObject({
  vault: z.string().regex(/^[a-z][a-z0-9-]{1,22}[a-z0-9]$/),
  secrets: z
    .array(VaultSecret)
    .min(2)
    .max(20)
    .refine(isUnique, 'each only once')
    .describe('Their names, never their values'),
})

export const Replicating = z.strictObject({
  primary: ObjectName,
  replicas: z
    .array(z.strictObject({ name: ObjectName, state: z.literal('streaming') }))
    .min(2)
    .max(8)
    .refine((replicas) => isUnique(replicas.map(({ name }) => name)), 'each only once'),
  firstBackup: ObjectName.describe('The first completed full backup'),
  lastArchivedWal: z.string().regex(/^[0-9A-F]{24}$/, '24 upper-case hex digits'),
})

export const Migrated = z.strictObject({
  prismaVersion: z.string().regex(/^\d{1,3}\.\d{1,3}\.\d{1,3}$/),
  applied: z.int().min(1).max(10_000),
  pending: z.literal(0),
  migrationsDigest: Digest.describe('Of the folder prisma/migrations'),
})

export const KeysMade = z
  .strictObject({
    modules: z
      .array(z.strictObject({ serial: z.string().regex(/^[A-Za-z0-9-]{4,40}$/) }))
      .min(1)
      .max(20),
    certification: z.enum(['FIPS 140-2 level 3', 'FIPS 140-3 level 3', 'Common Criteria EAL4+']),
    custodians: z.int().min(3).max(20),
    quorum: z.int().min(2).max(19).describe('Custodians who must be there together'),
    publicKeyDigest: Digest.describe('Of the root’s public key'),
    minutesDigest: Digest.describe('Of the minutes that the custodians signed'),
  })
  .refine(({ custodians, quorum }) => quorum < custodians, {
    path: ['quorum'],
    error: 'must be fewer than the custodians, so that one can be missing',
  })

export const HsmReached = z.strictObject({
  slot: z.int().min(0).max(1_000_000),
  mechanism: z.enum(['ECDSA', 'EDDSA', 'RSA-PKCS-PSS']),
  signatureDigest: Digest.describe('Of a signature that the published public key verified'),
})

export const DocumentReadBack = z
  .strictObject({ container: ObjectName, written: Digest, read: Digest })
  .refine(({ written, read }) => written === read, {
    path: ['read'],
    error: 'not what was written',
  })
  .meta({
    examples: [
      {
        container: 'documents',
        written: 'sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f',
        read: 'sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f',
      },
    ],
  })

export const ImageBuilt = z.strictObject({
  imageDigest: Digest,
  commit: GitSha,
  pipelineRun: Url,
  openCriticals: z.literal(0),
})

const PodHash = z.string().regex(/^[a-z0-9]{6,12}$/, 'a pod-template hash')

export const Promoted = z.strictObject({
  imageDigest: Digest,
  activeHash: PodHash,
  readyInstances: z.int().min(3).max(40),
})

export const RegionsReady = z.strictObject({
  regions: z
    .array(z.strictObject({ region: ObjectName, jurisdiction: Jurisdiction }))
    .min(1)
    .max(2)
    .refine((regions) => isUnique(regions.map(({ region }) => region)), 'each only once'),
  secrets: z.array(VaultSecret).max(8).refine(isUnique, 'each only once'),
})

export const WhereReplicasStand = z.strictObject({
  replicas: z
    .array(
      z.strictObject({
        name: ObjectName,
        role: z.enum(['primary', 'replica', 'designated-primary']),
        region: ObjectName,
        jurisdiction: Jurisdiction,
        lagSeconds: z.number().min(0).max(3600).describe('At most the hour between increments'),
      }),
    )
    .min(3)
    .max(20)
    .refine((replicas) => isUnique(replicas.map(({ name }) => name)), 'each only once')
    .refine(
      (replicas) => replicas.filter(({ role }) => role === 'primary').length === 1,
      'exactly one primary',
    ),
})

const CONNECTIONS = ['clients', 'database', 'cache', 'documents', 'hsm'] as const

export const Encrypted = z
  .strictObject({
    connections: z
      .array(
        z.strictObject({
          to: z.enum(CONNECTIONS),
          protocol: z
            .enum(['TLSv1.2', 'TLSv1.3', 'WireGuard', 'IPsec'])
            .describe('The lowest that is accepted'),
        }),
      )
      .max(CONNECTIONS.length)
      .refine(
        (list) =>
          all(
            CONNECTIONS,
            list.map(({ to }) => to),
          ),
        'each connection once',
      )
      .refine(
        (list) => list.every(({ to, protocol }) => to !== 'clients' || protocol.startsWith('TLS')),
        'clients need TLS',
      ),
  })
  .meta({
    examples: [
      {
        connections: CONNECTIONS.map((to) => ({
          to,
          protocol: to === 'cache' ? 'WireGuard' : 'TLSv1.2',
        })),
      },
    ],
  })

export const AuditPassed = z.strictObject({
  auditedCommit: GitSha,
  reportDigest: Digest,
  complianceReportDigest: Digest,
  openCriticals: z.literal(0),
})

const PARTNERS = ['iso-20022', 'fx-engine', 'cbdc', 'compliance'] as const

export const PartnersAnswer = z
  .strictObject({
    partners: z
      .array(
        z.strictObject({
          partner: z.enum(PARTNERS),
          endpoint: Url,
          passed: z.int().min(1).max(100_000),
          failed: z.literal(0),
        }),
      )
      .max(PARTNERS.length)
      .refine(
        (list) =>
          all(
            PARTNERS,
            list.map(({ partner }) => partner),
          ),
        'each partner once',
      ),
  })
  .meta({
    examples: [
      {
        partners: PARTNERS.map((partner) => ({
          partner,
          endpoint: `https://${partner}.example.org/health`,
          passed: 12,
          failed: 0,
        })),
      },
    ],
  })

/** An hour: the source's increments. */
const MOST_LOST_MS = 3_600_000

export const Restored = z
  .strictObject({
    backup: ObjectName,
    failedAt: z.iso.datetime().describe('Moment that was played as the failure'),
    restoredTo: z.iso.datetime().describe('Last commit that came back'),
    minutesTaken: z.int().min(1).max(10_000),
  })
  .refine(
    ({ failedAt, restoredTo }) => {
      const lost = Date.parse(failedAt) - Date.parse(restoredTo)
      return lost >= 0 && lost <= MOST_LOST_MS
    },
    { path: ['restoredTo'], error: 'at most an hour before the failure' },
  )
  .meta({
    examples: [
      {
        backup: 'dbis-core-db-20270131020000',
        failedAt: '2027-01-31T12:00:00Z',
        restoredTo: '2027-01-31T11:55:00Z',
        minutesTaken: 42,
      },
    ],
  })

export const RolledBack = z
  .strictObject({ from: PodHash, to: PodHash, seconds: z.int().min(0).max(3600) })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'the same version' })

export const Accepted = z.strictObject({
  reportDigest: Digest,
  requestsPerSecond: z.number().positive().max(1_000_000),
  p95Milliseconds: z.number().positive().max(60_000),
  errorPercent: z.number().min(0).max(1),
})

export const TenantsMade = z.strictObject({
  tenants: z.array(TenantId).max(CENTRAL_BANKS).refine(isUnique, 'each only once'),
})
