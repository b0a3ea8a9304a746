// What the Functions remember: read, replaced by whoever has read it, and by nobody else; in a folder and in a container alike.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { BlobContainer } from './blobs.ts'
import { configuredState, containerState, type FunctionsState, folderState } from './state.ts'

const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true })
})

/** As the Blob service does it: a tag for each write. */
const container = (): FunctionsState => {
  const kept = new Map<string, { bytes: Uint8Array; tag: string }>()
  let writes = 0
  return containerState({
    read: async (name: string) => kept.get(name) ?? null,
    async write(name: string, bytes: Uint8Array, tag: string | null) {
      if ((kept.get(name)?.tag ?? null) !== tag) return false
      writes += 1
      kept.set(name, { bytes, tag: `"${writes}"` })
      return true
    },
  } as BlobContainer)
}
const folder = async (): Promise<FunctionsState> => {
  const home = await mkdtemp(join(tmpdir(), 'phoenix-state-'))
  folders.push(home)
  return folderState(home)
}

describe.each([
  ['a folder', folder],
  ['a container', async () => container()],
])('%s', (_, open) => {
  it('keeps what was written, and lets nobody write over what he has not read', async () => {
    const state = await open()
    expect(await state.read('cosigned')).toBeNull()
    expect(await state.write('cosigned', 'one', null)).toBe(true)
    expect(await state.write('cosigned', 'two', null)).toBe(false)
    const first = await state.read('cosigned')
    expect(first?.text).toBe('one')
    expect(await state.write('cosigned', 'two', first?.tag ?? '')).toBe(true)
    expect(await state.write('cosigned', 'three', first?.tag ?? '')).toBe(false)
    expect((await state.read('cosigned'))?.text).toBe('two')
  })

  it('lets one of fifty win that come at once', async () => {
    const state = await open()
    const all = Array.from({ length: 50 }, (_, index) => state.write('a/b', `${index}`, null))
    expect((await Promise.all(all)).filter(Boolean)).toHaveLength(1)
  })

  it.each(['../x', 'a/b/c', '', 'A', 'a/../b'])(
    'takes no name that is not ours: %s',
    async (name) => {
      const state = await open()
      await expect((async () => state.read(name))()).rejects.toThrow()
      await expect((async () => state.write(name, 'x', null))()).rejects.toThrow()
    },
  )
})

it('leaves no draft behind', async () => {
  const state = await folder()
  await state.write('one', 'x', null)
  await state.write('one', 'y', (await state.read('one'))?.tag ?? '')
  expect(await readdir(folders.at(-1) as string)).toEqual(['one'])
})

it('names a setting that cannot be read, and not what it says', () => {
  expect(configuredState({})).toBeNull()
  const wrong = { STATE_CONTAINER: 'https://evil.example/state' }
  expect(() => configuredState(wrong)).toThrow(/^STATE_CONTAINER is not the address/)
  expect(() => configuredState({ STATE_FOLDER: 'relative' })).toThrow('STATE_FOLDER')
})
