// A Flux configuration whose row is behind `live`: what was restored from a backup that is older than the last promotion, or waits for the
// forge. What Git says no more is neither put into Azure nor taken away there.
import { expect, it, vi } from 'vitest'
import { backupOffice, createMemoryStore } from '../../functions/simulator/backup-store.ts'
import { CLUSTERS, createFluxWorld, quietly, specOf } from './flux-world.fixture.ts'

quietly()

/** Applied. */
const open = async () => {
  const on = await createFluxWorld()
  let storing = true
  const stop = (verb: string) => {
    if (verb === 'put' && !storing) throw new TypeError('network')
  }
  on.env.LOCAL = { fetch: backupOffice(createMemoryStore(), on.env.LOCAL?.fetch ?? fetch, stop) }
  on.env.BACKUPS = 'functions'
  const cluster = await on.register()
  const list = `${CLUSTERS}/${cluster}/flux-configurations`
  const one = async () => `${list}/${(await on.readFlux(cluster, 'phoenix')).id}`
  const land = async (asked: ReturnType<typeof on.api>): Promise<void> => {
    const { body } = await asked
    await on.settle()
    await on.land(body.id)
  }
  const make = (syncSeconds: number) =>
    land(on.api('POST', list, { body: { name: 'phoenix', spec: specOf({ syncSeconds }) } }))
  const change = async (syncSeconds: number) =>
    land(on.api('PATCH', await one(), { body: { spec: specOf({ syncSeconds }) } }))
  const remove = async () => {
    const path = await one()
    const { body } = await on.api('DELETE', `${path}?validateOnly=true`)
    await land(on.api('DELETE', `${path}?confirm=${body.plan.destroys.digest}`))
  }
  const backUp = async () => {
    for (let round = 0; round < 2; round += 1) {
      on.advance(301)
      vi.setSystemTime(Date.now() + 301_000)
      await on.tenant.wake()
      await on.settle()
    }
    storing = false
  }
  const restore = async () => {
    on.tenants.lose(on.tenantId)
    const body = { backup: 'newest', adopt: true }
    await on.http('POST', '/v1/tenants/acme/restore-backup', { token: on.operator, body })
  }
  /** What Azure is asked to write: methods, with the interval where there is one. */
  const writes: string[] = []
  const { fetch: azure } = on.arc.azure
  on.arc.azure.fetch = async (url, init) => {
    const [, seconds = ''] = /"syncIntervalInSeconds":(\d+)/.exec(String(init.body)) ?? []
    if (url.includes('/fluxConfigurations/') && init.method !== 'GET')
      writes.push(`${init.method} ${seconds}`.trim())
    return azure(url, init)
  }
  await make(120)
  await on.wait()
  return { ...on, make, change, remove, backUp, restore, writes }
}

it('does not put what a later change has replaced', async () => {
  const on = await open()
  const { fetch } = on.arc.azure
  on.arc.azure.fetch = () => Promise.reject(new TypeError('gone'))
  await on.change(300)
  await on.backUp()
  on.arc.azure.fetch = fetch
  await on.wait(30)
  await on.change(600)
  await on.wait()
  on.writes.splice(0)
  await on.restore()
  await on.wait(30)
  expect(on.writes).toEqual(['PUT 600'])
})

it('does not take away what was made again', async () => {
  const on = await open()
  const { fetch } = on.arc.azure
  on.arc.azure.fetch = () => Promise.reject(new TypeError('gone'))
  await on.remove()
  await on.backUp()
  on.arc.azure.fetch = fetch
  await on.wait(30)
  await on.make(300)
  await on.wait()
  on.writes.splice(0)
  await on.restore()
  await on.wait(30)
  expect(on.writes).toEqual(['PUT 300'])
  expect(on.inAzure('phoenix').gitRepository.syncIntervalInSeconds).toBe(300)
})

it('nor puts it while the forge does not tell what replaced it', async () => {
  const on = await open()
  const { fetch } = on.arc.azure
  on.arc.azure.fetch = async (url, init) =>
    init.method === 'PUT' && url.includes('/fluxConfigurations/')
      ? Response.json({ error: { code: 'BadRequest', message: 'x' } }, { status: 400 })
      : fetch(url, init)
  await on.change(300)
  await on.wait(1)
  const read = vi.spyOn(on.memory.forge, 'readFile').mockRejectedValue(new TypeError('gone'))
  await on.change(600)
  on.arc.azure.fetch = fetch
  on.writes.splice(0)
  await on.wait(30)
  expect(on.writes).toEqual([])
  read.mockRestore()
  await on.wait(130)
  expect(on.writes).toEqual(['PUT 600'])
})
