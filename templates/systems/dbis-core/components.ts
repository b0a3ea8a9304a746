// What dbis_core consists of, row by row, with the source of each number.
import type { Sizes, SystemComponent } from '../../../schemas/system.ts'
import { atLeast, count, each, GB, TB } from '../size.ts'

const SCOPE = 'Deployment Requirements Scope, section 1'
const SUMMARY = 'Deployment Requirements Scope, section 1 and resource summary 1'
const BACKUP =
  'daily full and hourly incremental: a full one each day, and the log archived as it is written, at the latest every five minutes'

/** Multi-region with 33 central banks: the source asks for residency, the parameters say where. */
const PRIMARY = 'residency.primary, never one of residency.refused'

const BEYOND_TOTALS =
  'The source leaves backups out of its totals: two to three times the primary’s storage.'

/** Of one instance, as the source says. */
export const SIZES = {
  application: { cores: count(4), memory: GB(8) },
  database: { cores: count(8, 16), memory: GB(32, 64), disk: TB(0.5, 2) },
  cache: { cores: count(2, 4), memory: GB(8, 16), disk: GB(50, 100) },
} satisfies Record<string, Sizes>

const row = (
  id: string,
  title: string,
  fields: Omit<SystemComponent, 'id' | 'title' | 'dependsOn' | 'exposure' | 'source'> &
    Partial<Pick<SystemComponent, 'dependsOn' | 'exposure' | 'source'>>,
): SystemComponent => ({ id, title, dependsOn: [], exposure: 'none', source: SCOPE, ...fields })

const runs: SystemComponent[] = [
  row('application', 'Application instances', {
    ...{ kind: 'workload', basis: 'rendered', count: atLeast(3), each: SIZES.application },
    declared: each(atLeast(12), GB(24, null)),
    phase: 'application',
    dependsOn: ['database-primary', 'redis', 'blob-storage', 'hsm'],
    exposure: 'cluster',
    residency: PRIMARY,
    builtFrom: ['application'],
    source: SUMMARY,
    note: 'Blue-green: while both versions stand, it needs its size twice. Connections are pooled by Prisma in each instance.',
  }),
  row('load-balancer', 'Load balancer', {
    ...{ kind: 'network', basis: 'rendered', count: count(1), phase: 'application' },
    dependsOn: ['application', 'tls-certificate'],
    exposure: 'public',
    builtFrom: ['ingress'],
    source: SUMMARY,
    note: 'A rule for the cluster’s ingress controller: the source counts it under infrastructure, without a size.',
  }),
  row('tls-certificate', 'TLS certificate', {
    ...{ kind: 'network', basis: 'rendered', count: count(1), phase: 'application' },
    exposure: 'public',
    builtFrom: ['certificate'],
    versionFloor: 'TLS 1.2',
  }),
  row('database-primary', 'PostgreSQL primary', {
    ...{ kind: 'database', basis: 'rendered', count: count(1), each: SIZES.database },
    phase: 'database',
    dependsOn: ['secrets', 'backup-store'],
    residency: PRIMARY,
    backup: BACKUP,
    builtFrom: ['postgres'],
    source: SUMMARY,
    note: 'The rows sum to 40-68 cores and 136-248 GB; the source’s totals of 32-68 and 104-224 leave out the primary’s least 8 cores and 32 GB, and 24 GB of the most.',
  }),
  row('database-replica', 'PostgreSQL read replicas', {
    ...{ kind: 'database', basis: 'rendered', count: atLeast(2), each: SIZES.database },
    declared: each(count(16, 32), GB(64, 128), TB(1, 4)),
    phase: 'database',
    dependsOn: ['database-primary'],
    residency: PRIMARY,
    backup: BACKUP,
    builtFrom: ['postgres'],
    source: SUMMARY,
    note: 'The volume of the log comes on top of each instance’s disk.',
  }),
  row('redis', 'Redis cache', {
    ...{ kind: 'cache', basis: 'rendered', count: atLeast(2), each: SIZES.cache },
    declared: each(count(4, 8), GB(16, 32), GB(100, 200)),
    phase: 'cache-storage',
    dependsOn: ['secrets'],
    residency: PRIMARY,
    backup: 'none in the source: a cache, made anew from the database',
    builtFrom: ['redis'],
    source: SUMMARY,
    note: 'Three sentinels come on top. Redis speaks no TLS here: encryption between nodes is the network’s, and the task tls asks for it.',
  }),
  row('blob-storage', 'Storage account for documents', {
    ...{ kind: 'storage', basis: 'rendered', count: count(1), phase: 'cache-storage' },
    exposure: 'private',
    residency: 'one Azure region of the European Union, or the bucket’s own',
    backup: 'versions and soft delete',
    builtFrom: ['storage-account', 'private-endpoint'],
    note: 'With documents.kind s3 a bucket is used that is there already, and nothing is made.',
  }),
  row('secrets', 'Secrets management', {
    ...{ kind: 'identity', basis: 'rendered', count: count(1), phase: 'infrastructure' },
    residency: 'in the vault of the parameters',
    builtFrom: ['secret-store', 'external-secret'],
  }),
  row('network-policies', 'Network security', {
    ...{ kind: 'network', basis: 'rendered', count: count(1), phase: 'infrastructure' },
    builtFrom: ['network-policies'],
  }),
  row('second-region', 'PostgreSQL replica cluster in another region', {
    ...{ kind: 'database', basis: 'optional', count: atLeast(0), each: SIZES.database },
    derived: ['count', 'each'],
    phase: 'multi-region',
    dependsOn: ['database-primary'],
    residency: 'secondRegion.jurisdiction, never one of residency.refused',
    backup: BACKUP,
    builtFrom: ['postgres', 'secret-store'],
    note: 'The source asks that replication to another region is supported, and counts nothing for it.',
  }),
  row('operators', 'Operators and cert-manager', {
    ...{ kind: 'operator', basis: 'optional', count: count(0, 1), phase: 'prerequisites' },
    builtFrom: ['operators', 'cert-manager'],
    note: 'Not named by the source; the rest stands on them.',
  }),
  row('monitoring', 'Monitoring and observability', {
    ...{ kind: 'operator', basis: 'optional', count: count(0, 1), phase: 'prerequisites' },
    builtFrom: ['monitoring'],
    source: 'Deployment Requirements Scope, comparative analysis, common requirements',
  }),
]

const others: [
  id: string,
  title: string,
  kind: SystemComponent['kind'],
  basis: SystemComponent['basis'],
  phase: string,
  note?: string,
][] = [
  ['hsm', 'Hardware security module', 'hardware', 'external', 'hsm', 'Required in production.'],
  ['backup-store', 'Store for backups', 'storage', 'external', 'database', BEYOND_TOTALS],
  ['migrations', 'Prisma migrations', 'database', 'task', 'database'],
  ['ci-cd', 'CI/CD pipeline', 'external', 'external', 'application'],
  ['container-registry', 'Container registry', 'external', 'external', 'application'],
  ['security-audit', 'Security audit and compliance verification', 'external', 'task', 'audit'],
  ['iso-20022', 'ISO 20022 banking messages', 'external', 'external', 'testing'],
  ['fx-engine', 'FX engine', 'external', 'external', 'testing'],
  ['cbdc', 'CBDC system', 'external', 'external', 'testing'],
  ['compliance', 'Compliance and governance systems', 'external', 'external', 'testing'],
]

const PLACES: Record<string, string> = {
  hsm: PRIMARY,
  'backup-store': 'counts like a replica: residency.primary, or secondRegion for the second one',
  migrations: PRIMARY,
}

export const components: SystemComponent[] = [
  ...runs,
  ...others.map(([id, title, kind, basis, phase, note]) =>
    row(id, title, {
      ...{ kind, basis, count: count(1), phase, builtFrom: [] },
      exposure: kind === 'external' && basis === 'external' ? 'private' : 'none',
      ...(PLACES[id] === undefined ? {} : { residency: PLACES[id] }),
      ...(note === undefined ? {} : { note }),
    }),
  ),
  row('central-bank', 'Central banks as tenants', {
    ...{ kind: 'identity', basis: 'task', count: count(33), phase: 'testing', builtFrom: [] },
    residency: 'each its own: centralBanks[].jurisdiction',
    note: 'The source gives the number and no list: name them in centralBanks; the document tenants has the requests.',
  }),
]
