// What every BackupStore has to do; each adapter sits it.
import { describe, expect, it } from 'vitest'
import type { BackupStore } from '../../schemas/ports.ts'

const OWNER = 'ten_eu_aaaaaaaaaaaaaaaa'
const OTHER = 'ten_eu_bbbbbbbbbbbbbbbb'
const bytes = (text: string) => new TextEncoder().encode(text)
const exportAt = (second: number, owner = OWNER) =>
  `${owner}/exports/20261122T0716${String(second).padStart(2, '0')}000Z-0000000012`
const piece = (digit: string, owner = OWNER) => `${owner}/pieces/${digit.repeat(64)}`

/** `open` gives a fresh and empty store each time. */
export const examineBackupStore = (name: string, open: () => Promise<BackupStore>): void => {
  describe(`${name} as a store of backups`, () => {
    it('gives back what was put, byte by byte, and nothing for what was not', async () => {
      const store = await open()
      const all = Uint8Array.from({ length: 256 }, (_, index) => index)
      expect(await store.put(piece('a'), all)).toBe('kept')
      expect(await store.get(piece('a'))).toEqual(all)
      expect(await store.get(piece('b'))).toBeNull()
      expect(await store.get(piece('a', OTHER))).toBeNull()
      expect(await store.put(piece('c'), new Uint8Array())).toBe('kept')
      expect(await store.get(piece('c'))).toEqual(new Uint8Array())
    })

    it('takes the same again, and other bytes under a name never', async () => {
      const store = await open()
      await store.put(piece('a'), bytes('one'))
      expect(await store.put(piece('a'), bytes('one'))).toBe('kept')
      expect(await store.put(piece('a'), bytes('two'))).toEqual({ refused: expect.any(String) })
      expect(await store.get(piece('a'))).toEqual(bytes('one'))
    })

    it('takes no export whose pieces it does not have: nobody could restore it', async () => {
      const store = await open()
      const [name, pieces] = [exportAt(1), ['a'.repeat(64), 'b'.repeat(64)]]
      const head = {
        ...{ schema: 'phoenix.export/v1', owner: OWNER, id: name.split('/')[2], sequence: 1 },
        ...{ at: '2026-11-22T07:16:01.000Z', keyId: 'k', log: '', logSize: 0, logLast: '' },
        ...{ migrations: [], pieces },
      }
      const file = bytes(`${JSON.stringify(head)}\nsealed`)
      await store.put(piece('a'), bytes('one'))
      await store.put(piece('b', OTHER), bytes('two'))
      expect(await store.put(name, file)).toEqual({ refused: expect.any(String) })
      expect(await store.list(`${OWNER}/exports/`)).toEqual([])
      await store.put(piece('b'), bytes('two'))
      expect(await store.put(name, file)).toBe('kept')
    })

    it('lists in order, of one owner and kind', async () => {
      const store = await open()
      for (const name of [exportAt(2), exportAt(1), exportAt(3, OTHER), piece('a')])
        await store.put(name, bytes(name))
      expect(await store.list(`${OWNER}/exports/`)).toEqual([exportAt(1), exportAt(2)])
      expect(await store.list(`${OWNER}/pieces/`)).toEqual([piece('a')])
      expect(await store.list('ten_eu_cccccccccccccccc/exports/')).toEqual([])
    })

    it.each([
      '../exports/20261122T071600000Z-0000000012',
      `${OWNER}/../${OTHER}/pieces/${'a'.repeat(64)}`,
      `${OWNER}/pieces/${'a'.repeat(63)}`,
      `${OWNER}/pieces/${'a'.repeat(64)}/x`,
      `${OWNER}/exports/.secret`,
      '/etc/passwd',
      '',
    ])('takes no name that is not one of ours: %s', async (name) => {
      const store = await open()
      await expect(store.put(name, bytes('x'))).rejects.toThrow()
      await expect(store.get(name)).rejects.toThrow()
      expect(await store.list(name)).toEqual([])
    })
  })
}
