// Queue functions and timers in a running host: what they are given, how often a failing one is tried, where its message ends.
import { expect, it } from 'vitest'
import { sampleApp } from './running.fixture.ts'
import { openStore } from './store.ts'

const app = sampleApp()
const order = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) })
const ORDERS = 'AzureWebJobsStorage/orders'

it('gives each item of an output to a function, and what that gives back to the next', async () => {
  const { get, seen } = await app.start()
  const asked = [
    { name: 'tea', fails: 0 },
    { name: 'rice', fails: 0 },
  ]
  expect((await get('/api/order', order(asked))).status).toBe(202)
  await expect
    .poll(seen)
    .toEqual(expect.arrayContaining(['after tea is done', 'after rice is done']))
  expect(await seen()).toContain('work tea 1 string')
})

it('tries again what failed, counts, and puts it aside in the end', async () => {
  const { get, seen } = await app.start({}, { extensions: { queues: { maxDequeueCount: 3 } } })
  await get('/api/order', order({ name: 'twice', fails: 2 }))
  await expect.poll(seen).toContain('after twice is done')
  await get('/api/order', order({ name: 'never', fails: 9 }))
  await expect.poll(seen).toContain('buried never')
  const counts = (await seen()).filter((line) => line.startsWith('work never'))
  expect(counts.map((line) => line.split(' ')[2])).toEqual(['1', '2', '3'])
  expect(app.lines).toContain('error work: never fails')
})

it('keeps messages over a restart, encoded as host.json says, and buries what is not', async () => {
  const statePath = app.fileIn('queues.sqlite')
  const store = openStore(statePath)
  const encoded = Buffer.from('{"name":"kept","fails":0}').toString('base64')
  store.put([
    { queue: ORDERS, body: encoded },
    { queue: ORDERS, body: '{"name":"plain"}' },
  ])
  store.close()
  const { seen, close } = await app.start({ statePath })
  await expect.poll(seen).toContain('after kept is done')
  await close()
  const after = openStore(statePath)
  expect(after.bodies(ORDERS)).toEqual([])
  // It is no more readable to whoever looks after poison: there it stays.
  expect(after.bodies(`${ORDERS}-poison-poison`)).toEqual(['{"name":"plain"}'])
  after.close()
})

it('leaves text as it is where host.json says so', async () => {
  const statePath = app.fileIn('plain.sqlite')
  const store = openStore(statePath)
  store.put([{ queue: ORDERS, body: '{"name":"plain","fails":0}' }])
  store.close()
  const queues = { messageEncoding: 'none' }
  const { seen } = await app.start({ statePath }, { extensions: { queues } })
  await expect.poll(seen).toContain('after plain is done')
})

it('runs a timer that came due meanwhile once, as past due, with its retries', async () => {
  const statePath = app.fileIn('timers.sqlite')
  const store = openStore(statePath)
  store.noteTimer('unlucky', '0 0 0 1 1 *', { last: 1, next: 2 })
  store.close()
  const unlucky = async (host: { seen: () => Promise<string[]> }) =>
    (await host.seen()).filter((line) => line.startsWith('unlucky'))
  const host = await app.start({ statePath })
  const thrice = ['unlucky true 0', 'unlucky true 1', 'unlucky true 2']
  await expect.poll(() => unlucky(host)).toEqual(thrice)
  await host.close()
  const again = await app.start({ statePath })
  expect(await unlucky(again)).toEqual([])
})

it('takes a function that is too slow for failed', async () => {
  const { get } = await app.start({}, { functionTimeout: '00:00:01' })
  expect((await get('/api/slow')).status).toBe(500)
  expect(app.lines.join('\n')).toContain('slow: exceeded functionTimeout')
})
