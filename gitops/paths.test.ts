// Paths: where things go, and that nothing leaves its own folders.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeDirectory, confine, entryDirectory, fileName, leafDirectory } from './paths.ts'

describe('layout', () => {
  it('names every place once', () => {
    expect(leafDirectory('core', 60, 'smom-dbis-138')).toBe('rendered/core/60-smom-dbis-138')
    expect(leafDirectory('core', 0, 'platform')).toBe('rendered/core/00-platform')
    expect(entryDirectory('core', 60, 'a')).toBe('clusters/core/flux/60-a')
    expect(changeDirectory('chg_a')).toBe('changes/chg_a')
    expect(fileName({ kind: 'EnvironmentVM', metadata: { name: 'a-01' } })).toBe(
      'environmentvm-a-01.yaml',
    )
  })
})

describe('confine', () => {
  const own = ['rendered/core/60-a/', 'changes/chg_a/', 'CODEOWNERS']

  it.each(['rendered/core/60-a/x.yaml', 'changes/chg_a/PLAN.md', 'CODEOWNERS'])(
    'allows %s',
    (path) => {
      expect(confine(path, own)).toBe(true)
    },
  )

  it.each([
    ...[
      '',
      '/',
      '/etc/passwd',
      'rendered',
      'rendered/core/60-a',
      'rendered/core/60-a/',
      'CODEOWNERS/x',
    ],
    ...['rendered/core/60-ab/x.yaml', 'rendered/core/60-a/../60-b/x.yaml', 'rendered/core/60-a/..'],
    ...['rendered/core/60-a//x.yaml', 'rendered/core/60-a/./x.yaml', './rendered/core/60-a/x.yaml'],
    ...[
      'rendered/core/60-a/.git/config',
      'rendered/core/60-a/.GIT/config',
      'rendered/core/60-a/git~1',
    ],
    ...[
      'rendered/core/60-a/.gitmodules',
      'rendered/core/60-a/.gitattributes',
      'rendered/core/60-a/x\\y',
    ],
    ...['rendered/core/60-a/x\u0000', 'rendered/core/60-a/x\n', 'rendered/core/60-a/%2e%2e%2fx'],
    ...[
      'rendered/core/60-a/x ',
      'rendered/core/60-a/x.',
      'rendered/core/60-a/C:x',
      'rendered/core/60-a/~',
    ],
    ...['rendered/core/60-a/NUL', 'rendered/core/60-a/con.yaml', 'rendered/core/60-a/．．／x'],
    ...[`rendered/core/60-a/${'x'.repeat(256)}`, `rendered/core/60-a/${'x/'.repeat(600)}x`],
    ...['.github/workflows/x.yml', 'Rendered/core/60-a/x.yaml', 'rendered/core/60-a/-x'],
  ])('refuses %j', (path) => {
    expect(confine(path, own)).toBe(false)
  })

  it('keeps arbitrary texts inside', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('..', '.', '/', 'a'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const path = `rendered/core/60-a/${pieces.join('/')}`
        if (!confine(path, own)) return
        expect(new URL(path, 'file:///root/').pathname).toBe(`/root/${path}`)
      }),
      { numRuns: 1000, seed: 1 },
    )
  })
})
