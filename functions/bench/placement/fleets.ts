// Random fleets from a seed: hosts of unlike sizes and machines of unlike shapes in groups. The same seed is the same fleet.
import type { Host, Site } from '../../../schemas/place.ts'
import { gib } from '../../../schemas/quantity.ts'
import type { Snapshot } from '../../../schemas/snapshot.ts'
import type { Demand, VmDemand } from '../../../schemas/template.ts'

export interface Fleet {
  seed: number
  site: Site
  demand: Demand
  snapshot: Snapshot
}

/** A small generator of well-mixed numbers in [0, 1): multiply with carry over 32 bits. */
const generator = (seed: number): (() => number) => {
  let high = (seed * 2_654_435_761) >>> 0 || 1
  let low = (seed ^ 0x9e37_79b9) >>> 0 || 2
  const next = (): number => {
    high = (36_969 * (high & 0xffff) + (high >>> 16)) >>> 0
    low = (18_000 * (low & 0xffff) + (low >>> 16)) >>> 0
    return (((high << 16) >>> 0) + (low & 0xffff)) >>> 0
  }
  for (let warm = 0; warm < 10; warm += 1) next()
  return () => next() / 2 ** 32
}

const HOST_CORES = [16, 24, 32, 48, 64]
const HOST_GIB = [64, 128, 192, 256, 384]
const VM_CORES = [1, 2, 4, 8, 12, 16]
const VM_GIB = [1, 2, 4, 8, 16, 24, 32, 48]
const VM_DISK_GIB = [10, 20, 40, 80, 160]
const NO_USE = { vms: 0, cores: 0, memoryMiB: 0, diskGiB: 0 }

/** Two of three fleets are on shared storage, where the loss of a host can be made up for. */
export const fleetOf = (seed: number): Fleet => {
  const random = generator(seed)
  const upTo = (count: number): number => Math.floor(random() * count)
  const pick = <T>(values: readonly T[]): T => values[upTo(values.length)] as T
  const isShared = seed % 3 !== 0
  const alike = random() < 0.4
  const first = { cores: pick(HOST_CORES), memory: pick(HOST_GIB) }
  const hosts = Array.from({ length: 3 + upTo(14) }, (_, index): Host => {
    const { cores, memory } = alike ? first : { cores: pick(HOST_CORES), memory: pick(HOST_GIB) }
    return {
      name: `h${String(index + 1).padStart(2, '0')}`,
      cores,
      memory: gib(memory),
      storage: isShared
        ? { datastore: 'ceph', kind: 'shared', size: gib(200_000) }
        : { datastore: 'local-lvm', kind: 'local', size: gib(8000) },
      cpuOvercommit: 4,
      memoryReserve: gib(8),
    }
  })
  const site = siteWith(hosts)
  // So much of the memory is asked for: from little to nearly all of it.
  const wantedMiB =
    (0.2 + 0.65 * random()) * hosts.reduce((sum, { memory }) => sum + memory.value * 1024, 0)
  const demand = { vms: machines(wantedMiB, { random, upTo, pick }), sites: [site.name] }
  return { seed, site, demand, snapshot: snapshotOf(site) }
}

const machines = (
  wantedMiB: number,
  {
    random,
    upTo,
    pick,
  }: { random: () => number; upTo: (n: number) => number; pick: <T>(values: readonly T[]) => T },
): VmDemand[] => {
  const vms: VmDemand[] = []
  let askedMiB = 0
  for (let group = 1; askedMiB < wantedMiB; group += 1) {
    const size = random() < 0.5 ? 1 : 2 + upTo(4)
    const shape = {
      cores: pick(VM_CORES),
      memoryMiB: pick(VM_GIB) * 1024,
      diskGiB: pick(VM_DISK_GIB),
    }
    for (let member = 1; member <= size; member += 1) {
      const name = `g${group}-${member}`
      vms.push({ name, role: 'vm', group: `g${group}`, spread: 'even', ...shape })
      askedMiB += shape.memoryMiB
    }
  }
  return vms
}

const siteWith = (hosts: Host[]): Site => ({
  ...{ name: 'site', region: 'region', hosts, standIn: true },
  network: {
    ...{ name: 'lan', bridge: 'vmbr0', cidr: '10.0.0.0/8', gateway: '10.0.0.1' },
    ...{ pool: { first: '10.1.0.0', last: '10.9.255.255' }, dns: ['10.0.0.2'] },
  },
  image: { name: 'os.img', url: 'https://images.example/os.img', datastore: 'local' },
})

const snapshotOf = (site: Site): Snapshot =>
  ({
    tenant: {
      ...{ slug: 'fleet', jurisdiction: 'eu', repositoryUrl: 'https://forge.example/fleet.git' },
      quota: { vms: 1e6, cores: 1e6, memoryMiB: 1e9, diskGiB: 1e9 },
    },
    ...{ sites: [site], clusters: [], regions: [], uses: [] },
    ...{ takenVmIds: [], takenAddresses: [], takenNames: [], takenPaths: [], takenBases: [] },
    ...{ used: NO_USE, reserved: NO_USE, namespaces: [], existing: null, standing: [] },
    ...{ baseVersions: {}, basesOn: [], identities: [] },
  }) as unknown as Snapshot
