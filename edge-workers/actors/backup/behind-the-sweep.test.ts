// What the platform keeps is exported every five minutes, also while a tenant's actor is slow to wake.
import { afterEach, expect, it, vi } from 'vitest'
import { backupOffice, createMemoryStore } from '../../../functions/simulator/backup-store.ts'
import { createTenantWorld } from '../../../functions/simulator/tenant-world.ts'
import { Tenant } from '../tenant.ts'

afterEach(() => void vi.restoreAllMocks())

it('no tenant that does not wake keeps the Directory, the log and the Inventories from their export', async () => {
  const world = await createTenantWorld()
  const store = createMemoryStore()
  world.env.LOCAL = { fetch: backupOffice(store, fetch) }
  world.env.BACKUPS = 'functions'
  vi.spyOn(Tenant.prototype, 'wake').mockImplementation(() => new Promise(() => undefined))
  void world.directory.alarm('directory')
  const owners = () =>
    [...store.files.keys()]
      .filter((name) => name.includes('/exports/'))
      .map((name) => name.split('/')[0])
  const all = expect.arrayContaining(['directory', 'log', 'inventory-eu'])
  await vi.waitFor(() => expect(owners()).toEqual(all), 10_000)
})
