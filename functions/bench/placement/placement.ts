// placement: hosts used, machines without room and losses not met, on seeded random fleets. What is compared is what comes
// out, not how long it takes: the same seeds give the same numbers on every machine. The time of ours is printed as well.
import { type Aim, machine, type Report, type Row, spreadOf, timed } from '../measure.ts'
import { type Fleet, fleetOf } from './fleets.ts'
import { BEST_FIT, FIRST_FIT, OURS, packers } from './packers.ts'
import { leastHosts, type Score, scoreOf } from './score.ts'

const FLEETS = 1000
const LEAST = 'volume lower bound'

export interface Compared {
  fleets: number
  /** Fleets in which every packer found room for every machine: hosts are compared over these. */
  whole: number
  /** Hosts used per fleet of those, by packer; the lower bound is one of them. */
  hosts: Record<string, number[]>
  /** Over those fleets. */
  lossesNotMet: Record<string, number>
  together: Record<string, number>
  /** Machines without room, over all fleets. */
  unplaced: Record<string, number>
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Packs fleets 1 to `count` in every way. Throws when a packing holds more than its hosts can. */
export const comparePackers = (count: number): Compared => {
  const names = Object.keys(packers)
  const scored = Array.from({ length: count }, (_, index) => {
    const fleet = fleetOf(index + 1)
    return { fleet, scores: new Map(names.map((name) => [name, scoreOne(name, fleet)])) }
  })
  const whole = scored.filter(({ scores }) => [...scores.values()].every((s) => s.unplaced === 0))
  const over = (found: typeof scored, name: string, kind: keyof Score): number[] =>
    found.map(({ scores }) => scores.get(name)?.[kind] ?? 0)
  const byName = <T>(value: (name: string) => T): Record<string, T> =>
    Object.fromEntries(names.map((name) => [name, value(name)]))
  return {
    fleets: count,
    whole: whole.length,
    hosts: {
      ...byName((name) => over(whole, name, 'hosts')),
      [LEAST]: whole.map(({ fleet }) => leastHosts(fleet)),
    },
    lossesNotMet: byName((name) => sum(over(whole, name, 'lossesNotMet'))),
    together: byName((name) => sum(over(whole, name, 'together'))),
    unplaced: byName((name) => sum(over(scored, name, 'unplaced'))),
  }
}

const scoreOne = (name: string, fleet: Fleet): Score => scoreOf(fleet, packers[name]?.(fleet) ?? [])

/** Ours over a peer's; at most 1 is as good or better. */
const aimsOf = ({ hosts, lossesNotMet, unplaced }: Compared): Aim[] =>
  [BEST_FIT, FIRST_FIT].flatMap((peer) => {
    const aim = (what: string, ours: number, theirs: number): Aim => ({
      text: `${what}: ${ours} of ours over ${theirs} of ${peer}`,
      measured: theirs === 0 ? (ours === 0 ? 1 : Number.POSITIVE_INFINITY) : ours / theirs,
      met: ours <= theirs,
    })
    return [
      aim('hosts used', sum(hosts[OURS] ?? []), sum(hosts[peer] ?? [])),
      aim('losses not met (N-1)', lossesNotMet[OURS] ?? 0, lossesNotMet[peer] ?? 0),
      aim('machines without room', unplaced[OURS] ?? 0, unplaced[peer] ?? 0),
    ]
  })

export const placement = async (): Promise<Report> => {
  const compared = comparePackers(FLEETS)
  const { hosts, together } = compared
  const mine = hosts[OURS] ?? []
  const milliseconds = timed(() => {
    for (let seed = 1; seed <= FLEETS; seed += 1) packers[OURS]?.(fleetOf(seed))
  })
  return {
    benchmark: 'placement',
    compares: [
      `${FLEETS} random fleets of 3 to 16 hosts, two of three on shared storage, 20 to 85 % of the memory asked for; seeds 1 to ${FLEETS}`,
      'all keep the machines of a group apart in the same way: of the hosts with room, one with the fewest of the group',
      `hosts and losses over the ${compared.whole} fleets in which every packer found room for every machine: a round is a fleet`,
      `pairs of one group on one host: ${Object.entries(together)
        .map(([name, pairs]) => `${name} ${pairs}`)
        .join(', ')}`,
      'the volume lower bound knows of no machine’s shape and of no group: nothing can use fewer hosts',
      `placing one fleet with its sentences takes ours ${(milliseconds / FLEETS).toFixed(1)} ms here, making it included`,
    ],
    unit: 'hosts',
    rounds: compared.whole,
    rows: Object.entries(hosts).map(
      ([name, counts]): Row => ({
        name,
        value: spreadOf(counts),
        ratio: name === OURS ? null : spreadOf(counts.map((count, at) => count / (mine[at] ?? 1))),
      }),
    ),
    aims: aimsOf(compared),
    versions: machine(),
  }
}
