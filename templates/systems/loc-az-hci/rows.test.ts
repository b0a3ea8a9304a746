// Every row of loc_az_hci, as read against mission.md section 5.1 and the source: what it is, when it is made,
// on what it stands, who reaches it, where its data is, how it is kept, and which numbers are ours.
import { expect, it } from 'vitest'
import { courseOf, declaredOf, factLines, rowsBy, tableLines } from '../rows.fixture.ts'
import { locAzHci } from './system.ts'

/** Id, count, size of each (cores, memory, disk), kind, basis, phase, depends on, exposure, version floor, which numbers are derived. */
const TABLE = `
proxmox-host       | 2+  | 16-32, 64-128 GB, 2-4 TB  | host            | supply   | proxmox    | -                           | private | Proxmox VE 7.0 | -
k3s-control-plane  | 1   | 4-8, 16-32 GB             | kubernetes      | rendered | kubernetes | proxmox-host                | none    | -              | count
k3s-worker         | 3+  | 4-8, 16-32 GB             | kubernetes      | rendered | kubernetes | k3s-control-plane           | none    | -              | -
git-server         | 1   | 4-8, 8-16 GB, 100-500 GB  | virtual-machine | rendered | git        | proxmox-host                | tunnel  | -              | -
nginx-proxy        | 1   | 2-4, 4-8 GB, 50-100 GB    | virtual-machine | rendered | services   | proxmox-host                | private | -              | -
cloudflare-tunnel  | 1   | 2-4, 4-8 GB, 50-100 GB    | virtual-machine | rendered | services   | proxmox-host cloudflare     | tunnel  | -              | -
cacti              | 1   | 2-4, 4-8 GB, 100-200 GB   | virtual-machine | rendered | services   | nginx-proxy                 | private | -              | -
firefly            | 1   | 4-8, 16-32 GB, 100-200 GB | virtual-machine | rendered | services   | besu-node                   | private | -              | -
blockscout         | 1   | 4-8, 16-32 GB, 200-500 GB | virtual-machine | rendered | services   | besu-node                   | tunnel  | -              | -
besu-node          | 1+  | 4-8, 16-32 GB, 200-500 GB | virtual-machine | rendered | services   | proxmox-host                | none    | -              | count
smom-dbis-138      | 18  | -                         | virtual-machine | guest    | -          | proxmox-host                | none    | -              | -
azure-devops-agent | 0-1 | 4-8, 8-16 GB, 100-500 GB  | virtual-machine | optional | git        | proxmox-host                | none    | -              | -
resource-group     | 1   | -                         | azure           | task     | azure-arc  | -                           | none    | -              | -
arc-hosts          | 2+  | -                         | azure           | task     | azure-arc  | proxmox-host resource-group | none    | -              | -
arc-kubernetes     | 1   | -                         | azure           | task     | kubernetes | k3s-worker resource-group   | none    | -              | -
arc-gitops         | 1   | -                         | azure           | rendered | gitops     | arc-kubernetes git-server   | none    | -              | -
arc-machines       | 1+  | -                         | azure           | task     | services   | resource-group              | none    | -              | -
azure-monitor      | 0-1 | -                         | azure           | optional | azure-arc  | arc-hosts                   | none    | -              | -
nfs                | 0-1 | -                         | storage         | optional | base       | k3s-worker                  | none    | -              | -
ceph               | 0-1 | -                         | storage         | optional | base       | k3s-worker                  | none    | -              | -
cloudflare         | 1   | -                         | external        | external | -          | -                           | public  | -              | -
chainlink-ccip     | 1   | -                         | external        | external | -          | besu-node                   | none    | -              | -
`

it('has rows, phases, dependencies, exposures and version floors of the source', () => {
  expect(factLines(locAzHci)).toEqual(tableLines(TABLE))
})

it('says where data may be', () => {
  expect(rowsBy(locAzHci, ({ residency }) => residency)).toEqual({
    'on the sites ml110-01 (192.168.11.10) and r630-01 (192.168.11.11)':
      'proxmox-host k3s-control-plane k3s-worker git-server nginx-proxy cloudflare-tunnel cacti firefly blockscout besu-node smom-dbis-138 azure-devops-agent nfs ceph',
    'in the Azure region of the parameters, inside the European Union':
      'resource-group arc-hosts arc-kubernetes arc-gitops arc-machines azure-monitor',
  })
})

it('says how data is kept', () => {
  expect(rowsBy(locAzHci, ({ backup }) => backup)).toEqual({
    'not said by the source, which leaves backups out of its sums':
      'proxmox-host k3s-control-plane k3s-worker git-server nginx-proxy cloudflare-tunnel cacti firefly blockscout besu-node azure-devops-agent nfs ceph',
    'node state backups (named by the source, without a schedule)': 'smom-dbis-138',
  })
})

it('points to the source of each row', () => {
  expect(rowsBy(locAzHci, ({ source }) => source)).toEqual({
    'Deployment Requirements Scope, section 3 and resource summary 3':
      'proxmox-host k3s-control-plane k3s-worker git-server nginx-proxy cloudflare-tunnel cacti firefly blockscout besu-node smom-dbis-138',
    'Deployment Requirements Scope, section 3':
      'azure-devops-agent resource-group arc-hosts arc-kubernetes arc-gitops arc-machines azure-monitor nfs ceph cloudflare chainlink-ccip',
  })
})

it('prints the totals that the source declares for a row, and no other', () => {
  expect(declaredOf(locAzHci)).toEqual({
    'proxmox-host': '32-64, 128-256 GB, 4-8 TB',
    'k3s-worker': '12-24, 48-96 GB',
    'smom-dbis-138': '72, 140 GiB, 278 GiB',
  })
})

it('takes the weeks, the phases and the prerequisites of the source', () => {
  expect(courseOf(locAzHci)).toEqual({
    weeks: '8-10',
    requires: [],
    declared: '132-192, 360-500 GB, 5.3-10.3 TB',
    phases: [
      ['proxmox', '1 week', 'hosts workstation'],
      ['azure-arc', '1 week', 'azure-subscription internet'],
      ['kubernetes', '1 week', 'management-cluster'],
      ['git', '1 week', ''],
      ['gitops', '1 week', ''],
      ['base', 'within the week of Kubernetes', ''],
      ['services', '2 weeks', 'cloudflare vault'],
      ['testing', '2 weeks', ''],
    ],
  })
})
