// The edge with a platform's log that can go all the way: a forge in memory, and a second party and an anchor that answer in
// this process. Its alarm rings when a test says so, at the time that it was set for.
import { webcrypto } from 'node:crypto'
import { vi } from 'vitest'
import { sha256Hex } from '../../edge-workers/digest.ts'
import { toBase64 } from '../../gitops/log/bytes.ts'
import { keyIdOf } from '../../gitops/log/note.ts'
import { leafHashOf, nodesOfAppend, rootOf, type TreeReader } from '../../gitops/log/tree.ts'
import type { LogHead } from '../../schemas/log.ts'
import {
  ANCHOR_LATEST_PATH,
  ANCHOR_PATH,
  AnchorCheckpoint,
  COSIGN_PATH,
  CosignCheckpoint,
} from '../../schemas/wire.ts'
import { edgeKeysOf } from '../checkpoint-note.ts'
import { type Cosigner, cosign } from '../cosign-checkpoint.ts'
import { createWorld } from './edge-world.ts'
import { createMemoryForge } from './memory-forge.ts'

export const START = new Date('2026-11-22T12:00:00.000Z')
const { subtle } = webcrypto

/** A second party whose key and memory last as long as the object does. */
export const createCosigner = async (name: string, edgeJwk: string): Promise<Cosigner> => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const { privateKey, publicKey } = await subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const spki = new Uint8Array(await subtle.exportKey('spki', publicKey))
  let remembered: Awaited<ReturnType<Cosigner['head']['read']>> = null
  return {
    edgeKeys: edgeKeysOf(JSON.stringify({ keys: [JSON.parse(edgeJwk)] })),
    head: {
      read: async () => remembered,
      replace: async (before, after) => {
        if (JSON.stringify(before) !== JSON.stringify(remembered)) return false
        remembered = after
        return true
      },
    },
    signer: {
      key: async () => ({
        ...{ name, algorithm: 'ES256', simulated: true, publicKey: toBase64(spki) },
        keyId: keyIdOf(name, 'ES256', spki, sha256Hex),
      }),
      sign: async (data) => new Uint8Array(await subtle.sign(algorithm, privateKey, data)),
    },
  }
}

/** A tenant's log in memory: leaf i of log `name` is its name and number. */
export const createLog = (name: string) => {
  const hashes = new Map<string, string>()
  const reader: TreeReader = { hashAt: (level, index) => hashes.get(`${level} ${index}`) }
  let size = 0
  const headAt = (of: number): LogHead => ({ size: of, root: rootOf(reader, of, sha256Hex) })
  return {
    headAt,
    grow: (leaves = 1): LogHead => {
      for (let left = leaves; left > 0; left -= 1) {
        const hash = leafHashOf(`${name} ${size}`, sha256Hex)
        for (const node of nodesOfAppend(reader, size, hash, sha256Hex))
          hashes.set(`${node.level} ${node.index}`, node.hash)
        hashes.set(`0 ${size}`, hash)
        size += 1
      }
      return headAt(size)
    },
  }
}

/** Stands around what leaves the actor: may do it or not, and throw before or after. */
export type Around = (
  what: 'cosign' | 'anchor' | string,
  run: () => Promise<unknown>,
) => Promise<unknown>

export const createLogWorld = async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  const memory = createMemoryForge()
  const anchored: { size: number; root: string }[] = []
  let around: Around = (_, run) => run()
  const office: { cosigner: Cosigner | null; anchor: boolean | 'simulated chain' } = {
    ...{ cosigner: null, anchor: true },
  }
  const answer = async (path: string, body: unknown): Promise<Response> => {
    if (path === COSIGN_PATH && office.cosigner)
      return Response.json(await cosign(CosignCheckpoint.parse(body), office.cosigner))
    if (path === ANCHOR_LATEST_PATH && office.anchor) {
      const top = anchored.at(-1)
      const latest = top ? { ...top, reference: `memory, ${top.size}` } : null
      return Response.json({ kind: 'file', independent: false, simulated: false, latest })
    }
    if (path !== ANCHOR_PATH || !office.anchor) return new Response(null, { status: 404 })
    const { size, root } = AnchorCheckpoint.parse(body)
    const simulated = office.anchor === 'simulated chain'
    const kind = { kind: simulated ? 'evm' : 'file', independent: false, simulated }
    if ((anchored.at(-1)?.size ?? 0) > size) return Response.json({ ...kind, refused: 'larger' })
    if (anchored.at(-1)?.size !== size) anchored.push({ size, root })
    return Response.json({ ...kind, reference: `memory, ${size}` })
  }
  const local: typeof fetch = async (input, init) => {
    const { pathname } = new URL(String(input))
    const body: unknown = JSON.parse(await new Response(init?.body ?? null).text())
    const what = { [COSIGN_PATH]: 'cosign', [ANCHOR_PATH]: 'anchor' }[pathname] ?? 'latest'
    return (await around(what, () => answer(pathname, body))) as Response
  }
  const env = { LOG_BATCH_SECONDS: '10', LOG_PUBLISH_SECONDS: '60', LOG_ANCHOR_SECONDS: '60' }
  const world = createWorld({
    env: { ...env, LOCAL: { fetch: local } },
    connect: () => memory.forge,
  })
  office.cosigner = await createCosigner('test/cosigner', world.env.EDGE_SIGNING_KEY)
  world.repository.setIntercept((call, run) => around(call.replace(/.*\./, ''), run))
  const log = world.env.LOG.getByName('log')
  const database = () => {
    world.log.wake('log')
    const found = world.log.actors.get('log')
    if (!found) throw new Error('there is no log')
    return found.surroundings.storage.sql
  }

  /** Rings at the time that the alarm was set for, so often at most. True: it came to rest. */
  const settle = async (rings = 20): Promise<boolean> => {
    world.log.wake('log')
    await world.log.actors.get('log')?.surroundings.settled()
    for (let rung = 0; rung < rings; rung += 1) {
      const due = world.log.alarmOf('log')
      if (due === null) return true
      vi.setSystemTime(Math.max(due, Date.now()))
      await world.log.alarm('log')
    }
    return world.log.alarmOf('log') === null
  }
  return {
    ...world,
    memory,
    office,
    /** The namespace is `log` of the world; this is the actor as others reach it. */
    stub: log,
    anchored,
    settle,
    setAround: (next: Around | null): void => {
      around = next ?? ((_, run) => run())
    },
    rows: <Row>(query: string): Row[] => database().exec(query).toArray() as Row[],
  }
}
export type LogWorld = Awaited<ReturnType<typeof createLogWorld>>
