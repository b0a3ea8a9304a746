// The folder as a store: the examination, what a crash leaves, and what goes with time.
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../simulator/backup-store.ts'
import { examineBackupStore } from './examination.ts'
import { createFolderStore } from './folder.ts'
import { staying } from './thin.ts'

const OWNER = 'ten_eu_aaaaaaaaaaaaaaaa'
const DAY = 86_400_000
const NOW = new Date('2026-11-22T12:00:00.000Z')
const homes: string[] = []
const open = async () => {
  const home = await mkdtemp(join(tmpdir(), 'phoenix-backups-'))
  homes.push(home)
  return { home, store: createFolderStore({ home, now: () => NOW }) }
}
afterAll(async () => {
  for (const home of homes) await rm(home, { recursive: true })
})

examineBackupStore('A folder', async () => (await open()).store)
examineBackupStore('Memory', async () => createMemoryStore())

const idAt = (time: number) => `${new Date(time).toISOString().replaceAll(/[-:.]/g, '')}-0000000001`
const ago = (days: number) => idAt(NOW.getTime() - days * DAY)

describe('a folder', () => {
  it('shows nothing of what a crash left half written', async () => {
    const { home, store } = await open()
    await mkdir(join(home, OWNER, 'exports'), { recursive: true })
    await writeFile(join(home, OWNER, 'exports', '.draft'), 'half')
    expect(await store.list(`${OWNER}/exports/`)).toEqual([])
  })

  it('loses an export that is too old, then the pieces that no other needs', async () => {
    const { home, store } = await open()
    const put = async (days: number, pieces: string[]) => {
      const id = ago(days)
      const head = {
        ...{ schema: 'phoenix.export/v1', owner: OWNER, id, sequence: 1, at: NOW.toISOString() },
        ...{ keyId: 'k', log: '', logSize: 0, logLast: '', migrations: [], pieces },
      }
      const file = new TextEncoder().encode(`${JSON.stringify(head)}\nsealed`)
      for (const piece of pieces) {
        const name = `${OWNER}/pieces/${piece}`
        await store.put(name, new TextEncoder().encode(piece))
        const then = new Date(NOW.getTime() - days * DAY)
        await utimes(join(home, name), then, then)
      }
      await store.put(`${OWNER}/exports/${id}`, file)
    }
    const [old, shared, fresh] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [
      string,
      string,
      string,
    ]
    await put(400, [old, shared])
    await put(1, [shared, fresh])
    expect(await store.thin(OWNER, 365)).toBe(2)
    expect(await store.list(`${OWNER}/exports/`)).toEqual([`${OWNER}/exports/${ago(1)}`])
    expect(await readdir(join(home, OWNER, 'pieces'))).toEqual([shared, fresh])
    expect(await store.thin(OWNER, 365)).toBe(0)
  })
})

describe('what stays', () => {
  const kept = (days: number[], retention = 2_557) => {
    const ids = days.map(ago)
    const stay = staying(ids, NOW, retention)
    return days.filter((_, index) => stay.has(ids[index] ?? ''))
  }

  it('is everything of two days, one a day for five weeks, one a month for seven years', () => {
    expect(kept([0, 0.01, 0.5, 1.9])).toEqual([0, 0.01, 0.5, 1.9])
    expect(kept([3.1, 3.2, 3.3, 4.1])).toEqual([3.1, 4.1])
    expect(kept([53, 54, 55, 83, 84])).toEqual([53, 83])
    expect(kept([0, 2_500, 2_600])).toEqual([0, 2_500])
  })

  it('is always the newest, however old', () => {
    expect(kept([5_000, 5_001])).toEqual([5_000])
    expect(kept([10, 11], 1)).toEqual([10])
  })
})
