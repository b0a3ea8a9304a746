// HTTP streaming through the library's own listener, as Azure's host does it.
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { sampleApp } from './running.fixture.ts'
import { capabilitiesOnLoopback } from './streaming.ts'

const app = sampleApp('stream-app.fixture.ts')

it('streams both ways at once', async () => {
  const { port } = await app.start()
  const path = '/api/halves/tea?a=1'
  const sent = httpRequest({ host: '127.0.0.1', port, path, method: 'POST' })
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>()
  sent.once('response', resolve)
  sent.flushHeaders()
  const answer = await promise
  expect(answer.statusCode).toBe(206)
  expect(answer.headers).toMatchObject({ 'x-more': 'yes' })
  expect(answer.headers).not.toHaveProperty('x-ms-invocation-id')
  const parts = answer.setEncoding('utf8')[Symbol.asyncIterator]()
  expect((await parts.next()).value).toBe('first tea;')
  sent.end('word')
  expect((await parts.next()).value).toBe(`second word http://127.0.0.1:${port}${path}`)
})

it.each([
  ['guarded', 401],
  ['nothing', 204],
  ['throws', 500],
  ['nowhere', 404],
])('answers for %s with %i and nothing more', async (name, status) => {
  const { get, close } = await app.start()
  const response = await get(`/api/${name}`)
  expect(response.status).toBe(status)
  expect(await response.text()).toBe('')
  await close()
})

it('lets the library listen on this machine alone', async () => {
  const { createServer } = await import('node:http')
  const server = createServer()
  await capabilitiesOnLoopback(async () => {
    await new Promise<void>((resolve) => server.listen(resolve))
    return {}
  })
  expect(server.address()).toMatchObject({ address: '127.0.0.1' })
  server.close()
})
