// What loc_az_hci consists of, row by row, with the source of each number. Sizes are of one unit, as the source says them.
import type { Range, SizeRange, Sizes, SystemComponent } from '../../../schemas/system.ts'
import { atLeast, count, each, GB, GiB, TB } from '../size.ts'
import { NO_BACKUP, RESIDENCY, SCOPE, surroundings } from './surroundings.ts'

const SUMMARY = `${SCOPE}, section 3 and resource summary 3`

const ROOM = {
  small: each(count(2, 4), GB(4, 8), GB(50, 100)),
  large: (least: number, most: number) => each(count(4, 8), GB(16, 32), GB(least, most)),
}

interface Row {
  id: string
  title: string
  size: Sizes
  phase: string
  count?: Range
  declared?: Sizes
  dependsOn?: string[]
  exposure?: SystemComponent['exposure']
  kind?: SystemComponent['kind']
  builtFrom?: string
  derived?: NonNullable<SystemComponent['derived']>
  note?: string
}

const SPARE =
  'The source gives no disk: that of the template is taken. Room for one more control plane of this size is held back, for its replacement.'

const machines: Row[] = [
  {
    id: 'k3s-control-plane',
    title: 'K3s control plane',
    size: each(count(4, 8), GB(16, 32)),
    phase: 'kubernetes',
    dependsOn: ['proxmox-host'],
    kind: 'kubernetes',
    derived: ['count'],
    builtFrom: 'k3s-cluster',
    note: SPARE,
  },
  {
    id: 'k3s-worker',
    title: 'K3s workers',
    size: each(count(4, 8), GB(16, 32)),
    declared: each(count(12, 24), GB(48, 96)),
    count: atLeast(3),
    phase: 'kubernetes',
    dependsOn: ['k3s-control-plane'],
    kind: 'kubernetes',
    builtFrom: 'k3s-cluster',
    note: 'The source gives no disk: that of the template is taken.',
  },
  {
    id: 'git-server',
    title: 'Git server (Gitea)',
    size: each(count(4, 8), GB(8, 16), GB(100, 500)),
    phase: 'git',
    exposure: 'tunnel',
    note: 'Gitea or GitLab in the source; the building block is Gitea. An Azure DevOps agent may stand in its place.',
  },
  {
    id: 'nginx-proxy',
    title: 'Nginx proxy',
    size: ROOM.small,
    phase: 'services',
    exposure: 'private',
  },
  {
    id: 'cloudflare-tunnel',
    title: 'Cloudflare tunnel',
    size: ROOM.small,
    phase: 'services',
    dependsOn: ['proxmox-host', 'cloudflare'],
    exposure: 'tunnel',
  },
  {
    id: 'cacti',
    title: 'Monitoring (Cacti)',
    size: each(count(2, 4), GB(4, 8), GB(100, 200)),
    phase: 'services',
    dependsOn: ['nginx-proxy'],
    exposure: 'private',
  },
  {
    id: 'firefly',
    title: 'Hyperledger FireFly',
    size: ROOM.large(100, 200),
    phase: 'services',
    dependsOn: ['besu-node'],
    exposure: 'private',
  },
  {
    id: 'blockscout',
    title: 'BlockScout explorer',
    size: ROOM.large(200, 500),
    phase: 'services',
    dependsOn: ['besu-node'],
    exposure: 'tunnel',
  },
  {
    id: 'besu-node',
    title: 'Besu nodes',
    size: ROOM.large(200, 500),
    count: atLeast(1),
    derived: ['count'],
    phase: 'services',
    note: 'The source says nodes, without a number. A node has no vote: it follows a chain that others make, chain 138 unless told, and waits until it is given its genesis.',
  },
]

const machineRows = machines.map(
  ({ size, declared, note, builtFrom = 'appliance-vm', ...row }): SystemComponent => ({
    kind: 'virtual-machine',
    basis: 'rendered',
    count: count(1),
    dependsOn: ['proxmox-host'],
    exposure: 'none',
    ...row,
    each: size,
    ...(declared ? { declared } : {}),
    residency: RESIDENCY,
    backup: NO_BACKUP,
    builtFrom: [builtFrom],
    source: SUMMARY,
    ...(note === undefined ? {} : { note }),
  }),
)

const host: SystemComponent = {
  id: 'proxmox-host',
  title: 'Proxmox VE hosts',
  kind: 'host',
  basis: 'supply',
  count: atLeast(2),
  each: each(count(16, 32), GB(64, 128), TB(2, 4)),
  declared: each(count(32, 64), GB(128, 256), TB(4, 8)),
  phase: 'proxmox',
  dependsOn: [],
  exposure: 'private',
  residency: RESIDENCY,
  backup: NO_BACKUP,
  versionFloor: 'Proxmox VE 7.0',
  builtFrom: [],
  source: SUMMARY,
  note: 'Bridge vmbr0, pool local-lvm, machines of the image ubuntu-22.04-cloud.img. Section 3 asks for at least 8 GB of memory a host (16 or more recommended), the summary for 64-128. The source adds this supply to the demand on it, and declares less than the sum: the rows are 142-212 cores, 400-660 GB and 5.08-10.38 TB, when GB and GiB are added as if they were one. Two hosts need a QDevice to outlive the loss of one. Phoenix makes machines from images of the content type import, which Proxmox VE has from 8.4 on, so the source’s floor is not enough.',
}

const guests: SystemComponent = {
  id: 'smom-dbis-138',
  title: 'Machines of smom-dbis-138',
  kind: 'virtual-machine',
  basis: 'guest',
  count: count(18),
  declared: each(count(72), GiB(140), GiB(278)),
  phase: null,
  dependsOn: ['proxmox-host'],
  exposure: 'none',
  residency: RESIDENCY,
  backup: 'node state backups (named by the source, without a schedule)',
  builtFrom: ['besu-network'],
  source: SUMMARY,
  note: 'Counted here and rendered by the system smom-dbis-138: 16 machines of the chain and 2 of its infrastructure.',
}

export const components: SystemComponent[] = [host, ...machineRows, guests, ...surroundings]

type End = 'minimum' | 'maximum'
const endOf = ({ least, most }: Range, end: End): number =>
  end === 'minimum' || most === null ? least : most
const sizeAt = (size: SizeRange, end: End) => ({ value: endOf(size, end), unit: size.unit })

/** Cores, memory and disk of one unit of a row; without a disk where the source gives none. @throws {Error} without sizes. */
export const sizeOf = (id: string, end: End) => {
  const { cores, memory, disk } = components.find((row) => row.id === id)?.each ?? {}
  if (!cores || !memory) throw new Error(`no sizes for ${id}`)
  return {
    cores: endOf(cores, end),
    memory: sizeAt(memory, end),
    ...(disk ? { disk: sizeAt(disk, end) } : {}),
  }
}
