// The table of scores in SCORES.md: what `npm run mutation` measured last of each module, and when, so that nobody need spend an
// hour to know it. A row stays until its module is measured again, and says so where its file is another since.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MODULES } from './modules.ts'

const root = join(import.meta.dirname, '../../..')
const table = join(import.meta.dirname, 'SCORES.md')

export interface Score {
  killed: number
  /** Of those that were killed: by running out of time, which a busy machine may do to any. */
  byTime: number
  /** Killed and survived together. */
  valid: number
}

const HEAD = `# Mutation scores of the lifecycle modules

Written by \`npm run mutation\`: the last measurement of each module, in percent of its mutants. At least 80 is asked for.
"By time" are mutants that were killed by running out of time; "of" is how the digest of the measured file begins.

| module | score | mutants | killed | survived | by time | date | of |
| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |
`
const digestOf = (file: string): string =>
  createHash('sha256')
    .update(readFileSync(join(root, file)))
    .digest('hex')
    .slice(0, 8)

const percent = ({ killed, valid }: Score): string =>
  ((100 * killed) / Math.max(1, valid)).toFixed(1)

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

/** Cells of each row as they stand in the table, by module. */
const standing = (): Map<string, string[]> =>
  new Map(
    (existsSync(table) ? readFileSync(table, 'utf8') : '')
      .split('\n')
      .map(cellsOf)
      .filter(([name = '', score]) => Object.hasOwn(MODULES, name) && score !== 'not measured')
      .map(([name = '', ...cells]) => [name, cells]),
  )

const rowOf = (name: string, cells: string[] | undefined): string => {
  if (!cells) return `| ${name} | not measured | | | | | | |`
  const [of = ''] = cells.at(-1)?.split(' ') ?? []
  const now = digestOf(MODULES[name]?.file ?? '')
  const said = of === now ? of : `${of} (changed since)`
  return `| ${[name, ...cells.slice(0, -1), said].join(' | ')} |`
}

/** Writes the table anew, with these scores of just now. */
export const keepScores = (measured: ReadonlyMap<string, Score>): void => {
  const known = standing()
  for (const [name, score] of measured) {
    const { killed, byTime, valid } = score
    const counts = [valid, killed, valid - killed, byTime].map(String)
    const date = new Date().toISOString().slice(0, 10)
    known.set(name, [percent(score), ...counts, date, digestOf(MODULES[name]?.file ?? '')])
  }
  const rows = Object.keys(MODULES).map((name) => rowOf(name, known.get(name)))
  writeFileSync(table, `${HEAD}${rows.join('\n')}\n`)
}
