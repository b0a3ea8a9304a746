// Every row of sankofa, as read against mission.md section 5.3 and the source: what it is, when it is made,
// on what it stands, who reaches it, where its data is, how it is kept, and which numbers are ours.
import { expect, it } from 'vitest'
import { courseOf, declaredOf, factLines, rowsBy, tableLines } from '../rows.fixture.ts'
import { sankofa } from './system.ts'

/** Id, count, size of each (cores, memory, disk), kind, basis, phase, depends on, exposure, version floor, which numbers are derived. */
const TABLE = `
control-plane               | 3   | 4-8, 16-32 GB            | virtual-machine | rendered | platform-cluster | proxmox-hosts               | private | Kubernetes 1.24 | -
worker                      | 5+  | 8-16, 32-64 GB           | virtual-machine | rendered | platform-cluster | control-plane               | private | Kubernetes 1.24 | -
postgres-primary            | 1   | 16-32, 64-128 GB, 2-4 TB | database        | rendered | database         | worker                      | cluster | PostgreSQL 14   | -
postgres-replica            | 2+  | 16-32, 64-128 GB, 2-4 TB | database        | rendered | database         | postgres-primary            | cluster | PostgreSQL 14   | -
namespace                   | 1   | -                        | kubernetes      | external | -                | -                           | none    | -               | -
migrations                  | 26  | -                        | database        | task     | database         | postgres-primary            | none    | -               | -
crossplane                  | 1   | -                        | operator        | rendered | kubernetes       | namespace                   | none    | -               | -
crossplane-provider-proxmox | 1   | -                        | operator        | rendered | kubernetes       | crossplane proxmox-hosts    | none    | -               | -
argocd                      | 1   | -                        | operator        | rendered | kubernetes       | namespace                   | cluster | -               | -
keycloak                    | 1   | -                        | identity        | rendered | kubernetes       | namespace                   | tunnel  | Keycloak 20     | -
api                         | 1   | -                        | workload        | rendered | kubernetes       | postgres-primary keycloak   | tunnel  | -               | -
frontend                    | 1   | -                        | workload        | rendered | kubernetes       | api                         | tunnel  | Next.js 14      | -
portal                      | 1   | -                        | workload        | rendered | kubernetes       | api keycloak                | tunnel  | Next.js 14      | -
prometheus-grafana          | 1   | -                        | workload        | rendered | kubernetes       | -                           | cluster | -               | -
loki                        | 1   | -                        | workload        | rendered | kubernetes       | -                           | cluster | -               | -
vault                       | 1   | -                        | workload        | rendered | kubernetes       | namespace                   | cluster | -               | -
nginx-proxy                 | 1   | -                        | virtual-machine | optional | proxmox-vms      | frontend api portal         | private | -               | -
cloudflare-tunnel           | 1   | -                        | virtual-machine | optional | proxmox-vms      | nginx-proxy                 | tunnel  | -               | -
smom-vms                    | 18  | -                        | virtual-machine | guest    | -                | crossplane-provider-proxmox | none    | -               | -
proxmox-hosts               | 2   | -                        | host            | external | kubernetes       | -                           | private | -               | -
cloudflare                  | 1   | -                        | external        | external | proxmox-vms      | -                           | public  | -               | -
blockchain-network          | 1   | -                        | external        | external | -                | smom-vms                    | private | -               | -
besu-validator              | 3-5 | 40-64, 128 GB, 8 TB      | hardware        | future   | -                | hsm                         | none    | -               | -
read-replica                | 2-3 | 32, 64 GB, 4 TB          | hardware        | future   | -                | besu-validator              | none    | -               | -
hsm                         | 1+  | -                        | hardware        | future   | -                | -                           | none    | -               | count
`

it('has rows, phases, dependencies, exposures and version floors of the source', () => {
  expect(factLines(sankofa)).toEqual(tableLines(TABLE))
})

it('says where data may be', () => {
  expect(rowsBy(sankofa, ({ residency }) => residency)).toEqual({
    'on the Proxmox sites of loc_az_hci: ml110-01 (192.168.11.10) and r630-01 (192.168.11.11), or where the workload cluster is; the architecture document asks for residency without naming places':
      'control-plane worker postgres-primary postgres-replica migrations crossplane crossplane-provider-proxmox argocd keycloak api frontend portal prometheus-grafana loki vault',
    'on the Proxmox sites of loc_az_hci: ml110-01 (192.168.11.10) and r630-01 (192.168.11.11)':
      'nginx-proxy cloudflare-tunnel smom-vms proxmox-hosts',
    'in core datacentres': 'besu-validator hsm',
    'in regional datacentres': 'read-replica',
  })
})

it('says how data is kept', () => {
  expect(rowsBy(sankofa, ({ backup }) => backup)).toEqual({
    'automated, daily; the architecture document adds continuous replication, 7 years of retention, RPO under 15 minutes, RTO under 4 hours (core) or 1 hour (regional)':
      'postgres-primary postgres-replica keycloak',
    'state replicated over 3 or more core datacentres (System Architecture)':
      'besu-validator read-replica',
  })
})

it('points to the source of each row', () => {
  expect(rowsBy(sankofa, ({ source }) => source)).toEqual({
    'Deployment Requirements Scope, section 4 and resource summary 4':
      'control-plane worker postgres-primary postgres-replica besu-validator read-replica',
    'Deployment Requirements Scope, section 4, deployment phase 2': 'namespace',
    'Deployment Requirements Scope, section 4, deployment phase 1': 'migrations',
    'Deployment Requirements Scope, section 4, deployment stack':
      'crossplane crossplane-provider-proxmox argocd keycloak api frontend portal prometheus-grafana loki',
    'System Architecture, control plane': 'vault',
    'Deployment Requirements Scope, section 4, deployment phase 3': 'nginx-proxy cloudflare-tunnel',
    'Deployment Requirements Scope, section 4, VM deployment': 'smom-vms',
    'Deployment Requirements Scope, section 4, edge sites': 'proxmox-hosts',
    'Deployment Requirements Scope, section 4, external services': 'cloudflare blockchain-network',
    'Deployment Requirements Scope, section 4, blockchain infrastructure': 'hsm',
  })
})

it('prints the totals that the source declares for a row, and no other', () => {
  expect(declaredOf(sankofa)).toEqual({
    'control-plane': '12-24, 48-96 GB',
    worker: '40-80, 160-320 GB',
    'postgres-replica': '32-64, 128-256 GB, 4-8 TB',
    'smom-vms': '72, 140 GiB, 278 GiB',
    'besu-validator': '120-320, 384-640 GB, 24-40 TB',
    'read-replica': '64-96, 128-192 GB, 8-12 TB',
  })
})

it('takes the weeks, the phases and the prerequisites of the source', () => {
  expect(courseOf(sankofa)).toEqual({
    weeks: '7-10',
    requires: ['loc_az_hci'],
    declared: '84-496, 216-396 GB, 6-12 TB',
    phases: [
      [
        'platform-cluster',
        'part of 2-3 weeks for database and infrastructure',
        'host-capacity network-connectivity cluster-api',
      ],
      ['database', '3-5 days', 'tenant-base backup-store'],
      ['kubernetes', '1-2 weeks', 'container-registry unseal-key'],
      ['proxmox-vms', '1-2 weeks', 'cloudflare-account'],
      ['gitops', '1 week', ''],
      ['multi-tenancy', '1 week', ''],
    ],
  })
})
