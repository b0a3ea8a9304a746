// Which ports the laptop uses: PORT for the edge, then the forge, the Functions, the identity provider and
// the receiver of webhooks on the next four.
// Looks before it leaps: a port can still be taken between the look and the listening, which then fails by itself.
import { type AddressInfo, createServer, type Server } from 'node:net'

export const DEFAULT_PORT = 8787
const NEIGHBOURS = ['edge', 'forge', 'functions', 'identity', 'receiver'] as const
const ROLES = {
  edge: 'Phoenix itself',
  forge: 'the local forge',
  functions: 'the Functions host',
  identity: 'the identity provider',
  receiver: 'the receiver of webhooks',
}

export type Ports = Record<(typeof NEIGHBOURS)[number], number>

const HIGHEST_BASE = 65535 - (NEIGHBOURS.length - 1)

const basePort = (setting: string | undefined): number => {
  const text = setting || String(DEFAULT_PORT)
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= HIGHEST_BASE)) {
    throw new Error(`PORT must be a number from 0 to ${HIGHEST_BASE}; 0 takes any free ports.`)
  }
  return port
}

const explain = (error: NodeJS.ErrnoException, role: keyof Ports, port: number, base: number) => {
  const other = base === 9000 ? 9100 : 9000
  const reason =
    error.code === 'EADDRINUSE'
      ? 'is already in use'
      : `cannot be opened (${error.code ?? 'unknown reason'})`
  return new Error(
    `Port ${port}, for ${ROLES[role]}, ${reason}. ` +
      `Choose another: PORT=${other} npm start (takes ${other} to ${other + NEIGHBOURS.length - 1}).`,
  )
}

const hold = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })

/**
 * Chooses the five ports. `setting` is the environment variable PORT: absent or empty means 8787, 0 any free ports.
 * Rejects with a sentence for people that names the port in the way and how to choose another.
 */
export const choosePorts = async (setting: string | undefined): Promise<Ports> => {
  const base = basePort(setting)
  const held: Server[] = []
  try {
    for (const [index, role] of NEIGHBOURS.entries()) {
      const port = base === 0 ? 0 : base + index
      held.push(
        await hold(port).catch((error: NodeJS.ErrnoException) => {
          throw explain(error, role, port, base)
        }),
      )
    }
    const [edge = 0, forge = 0, functions = 0, identity = 0, receiver = 0] = held.map(
      (server) => (server.address() as AddressInfo).port,
    )
    return { edge, forge, functions, identity, receiver }
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))))
  }
}
