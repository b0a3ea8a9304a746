// What the hosts carry before, after, and with one of them lost. Memory is never overcommitted, CPU by the host's factor.
// Shows a tenant its own numbers only; a neighbour's use only ever appears as "does not fit".
import type { Host, Site } from '../schemas/place.ts'
import type { Finding, HostCapacity, HostLoss, Totals, VmPlacement } from '../schemas/plan.ts'
import { gib, mibAsGiB, toMiB } from '../schemas/quantity.ts'
import type { Snapshot, Use } from '../schemas/snapshot.ts'
import { finding } from './finding.ts'

const NO_USE: Use = { vms: 0, cores: 0, memoryMiB: 0, diskGiB: 0 }

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
  memoryMiB: toMiB(host.memory) - toMiB(host.memoryReserve),
  diskGiB: Math.floor(toMiB(host.storage.size) / 1024),
})

const within = (use: Use, supply: Omit<Use, 'vms'>): boolean =>
  use.cores <= supply.cores && use.memoryMiB <= supply.memoryMiB && use.diskGiB <= supply.diskGiB

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
    for (const host of site.hosts) {
      const { yours, others } = snapshot.uses.find((use) => use.host === host.name) ?? {
        yours: NO_USE,
        others: NO_USE,
      }
      const asked = useOf(placement.filter((vm) => vm.host === host.name))
      const supply = supplyOf(host)
      const fits = within(addUse(addUse(yours, others), asked), supply)
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
      if (!fits) findings.push(capacityFinding(host, asked, yours, others, supply))
    }
  }
  return { capacity, findings }
}

const capacityFinding = (
  host: Host,
  asked: Use,
  yours: Use,
  others: Use,
  supply: Omit<Use, 'vms'>,
): Finding => {
  const shared = others.vms > 0 ? ' together with what else stands there' : ''
  return finding(
    'CAPACITY',
    `${host.name} cannot hold the ${asked.vms} machines planned for it${shared}.`,
    {
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
    },
  )
}

export type JudgeLoss = (
  placement: VmPlacement[],
  host: string,
) => Pick<HostLoss, 'survives' | 'text'> | undefined

/** The loss of each host that carries something of this plan, one at a time. */
export const judgeLoss = (
  sites: Site[],
  placement: VmPlacement[],
  snapshot: Snapshot,
  judge: JudgeLoss,
): { hostLoss: HostLoss[]; findings: Finding[] } => {
  const hostLoss: HostLoss[] = []
  const findings: Finding[] = []
  for (const site of sites) {
    for (const host of site.hosts) {
      const lost = placement.filter((vm) => vm.host === host.name)
      if (lost.length === 0) continue
      const canRestartElsewhere = restartsElsewhere(sites, host, placement, snapshot)
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
        canRestartElsewhere,
        survives: verdict?.survives ?? null,
        text,
      })
      if (verdict && verdict.survives !== null) {
        findings.push(
          finding(verdict.survives ? 'QBFT-SITE-HOLDS' : 'QBFT-SITE-LOSS', verdict.text),
        )
      }
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

const restartsElsewhere = (
  sites: Site[],
  lost: Host,
  placement: VmPlacement[],
  snapshot: Snapshot,
): boolean => {
  if (lost.storage.kind === 'local') return false
  const moving = useOf(placement.filter((vm) => vm.host === lost.name))
  const room = sites
    .flatMap((site) => site.hosts)
    .filter((host) => host.name !== lost.name && host.storage.kind === 'shared')
    .reduce((sum, host) => {
      const use = snapshot.uses.find((candidate) => candidate.host === host.name)
      const own = useOf(placement.filter((vm) => vm.host === host.name))
      return (
        sum +
        supplyOf(host).memoryMiB -
        own.memoryMiB -
        (use ? use.yours.memoryMiB + use.others.memoryMiB : 0)
      )
    }, 0)
  return moving.memoryMiB <= room
}
