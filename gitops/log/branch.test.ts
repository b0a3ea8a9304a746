// Checkpoints on the branch `log`: made from main once, then only forward, the same one twice is one commit, and another one that
// somebody put there is left alone.
import { beforeEach, describe, expect, it } from 'vitest'
import { blobId } from '../../functions/simulator/git-ids.ts'
import { createMemoryForge, type MemoryForge } from '../../functions/simulator/memory-forge.ts'
import {
  CHECKPOINT_PATH,
  LOG_BRANCH,
  type Publication,
  publishCheckpoint,
  readPublished,
  sizePath,
} from './branch.ts'

let memory: MemoryForge
beforeEach(() => {
  memory = createMemoryForge()
})

const publication = (size: number, after: string | null = null): Publication => {
  const note = `phoenix.example/log\n${size}\nAAAA\n`
  const at = '2026-11-22T12:00:00.500Z'
  return { size, root: 'a'.repeat(64), note, at, blob: blobId(note), after }
}
const writes = () => memory.calls.filter((verb) => !verb.startsWith('read'))

it('is absent until the first is there', async () => {
  expect(await readPublished(memory.forge)).toBeNull()
  const first = publication(1)
  const done = await publishCheckpoint(memory.forge, first)
  expect(done).toMatchObject({ ok: true })
  expect(await readPublished(memory.forge)).toEqual({
    commit: memory.branches.get(LOG_BRANCH),
    blob: first.blob,
  })
})

it('costs two writes, and none for one that is there', async () => {
  const first = publication(1)
  await publishCheckpoint(memory.forge, first)
  expect(writes()).toEqual(['writeCommit', 'createBranch'])
  await publishCheckpoint(memory.forge, publication(2, first.blob))
  expect(writes().slice(2)).toEqual(['writeCommit', 'moveBranch'])
  const before = memory.branches.get(LOG_BRANCH)
  const again = await publishCheckpoint(memory.forge, publication(2, first.blob))
  expect(again).toEqual({ ok: true, value: { commit: before } })
  expect(writes()).toHaveLength(4)
})

it('makes the same commit again where its answer was lost', async () => {
  const other = createMemoryForge()
  const [one, two] = [
    await publishCheckpoint(memory.forge, publication(1)),
    await publishCheckpoint(other.forge, publication(1)),
  ]
  expect(one).toEqual(two)
})

it('refuses what does not follow what is there, and where there is no main', async () => {
  const first = publication(1)
  await publishCheckpoint(memory.forge, first)
  const conflict = { ok: false, refusal: { problem: 'conflict' } }
  expect(await publishCheckpoint(memory.forge, publication(2, null))).toMatchObject(conflict)
  memory.branches.delete('main')
  memory.branches.delete(LOG_BRANCH)
  expect(await publishCheckpoint(memory.forge, first)).toMatchObject(conflict)
})

it('comes back later where somebody moved the branch meanwhile', async () => {
  const first = publication(1)
  await publishCheckpoint(memory.forge, first)
  memory.setIntercept(async (verb, run) => {
    if (verb === 'moveBranch') memory.person.push(LOG_BRANCH, 'README.md', '# Ours\n')
    return run()
  })
  const second = publication(2, first.blob)
  const refused = { ok: false, refusal: { problem: 'outage' } }
  expect(await publishCheckpoint(memory.forge, second)).toMatchObject(refused)
  memory.setIntercept(null)
  expect((await publishCheckpoint(memory.forge, second)).ok).toBe(true)
  expect(memory.filesOf(LOG_BRANCH)).toContain('README.md')
  expect(await memory.forge.readBlob(CHECKPOINT_PATH, LOG_BRANCH)).toBe(second.blob)
})

describe('the history by size', () => {
  it('has a path for each, none in front of another, and few in one directory', () => {
    const sizes = Array.from({ length: 12_345 }, (_, at) => at + 1)
    const paths = sizes.map(sizePath)
    expect(sizePath(12_345)).toBe('log/sizes/x01/x23/45')
    expect(new Set(paths).size).toBe(paths.length)
    const directories = new Map<string, Set<string>>()
    for (const path of paths) {
      const steps = path.split('/')
      for (let at = 1; at < steps.length; at += 1) {
        const name = steps.slice(0, at).join('/')
        directories.set(name, (directories.get(name) ?? new Set()).add(steps[at] ?? ''))
      }
    }
    for (const path of paths) expect(directories.has(path)).toBe(false)
    expect(Math.max(...[...directories.values()].map(({ size }) => size))).toBeLessThanOrEqual(200)
  })
})
