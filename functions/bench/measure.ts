// How every benchmark measures: contenders take turns within each round, and only ratios of one run are compared.
// It prints; it judges nothing but the aims a benchmark states, and no test depends on a time it measured.
import { arch, cpus, platform } from 'node:os'

/** Of all rounds. */
export interface Spread {
  median: number
  min: number
  max: number
}

export interface Row {
  name: string
  value: Spread
  /** Cost of this contender over that of the row it is held against, in the same round; null where there is none. */
  ratio: Spread | null
}

export interface Aim {
  text: string
  measured: number
  met: boolean
}

export interface Report {
  benchmark: string
  /** What is compared with what, in sentences. */
  compares: string[]
  unit: string
  rounds: number
  rows: Row[]
  aims: Aim[]
  versions: Record<string, string>
}

export interface Contender {
  name: string
  /** The contender its cost is divided by; absent: it is such a measure itself. */
  against?: string
  /** One turn; answers its cost in the report's unit. */
  run: () => number | Promise<number>
}

const ROUNDS = 9
const WARM_UP_ROUNDS = 2

export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? Number.NaN
  const half = sorted.length >> 1
  return {
    median: sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  }
}

/** Each round asks every contender once, there and back in turn (ABBA), so that a drift of the machine hits all alike. */
export const interleave = async (
  contenders: readonly Contender[],
  rounds = ROUNDS,
): Promise<{ rows: Row[]; rounds: number }> => {
  const costs = new Map(contenders.map(({ name }) => [name, [] as number[]]))
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const { name, run } of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const cost = await run()
      if (round >= 0) costs.get(name)?.push(cost)
    }
  }
  const costsOf = (name: string): number[] => costs.get(name) ?? []
  const rows = contenders.map(({ name, against }): Row => {
    const over = against === undefined ? null : costsOf(against)
    const ratios = over && costsOf(name).map((cost, round) => cost / (over[round] ?? Number.NaN))
    return { name, value: spreadOf(costsOf(name)), ratio: ratios && spreadOf(ratios) }
  })
  return { rows, rounds }
}

/** Wall milliseconds of `work`. */
export const timed = (work: () => unknown): number => {
  const start = performance.now()
  work()
  return performance.now() - start
}

export const machine = (): Record<string, string> => ({
  node: process.versions.node,
  machine: `${platform()} ${arch()}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`,
})

const figure = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

const shown = ({ median, min, max }: Spread): string =>
  `${figure(median).padStart(7)}  (${figure(min)} - ${figure(max)})`

/** The report for people. */
export const asText = (report: Report): string => {
  const { benchmark, compares, unit, rounds, rows, aims, versions } = report
  const width = Math.max(...rows.map(({ name }) => name.length))
  const values = Math.max(unit.length, ...rows.map(({ value }) => shown(value).length))
  const lines = rows.map(
    ({ name, value, ratio }) =>
      `  ${name.padEnd(width)}  ${shown(value).padEnd(values)}  ${ratio ? shown(ratio) : '      1'}`,
  )
  return [
    benchmark,
    ...compares.map((line) => `  ${line}`),
    `  median of ${rounds} interleaved rounds (min - max); ratio: over ours in the same round`,
    '',
    `  ${''.padEnd(width)}  ${unit.padEnd(values)}  ratio`,
    ...lines,
    '',
    ...aims.map(
      ({ text, measured, met }) => `  ${met ? 'met   ' : 'MISSED'}  ${text}: ${figure(measured)}`,
    ),
    `  ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    '',
  ].join('\n')
}
