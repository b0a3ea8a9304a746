// Which ports are chosen, and what people are told when one is taken.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { choosePorts } from './ports.ts'

const held: Server[] = []
const hold = async (port: number): Promise<number> => {
  const server = createServer().listen(port, '127.0.0.1')
  held.push(server)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
afterEach(() => {
  for (const server of held.splice(0)) server.close()
})

/** A base whose five ports are free, as far as one can know. */
const freeBase = async (): Promise<number> => {
  for (;;) {
    const { edge } = await choosePorts('0')
    const ports = await choosePorts(String(edge)).catch(() => null)
    if (ports) return ports.edge
  }
}

it('takes the port and its neighbours', async () => {
  const base = await freeBase()
  expect(await choosePorts(String(base))).toEqual({
    edge: base,
    forge: base + 1,
    functions: base + 2,
    identity: base + 3,
    receiver: base + 4,
  })
})

it('takes five different free ports for 0', async () => {
  const ports = Object.values(await choosePorts('0'))
  expect(new Set(ports).size).toBe(5)
  expect(Math.min(...ports)).toBeGreaterThan(0)
})

it('names the taken port, what it is for and the way to choose another', async () => {
  const base = await freeBase()
  await hold(base + 1)
  await expect(choosePorts(String(base))).rejects.toThrow(
    `Port ${base + 1}, for the local forge, is already in use. Choose another: PORT=9000 npm start`,
  )
})

it('leaves the ports free again, also after a refusal', async () => {
  const base = await freeBase()
  const taken = await hold(base + 2)
  await expect(choosePorts(String(base))).rejects.toThrow(`Port ${taken}`)
  expect(await hold(base)).toBe(base)
})

it.each(['x', '-1', '65532', '99999', '8787.5', ' 1'])('refuses PORT=%s', async (setting) => {
  await expect(choosePorts(setting)).rejects.toThrow('PORT must be a number from 0 to 65531')
})
