// The same input twice, in two processes that have nothing in common but the input: to the byte the same tree, the same
// record, the same body, whatever time zone, language and order of keys.
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
  }, 120_000)

  it('are as many requests and waves, and most of them could be planned', () => {
    expect([...there.keys()]).toEqual([...here.keys()])
    const planned = [...here.values()].filter((line) => / [0-9a-f]{64}$/.test(line))
    expect(planned.length).toBeGreaterThan(100)
    expect(planned.length / here.size).toBeGreaterThan(0.8)
    expect([...here.keys()].filter((key) => key.startsWith('fleet ')).length).toBeGreaterThan(5)
  })

  it('are the same to the byte', () => {
    const other = [...here].filter(([key, line]) => there.get(key) !== line).map(([key]) => key)
    expect(other).toEqual([])
  })
})
