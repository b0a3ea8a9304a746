// A local EVM chain for tests: anvil from npm on a free port of this machine, ended by its handle. Its accounts are anvil's own,
// whose keys everybody knows.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocket } from 'node:net'
import { join } from 'node:path'
import type { Hex } from 'viem'

const NAMES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' }
const BINARY = join(
  import.meta.dirname,
  `../node_modules/@foundry-rs/anvil-${process.platform}-${NAMES[process.arch] ?? process.arch}/bin/anvil`,
)
const STARTS_WITHIN_MS = 15_000

/**
 * Why there is no local chain here; null: there is one. The package that gathers anvil for all platforms names some that the
 * registry does not have everywhere, and a lock file with them cannot be installed: the one for Linux is asked for by itself.
 */
export const missing = existsSync(BINARY)
  ? null
  : `there is no anvil for ${process.platform} ${process.arch} here; functions/verify/package.json has it for linux x64`

/** The first accounts of the well-known phrase "test test … junk". */
export const KEYS = [
  '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
  '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
  '0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a',
  '0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6',
  '0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a',
  '0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba',
] as const satisfies Hex[]

export interface Chain {
  url: string
  stop: () => Promise<void>
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const socket = createSocket().listen(0, '127.0.0.1', () => {
      const { port } = socket.address() as AddressInfo
      socket.close(() => resolve(port))
    })
  })

const listening = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('anvil does not start')), STARTS_WITHIN_MS)
    child.once('exit', () => reject(new Error('anvil ended before it listened')))
    child.stdout?.on('data', (text) => {
      if (!String(text).includes('Listening on')) return
      clearTimeout(timer)
      resolve()
    })
  })

/** `more`: flags of anvil. The chain has id 138 and London's and Shanghai's rules, as Besu's networks here have. */
export const startChain = async (...more: string[]): Promise<Chain> => {
  const port = await freePort()
  const flags = ['--host', '127.0.0.1', '--port', String(port), '--hardfork', 'shanghai']
  const child = spawn(BINARY, [...flags, '--chain-id', '138', ...more], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await listening(child)
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** What happens to a call on its way: passed on, lost before the node had it, or its answer lost. */
export type Fate = 'pass' | 'lose-call' | 'lose-answer'

/** A proxy before a node that loses what it is told to lose, by closing the socket. */
export const startProxy = async (target: string, fateOf: (method: string) => Fate) => {
  const lost: Record<string, number> = {}
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const { method } = JSON.parse(body.toString()) as { method: string }
    const fate = fateOf(method)
    if (fate !== 'pass') lost[method] = (lost[method] ?? 0) + 1
    if (fate === 'lose-call') return void request.socket.destroy()
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(target, { method: 'POST', headers, body })
    const text = await answer.text()
    if (fate === 'lose-answer') return void request.socket.destroy()
    response.writeHead(answer.status, headers).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lost,
    stop: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
}
