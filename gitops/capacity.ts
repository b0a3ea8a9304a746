// What the hosts carry before, after, and with one of them lost. Memory is never overcommitted, CPU by the host's factor.
// Shows a tenant its own numbers only; a neighbour's use only ever appears as "does not fit".
import type { Host, Site } from '../schemas/place.ts'
import type { Finding, HostCapacity, HostLoss, Totals, VmPlacement } from '../schemas/plan.ts'
import { demandMiB, gib, mibAsGiB, toMiB } from '../schemas/quantity.ts'
import type { HostUse, Snapshot, Use } from '../schemas/snapshot.ts'
import type { Template } from '../schemas/template.ts'
import { finding } from './finding.ts'

export const NO_USE: Use = { vms: 0, cores: 0, memoryMiB: 0, diskGiB: 0 }

export const useOf = (vms: Pick<VmPlacement, 'cores' | 'memoryMiB' | 'diskGiB'>[]): Use =>
  vms.reduce<Use>(
    (sum, vm) => ({
      vms: sum.vms + 1,
      cores: sum.cores + vm.cores,
      memoryMiB: sum.memoryMiB + vm.memoryMiB,
      diskGiB: sum.diskGiB + vm.diskGiB,
    }),
    NO_USE,
  )

export const addUse = (a: Use, b: Use): Use => ({
  vms: a.vms + b.vms,
  cores: a.cores + b.cores,
  memoryMiB: a.memoryMiB + b.memoryMiB,
  diskGiB: a.diskGiB + b.diskGiB,
})

export const totalsOf = ({ vms, cores, memoryMiB, diskGiB }: Use): Totals => ({
  vms,
  cores,
  memory: mibAsGiB(memoryMiB),
  disk: gib(diskGiB),
})

/** What a host can promise: cores times its factor, memory less the reserve, the datastore's whole GiB. */
export const supplyOf = (host: Host): Omit<Use, 'vms'> => ({
  cores: Math.floor(host.cores * host.cpuOvercommit),
  memoryMiB: toMiB(host.memory) - demandMiB(host.memoryReserve),
  diskGiB: Math.floor(toMiB(host.storage.size) / 1024),
})

const within = (use: Use, supply: Omit<Use, 'vms'>): boolean =>
  use.cores <= supply.cores && use.memoryMiB <= supply.memoryMiB && use.diskGiB <= supply.diskGiB

/** Whether a host can carry this use. */
export const holds = (host: Host, use: Use): boolean => within(use, supplyOf(host))

/** Capacity of every host in the plan's sites, with CAPACITY findings for those that do not fit. */
export const judgeCapacity = (
  sites: Site[],
  placement: VmPlacement[],
  snapshot: Snapshot,
): { capacity: HostCapacity[]; findings: Finding[] } => {
  const capacity: HostCapacity[] = []
  const findings: Finding[] = []
  const before = snapshot.existing?.placement ?? []
  for (const site of sites) {
    const carried = new Map(
      site.hosts.map(({ name }) => {
        const { yours, others } = usesOn(snapshot, name)
        return [name, addUse(addUse(yours, others), heldOn(name, before, placement))]
      }),
    )
    for (const host of site.hosts) {
      const { yours } = usesOn(snapshot, host.name)
      const asked = useOf(placement.filter((vm) => vm.host === host.name))
      const supply = supplyOf(host)
      const disks = storesWith(site, host).map(({ name }) => carried.get(name)?.diskGiB ?? 0)
      const diskGiB = disks.reduce((sum, disk) => sum + disk, 0)
      const fits = within({ ...(carried.get(host.name) ?? NO_USE), diskGiB }, supply)
      capacity.push({
        site: site.name,
        host: host.name,
        size: {
          cores: host.cores,
          cpuOvercommit: host.cpuOvercommit,
          memory: host.memory,
          memoryReserve: host.memoryReserve,
          disk: host.storage.size,
        },
        yoursBefore: totalsOf(addUse(yours, useOf(before.filter((vm) => vm.host === host.name)))),
        yoursAfter: totalsOf(addUse(yours, asked)),
        fits,
      })
      // What stands on a host that gets nothing new is not this plan's doing.
      if (!fits && asked.vms > 0) findings.push(capacityFinding(host, asked, yours, supply))
    }
  }
  return { capacity, findings }
}

const usesOn = ({ uses }: Snapshot, host: string): Pick<HostUse, 'yours' | 'others'> =>
  uses.find((use) => use.host === host) ?? { yours: NO_USE, others: NO_USE }

/** The resource on one host while it changes: until the engines are done each machine counts at its larger size. */
const heldOn = (host: string, before: VmPlacement[], after: VmPlacement[]): Use => {
  const largest = new Map<string, Pick<VmPlacement, 'cores' | 'memoryMiB' | 'diskGiB'>>()
  for (const { name, cores, memoryMiB, diskGiB } of [...before, ...after].filter(
    (vm) => vm.host === host,
  )) {
    const known = largest.get(name) ?? NO_USE
    largest.set(name, {
      cores: Math.max(known.cores, cores),
      memoryMiB: Math.max(known.memoryMiB, memoryMiB),
      diskGiB: Math.max(known.diskGiB, diskGiB),
    })
  }
  return useOf([...largest.values()])
}

/** The hosts whose disks come out of the same store: of a local one the host alone. */
const storesWith = ({ hosts }: Site, { name, storage }: Host): Host[] =>
  hosts.filter((host) =>
    storage.kind === 'shared'
      ? host.storage.kind === 'shared' && host.storage.datastore === storage.datastore
      : host.name === name,
  )

const capacityFinding = (host: Host, asked: Use, yours: Use, supply: Omit<Use, 'vms'>): Finding => {
  return finding('CAPACITY', `${host.name} cannot hold the ${asked.vms} machines planned for it.`, {
    numbers: {
      askedCores: asked.cores,
      askedMemoryMiB: asked.memoryMiB,
      askedDiskGiB: asked.diskGiB,
      yourCores: yours.cores,
      yourMemoryMiB: yours.memoryMiB,
      yourDiskGiB: yours.diskGiB,
      hostCores: supply.cores,
      hostMemoryMiB: supply.memoryMiB,
      hostDiskGiB: supply.diskGiB,
    },
  })
}

export type JudgeLoss = (
  placement: VmPlacement[],
  host: string,
) => Pick<HostLoss, 'survives' | 'text'> | undefined

/**
 * The loss of each host that carries something of this plan, one at a time. `rules` under which a template wants it
 * reported; without them the table says it all.
 */
export const judgeLoss = (
  sites: Site[],
  placement: VmPlacement[],
  snapshot: Snapshot,
  { judge, rules }: { judge: JudgeLoss; rules: Template['lossRules'] },
): { hostLoss: HostLoss[]; findings: Finding[] } => {
  const hostLoss: HostLoss[] = []
  const findings: Finding[] = []
  for (const site of sites) {
    for (const host of site.hosts) {
      const lost = placement.filter((vm) => vm.host === host.name)
      if (lost.length === 0) continue
      const canRestartElsewhere = restartsElsewhere(site, host, placement, snapshot)
      const verdict = judge(placement, host.name)
      const machines = `${lost.length} of ${placement.length} machines stop`
      const restart = canRestartElsewhere
        ? 'the remaining hosts can take them over'
        : host.storage.kind === 'local'
          ? 'local storage ties them to this host'
          : 'the remaining hosts have no room for them'
      const text = `${verdict?.text ?? `Losing ${host.name}:`} ${machines}; ${restart}.`
      hostLoss.push({
        site: site.name,
        host: host.name,
        machinesLost: lost.length,
        yoursLost: totalsOf(useOf(lost)),
        yoursLeft: totalsOf(useOf(placement.filter((vm) => vm.host !== host.name))),
        canRestartElsewhere,
        survives: verdict?.survives ?? null,
        text,
      })
      if (rules && verdict && verdict.survives !== null)
        findings.push(finding(verdict.survives ? rules.holds : rules.stops, verdict.text))
    }
  }
  const stuck = hostLoss.filter((loss) => !loss.canRestartElsewhere)
  if (stuck.length > 0) {
    const names = stuck.map((loss) => loss.host).join(', ')
    findings.push(
      finding('HOST-LOSS', `Machines on ${names} cannot restart elsewhere when that host is lost.`),
    )
  }
  if (sites.flatMap((site) => site.hosts).length === 2 && placement.length > 0) {
    findings.push(
      finding('QUORUM-HOSTS', 'The plan stands on exactly two hosts.', { numbers: { hosts: 2 } }),
    )
  }
  return { hostLoss, findings }
}

/** Machine by machine, largest first, onto hosts that reach the same disks; what else the lost host carries needs room too. */
const restartsElsewhere = (
  site: Site,
  lost: Host,
  placement: VmPlacement[],
  snapshot: Snapshot,
): boolean => {
  if (lost.storage.kind === 'local') return false
  const rooms = storesWith(site, lost)
    .filter(({ name }) => name !== lost.name)
    .map((host) => {
      const { yours, others } = usesOn(snapshot, host.name)
      const own = useOf(placement.filter((vm) => vm.host === host.name))
      const { cores, memoryMiB } = addUse(addUse(yours, others), own)
      const supply = supplyOf(host)
      return { cores: supply.cores - cores, memoryMiB: supply.memoryMiB - memoryMiB }
    })
  const moving = placement
    .filter((vm) => vm.host === lost.name)
    .sort((a, b) => b.memoryMiB - a.memoryMiB || b.cores - a.cores)
  for (const vm of moving) {
    const room = rooms.find(
      ({ cores, memoryMiB }) => vm.cores <= cores && vm.memoryMiB <= memoryMiB,
    )
    if (!room) return false
    room.cores -= vm.cores
    room.memoryMiB -= vm.memoryMiB
  }
  const { yours, others } = usesOn(snapshot, lost.name)
  const left = rooms.reduce((sum, { memoryMiB }) => sum + Math.max(0, memoryMiB), 0)
  return yours.memoryMiB + others.memoryMiB <= left
}
