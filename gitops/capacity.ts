// What the hosts carry before, after, and with one of them lost. Memory is never overcommitted, CPU by the host's factor.
// Shows a tenant its own numbers only; a neighbour's use only ever appears as "does not fit".
import type { Host, Site } from '../schemas/place.ts'
import type { Finding, HostCapacity, HostLoss, Totals, VmPlacement } from '../schemas/plan.ts'
import { demandMiB, gib, mibAsGiB, type Size, toMiB } from '../schemas/quantity.ts'
import type { HostUse, Snapshot, Use } from '../schemas/snapshot.ts'
import type { Template } from '../schemas/template.ts'
import { finding } from './finding.ts'
import { inList } from './lists.ts'
import { absorbs } from './placement/absorb.ts'
import { judgeHostQuorum } from './quorum.ts'

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

export const lessUse = (a: Use, b: Use): Use => ({
  vms: a.vms - b.vms,
  cores: a.cores - b.cores,
  memoryMiB: a.memoryMiB - b.memoryMiB,
  diskGiB: a.diskGiB - b.diskGiB,
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

/** Where the resource has machines and will have none. Nothing is left where nothing is placed. */
export const sitesLeft = (
  sites: readonly Site[],
  { sites: all, existing }: Pick<Snapshot, 'sites' | 'existing'>,
): Site[] =>
  sites.length === 0
    ? []
    : all.filter(
        ({ name }) =>
          sites.every((site) => site.name !== name) &&
          existing?.placement.some(({ site }) => site === name),
      )

/**
 * Capacity of every host in the plan's sites, then of those that machines leave in the sites `left`. CAPACITY findings for
 * those that do not hold this beside what stands, and CAPACITY-CONTENDED for those that would not hold it beside what other
 * open changes ask for.
 */
export const judgeCapacity = (
  sites: Site[],
  placement: VmPlacement[],
  snapshot: Snapshot,
  left: readonly Site[] = [],
): { capacity: HostCapacity[]; findings: Finding[] } => {
  const capacity: HostCapacity[] = []
  const findings: Finding[] = []
  const now = byHost(snapshot.existing?.placement ?? [])
  const after = byHost(placement)
  const uses = new Map(snapshot.uses.map((use) => [use.host, use]))
  for (const site of [...sites, ...left]) {
    const carried = new Map(
      site.hosts.map(({ name }) => {
        const { yours, others } = uses.get(name) ?? UNUSED
        const own = heldOn(now.get(name) ?? [], after.get(name) ?? [])
        return [name, addUse(addUse(yours, others), own)]
      }),
    )
    const wanted = new Map(
      [...carried].map(([name, use]) => [name, addUse(use, openOn(uses.get(name)))]),
    )
    for (const host of site.hosts) {
      const before = useOf(now.get(host.name) ?? [])
      if (left.includes(site) && before.vms === 0) continue
      const asked = useOf(after.get(host.name) ?? [])
      const use = uses.get(host.name) ?? UNUSED
      const supply = supplyOf(host)
      const stores = storesWith(site, host)
      const isWithin = (loads: Map<string, Use>): boolean => {
        const diskGiB = stores.reduce((sum, { name }) => sum + (loads.get(name)?.diskGiB ?? 0), 0)
        return within({ ...(loads.get(host.name) ?? NO_USE), diskGiB }, supply)
      }
      const fits = isWithin(carried)
      capacity.push({
        site: site.name,
        host: host.name,
        size: {
          cores: host.cores,
          cpuOvercommit: host.cpuOvercommit,
          memory: written(host.memory),
          memoryReserve: written(host.memoryReserve),
          disk: written(host.storage.size),
        },
        yoursBefore: totalsOf(addUse(use.yours, before)),
        yoursAfter: totalsOf(addUse(use.yours, asked)),
        fits,
      })
      // What stands on a host that gets nothing new is not this plan's doing.
      if (asked.vms === 0) continue
      const numbers = capacityNumbers(asked, use.yours, supply)
      if (!fits) {
        const message = `${host.name} cannot hold the ${asked.vms} machines planned for it.`
        findings.push(finding('CAPACITY', message, { pointer: '/parameters', numbers }))
      } else if (grows(before, asked) && !isWithin(wanted)) {
        const open = stores.flatMap(({ name }) => uses.get(name) ?? [])
        findings.push(contended(host.name, open, numbers))
      }
    }
  }
  return { capacity, findings }
}

const UNUSED: HostUse = { host: '', yours: NO_USE, others: NO_USE }

const byHost = (placement: VmPlacement[]): Map<string, VmPlacement[]> =>
  Map.groupBy(placement, ({ host }) => host)

const grows = (before: Use, after: Use): boolean =>
  (['cores', 'memoryMiB', 'diskGiB'] as const).some((kind) => after[kind] > before[kind])

/** What open changes would add to a host, everybody's together. */
export const openOn = (use: HostUse | undefined): Use =>
  (use?.held?.yours ?? []).reduce(
    (sum, { use: more }) => addUse(sum, more),
    use?.held?.others ?? NO_USE,
  )

const usesOn = ({ uses }: Snapshot, host: string): Pick<HostUse, 'yours' | 'others'> =>
  uses.find((use) => use.host === host) ?? UNUSED

/** As it is written in a plan, whatever the order of its fields where it was read. */
const written = ({ value, unit }: Size): Size => ({ value, unit })

/** The resource on one host while it changes: until the engines are done each machine counts at its larger size. */
const heldOn = (before: VmPlacement[], after: VmPlacement[]): Use => {
  const largest = new Map<string, Pick<VmPlacement, 'cores' | 'memoryMiB' | 'diskGiB'>>()
  for (const { name, cores, memoryMiB, diskGiB } of [...before, ...after]) {
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

/** Of this tenant alone, and what the host can promise to all. */
const capacityNumbers = (asked: Use, yours: Use, supply: Omit<Use, 'vms'>) => ({
  askedCores: asked.cores,
  askedMemoryMiB: asked.memoryMiB,
  askedDiskGiB: asked.diskGiB,
  yourCores: yours.cores,
  yourMemoryMiB: yours.memoryMiB,
  yourDiskGiB: yours.diskGiB,
  hostCores: supply.cores,
  hostMemoryMiB: supply.memoryMiB,
  hostDiskGiB: supply.diskGiB,
})

/** Names the tenant's own open changes; anybody else's are “another tenant’s change”. */
const contended = (host: string, open: HostUse[], numbers: Record<string, number>): Finding => {
  const own = open.flatMap(({ held }) => held?.yours ?? [])
  const ids = [...new Set(own.map(({ changeId }) => changeId))].sort()
  const foreign = open.some(({ held }) => (held?.others.vms ?? 0) > 0)
  const mine = own.reduce((sum, { use }) => addUse(sum, use), NO_USE)
  const who = [
    ...(ids.length > 0 ? [`your open ${inList(ids)}`] : []),
    ...(foreign ? ['another tenant’s change'] : []),
  ].join(' and ')
  const message = `${host} has room for this, but not beside ${who}: whoever is merged first gets it.`
  return finding('CAPACITY-CONTENDED', message, {
    pointer: '/parameters',
    numbers: {
      ...numbers,
      openCores: mine.cores,
      openMemoryMiB: mine.memoryMiB,
      openDiskGiB: mine.diskGiB,
    },
  })
}

export type JudgeLoss = (
  placement: VmPlacement[],
  host: string,
) => ReturnType<NonNullable<Template['onLoss']>> | undefined

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
  const on = byHost(placement)
  const all = useOf(placement)
  for (const site of sites) {
    for (const host of site.hosts) {
      const lost = on.get(host.name) ?? []
      if (lost.length === 0) continue
      const canRestartElsewhere = restartsElsewhere(site, host, on, snapshot)
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
        yoursLeft: totalsOf(lessUse(all, useOf(lost))),
        canRestartElsewhere,
        survives: verdict?.survives ?? null,
        text,
      })
      if (rules && verdict && verdict.survives !== null)
        findings.push(
          finding(verdict.survives ? rules.holds : rules.stops, verdict.text, {
            pointer: '/parameters',
            ...(verdict.numbers ? { numbers: verdict.numbers } : {}),
          }),
        )
    }
  }
  const stuck = hostLoss.filter((loss) => !loss.canRestartElsewhere)
  if (stuck.length > 0) {
    const names = stuck.map((loss) => loss.host).join(', ')
    findings.push(
      finding(
        'HOST-LOSS',
        `Machines on ${names} cannot restart elsewhere when that host is lost.`,
        {
          pointer: '/parameters',
          numbers: strandedNumbers(stuck, on, all),
        },
      ),
    )
  }
  if (placement.length > 0) findings.push(...judgeHostQuorum(sites))
  return { hostLoss, findings }
}

/** What of this plan has nowhere to go: never how much room a host lacks, for that would tell of neighbours. */
const strandedNumbers = (
  stuck: readonly HostLoss[],
  on: ReadonlyMap<string, VmPlacement[]>,
  { vms }: Use,
) => {
  const stranded = useOf(stuck.flatMap(({ host }) => on.get(host) ?? []))
  return {
    hosts: stuck.length,
    machines: stranded.vms,
    planned: vms,
    strandedMemoryMiB: stranded.memoryMiB,
  }
}

/** Onto hosts that reach the same disks; what else the lost host carries needs room too. */
const restartsElsewhere = (
  site: Site,
  lost: Host,
  on: ReadonlyMap<string, VmPlacement[]>,
  snapshot: Snapshot,
): boolean => {
  if (lost.storage.kind === 'local') return false
  const rooms = storesWith(site, lost)
    .filter(({ name }) => name !== lost.name)
    .map((host) => {
      const { yours, others } = usesOn(snapshot, host.name)
      const own = useOf(on.get(host.name) ?? [])
      const { cores, memoryMiB } = addUse(addUse(yours, others), own)
      const supply = supplyOf(host)
      return { cores: supply.cores - cores, memoryMiB: supply.memoryMiB - memoryMiB }
    })
  if (absorbs(rooms, on.get(lost.name) ?? []) > 0) return false
  const { yours, others } = usesOn(snapshot, lost.name)
  const left = rooms.reduce((sum, { memoryMiB }) => sum + Math.max(0, memoryMiB), 0)
  return yours.memoryMiB + others.memoryMiB <= left
}
