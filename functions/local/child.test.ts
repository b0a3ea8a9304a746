// A child that does not want to end is ended, and gets no more of our environment than it needs.
import { expect, it } from 'vitest'
import { startChild } from './child.ts'

const node = (source: string, lines: string[] = []) =>
  startChild({
    name: 'A child',
    command: process.execPath,
    args: ['-e', source],
    env: { GIVEN: 'yes' },
    listenFd: 1,
    log: (line) => void lines.push(line),
  })
const LISTEN = `console.log('{"event":"listen","port":7}')`

it('kills what ignores SIGTERM', async () => {
  const child = await node(
    `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); ${LISTEN}`,
  )
  await child.stop()
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
})

it('hands on a given environment, not its own', async () => {
  process.env.PHOENIX_TEST_SECRET = 'hidden'
  const lines: string[] = []
  const child = await node(
    `console.error(process.env.GIVEN, process.env.PHOENIX_TEST_SECRET); ${LISTEN}`,
    lines,
  )
  await child.exited
  expect(child.port).toBe(7)
  expect(lines).toEqual(['yes undefined'])
})

it('rejects with the last words of a child that ends too early', async () => {
  await expect(node(`console.error('no luck'); process.exit(3)`)).rejects.toThrow(
    'A child ended before it listened (3): no luck',
  )
})

it('rejects when there is no such command', async () => {
  const missing = { name: 'x', command: '/nonexistent/command', args: [], listenFd: 1 as const }
  await expect(startChild(missing)).rejects.toThrow('ENOENT')
})
