// Every row of the_order, as read against mission.md section 5.5 and the source: what it is, when it is made,
// on what it stands, who reaches it, where its data is, how it is kept, and which numbers are ours.
import { expect, it } from 'vitest'
import { courseOf, declaredOf, factLines, rowsBy, tableLines } from '../rows.fixture.ts'
import { theOrder } from './system.ts'

/** Id, count, size of each (cores, memory, disk), kind, basis, phase, depends on, exposure, version floor, which numbers are derived. */
const TABLE = `
toolchain               | 1   | -                          | azure      | task     | prerequisites  | -                                         | none    | Terraform 1.5.0, Node.js 18.0.0, pnpm 8.0.0 | -
virtual-network         | 1   | -                          | network    | rendered | azure-infra    | -                                         | private | -                                           | -
aks-cluster             | 1   | -                          | kubernetes | rendered | azure-infra    | virtual-network                           | private | -                                           | -
aks-node                | 3-5 | 8-16, 32-64 GB, 100-200 GB | host       | rendered | azure-infra    | aks-cluster                               | private | -                                           | -
key-vault               | 3   | -                          | azure      | rendered | azure-infra    | -                                         | private | -                                           | -
private-endpoint        | 0-8 | -                          | network    | optional | azure-infra    | virtual-network key-vault                 | private | -                                           | count
dns-zone                | 0-1 | -                          | network    | optional | azure-infra    | -                                         | public  | -                                           | -
postgres                | 3   | 8-16, 32-64 GB, 0.5-2 TB   | database   | rendered | data           | virtual-network key-vault                 | private | -                                           | -
storage-account         | 1   | 0.5-2 TB                   | storage    | rendered | data           | virtual-network                           | private | -                                           | -
blob-container          | 3   | -                          | storage    | rendered | data           | storage-account                           | private | -                                           | -
container-registry      | 1   | 100-500 GB                 | azure      | rendered | registry       | aks-cluster                               | private | -                                           | -
registry-replica        | 0-5 | -                          | azure      | optional | registry       | container-registry                        | private | -                                           | count
image-signing           | 6   | -                          | workload   | task     | build          | container-registry                        | private | Node.js 18, pnpm 8                          | -
app-registration        | 1   | -                          | identity   | task     | entra          | -                                         | none    | -                                           | -
verified-id-permissions | 1   | -                          | identity   | task     | entra          | app-registration                          | none    | -                                           | -
client-secret           | 1   | -                          | identity   | task     | entra          | app-registration                          | none    | -                                           | -
verified-id             | 1   | -                          | identity   | task     | entra          | -                                         | none    | -                                           | -
credential-manifest     | 1   | -                          | identity   | task     | entra          | verified-id                               | none    | -                                           | -
issuer-did              | 1   | -                          | identity   | task     | gateway        | verified-id identity                      | public  | -                                           | -
identity                | 2-4 | 2-4, 4-8 GB                | workload   | rendered | backend        | postgres key-vault external-secrets       | cluster | Node.js 18                                  | -
intake                  | 2-4 | 2-4, 4-8 GB                | workload   | rendered | backend        | postgres key-vault external-secrets       | cluster | Node.js 18                                  | -
finance                 | 2-4 | 2-4, 4-8 GB                | workload   | rendered | backend        | postgres key-vault external-secrets       | cluster | Node.js 18                                  | -
dataroom                | 2-4 | 2-4, 4-8 GB                | workload   | rendered | backend        | postgres key-vault external-secrets       | cluster | Node.js 18                                  | -
eidas-verification      | 0-1 | -                          | workload   | optional | backend        | storage-account                           | cluster | -                                           | -
vc-issuance             | 0-1 | -                          | workload   | optional | backend        | storage-account                           | cluster | -                                           | -
document-processing     | 0-1 | -                          | workload   | optional | backend        | storage-account                           | cluster | -                                           | -
portal-public           | 2-3 | 2-4, 4-8 GB                | workload   | rendered | frontend       | identity intake finance dataroom          | public  | Node.js 18                                  | -
portal-internal         | 2-3 | 2-4, 4-8 GB                | workload   | rendered | frontend       | identity intake finance dataroom          | private | Node.js 18                                  | -
external-secrets        | 1   | 1-2, 2-4 GB                | operator   | optional | secrets        | key-vault                                 | cluster | -                                           | -
monitoring              | 1   | 4-8, 16-32 GB              | operator   | optional | infra-services | -                                         | cluster | -                                           | -
opentelemetry           | 1   | -                          | operator   | rendered | infra-services | -                                         | cluster | -                                           | -
opensearch              | 0+  | -                          | operator   | optional | infra-services | -                                         | cluster | -                                           | -
application-insights    | 1   | -                          | azure      | rendered | observability  | log-analytics                             | private | -                                           | -
log-analytics           | 1   | -                          | azure      | rendered | observability  | -                                         | private | -                                           | -
application-gateway     | 0-1 | -                          | network    | optional | gateway        | virtual-network portal-public certificate | public  | -                                           | -
ingress                 | 0-1 | -                          | network    | optional | infra-services | -                                         | private | -                                           | -
certificate             | 1   | -                          | network    | rendered | gateway        | dns-zone                                  | public  | -                                           | -
`

it('has rows, phases, dependencies, exposures and version floors of the source', () => {
  expect(factLines(theOrder)).toEqual(tableLines(TABLE))
})

it('says where data may be', () => {
  expect(rowsBy(theOrder, ({ residency }) => residency)).toEqual({
    'wherever the release engineer works: it keeps no data': 'toolchain',
    'West Europe, no US regions':
      'virtual-network aks-cluster aks-node key-vault private-endpoint postgres storage-account blob-container container-registry image-signing identity intake finance dataroom eidas-verification vc-issuance document-processing portal-public portal-internal external-secrets monitoring opentelemetry opensearch log-analytics application-gateway ingress certificate',
    'global: a public zone': 'dns-zone',
    'where the tenant may be, never in the United States': 'registry-replica',
    'in the Entra tenant, whose region the source does not give':
      'app-registration verified-id-permissions client-secret verified-id credential-manifest issuer-did',
    'West Europe, who is told of alerts in Sweden; no US regions': 'application-insights',
  })
})

it('says how data is kept', () => {
  expect(rowsBy(theOrder, ({ backup }) => backup)).toEqual({
    'soft delete and purge protection': 'key-vault',
    'automated, kept 35 days unless asked otherwise (the source gives no time)': 'postgres',
    'versions and soft delete': 'storage-account blob-container',
  })
})

it('points to the source of each row', () => {
  expect(rowsBy(theOrder, ({ source }) => source)).toEqual({
    'Deployment Requirements Scope, section 5, prerequisites': 'toolchain',
    'Deployment Requirements Scope, section 5':
      'virtual-network aks-cluster key-vault private-endpoint dns-zone blob-container registry-replica image-signing app-registration verified-id-permissions client-secret verified-id credential-manifest issuer-did eidas-verification vc-issuance document-processing opentelemetry opensearch application-insights log-analytics application-gateway ingress certificate',
    'Deployment Requirements Scope, section 5 and resource summary 5':
      'aks-node postgres storage-account container-registry identity intake finance dataroom portal-public portal-internal external-secrets monitoring',
  })
})

it('prints the totals that the source declares for a row, and no other', () => {
  expect(declaredOf(theOrder)).toEqual({
    'aks-node': '24-80, 96-320 GB, 300-1000 GB',
    postgres: '24-48, 96-192 GB, 1.5-6 TB',
    identity: '4-16, 8-32 GB',
    intake: '4-16, 8-32 GB',
    finance: '4-16, 8-32 GB',
    dataroom: '4-16, 8-32 GB',
    'portal-public': '4-12, 8-24 GB',
    'portal-internal': '4-12, 8-24 GB',
  })
})

it('takes the weeks, the phases and the prerequisites of the source', () => {
  expect(courseOf(theOrder)).toEqual({
    weeks: '8-12',
    requires: [],
    declared: '60-156, 240-480 GB, 2.1-8.5 TB',
    phases: [
      ['prerequisites', '1-2 days', 'azure-subscription entra-tenant domain'],
      ['azure-infra', '4-6 weeks', 'azure-quota azure-operator vault-reader'],
      ['entra', '1-2 days', ''],
      ['data', '1-2 days', ''],
      ['registry', '1 day', ''],
      ['build', '2-4 hours', 'source-code'],
      ['migrations', '1-2 hours', ''],
      ['secrets', '2-4 hours', ''],
      ['infra-services', '1-2 days', 'cluster-services'],
      ['backend', '2-4 days', ''],
      ['frontend', '1-2 days', ''],
      ['gateway', '2-3 days', ''],
      ['observability', '2-3 days', ''],
      ['testing', '3-5 days', ''],
      ['hardening', '2-3 days', ''],
    ],
  })
})
