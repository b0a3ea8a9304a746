// The newest export is the one that was made last, also where the clock was ahead for a while and was put back.
import { expect, it } from 'vitest'
import { fakeStorage } from '../../../functions/simulator/actor-storage.ts'
import { createMemoryStore } from '../../../functions/simulator/backup-store.ts'
import { migrate } from '../database.ts'
import { migrations } from '../migrations/directory.ts'
import { beginExport, goOnWithExport, noLog } from './export.ts'
import { fetchPieces, findExport, putInPlace } from './restore.ts'
import { backupKeys } from './seal.ts'

it('brings back what was written after the clock was put back', async () => {
  const store = createMemoryStore()
  const keys = backupKeys({ PLATFORM_KEY: '11'.repeat(32) })
  const open = () => {
    const storage = fakeStorage() as unknown as DurableObjectStorage
    migrate(storage, migrations)
    return storage
  }
  const storage = open()
  const place = (name: string) =>
    storage.sql.exec(
      `INSERT INTO places (kind, name, jurisdiction) VALUES ('site', '${name}', 'eu')`,
    )
  const take = async (at: string) => {
    const exporting = { storage, owner: 'directory', store, keys, log: noLog, mark: () => 0 }
    const one = { ...exporting, now: () => new Date(at) }
    expect(beginExport(one)).not.toBeNull()
    while ((await goOnWithExport(one, { pieces: 9 })) === null);
  }
  place('before')
  await take('2026-11-24T07:00:00.000Z') // a day ahead
  place('after')
  await take('2026-11-23T07:05:00.000Z') // put right
  const lost = open()
  const restoring = { storage: lost, owner: 'directory', store, keys, migrations }
  const found = await findExport(restoring, 'newest')
  if (!found.ok) throw new Error(found.refusal.problem)
  expect(await fetchPieces(restoring, found.value)).toMatchObject({ ok: true })
  putInPlace(restoring, found.value, () => undefined)
  const names = lost.sql.exec('SELECT name FROM places ORDER BY name').toArray()
  expect(names).toEqual([{ name: 'after' }, { name: 'before' }])
})
