// audit-log: appends and proofs on logs of 1,000 to 1,000,000 leaves, over the tenant's tables in SQLite. Both must grow with
// the height of the tree and not with the log. Counts first: they say the same on every machine.
import { type Contender, interleave, machine, type Report, timed } from '../measure.ts'
import { type Counts, type StandingLog, standingLog } from './standing-log.ts'
import { append, bytesOfLeaves, check, hashBare, proveGrowth, proveLeaf, rebuild } from './work.ts'

const SIZES = [1_000, 10_000, 100_000, 1_000_000]
/** Of one turn. */
const APPENDS = 256
const PROOFS = 64
/** A rebuild of a million leaves in every round would take half a minute; it is measured once. */
const REBUILT_AT_MOST = 100_000
const ROUNDS = 5
const MICROSECONDS = 1_000
const COUNTED = 500

const grouped = (value: number): string => value.toLocaleString('en-US')
const figure = (value: number): string => value.toFixed(2)

/** All over the log, never the same twice in a row. */
const spread = (size: number, turn: number): number => (turn * 7_919 + (size >> 2)) % size

const countsOf = ({ counts }: StandingLog, work: () => unknown): Counts => {
  const before = { ...counts }
  work()
  return { reads: counts.reads - before.reads, writes: counts.writes - before.writes }
}

/** Statements of one append on average, and of one proof at most. */
const counted = (log: StandingLog) => {
  const appends = countsOf(log, () => append(log, COUNTED))
  const most = (prove: (log: StandingLog, index: number) => unknown): number => {
    let reads = 0
    for (let turn = 0; turn < COUNTED; turn += 1)
      reads = Math.max(reads, countsOf(log, () => prove(log, spread(log.size, turn))).reads)
    return reads
  }
  return {
    size: log.size,
    reads: appends.reads / COUNTED,
    writes: appends.writes / COUNTED,
    hashes: log.hashes / log.size,
    hashesAtMost: log.hashesAtMost,
    inclusion: most(proveLeaf),
    consistency: most(proveGrowth),
  }
}
type Counted = ReturnType<typeof counted>

const lineOf = (one: Counted): string =>
  [
    `${grouped(one.size)} leaves: an append ${figure(one.hashes)} hashes (${one.hashesAtMost} at most)`,
    `${figure(one.reads)} reads, ${figure(one.writes)} writes`,
    `an inclusion proof ${one.inclusion} reads at most, a consistency proof ${one.consistency}`,
  ].join(', ')

const named = (what: string, size: number): string => `${what} at ${grouped(size)}`

const contendersOf = (log: StandingLog): Contender[] => {
  let turn = 0
  const proofs = (prove: (log: StandingLog, index: number) => unknown) => (): number =>
    (timed(() => {
      for (let one = 0; one < PROOFS; one += 1) {
        turn += 1
        prove(log, spread(log.size, turn))
      }
    }) *
      MICROSECONDS) /
    PROOFS
  const rebuilt: Contender = {
    name: named('  naive rebuild', log.size),
    against: named('append', log.size),
    run: () => timed(() => rebuild(log.leafHashes)) * MICROSECONDS,
  }
  return [
    {
      name: named('append', log.size),
      run: () => (append(log, APPENDS) * MICROSECONDS) / APPENDS,
    },
    ...(log.size <= REBUILT_AT_MOST ? [rebuilt] : []),
    { name: named('inclusion proof', log.size), run: proofs(proveLeaf) },
    { name: named('consistency proof', log.size), run: proofs(proveGrowth) },
  ]
}

const [LEAST = 0, MOST = 0] = [SIZES[0], SIZES.at(-1)]
/** What O(log n) allows. */
const LOG_RATIO = Math.log2(MOST) / Math.log2(LEAST)
/** The path, a root that is not of a power of two on its way, the leaf and the head. */
const READS_AT_MOST = 2 * Math.log2(MOST)

export const auditLog = async (): Promise<Report> => {
  const logs = SIZES.map(standingLog)
  const rebuilds = logs.map(check)
  const counts = logs.map(counted)
  const bytes = bytesOfLeaves(0, APPENDS)
  const bare: Contender = {
    name: '  bare SHA-256 of a leaf’s bytes',
    against: named('append', LEAST),
    run: () => (timed(() => hashBare(bytes)) * MICROSECONDS) / APPENDS,
  }
  const { rows, rounds } = await interleave([bare, ...logs.flatMap(contendersOf)], ROUNDS)
  const [first, last] = [counts[0], counts.at(-1)]
  if (!first || !last) throw new Error('no log was measured')
  const slower = (what: string): number => {
    const cost = (size: number): number =>
      rows.find(({ name }) => name === named(what, size))?.value.median ?? Number.NaN
    return cost(MOST) / cost(LEAST)
  }
  const aim = (text: string, measured: number, most: number) => ({
    text: `${text}, at most ${figure(most)}`,
    measured,
    met: measured <= most,
  })
  const [least, most] = [LEAST, MOST].map(grouped)
  return {
    benchmark: 'audit-log',
    compares: [
      `a leaf of ${bytes[0]?.length ?? 0} bytes is appended to a tenant’s log, and proofs are made, by the product over SQLite in memory`,
      ...counts.map(lineOf),
      `against: the hash alone; the tree built anew (to ${grouped(REBUILT_AT_MOST)}; of ${grouped(MOST)} once: ${rebuilds.at(-1)?.toFixed(0)} ms)`,
      'appends are taken back each turn: the commit, and writing to a disk, are not part of it',
    ],
    unit: 'µs',
    rounds,
    rows,
    aims: [
      aim(`hashes of an append at ${most}: its leaf and one more`, last.hashes, 2),
      aim(`reads of an inclusion proof at ${most}: 2 log n`, last.inclusion, READS_AT_MOST),
      aim(
        `reads of a proof, ${most} over ${least}: as log n`,
        last.inclusion / first.inclusion,
        LOG_RATIO,
      ),
      aim(`time of an append, ${most} over ${least}: as log n`, slower('append'), LOG_RATIO),
      // Each read walks SQLite's own tree, which is higher too.
      ...['inclusion proof', 'consistency proof'].map((what) =>
        aim(
          `time of an ${what}, ${most} over ${least}: as log n times log n`.replace('an c', 'a c'),
          slower(what),
          LOG_RATIO ** 2,
        ),
      ),
    ],
    versions: machine(),
  }
}
