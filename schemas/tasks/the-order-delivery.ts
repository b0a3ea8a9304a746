// What is reported of the tasks of the_order from the migrations on: secrets, services, gateway, watching, tests, hardening.

import * as z from 'zod'
import { Digest } from '../ids.ts'
import { UnionLocation } from '../parameters/azure.ts'
import { DnsHost } from '../parameters/dns-name.ts'
import { isUnique } from '../unique.ts'
import { Environment, perImage } from './the-order.ts'

const Https = z.url({ protocol: /^https$/ }).max(400)
const names = z.array(DnsHost).min(1).max(5).refine(isUnique, 'each once')

const Database = z.enum(['identity', 'intake', 'finance', 'dataroom'])

const perDatabase = <T extends z.ZodRawShape>(shape: T) =>
  z
    .array(z.strictObject({ database: Database, ...shape }))
    .length(4)
    .refine(
      (all) => isUnique(all.map((one) => (one as { database: string }).database)),
      'each database once',
    )

export const MigrationsRun = z.strictObject({
  environment: Environment,
  databases: perDatabase({
    applied: z.int().min(1).max(10_000),
    last: z.string().regex(/^[A-Za-z0-9._-]{1,120}$/, 'name of the last migration'),
  }),
})

export const SchemaVerified = z.strictObject({
  environment: Environment,
  databases: perDatabase({ schemaDigest: Digest, pending: z.literal(0) }),
})

export const DataSeeded = z.strictObject({
  environment: Environment,
  rows: z.int().min(0).max(1_000_000_000),
})

export const VaultFilled = z.strictObject({
  vault: z.string().regex(/^[a-z][a-z0-9-]{1,22}[a-z0-9]$/),
  secrets: z
    .array(z.string().regex(/^[A-Za-z0-9-]{1,127}$/))
    .min(8)
    .max(100)
    .refine(isUnique, 'each once'),
})

export const SecretsSynced = z.strictObject({
  store: z.literal('Valid'),
  secretsReady: z.int().min(7).max(100),
})

const BEFORE = { dev: 'build', stage: 'dev', prod: 'stage' } as const

/** The same digests as where they came from; nothing skips an environment. */
export const Promoted = z
  .strictObject({
    environment: Environment,
    from: z.enum(['build', 'dev', 'stage']),
    digests: perImage(Digest),
    testReportDigest: Digest,
  })
  .refine(({ environment, from }) => BEFORE[environment] === from, {
    path: ['from'],
    error: 'dev takes what was built, stage what ran in dev, prod what ran in stage',
  })

const ready = z.strictObject({ readyReplicas: z.int().min(2).max(4), digest: Digest })
export const ServicesHealthy = z.strictObject({
  ...{ identity: ready, intake: ready, finance: ready, dataroom: ready },
})

const portalReady = z.strictObject({ readyReplicas: z.int().min(2).max(3), digest: Digest })
export const PortalsHealthy = z.strictObject({
  ...{ 'portal-public': portalReady, 'portal-internal': portalReady },
})

export const GatewayCertificate = z
  .strictObject({
    entrance: z.enum(['application-gateway', 'ingress']),
    certificate: Https.optional().describe('Its address in the vault, without version'),
    notAfter: z.iso.datetime().optional(),
  })
  .refine(
    ({ entrance, certificate, notAfter }) =>
      entrance === 'ingress' || (certificate !== undefined && notAfter !== undefined),
    { path: ['certificate'], error: 'a gateway needs its certificate in the vault first' },
  )

export const NamesLeadHere = z.strictObject({ names, address: z.ipv4() })

export const TlsChecked = z.strictObject({
  names,
  oldestVersion: z.enum(['TLSv1.2', 'TLSv1.3']),
  notAfter: z.iso.datetime(),
})

export const FirewallChecked = z
  .strictObject({
    entrance: z.enum(['application-gateway', 'ingress']),
    mode: z.literal('Prevention').optional(),
    statusOfAttack: z.literal(403).optional(),
  })
  .refine(
    ({ entrance, mode, statusOfAttack }) =>
      entrance === 'ingress' || (mode !== undefined && statusOfAttack !== undefined),
    { path: ['mode'], error: 'a gateway has a firewall: say what it answered' },
  )

export const TelemetryConnected = z.strictObject({
  component: z.string().regex(/^[A-Za-z0-9-]{1,90}$/),
  requestsSeen: z.int().min(1).max(1_000_000_000),
  workspaceRegion: UnionLocation,
})

export const AlertsHeard = z.strictObject({
  receiversConfirmed: z.int().min(1).max(50),
  testAlertAt: z.iso.datetime(),
})

export const DashboardsMade = z.strictObject({ dashboards: z.array(Https).min(1).max(50) })

const report = { passed: z.int().min(1).max(1_000_000), failed: z.literal(0), report: Digest }
export const TestsPassed = z.strictObject(report)
export const PerformanceTested = z.strictObject({
  ...report,
  requestsPerSecond: z.number().positive().max(1_000_000),
  p95Milliseconds: z.number().positive().max(60_000),
})
export const SecurityTested = z.strictObject({ report: Digest, openCriticals: z.literal(0) })

export const LimitsReviewed = z.strictObject({
  podsWithoutLimits: z.literal(0),
  restartsForMemory: z.literal(0),
})

export const RestoreTried = z.strictObject({
  restoredFrom: z.iso.datetime(),
  minutes: z.int().min(1).max(10_080),
  rowsCompared: z.int().min(1).max(1_000_000_000_000),
})

export const RecoveryExercised = z.strictObject({
  region: UnionLocation,
  recoveryMinutes: z.int().min(1).max(10_080),
  dataLossMinutes: z.int().min(0).max(10_080),
})

export const Documented = z.strictObject({ document: Https, digest: Digest })
