// The second party's memory: durable, in step with whoever else writes it, and never back.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { folderHead } from './cosigned-head.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'phoenix-head-'))
})
afterEach(() => rm(home, { recursive: true }))
const at = (size: number) => ({ origin: 'o/log', size, root: 'c'.repeat(64) })

it('keeps its memory from whoever read an older one, in this process or another', async () => {
  const folder = join(home, 'memory')
  const [one, other] = [folderHead(folder), folderHead(folder)]
  expect(await one.read()).toBeNull()
  expect(await one.replace(null, at(1))).toBe(true)
  const both = await Promise.all([one.replace(at(1), at(2)), other.replace(at(1), at(3))])
  expect(both.filter(Boolean)).toHaveLength(1)
  expect(await one.read()).toEqual(at(both[0] ? 2 : 3))
  expect(await other.replace(at(1), at(9))).toBe(false)
})

it('goes on from what was kept before heads had numbers, and keeps two files', async () => {
  await writeFile(join(home, 'head.json'), JSON.stringify(at(4)))
  const head = folderHead(home)
  expect(await head.read()).toEqual(at(4))
  for (let size = 4; size < 12; size += 1)
    expect(await head.replace(at(size), at(size + 1))).toBe(true)
  expect(await head.read()).toEqual(at(12))
  const names = (await readdir(home)).filter((name) => name !== 'head.json')
  expect(names).toHaveLength(2)
})
