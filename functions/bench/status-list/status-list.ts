// status-list: one change of one credential's status until verifiers can read it, in a list of 131,072 positions, against making
// the list anew from all of its credentials. CPU time of the whole process, so compression in other threads counts too.
import { type Contender, interleave, machine, type Report } from '../measure.ts'
import { type StandingList, standingList } from './standing-list.ts'
import { change, check, publish, publishNaively } from './work.ts'

const SHARES = [0.01, 0.1]
/** Of one turn. */
const CHANGES = 8
const ROUNDS = 5
/** What the product promises: never more than this for one change. */
const MILLISECONDS_AT_MOST = 20

const cpu = async (work: () => unknown): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

const percent = (share: number): string => `${share * 100} % ended`
const named = (what: string, share: number): string => `${what}, ${percent(share)}`

const contendersOf = (list: StandingList, share: number): Contender[] => {
  let next = list.changed
  const oneChange = (): void => {
    change(list, next)
    next += 1
  }
  const ours = named('change and publish', share)
  const each = async (work: () => unknown): Promise<number> => {
    let milliseconds = 0
    for (let turn = 0; turn < CHANGES; turn += 1) milliseconds += await cpu(work)
    return milliseconds / CHANGES
  }
  return [
    {
      name: ours,
      run: () =>
        each(async () => {
          oneChange()
          await publish(list)
        }),
    },
    { name: named('  the change alone', share), against: ours, run: () => each(oneChange) },
    {
      name: named('  read again, nothing changed', share),
      against: ours,
      run: async () => {
        await publish(list)
        return each(() => publish(list))
      },
    },
    {
      name: named('  change and naive rebuild', share),
      against: ours,
      run: () =>
        each(async () => {
          oneChange()
          await publishNaively(list)
        }),
    },
  ]
}

export const statusList = async (): Promise<Report> => {
  const lists = await Promise.all(SHARES.map((share) => standingList(share)))
  const sizes = await Promise.all(lists.map(check))
  const contenders = lists.flatMap((list, at) => contendersOf(list, SHARES[at] ?? 0))
  const { rows, rounds } = await interleave(contenders, ROUNDS)
  const cost = (what: string, share: number): number =>
    rows.find(({ name }) => name === named(what, share))?.value.median ?? Number.NaN
  const [few = 0] = SHARES
  const slowest = Math.max(...SHARES.map((share) => cost('change and publish', share)))
  const naive = cost('  change and naive rebuild', few) / cost('change and publish', few)
  const issued = (lists[0]?.issued ?? 0).toLocaleString('en-US')
  return {
    benchmark: 'status-list',
    compares: [
      `a list of 131,072 positions of 2 bits, ${issued} of them given away, through the tenant’s tables in SQLite in memory`,
      ...SHARES.map(
        (share, at) =>
          `${percent(share)} of those: the list is ${sizes[at]?.lst.toLocaleString('en-US')} characters, the signed token ${sizes[at]?.bytes.toLocaleString('en-US')} bytes`,
      ),
      'a change is the row, its leaf in the log and the list’s version; publishing reads the ended ones, compresses, signs, keeps the token',
      'naive: every credential of the list is read, every position written, compressed at the highest level, signed by jose, kept nowhere',
      'no disk and no network',
    ],
    unit: 'CPU ms',
    rounds,
    rows,
    aims: [
      {
        text: `one change, published, at most ${MILLISECONDS_AT_MOST} ms`,
        measured: slowest,
        met: slowest <= MILLISECONDS_AT_MOST,
      },
      {
        text: `the naive rebuild over ours, ${percent(few)}: at least 2`,
        measured: naive,
        met: naive >= 2,
      },
    ],
    versions: machine(),
  }
}
