// Every row of dbis_core, as read against mission.md section 5.4 and the source: what it is, when it is made,
// on what it stands, who reaches it, where its data is, how it is kept, and which numbers are ours.
import { expect, it } from 'vitest'
import { courseOf, declaredOf, factLines, rowsBy, tableLines } from '../rows.fixture.ts'
import { dbisCore } from './system.ts'

/** Id, count, size of each (cores, memory, disk), kind, basis, phase, depends on, exposure, version floor, which numbers are derived. */
const TABLE = `
application        | 3+  | 4, 8 GB                  | workload | rendered | application    | database-primary redis blob-storage hsm | cluster | -       | -
load-balancer      | 1   | -                        | network  | rendered | application    | application tls-certificate             | public  | -       | -
tls-certificate    | 1   | -                        | network  | rendered | application    | -                                       | public  | TLS 1.2 | -
database-primary   | 1   | 8-16, 32-64 GB, 0.5-2 TB | database | rendered | database       | secrets backup-store                    | none    | -       | -
database-replica   | 2+  | 8-16, 32-64 GB, 0.5-2 TB | database | rendered | database       | database-primary                        | none    | -       | -
redis              | 2+  | 2-4, 8-16 GB, 50-100 GB  | cache    | rendered | cache-storage  | secrets                                 | none    | -       | -
blob-storage       | 1   | -                        | storage  | rendered | cache-storage  | -                                       | private | -       | -
secrets            | 1   | -                        | identity | rendered | infrastructure | -                                       | none    | -       | -
network-policies   | 1   | -                        | network  | rendered | infrastructure | -                                       | none    | -       | -
second-region      | 0+  | 8-16, 32-64 GB, 0.5-2 TB | database | optional | multi-region   | database-primary                        | none    | -       | count each
operators          | 0-1 | -                        | operator | optional | prerequisites  | -                                       | none    | -       | -
monitoring         | 0-1 | -                        | operator | optional | prerequisites  | -                                       | none    | -       | -
hsm                | 1   | -                        | hardware | external | hsm            | -                                       | none    | -       | -
backup-store       | 1   | -                        | storage  | external | database       | -                                       | none    | -       | -
migrations         | 1   | -                        | database | task     | database       | -                                       | none    | -       | -
ci-cd              | 1   | -                        | external | external | application    | -                                       | private | -       | -
container-registry | 1   | -                        | external | external | application    | -                                       | private | -       | -
security-audit     | 1   | -                        | external | task     | audit          | -                                       | none    | -       | -
iso-20022          | 1   | -                        | external | external | testing        | -                                       | private | -       | -
fx-engine          | 1   | -                        | external | external | testing        | -                                       | private | -       | -
cbdc               | 1   | -                        | external | external | testing        | -                                       | private | -       | -
compliance         | 1   | -                        | external | external | testing        | -                                       | private | -       | -
central-bank       | 33  | -                        | identity | task     | testing        | -                                       | none    | -       | -
`

it('has rows, phases, dependencies, exposures and version floors of the source', () => {
  expect(factLines(dbisCore)).toEqual(tableLines(TABLE))
})

it('says where data may be', () => {
  expect(rowsBy(dbisCore, ({ residency }) => residency)).toEqual({
    'residency.primary, never one of residency.refused':
      'application database-primary database-replica redis hsm migrations',
    'one Azure region of the European Union, or the bucket’s own': 'blob-storage',
    'in the vault of the parameters': 'secrets',
    'secondRegion.jurisdiction, never one of residency.refused': 'second-region',
    'counts like a replica: residency.primary, or secondRegion for the second one': 'backup-store',
    'each its own: centralBanks[].jurisdiction': 'central-bank',
  })
})

it('says how data is kept', () => {
  expect(rowsBy(dbisCore, ({ backup }) => backup)).toEqual({
    'daily full and hourly incremental: a full one each day, and the log archived as it is written, at the latest every five minutes':
      'database-primary database-replica second-region',
    'none in the source: a cache, made anew from the database': 'redis',
    'versions and soft delete': 'blob-storage',
  })
})

it('points to the source of each row', () => {
  expect(rowsBy(dbisCore, ({ source }) => source)).toEqual({
    'Deployment Requirements Scope, section 1 and resource summary 1':
      'application load-balancer database-primary database-replica redis',
    'Deployment Requirements Scope, section 1':
      'tls-certificate blob-storage secrets network-policies second-region operators hsm backup-store migrations ci-cd container-registry security-audit iso-20022 fx-engine cbdc compliance central-bank',
    'Deployment Requirements Scope, comparative analysis, common requirements': 'monitoring',
  })
})

it('prints the totals that the source declares for a row, and no other', () => {
  expect(declaredOf(dbisCore)).toEqual({
    application: '12+, 24+ GB',
    'database-replica': '16-32, 64-128 GB, 1-4 TB',
    redis: '4-8, 16-32 GB, 100-200 GB',
  })
})

it('takes the weeks, the phases and the prerequisites of the source', () => {
  expect(courseOf(dbisCore)).toEqual({
    weeks: '5-7',
    requires: [],
    declared: '32-68, 104-224 GB, 1.6-6.2 TB',
    phases: [
      ['prerequisites', 'before everything else', 'azure-subscription'],
      ['infrastructure', '1-2 weeks', 'operators network-security secret-vault backup-store'],
      ['database', '3-5 days', 'database-admin'],
      ['hsm', 'part of a week of security hardening, once the module is there', 'hsm'],
      ['cache-storage', 'beside the database', ''],
      ['application', '1 week', 'ci-cd'],
      ['multi-region', 'beside the application', ''],
      ['audit', '1 week', ''],
      ['testing', '2 weeks', 'iso-20022 fx-engine cbdc compliance'],
    ],
  })
})
