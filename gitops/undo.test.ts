// What is read of a merge before it is undone.
import { beforeEach, expect, it } from 'vitest'
import { createMemoryForge, type MemoryForge } from '../functions/simulator/memory-forge.ts'
import { FILES_AT_MOST, type Merge, readUndoing } from './undo.ts'

const PATHS = ['rendered/a.yaml', 'rendered/b.yaml']
let memory: MemoryForge
let merge: Merge
const blob = (path: string, ref: string) => memory.forge.readBlob(path, ref)
let before: string
beforeEach(async () => {
  memory = createMemoryForge()
  const { forge, person, branches } = memory
  person.push('main', 'rendered/a.yaml', 'a: 1\n')
  person.force('change', branches.get('main') ?? '')
  person.push('change', 'rendered/a.yaml', 'a: 2\n')
  const headSha = person.push('change', 'rendered/b.yaml', 'b: 2\n')
  // Main went on, and its first parent is what stood before the merge.
  before = person.push('main', 'elsewhere.yaml', 'x: 1\n')
  await forge.openPull({ head: 'change', base: 'main', title: 'x', body: 'x' })
  const merged = person.merge(1, 'root', { pastTheGate: true })
  merge = { mergeSha: 'merged' in merged ? merged.merged : '', headSha, paths: PATHS, before: true }
  memory.calls.length = 0
})

it('is each file as main had it before, by two calls and one for each file', async () => {
  person('elsewhere.yaml')
  const expected = [
    { path: 'rendered/a.yaml', blob: await blob('rendered/a.yaml', before) },
    { path: 'rendered/b.yaml', blob: null },
  ]
  memory.calls.length = 0
  expect(await readUndoing(memory.forge, merge)).toEqual({
    ok: true,
    value: { since: [], before: expected },
  })
  expect(memory.calls).toEqual(['compare', 'compare', 'readBlob', 'readBlob'])
})
const person = (path: string) => memory.person.push('main', path, 'by: "hand"\n')

it('is what came over its own files since, removals too', async () => {
  person('rendered/a.yaml')
  memory.person.remove('main', 'rendered/b.yaml')
  const found = await readUndoing(memory.forge, merge)
  expect(found.ok && found.value.since).toEqual([
    { path: 'rendered/a.yaml', blob: await blob('rendered/a.yaml', 'main') },
    { path: 'rendered/b.yaml', blob: null },
  ])
})

it('is refused where main lost the merge, and waited for while main is shown as it was', async () => {
  memory.person.force('main', before)
  const late = 'shows main as it was'
  await expect(readUndoing(memory.forge, merge)).rejects.toThrow(late)
  const none = { ...merge, mergeSha: '0'.repeat(40) }
  await expect(readUndoing(memory.forge, none)).rejects.toThrow(late)
  await expect(readUndoing(memory.forge, { ...merge, headSha: none.mergeSha })).rejects.toThrow(
    late,
  )
  person('other.yaml')
  expect(await readUndoing(memory.forge, merge)).toMatchObject({
    ok: false,
    refusal: { problem: 'conflict', detail: expect.stringContaining('any more') },
  })
})

it('is refused where files would be asked for one by one without an end', async () => {
  const many = (count: number) => ({
    ...merge,
    paths: Array.from({ length: count }, (_, at) => `rendered/${at}.yaml`),
  })
  expect((await readUndoing(memory.forge, many(FILES_AT_MOST))).ok).toBe(true)
  memory.calls.length = 0
  expect(await readUndoing(memory.forge, many(FILES_AT_MOST + 1))).toMatchObject({
    refusal: { problem: 'conflict', detail: expect.stringContaining('ask for what you want') },
  })
  expect(memory.calls).toEqual([])
})

it('is one call where nobody wants to know what was before', async () => {
  const wanted = { ...merge, before: false }
  expect(await readUndoing(memory.forge, wanted)).toEqual({
    ok: true,
    value: { since: [], before: [] },
  })
  expect(memory.calls).toEqual(['compare'])
})

it('is asked for file by file where more differs than the forge lists, as far as that goes', async () => {
  person('rendered/b.yaml')
  memory.setIntercept(async (verb, run) => {
    const answer = await run()
    if (verb !== 'compare') return answer
    return { ...(answer as object), files: [], filesComplete: false }
  })
  const wanted = { ...merge, before: false }
  const found = await readUndoing(memory.forge, wanted)
  const blobNow = await blob('rendered/b.yaml', 'main')
  expect(found.ok && found.value.since).toEqual([{ path: 'rendered/b.yaml', blob: blobNow }])
  const paths = Array.from({ length: FILES_AT_MOST + 1 }, (_, at) => `rendered/${at}.yaml`)
  expect(await readUndoing(memory.forge, { ...wanted, paths })).toMatchObject({
    refusal: { problem: 'conflict' },
  })
})
