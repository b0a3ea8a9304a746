// One instance stands still between its look and its write while another goes on: it must find out that it was overtaken.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'

const gate = vi.hoisted(() => ({ hold: null as Promise<void> | null }))
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  return {
    ...real,
    link: async (from: string, to: string) => {
      const { hold } = gate
      gate.hold = null
      await hold
      return real.link(from, to)
    },
  }
})
const { folderHead } = await import('./cosigned-head.ts')

it('an instance that stood still while three heads were signed signs no fork of them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'phoenix-head-'))
  const [slow, fast] = [folderHead(folder), folderHead(folder)]
  const at = (size: number, root: string) => ({ origin: 'o/log', size, root: root.repeat(64) })
  expect(await fast.replace(null, at(1, 'a'))).toBe(true)
  let go = () => {}
  gate.hold = new Promise<void>((resolve) => (go = resolve))
  const late = slow.replace(at(1, 'a'), at(2, 'f')) // the fork
  await vi.waitFor(() => expect(gate.hold).toBeNull())
  expect(await fast.replace(at(1, 'a'), at(2, 'b'))).toBe(true)
  expect(await fast.replace(at(2, 'b'), at(3, 'c'))).toBe(true)
  expect(await fast.replace(at(3, 'c'), at(4, 'd'))).toBe(true)
  go()
  expect(await late).toBe(false) // true: cosign() signs the fork of size 2
  expect(await fast.read()).toEqual(at(4, 'd'))
})
