// The same input twice, in two processes that have nothing in common but the input: to the byte the same tree, the same
// record, the same body and PLAN.md, whatever time zone, language and order of keys: of what is made, changed, moved, removed.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'

const PROGRAM = join(import.meta.dirname, 'determinism.fixture.ts')
const MEGABYTES_AT_MOST = 8
/** Another one each day would find more, and would not be found again. */
const SEED = '138'

const run = async (mode: string, env: Record<string, string>): Promise<Map<string, string>> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', PROGRAM, SEED, mode],
    { env: { PATH: process.env.PATH ?? '', ...env }, maxBuffer: MEGABYTES_AT_MOST * 2 ** 20 },
  )
  const lines = stdout.trimEnd().split('\n')
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line]))
}

describe('planned twice', () => {
  let here: Map<string, string>
  let there: Map<string, string>
  beforeAll(async () => {
    ;[here, there] = await Promise.all([
      run('straight', { TZ: 'UTC', LANG: 'C' }),
      run('shuffled', { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }),
    ])
  })

  it('are as many requests and waves', () => {
    expect([...there.keys()]).toEqual([...here.keys()])
    expect([...here.keys()].filter((key) => key.startsWith('fleet ')).length).toBeGreaterThan(5)
  })

  it.each([
    ['create', 90, ['excused']],
    ['update', 20, ['excused']],
    ['failover', 10, ['excused']],
    ['delete', 30, []],
    ['delete-2', 30, []],
  ] as const)('%s was planned %i times and more, of every kind', (action, least, more) => {
    const keys = [...here.keys()].filter((key) => key.split(' ')[2] === action)
    const planned = keys.map((key) => key.split(' ')[3]?.split('+') ?? [])
    const changing = planned.filter((of) => of.includes('free') && of.includes('files'))
    expect(changing.length).toBeGreaterThanOrEqual(least)
    for (const trait of ['priced', 'placed', 'resident', ...more]) {
      expect(changing.filter((of) => of.includes(trait)).length, trait).toBeGreaterThan(1)
    }
  })

  it('are the same to the byte', () => {
    const other = [...here].filter(([key, line]) => there.get(key) !== line).map(([key]) => key)
    expect(other).toEqual([])
  })
})
