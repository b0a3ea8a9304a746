// The law of the house: which room may lean on which, who may touch the machine, and how long a file may grow.
// It reads imports as text: static ones and literal dynamic ones, not computed ones.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const ROOMS = ['schemas', 'templates', 'gitops', 'edge-workers', 'functions'] as const
type Room = (typeof ROOMS)[number]
/** Files read best near 150 lines; past this many one is split by meaning. Made files do not count. */
const LINES_AT_MOST = 400

const MAY_IMPORT: Record<Room, { rooms: Room[]; packages: RegExp | null }> = {
  schemas: { rooms: [], packages: /^(zod|drizzle-orm)(\/|$)/ },
  templates: { rooms: ['schemas'], packages: /^(@kubernetes-models\/|kubernetes-models)/ },
  gitops: { rooms: ['schemas', 'templates'], packages: null },
  'edge-workers': { rooms: ['schemas', 'gitops'], packages: null },
  functions: { rooms: ['schemas', 'gitops'], packages: null },
}
/** What runs on somebody's machine may use every room. */
const MACHINE = /^functions\/(local|cli|bench|simulator|verify)\//
const ANYTHING =
  'functions/local, functions/cli, functions/bench, functions/simulator and functions/verify'
/** The one place at the edge that hashes inside a transaction. */
const NODE_AT_THE_EDGE = 'edge-workers/digest.ts'

const sources = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (name === 'node_modules' || name === 'examples') return []
    return statSync(path).isDirectory()
      ? sources(path)
      : /\.tsx?$/.test(name)
        ? [relative(root, path)]
        : []
  })

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g
const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].map(
    ([, a, b, c]) => a ?? b ?? c ?? '',
  )

export const faultsOf = (file: string, imports: string[]): string[] => {
  const room = file.split('/')[0] as Room
  if (MACHINE.test(file) || /\.(test|fixture)\.tsx?$/.test(file)) return []
  const { rooms, packages } = MAY_IMPORT[room]
  return imports.flatMap((specifier) => {
    if (specifier.startsWith('.')) {
      const target = relative(root, join(root, dirname(file), specifier))
      const other = target.split('/')[0] as Room
      if (MACHINE.test(target)) return [`${file} opens ${target}: only ${ANYTHING} may`]
      if (other === room) return []
      if (!rooms.includes(other)) return [`${file} leans on ${other}`]
      if (other === 'templates' && target !== 'templates/index.ts')
        return [`${file} reaches into templates past its index`]
      return []
    }
    if (specifier.startsWith('node:')) {
      return room === 'functions' || (file === NODE_AT_THE_EDGE && specifier === 'node:crypto')
        ? []
        : [`${file} imports ${specifier}`]
    }
    if (specifier.startsWith('cloudflare:'))
      return room === 'edge-workers' ? [] : [`${file} imports ${specifier}`]
    return packages === null || packages.test(specifier) ? [] : [`${file} imports ${specifier}`]
  })
}

const files = ROOMS.flatMap((room) => sources(join(root, room)))

describe('the house', () => {
  it('has the rooms and root files of the architecture, and no others', () => {
    const allowed =
      /^(functions|edge-workers|gitops|schemas|templates|wrangler\.toml|host\.json|local\.settings\.json|package(-lock)?\.json|tsconfig\.json|README\.md|LICENSE|biome\.json|vitest\.config\.ts|node_modules|dist|\..+)$/
    expect(readdirSync(root).filter((name) => !allowed.test(name))).toEqual([])
  })

  it('keeps the import law', () => {
    expect(files.length).toBeGreaterThan(100)
    expect(files.flatMap((file) => faultsOf(file, importsOf(file)))).toEqual([])
  })

  it('would notice a broken law', () => {
    expect(faultsOf('gitops/plan.ts', ['node:fs'])).toHaveLength(1)
    expect(faultsOf('schemas/ids.ts', ['../gitops/plan.ts'])).toHaveLength(1)
    expect(faultsOf('gitops/plan.ts', ['../templates/tenant-base.ts'])).toHaveLength(1)
    expect(faultsOf('edge-workers/app.ts', ['../functions/main.ts'])).toHaveLength(1)
    expect(faultsOf('edge-workers/app.ts', ['node:crypto'])).toHaveLength(1)
    expect(faultsOf('functions/main.ts', ['./local/main.ts'])).toHaveLength(1)
    expect(importsOf('schemas/house.test.ts')).toContain('vitest')
  })

  it('keeps files short', () => {
    const long = files
      .filter(
        (file) =>
          !/\.test\.tsx?$/.test(file) && !file.startsWith('edge-workers/actors/migrations/'),
      )
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > LINES_AT_MOST)
    expect(long).toEqual([])
  })
})
