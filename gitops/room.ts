// Whether an open change still fits what stands, and which merge took the room it was planned for. Pure.
// The words are read by one tenant: its own changes by name, anybody else’s only as “another tenant’s change”.
import type { Site } from '../schemas/place.ts'
import type { Finding } from '../schemas/plan.ts'
import { useOf } from './capacity.ts'
import { finding } from './finding.ts'
import { hostUses, type MachineRow, placesLost, type Shortage, shortages } from './reservation.ts'

const ANOTHER_TENANT = 'another tenant’s change'

/** Who took the room, by the name the viewer may read. */
const takerName = (taker: Pick<MachineRow, 'changeId' | 'tenantId'>, viewer: string) =>
  taker.tenantId === viewer ? `change ${taker.changeId}` : ANOTHER_TENANT

/**
 * Why the items of an open change do not fit beside what stands; empty while they do. `firm`: everybody's other machines
 * that stand or were merged, in the order in which they were merged.
 */
export const lostRoom = (
  sites: readonly Site[],
  firm: readonly MachineRow[],
  items: readonly MachineRow[],
): Finding[] => {
  const gone = placesLost(sites, items)
  const [first] = items
  if (gone.length > 0 || !first) return gone
  const asked = new Set(items.map(({ host }) => host))
  const shortWith = (rows: readonly MachineRow[]): Shortage[] =>
    shortages(sites, hostUses([...rows, ...items], first.tenantId), asked)
  return shortWith(firm).map((shortage) => {
    const taker = takerOf(shortage, firm, shortWith)
    const who = taker
      ? `${takerName(taker, first.tenantId)} took the room`
      : 'it has become too small'
    const on = shortage.place.startsWith('The ')
      ? shortage.place.slice(4)
      : `host ${shortage.place}`
    const own = items.filter(({ host }) => shortage.hosts.includes(host))
    return finding('CAPACITY-LOST', taker ? `${who} on ${on}` : `${on}: ${who}`, {
      pointer: '/parameters',
      numbers: {
        asked: useOf(own)[shortage.kind],
        yours: shortage.yours - useOf(own)[shortage.kind],
        supply: shortage.supply,
      },
    })
  })
}

/** The change with whose machines the place first became too full. Each merge only adds, so halving finds it. */
const takerOf = (
  { place }: Shortage,
  firm: readonly MachineRow[],
  shortWith: (rows: readonly MachineRow[]) => Shortage[],
): MachineRow | undefined => {
  const isShort = (count: number): boolean =>
    shortWith(firm.slice(0, count)).some((shortage) => shortage.place === place)
  let enough = 0
  let tooMany = firm.length
  if (isShort(enough)) return undefined
  while (tooMany - enough > 1) {
    const middle = (enough + tooMany) >> 1
    if (isShort(middle)) tooMany = middle
    else enough = middle
  }
  return firm[tooMany - 1]
}
