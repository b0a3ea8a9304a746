// Who may call what asks for a key, and who may administer the host.
import { expect, it } from 'vitest'
import { admits, HostKeys } from './keys.ts'
import { sampleApp } from './running.fixture.ts'

const MASTER = 'master-master-master'
const HOST = 'host-host-host-host'
const OWN = 'keyed-keyed-keyed-keyed'
const app = sampleApp()
const keys = { master: MASTER, host: HOST, functions: { keyed: OWN, mastered: OWN } }
let opened: Awaited<ReturnType<typeof app.start>> | undefined
const withKey = (key: string) => ({ headers: { 'x-functions-key': key } })

it.each([
  ['keyed', null, 401],
  ['keyed', 'wrong', 401],
  ['keyed', OWN, 200],
  ['keyed', HOST, 200],
  ['keyed', MASTER, 200],
  ['mastered', OWN, 401],
  ['mastered', HOST, 401],
  ['mastered', MASTER, 200],
])('%s with the key %s answers %i', async (name, key, status) => {
  opened ??= await app.start({ keys })
  const { get } = opened
  expect((await get(`/api/${name}`, key === null ? {} : withKey(key))).status).toBe(status)
  expect((await get(`/api/${name}?code=${key ?? ''}`)).status).toBe(status)
  expect((await get('/api/empty')).status).toBe(200)
})

it('is closed where no keys are set, and so is /admin, whatever is asked there', async () => {
  const { get } = await app.start()
  expect((await get('/api/keyed')).status).toBe(401)
  for (const path of ['/admin', '/admin/host/status', '/admin/functions/tick', '/admin/nowhere'])
    for (const method of ['GET', 'POST'])
      for (const key of ['', 'undefined', HOST])
        expect((await get(path, { method, ...withKey(key) })).status).toBe(401)
})

it('takes no name of a function that every object has', () => {
  expect(admits(HostKeys.parse({}), 'function', 'constructor', 'x')).toBe(false)
  expect(() => HostKeys.parse({ master: 'short' })).toThrow()
})

it('tells the master what runs, and runs timers and queue functions for him', async () => {
  const { get, seen } = await app.start({ keys })
  const master = withKey(MASTER)
  const status = await (await get('/admin/host/status', master)).json()
  const digest = expect.stringMatching(/^[0-9a-f]{64}$/)
  expect(status).toMatchObject({ state: 'Running', bundle: { 'app.cjs': digest } })
  const list = (await (await get('/admin/functions', master)).json()) as { name: string }[]
  expect(list).toContainEqual(
    expect.objectContaining({ name: 'echo', invoke_url_template: '/api/echo/{id:int?}' }),
  )
  const post = async (name: string, body: string): Promise<number> =>
    (await get(`/admin/functions/${name}`, { method: 'POST', body, ...master })).status
  const input = JSON.stringify({ input: '{"name":"hand","fails":0}' })
  expect(await post('work', input)).toBe(202)
  expect(await post('unlucky', '')).toBe(202)
  await expect
    .poll(seen)
    .toEqual(expect.arrayContaining(['after hand is done', 'unlucky false 0', 'unlucky false 2']))
  expect(await post('nowhere', input)).toBe(404)
  expect(await post('echo', input)).toBe(404)
  expect(await post('work', '{')).toBe(400)
  expect(await post('work', '{"input":1}')).toBe(400)
})
