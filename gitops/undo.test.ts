// What is read of a merge before it is undone.
import { beforeEach, expect, it } from 'vitest'
import { createMemoryForge, type MemoryForge } from '../functions/simulator/memory-forge.ts'
import { type Merge, readUndoing } from './undo.ts'

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
  person.push('change', 'rendered/b.yaml', 'b: 2\n')
  // Main went on, and its first parent is what stood before the merge.
  before = person.push('main', 'elsewhere.yaml', 'x: 1\n')
  await forge.openPull({ head: 'change', base: 'main', title: 'x', body: 'x' })
  const merged = person.merge(1, 'root', { pastTheGate: true })
  merge = { mergeSha: 'merged' in merged ? merged.merged : '', paths: PATHS, before: true }
  memory.calls.length = 0
})

it('is each file as main had it before, by one call, and one for all its files', async () => {
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
  expect(memory.calls).toEqual(['compare', 'readBlobs'])
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
  person('other.yaml')
  expect(await readUndoing(memory.forge, merge)).toMatchObject({
    ok: false,
    refusal: { problem: 'conflict', detail: expect.stringContaining('any more') },
  })
})

it('is one call where nobody wants to know what was before', async () => {
  const wanted = { ...merge, before: false }
  expect(await readUndoing(memory.forge, wanted)).toEqual({
    ok: true,
    value: { since: [], before: [] },
  })
  expect(memory.calls).toEqual(['compare'])
})

it('is asked for at its own files where more differs than the forge lists', async () => {
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
})
