// Room on each host as bars, and where every machine goes. A tenant's own use only: a neighbour's is never drawn.
import type { HostCapacity, HostLoss, Plan, Totals } from '../../schemas/plan.ts'
import { demandMiB, mibAsGiB, sizeText, toMiB } from '../../schemas/quantity.ts'
import { bullets, code, plain, type Room, section, table } from './markdown.ts'

const WIDTH = 20
const MIB_PER_GIB = 1024

interface Measure {
  what: string
  unit: string
  now: number
  after: number
  of: number
}

const gibOf = (size: Totals['memory']): number =>
  size.value === 0 ? 0 : Math.round(toMiB({ ...size, value: size.value }) / MIB_PER_GIB)

/** What a host can promise, and what of it is this tenant's. */
export const measuresOf = ({ size, yoursBefore, yoursAfter }: HostCapacity): Measure[] => [
  {
    what: 'vCPU',
    unit: '',
    now: yoursBefore.cores,
    after: yoursAfter.cores,
    of: Math.floor(size.cores * size.cpuOvercommit),
  },
  {
    what: 'memory',
    unit: ' GiB',
    now: gibOf(yoursBefore.memory),
    after: gibOf(yoursAfter.memory),
    of: Math.floor((toMiB(size.memory) - demandMiB(size.memoryReserve)) / MIB_PER_GIB),
  },
  {
    what: 'disk',
    unit: ' GiB',
    now: gibOf(yoursBefore.disk),
    after: gibOf(yoursAfter.disk),
    of: Math.floor(toMiB(size.disk) / MIB_PER_GIB),
  },
]

/** `█` stays, `▓` comes, `▒` goes, `·` is not this tenant's. */
export const bar = (now: number, after: number, of: number): string => {
  const cells = (value: number): number =>
    of <= 0 ? 0 : Math.min(WIDTH, Math.ceil((Math.max(0, value) / of) * WIDTH))
  const [low, high] = [cells(Math.min(now, after)), cells(Math.max(now, after))]
  const moved = after >= now ? '▓' : '▒'
  return '█'.repeat(low) + moved.repeat(high - low) + '·'.repeat(WIDTH - high)
}

export const capacitySection = ({ capacity, hostLoss }: Plan, room: Room): string[] =>
  section(
    'Capacity',
    capacity.length === 0
      ? []
      : [
          'Yours on each host: `█` stays, `▓` comes, `▒` goes, `·` is not yours. Whether it fits counts everybody.',
          '',
          ...table(['Host', '', 'Yours', 'Now', 'After', 'Of', ''], capacity.flatMap(hostRows), {
            rows: room.rows * 3,
          }),
          '',
          ...lossLines(hostLoss, room),
        ].slice(0, -1),
  )

const hostRows = (row: HostCapacity): string[][] =>
  measuresOf(row).map(({ what, unit, now, after, of }, index) => [
    index === 0 ? code(row.site === row.host ? row.host : `${row.site}/${row.host}`) : '',
    what,
    code(bar(now, after, of)),
    `${now}${unit}`,
    `${after}${unit}`,
    `${of}${unit}${index === 0 ? ` (${row.size.cores} cores ×${row.size.cpuOvercommit})` : ''}`,
    index === 0 ? (row.fits ? 'fits' : '**does not fit**') : '',
  ])

const lossLines = (hostLoss: HostLoss[], room: Room): string[] =>
  hostLoss.length === 0
    ? []
    : [
        '### With one host lost',
        '',
        ...bullets(
          hostLoss.map(({ text }) => plain(text)),
          room,
        ),
        '',
      ]

export const placementSection = ({ placement }: Plan, room: Room): string[] =>
  section(
    'Placement',
    placement.length === 0
      ? []
      : [
          ...table(
            ['Machine', 'Role', 'Host', 'Cores', 'Memory', 'Disk', 'VM id', 'Address'],
            placement.map((vm) => [
              code(vm.name),
              plain(vm.role),
              code(vm.host),
              `${vm.cores}`,
              sizeText(mibAsGiB(vm.memoryMiB)),
              `${vm.diskGiB} GiB`,
              `${vm.vmId}`,
              plain(vm.address),
            ]),
            room,
          ),
          '',
          ...bullets(
            reasonsOf(placement).map(
              ({ why, names }) => `${names.map(code).join(', ')}: ${plain(why)}`,
            ),
            room,
          ),
        ],
  )

/** Why machines are where they are: the same reason once, with all it is the reason of. */
export const reasonsOf = (placement: Plan['placement']): { why: string; names: string[] }[] => {
  const reasons = new Map<string, string[]>()
  for (const { name, why = 'stays where it is' } of placement)
    reasons.set(why, [...(reasons.get(why) ?? []), name])
  return [...reasons].map(([why, names]) => ({ why, names }))
}

const QUOTA_WORDS: Record<
  Plan['quota'][number]['kind'],
  [words: string, per: number, unit: string]
> = {
  vms: ['machines', 1, ''],
  cores: ['cores', 1, ''],
  memoryMiB: ['memory', MIB_PER_GIB, ' GiB'],
  diskGiB: ['disk', 1, ' GiB'],
  pods: ['pods', 1, ''],
  podCpuMilli: ['cores of pods', 1000, ''],
  podMemoryMiB: ['memory of pods', MIB_PER_GIB, ' GiB'],
  podVolumeMiB: ['volumes of pods', MIB_PER_GIB, ' GiB'],
}

/** A line of the quota as people count: `memory`, `140 GiB`. */
export const quotaWords = ({ kind, limit, used, reserved, asked }: Plan['quota'][number]) => {
  const [what, per, unit] = QUOTA_WORDS[kind]
  const text = (value: number): string => `${Math.round((value / per) * 100) / 100}${unit}`
  return {
    what,
    ...{ limit: text(limit), used: text(used), reserved: text(reserved), asked: text(asked) },
  }
}

export const quotaSection = ({ quota }: Plan, room: Room): string[] =>
  section(
    'Quota',
    table(
      ['Kind', 'Limit', 'Used', 'Held by open changes', 'Asked', ''],
      quota.map((line) => {
        const { what, limit, used, reserved, asked } = quotaWords(line)
        return [what, limit, used, reserved, asked, line.fits ? 'fits' : '**exceeded**']
      }),
      room,
    ),
  )
