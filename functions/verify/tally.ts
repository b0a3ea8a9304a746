// A vitest reporter for the last lines of `npm run verify`: what was fuzzed, and how often each kind was judged.
import type { Reporter, TestCase, TestModule } from 'vitest/node'

export interface Fuzzed {
  template: string
  sets: number
  /** Of random parameters, how many the template's schema and findings accepted, in percent. */
  acceptedPercent: number
  /** Sets that are an example with random fields instead. */
  mended: number
  /** Of their random fields, how many could stay, in percent. */
  keptPercent: number
  /** Why plans were refused, how often. */
  refused: Record<string, number>
  objects: number
  /** Empty where there is no judge. */
  kinds: Record<string, number>
}

declare module 'vitest' {
  interface TaskMeta {
    fuzzed?: Fuzzed
  }
}

const counts = (of: Record<string, number>): string =>
  Object.entries(of)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')

const line = ({ template, refused, ...fuzzed }: Fuzzed): string => {
  const { sets, acceptedPercent, mended, keptPercent, objects } = fuzzed
  const why = counts(refused)
  return (
    `  ${template}: ${sets} sets (${acceptedPercent} % of random ones accepted; ${mended} from examples, ` +
    `${keptPercent} % of their fields), ${objects} objects${why === '' ? '' : `; refused: ${why}`}`
  )
}

export class Tally implements Reporter {
  onTestRunEnd(modules: readonly Pick<TestModule, 'children'>[]): void {
    const all = modules
      .flatMap(({ children }) => [...children.allTests()])
      .flatMap((test: TestCase) => test.meta().fuzzed ?? [])
      .sort((a, b) => (a.template < b.template ? -1 : 1))
    if (all.length === 0) return
    const kinds: Record<string, number> = {}
    for (const fuzzed of all) {
      for (const [kind, count] of Object.entries(fuzzed.kinds)) {
        kinds[kind] = (kinds[kind] ?? 0) + count
      }
    }
    const sets = all.reduce((sum, fuzzed) => sum + fuzzed.sets, 0)
    const objects = all.reduce((sum, fuzzed) => sum + fuzzed.objects, 0)
    const judged = Object.keys(kinds).length
    console.log(
      [
        `fuzzed ${all.length} templates, ${sets} parameter sets, ${objects} objects:`,
        ...all.map(line),
        judged === 0 ? 'no kinds judged' : `${judged} kinds judged: ${counts(kinds)}`,
        '',
      ].join('\n'),
    )
  }
}

export default Tally
