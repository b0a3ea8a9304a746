// How far `live` may move: along main's own line, over what approved changes wrote and nothing else.
import { describe, expect, it } from 'vitest'
import { explains, firstParents, type MainCommit, unseen } from './promote.ts'

const commit = (sha: string, ...parents: string[]): MainCommit => ({ sha, parents, message: sha })

describe('the line of main', () => {
  // live - m1 - m2 - m3, each merging a branch of its own; b2 was branched before m1.
  const commits = [
    commit('b1', 'live'),
    commit('b2', 'live'),
    commit('m1', 'live', 'b1'),
    commit('m2', 'm1', 'b2'),
    commit('b3', 'm2'),
    commit('b3b', 'b3'),
    commit('m3', 'm2', 'b3b'),
  ]
  const lineOf = (head: string, live: string | null) =>
    firstParents(commits, head, live).map(({ sha }) => sha)

  it('is the merges, oldest first, and never what was on a branch', () => {
    expect(lineOf('m3', 'live')).toEqual(['m1', 'm2', 'm3'])
    expect(lineOf('m3', 'm1')).toEqual(['m2', 'm3'])
  })

  it('is empty when live is there already, and ends where nothing more is known', () => {
    expect(lineOf('m3', 'm3')).toEqual([])
    expect(lineOf('unknown', 'live')).toEqual([])
    expect(lineOf('m3', null)).toEqual(['m1', 'm2', 'm3'])
  })

  it('does not depend on the order in which the forge lists the commits', () => {
    const line = firstParents([...commits].reverse(), 'm3', 'live').map(({ sha }) => sha)
    expect(line).toEqual(['m1', 'm2', 'm3'])
  })
})

describe('what explains a difference', () => {
  const written = new Map([
    ['rendered/a', '1'],
    ['rendered/b', null],
  ])
  const exact = [
    { path: 'rendered/a', blob: '1' },
    { path: 'rendered/b', blob: null },
  ]
  it.each([
    ['exactly what was written', exact, true],
    ['nothing at all', [], true],
    ['one file more', [...exact, { path: 'clusters/evil', blob: '9' }], false],
    ['a file with other content', [{ path: 'rendered/a', blob: '2' }], false],
    ['a file that should be gone and is not', [{ path: 'rendered/b', blob: '3' }], false],
    ['what Flux reads of a repository', [...exact, { path: '.sourceignore', blob: '4' }], false],
    ['what Git reads of it', [...exact, { path: '.gitattributes', blob: '4' }], false],
    [
      'files for people',
      [...exact, { path: 'README.md', blob: '7' }, { path: 'changes/x/plan.json', blob: '8' }],
      true,
    ],
    [
      'a page of the same kind elsewhere',
      [...exact, { path: 'rendered/README.md', blob: '7' }],
      false,
    ],
  ])('%s', (_, difference, expected) => {
    expect(explains(difference, written)).toBe(expected)
  })

  it('names what was written and is not shown', () => {
    expect(unseen(exact, written)).toEqual([])
    expect(unseen([{ path: 'rendered/a' }], written)).toEqual(['rendered/b'])
  })
})
