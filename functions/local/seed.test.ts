// The defaults are put in place at every start: the same again, and whoever has left since stays gone.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createWorld, type World } from '../simulator/edge-world.ts'
import { PROVIDER_NAME } from './identity-provider/people.ts'
import { seed } from './seed.ts'

const URL_HERE = 'http://127.0.0.1:8787'
const PROVIDER = { issuer: 'http://127.0.0.1:1', clientId: 'phoenix', label: 'Laptop' }
let world: World
beforeEach(() => {
  world = createWorld()
  world.env.OIDC_ISSUERS = JSON.stringify([{ name: PROVIDER_NAME, ...PROVIDER }])
  vi.stubGlobal('fetch', (address: string, init: RequestInit) =>
    world.app.request(address.slice(URL_HERE.length), init, world.env),
  )
})
afterEach(() => vi.unstubAllGlobals())

const start = () => seed(URL_HERE, world.operator)
const DBIS = '/v1/tenants/dbis'
const any = { headers: { 'if-match': '*' } }
const remove = (handle: string) =>
  world.send('DELETE', `${DBIS}/members/${handle}`, { token: world.operator, ...any })
const read = async (name: string) => {
  const answer = await world.send('GET', `${DBIS}/members/${name}`, { token: world.operator })
  return { status: answer.status, ...((await answer.json()) as { id: string; state: string }) }
}

it('gives the same at every start', async () => {
  const first = await start()
  expect(Object.values(first.tokens).every((token) => token.startsWith('phx_'))).toBe(true)
  expect(await start()).toEqual(first)
})

it('leaves out whoever was removed, and brings nobody back', async () => {
  const first = await start()
  expect((await remove('rita')).status).toBe(200)
  const next = await start()
  expect(next.tokens).toEqual({ ...first.tokens, requester: '' })
  expect((await read('rita')).state).toBe('removed')
})

it('leaves out whoever was erased, and brings nobody back', async () => {
  const first = await start()
  const { id } = await read('anton')
  await remove('anton')
  const path = `${DBIS}/members/${id}/erase`
  expect((await world.send('POST', path, { token: world.operator, ...any })).status).toBe(200)
  const next = await start()
  expect(next.tokens).toEqual({ ...first.tokens, approver: '' })
  expect((await read(id)).state).toBe('erased')
  expect((await read('anton')).status).toBe(404)
})

it('goes on where a demo token was revoked', async () => {
  const { tokens } = await start()
  const token = tokens.auditor
  const me = await world.send('GET', `${DBIS}/me`, { token })
  const { credential } = (await me.json()) as { credential: string }
  await world.send('DELETE', `${DBIS}/tokens/${credential}`, { token, ...any })
  expect((await start()).tokens).toEqual({ ...tokens, auditor: '' })
})

it('starts without a tenant that waits to be restored, and says why', async () => {
  const first = await start()
  const tenant = await world.send('GET', DBIS, { token: world.operator })
  const { id } = (await tenant.json()) as { id: string }
  await world.env.LOG.getByName('log').noteHead(id, { size: 999, root: 'a'.repeat(64) })
  world.tenants.evict(id)
  const { tokens, operators, azurePlace, waiting } = await start()
  expect(waiting).toEqual([{ tenant: 'dbis', why: expect.stringContaining('restores') }])
  expect(Object.values(tokens)).toEqual(['', '', '', ''])
  expect(azurePlace).toBe('')
  expect(operators).toEqual(first.operators)
})

it('still says what is wrong where a default is refused', async () => {
  world.env.OIDC_ISSUERS = '[]'
  await expect(start()).rejects.toThrow('422')
})
