// The hosts of a site as bins with what is left in them, for packing. A neighbour is in them only as room that is not there:
// what is weighed against what is the tenant's own use, so that where a machine goes tells nothing of anybody's numbers
// but whether it fits.
import type { Host, Site } from '../../schemas/place.ts'
import type { HostUse, Use } from '../../schemas/snapshot.ts'
import { addUse, lessUse, NO_USE, openOn, supplyOf } from '../capacity.ts'

export type Left = Omit<Use, 'vms'>

export interface Bin {
  name: string
  supply: Left
  /** Beside everything that stands. */
  left: Left
  /** Beside what open changes would add as well. */
  leftOpen: Left
  /** Beside the tenant's own machines alone. */
  leftOwn: Left
  /** Name of the datastore whose disk it shares with others; null where its storage is its own. */
  store: string | null
  /** A machine of the tenant stands here. */
  used: boolean
  /** What stands here of the resource, and what is put here. */
  machines: Item[]
  /** Machines of each group that are here. */
  groups: Map<string, number>
}

export interface Item extends Left {
  group: string
}

const LEFTS = ['left', 'leftOpen', 'leftOwn'] as const

/** Storage of its own ties a machine to the host, so the image has to be there; shared storage has it for all. */
export const hasImage = (
  host: Host & { images?: string[] | undefined },
  { image }: Site,
): boolean =>
  host.storage.kind === 'shared' || host.images === undefined || host.images.includes(image.name)

const leftOf = (host: Host, use: Use): Left => {
  const { cores, memoryMiB, diskGiB } = lessUse({ vms: 0, ...supplyOf(host) }, use)
  return { cores, memoryMiB, diskGiB }
}

/** The bins of a site before anything new is in them. */
export const binsOf = (site: Site, uses: ReadonlyMap<string, HostUse>): Bin[] => {
  const bins = site.hosts
    .filter((host) => hasImage(host, site))
    .map((host): Bin => {
      const use = uses.get(host.name)
      const { yours = NO_USE, others = NO_USE } = use ?? {}
      const stands = addUse(yours, others)
      return {
        name: host.name,
        supply: supplyOf(host),
        left: leftOf(host, stands),
        leftOpen: leftOf(host, addUse(stands, openOn(use))),
        leftOwn: leftOf(host, yours),
        store: host.storage.kind === 'shared' ? host.storage.datastore : null,
        used: yours.vms > 0,
        machines: [],
        groups: new Map(),
      }
    })
  for (const store of new Set(bins.map((bin) => bin.store))) if (store !== null) pool(bins, store)
  return bins
}

/** The disk of a shared datastore is one: each of its hosts has left what is left of it. */
const pool = (bins: Bin[], store: string): void => {
  const sharing = bins.filter((bin) => bin.store === store)
  const supply = Math.min(...sharing.map((bin) => bin.supply.diskGiB))
  for (const kind of LEFTS) {
    const taken = sharing.reduce((sum, bin) => sum + bin.supply.diskGiB - bin[kind].diskGiB, 0)
    for (const bin of sharing) bin[kind] = { ...bin[kind], diskGiB: supply - taken }
  }
}

export const copyBin = (bin: Bin): Bin => ({
  ...bin,
  left: { ...bin.left },
  leftOpen: { ...bin.leftOpen },
  leftOwn: { ...bin.leftOwn },
  machines: [...bin.machines],
  groups: new Map(bin.groups),
})

const fitsIn = (left: Left, item: Left): boolean =>
  item.cores <= left.cores && item.memoryMiB <= left.memoryMiB && item.diskGiB <= left.diskGiB

/** 0: beside everything; 1: beside what stands, not beside what open changes ask for; 2: not at all. */
export const tightness = (bin: Bin, item: Left): 0 | 1 | 2 =>
  fitsIn(bin.leftOpen, item) ? 0 : fitsIn(bin.left, item) ? 1 : 2

const take = (left: Left, item: Left, times: 1 | -1): void => {
  left.cores -= times * item.cores
  left.memoryMiB -= times * item.memoryMiB
  left.diskGiB -= times * item.diskGiB
}

const count = (bins: readonly Bin[], bin: Bin, item: Item, times: 1 | -1): void => {
  for (const kind of LEFTS) take(bin[kind], item, times)
  bin.groups.set(item.group, (bin.groups.get(item.group) ?? 0) + times)
  if (bin.store === null) return
  for (const other of bins)
    if (other !== bin && other.store === bin.store)
      for (const kind of LEFTS) other[kind].diskGiB -= times * item.diskGiB
}

/** Puts an item into a bin; the disk of a shared datastore shrinks for all who share it. */
export const put = (bins: readonly Bin[], bin: Bin, item: Item): void => {
  count(bins, bin, item, 1)
  bin.machines.push(item)
}

/** Takes an item out again. */
export const remove = (bins: readonly Bin[], bin: Bin, item: Item): void => {
  count(bins, bin, item, -1)
  bin.machines.splice(bin.machines.indexOf(item), 1)
}
