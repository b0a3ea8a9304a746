// Whether a system leaves room for the guests that its source counts with it: machines that another system will ask for
// later, on the same hosts. Neighbours are left out: whoever sees this may not see them.
import type { Site } from '../schemas/place.ts'
import type { Finding } from '../schemas/plan.ts'
import { demandMiB } from '../schemas/quantity.ts'
import type { Use } from '../schemas/snapshot.ts'
import type { System } from '../schemas/system.ts'
import { derivedTotals } from '../templates/index.ts'
import { addUse, NO_USE, supplyOf } from './capacity.ts'
import { finding } from './finding.ts'

const supplied = (sites: readonly Site[]): Use =>
  sites
    .flatMap(({ hosts }) => hosts)
    .reduce((sum, host) => addUse(sum, { vms: 0, ...supplyOf(host) }), NO_USE)

/** The least that the guests need. */
const guestsOf = ({ components }: Pick<System, 'components'>): Use => {
  const { units, cores, memory, disk } = derivedTotals(components, ['guest'])
  const mib = (sizes: typeof memory) =>
    sizes.reduce((sum, { least, unit }) => sum + demandMiB({ value: least, unit }), 0)
  return {
    vms: units.least,
    cores: cores.least,
    memoryMiB: mib(memory),
    diskGiB: Math.ceil(mib(disk) / 1024),
  }
}

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
