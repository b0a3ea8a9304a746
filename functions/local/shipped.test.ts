// What a deployment of the Functions ships by .funcignore: the bundle and what names it, and nothing else. That the running laptop
// has loaded the same bytes is in story.test.ts.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildFunctions } from '../cli/build.ts'
import { BUNDLE_FILES } from './bundle-digests.fixture.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phoenix-shipped-'))
  await buildFunctions()
})
afterAll(() => rm(folder, { recursive: true }))

/** Everything under the root that the rules of .funcignore leave, as Git reads such rules. */
const shipped = async (): Promise<string[]> => {
  const git = join(folder, 'nothing.git')
  await run('git', ['init', '--quiet', '--bare', git])
  const { stdout } = await run(
    'git',
    [`--git-dir=${git}`, `--work-tree=${root}`, 'ls-files', '--others', '-X', '.funcignore'],
    { cwd: root },
  )
  return stdout.split('\n').filter(Boolean).sort()
}

it('ships the bundle, host.json and package.json, and nothing else', async () => {
  const bundle = BUNDLE_FILES.map((name) => `dist/functions/${name}`)
  expect(await shipped()).toEqual([...bundle, 'host.json', 'package.json'].sort())
  const { main, scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  expect(main).toBe('dist/functions/index.cjs')
  // What a deployment would run by itself (npm's life cycle): nothing.
  expect(
    Object.keys(scripts).filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name)),
  ).toEqual([])
})

it('has a sample of settings for `func start`, and keeps the real ones out of Git', async () => {
  const sample = JSON.parse(
    await readFile(join(root, 'functions/local.settings.sample.json'), 'utf8'),
  )
  expect(sample).toMatchObject({ IsEncrypted: false, Values: { FUNCTIONS_WORKER_RUNTIME: 'node' } })
  const ignored = await readFile(join(root, '.gitignore'), 'utf8')
  expect(ignored.split('\n')).toContain('local.settings.json')
})
