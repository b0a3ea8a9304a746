// A tenant whose newest export is from before what a test does, and whose database can be lost and restored over HTTP.
import { vi } from 'vitest'
import { backupOffice, createMemoryStore } from '../../../../functions/simulator/backup-store.ts'
import { createTenantWorld } from '../../../../functions/simulator/tenant-world.ts'
import type { RestoreReport } from '../../../../schemas/backup.ts'

/** The operator lets the people of the test in again. */
export const confirmTokens = async (world: World): Promise<void> => {
  for (const token of Object.values(world.tokens)) {
    const id = /tok[a-z2-7]{16}/.exec(token)?.[0]
    const path = `/v1/tenants/acme/tokens/${id}/confirm`
    const { status } = await world.http('POST', path, { token: world.operator })
    // Of whoever was erased there is none any more.
    if (status !== 200 && status !== 404) throw new Error(`a token was not confirmed: ${status}`)
  }
}

/** Call it with fake time. What is done after it is in no export. */
export const createLostWorld = async (prepare?: (world: World) => Promise<unknown>) => {
  const world = await createTenantWorld()
  let storing = true
  const stop = (verb: string) => {
    if (verb === 'put' && !storing) throw new TypeError('network')
  }
  const beyond = world.env.LOCAL?.fetch ?? fetch
  world.env.LOCAL = { fetch: backupOffice(createMemoryStore(), beyond, stop) }
  world.env.BACKUPS = 'functions'
  await prepare?.(world)
  for (let round = 0; round < 2; round += 1) {
    vi.setSystemTime(Date.now() + 300_001)
    await world.tenant.wake()
    await world.settle()
  }
  storing = false
  const restore = async (
    body: object = { backup: 'newest', adopt: true },
    token = world.operator,
  ) => {
    const response = await world.http('POST', '/v1/tenants/acme/restore-backup', { token, body })
    const text = (await response.json()) as RestoreReport & { detail?: string; type?: string }
    return { status: response.status, body: text }
  }
  const rows = <Row>(query: string, ...values: string[]): Row[] =>
    (world.tenants
      .storageOf(world.tenantId)
      ?.sql.exec(query, ...values)
      .toArray() ?? []) as Row[]
  return { ...world, restore, rows, lose: () => world.tenants.lose(world.tenantId) }
}
type World = Awaited<ReturnType<typeof createTenantWorld>>
export type LostWorld = Awaited<ReturnType<typeof createLostWorld>>
