// What CONTRIBUTING.md says is so: its template is typed, renders, and passes the guard and the judges; its files exist.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadJudge } from '../functions/cli/k8s-judge.ts'
import { guard } from '../gitops/guard.ts'
import { render } from '../gitops/render.ts'
import type { Template } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'

const ROOT = join(import.meta.dirname, '..')
const TEXT = readFileSync(join(import.meta.dirname, 'CONTRIBUTING.md'), 'utf8')

/** The files of the one snippet; each begins with its path. */
const filesOf = (text: string): { path: string; content: string }[] => {
  const snippets = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code)
  expect(snippets).toHaveLength(1)
  return (snippets[0] ?? '').split(/^(?=\/\/ \S+\.ts$)/m).map((content) => ({
    path: content.slice('// '.length, content.indexOf('\n')),
    content,
  }))
}

const folder = mkdtempSync(join(tmpdir(), 'phoenix-contributing-'))
const files = filesOf(TEXT)
let template: Template
beforeAll(async () => {
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const outfile = join(folder, 'built.mjs')
  await build({
    entryPoints: [join(folder, files.at(-1)?.path ?? '')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        // As if the new files lay in the repository.
        name: 'beside',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
            const here = join(resolveDir, path)
            return { path: existsSync(here) ? here : join(ROOT, relative(folder, here)) }
          }),
      },
    ],
  })
  const made = (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as object
  template = Object.values(made)[0] as Template
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the template of the guide', () => {
  it('is the two files that the guide says', () => {
    expect(files.map(({ path }) => path)).toEqual([
      'schemas/parameters/notice.ts',
      'templates/notice.ts',
    ])
    for (const { path } of files) expect(existsSync(join(ROOT, path)), path).toBe(false)
  })

  it('is typed', () => {
    const config = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { rootDirs: [folder, ROOT], types: ['node'] },
      include: [],
      files: files.map(({ path }) => join(folder, path)),
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    const { status, stdout } = spawnSync(
      process.execPath,
      [tsc, '-p', folder, '--pretty', 'false'],
      {
        ...{ cwd: folder, encoding: 'utf8' },
      },
    )
    expect([status, stdout]).toEqual([0, ''])
  })

  it('renders its example past the guard, for both engines', () => {
    expect(template.examples.length).toBeGreaterThan(0)
    for (const example of template.examples) {
      for (const engine of ['argocd', 'flux'] as const) {
        const input = exampleInput(template, example, engine)
        const rendered = render(template, input)
        expect(rendered.objects.length).toBeGreaterThan(0)
        const options = { tenantSlug: input.tenant.slug, cluster: input.cluster.name }
        expect(guard(rendered, rendered.files, { ...options, guardsLifted: false })).toEqual([])
        expect(template.findings(input)).toEqual([])
      }
    }
  })

  it('says which kinds it renders', () => {
    const [example] = template.examples
    if (!example) throw new Error('no example')
    const { objects } = render(template, exampleInput(template, example))
    expect([...new Set(objects.map(({ manifest }) => manifest.kind))]).toEqual(template.renders)
  })

  const judge = loadJudge()
  if ('absent' in judge) {
    console.log(`skipped: ${judge.absent}`)
    it.skip(judge.absent, () => {})
  } else {
    it('is accepted by the schemas of the real kinds', () => {
      for (const example of template.examples) {
        const { objects } = render(template, exampleInput(template, example))
        for (const { path, manifest } of objects) expect(judge.judge(manifest), path).toEqual([])
      }
    })
  }
})

describe('the guide', () => {
  const named = [...TEXT.replaceAll(/^```ts\n[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, word = '']) => word,
  )
  const paths = named.filter((word) => /^[a-z-]+\//.test(word) && !word.includes('<'))

  it('names files that exist', () => {
    expect(paths.length).toBeGreaterThan(10)
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it('names commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    const commands = named.filter((word) => word.startsWith('npm run '))
    expect(commands).toContain('npm run examples')
    for (const command of commands)
      expect(scripts).toHaveProperty([command.slice('npm run '.length)])
  })
})
