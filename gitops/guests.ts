// Whether a system leaves room for the guests that its source counts with it: machines that another system will ask for
// later, on the same hosts. Neighbours are left out: whoever sees this may not see them.
import type { Site } from '../schemas/place.ts'
import type { Finding } from '../schemas/plan.ts'
import { demandMiB } from '../schemas/quantity.ts'
import type { Use } from '../schemas/snapshot.ts'
import type { System, SystemComponent } from '../schemas/system.ts'
import { addUse, NO_USE, supplyOf } from './capacity.ts'
import { finding } from './finding.ts'

const supplied = (sites: readonly Site[]): Use =>
  sites
    .flatMap(({ hosts }) => hosts)
    .reduce((sum, host) => addUse(sum, { vms: 0, ...supplyOf(host) }), NO_USE)

/** The least that a row asks for: its count times one unit, or the total that the source declares for all of them. */
const leastOf = ({ count, each, declared = {} }: SystemComponent): Use => {
  const { cores, memory, disk } = each ?? declared
  const units = each ? count.least : 1
  const mib = (size: typeof memory) =>
    size ? units * demandMiB({ value: size.least, unit: size.unit }) : 0
  return {
    vms: count.least,
    cores: units * (cores?.least ?? 0),
    memoryMiB: mib(memory),
    diskGiB: Math.ceil(mib(disk) / 1024),
  }
}

const guestsOf = ({ components }: Pick<System, 'components'>): Use =>
  components
    .filter(({ basis }) => basis === 'guest')
    .reduce((sum, row) => addUse(sum, leastOf(row)), NO_USE)

/** `yours`: what the tenant has and what the system asks for, on these sites. */
export const judgeGuests = (
  system: Pick<System, 'components'>,
  sites: readonly Site[],
  yours: Use,
): Finding[] => {
  const guests = guestsOf(system)
  if (guests.vms === 0) return []
  const supply = supplied(sites)
  const asked = addUse(yours, guests)
  const fits =
    asked.cores <= supply.cores &&
    asked.memoryMiB <= supply.memoryMiB &&
    asked.diskGiB <= supply.diskGiB
  const gib = (mib: number) => Math.floor(mib / 1024)
  return fits
    ? []
    : [
        finding(
          'SYSTEM-GUESTS',
          `With its guests the system asks for ${gib(asked.memoryMiB)} GiB of memory; the hosts of its sites have ${gib(supply.memoryMiB)} GiB to give.`,
          {
            pointer: '/parameters',
            numbers: {
              guestMachines: guests.vms,
              guestCores: guests.cores,
              guestMemoryGiB: gib(guests.memoryMiB),
              guestDiskGiB: guests.diskGiB,
              memoryAskedGiB: gib(asked.memoryMiB),
              memorySuppliedGiB: gib(supply.memoryMiB),
              coresAsked: asked.cores,
              coresSupplied: supply.cores,
              diskAskedGiB: asked.diskGiB,
              diskSuppliedGiB: supply.diskGiB,
            },
          },
        ),
      ]
}
