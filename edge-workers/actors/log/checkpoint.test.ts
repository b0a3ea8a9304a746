// From a head to an anchored checkpoint: signed by the edge and by the second party, on the branch `log`, at the anchor. Every
// note can be checked with the keys that are shown, also when they have changed since.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createCosigner,
  createLog,
  createLogWorld,
  type LogWorld,
} from '../../../functions/simulator/log-world.fixture.ts'
import { CHECKPOINT_PATH, LOG_BRANCH, sizePath } from '../../../gitops/log/branch.ts'
import { headOfNote, readNote, verifyNote } from '../../../gitops/log/note.ts'
import { verifyConsistency, verifyInclusion } from '../../../gitops/log/proof.ts'
import { leafHashOf } from '../../../gitops/log/tree.ts'
import type { LogKey } from '../../../schemas/log.ts'
import { gitBlobId, sha256Hex } from '../../digest.ts'
import { verifySignature } from '../../log-key.ts'

const A = 'ten_eu_aaaaaaaaaaaaaaaa'
const TENANTS = [A, 'ten_eu_bbbbbbbbbbbbbbbb', 'ten_eu_cccccccccccccccc']

let world: LogWorld
beforeEach(async () => {
  world = await createLogWorld()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const signersOf = async (note: string, keys: LogKey[]): Promise<string[]> => {
  const held: string[] = []
  for (const key of keys) if (await verifyNote(note, key, verifySignature)) held.push(key.keyId)
  return held
}
const newest = async () => {
  const checkpoint = await world.stub.checkpoint()
  if (!checkpoint) throw new Error('there is no checkpoint')
  return checkpoint
}

describe('a checkpoint', () => {
  it('is signed by both, published and anchored', async () => {
    expect(await world.stub.checkpoint()).toBeNull()
    await world.stub.noteHead(A, createLog('a').grow(3))
    expect(await world.settle()).toBe(true)
    const { note, size, root, cosigned, commit, anchors, origin } = await newest()
    expect(headOfNote(note)).toEqual({ origin, size, root })
    expect(readNote(note)?.signatures).toHaveLength(2)
    expect(await signersOf(note, await world.stub.keys())).toHaveLength(2)
    expect(cosigned).toBe(true)
    expect(world.memory.branches.get(LOG_BRANCH)).toBe(commit)
    expect(await world.memory.forge.readBlob(CHECKPOINT_PATH, LOG_BRANCH)).toBe(gitBlobId(note))
    expect(await world.memory.forge.readBlob(sizePath(size), LOG_BRANCH)).toBe(gitBlobId(note))
    expect(anchors).toMatchObject([{ kind: 'file', size, independent: false }])
    expect(world.anchored.at(-1)).toEqual({ size, root })
    expect(world.memory.commit(commit ?? '').message).toContain(`Phoenix-Log-Size: ${size}\n`)
  })

  it('says of an anchor on a simulated chain that it is one, and of a file nothing of a chain', async () => {
    const log = createLog('a')
    await world.stub.noteHead(A, log.grow())
    await world.settle()
    const file = (await newest()).anchors
    expect(file).toMatchObject([
      { kind: 'file', reference: expect.stringMatching(/^memory, \d+$/) },
    ])
    world.office.anchor = 'simulated chain'
    await world.stub.noteHead(A, log.grow())
    await world.settle()
    const { size, anchors } = await newest()
    const reference = `memory, ${size} (simulated chain)`
    expect(anchors).toMatchObject([{ kind: 'evm', size, reference }, { kind: 'file' }])
  })

  it('leaves main and live alone', async () => {
    const before = [world.memory.branches.get('main'), world.memory.branches.get('live')]
    await world.stub.noteHead(A, createLog('a').grow(3))
    await world.settle()
    const after = [world.memory.branches.get('main'), world.memory.branches.get('live')]
    expect(after).toEqual(before)
  })

  it('grows out of every one before it, and no size has two roots', async () => {
    const logs = TENANTS.map((tenant) => ({ tenant, log: createLog(tenant) }))
    for (let round = 0; round < 4; round += 1) {
      for (const { tenant, log } of logs) await world.stub.noteHead(tenant, log.grow(round + 1))
      await world.settle()
    }
    const rows = world.rows<{ size: number; root: string; note: string }>(
      'select size, root, note from checkpoints order by size',
    )
    expect(rows.length).toBeGreaterThanOrEqual(4)
    for (const older of rows)
      for (const newer of rows.filter(({ size }) => size >= older.size)) {
        const proof = await world.stub.consistency(older.size, newer.size)
        expect(proof.ok && verifyConsistency(proof.value, sha256Hex)).toBe(true)
        expect(proof).toMatchObject({
          value: { from: { root: older.root }, to: { root: newer.root } },
        })
      }
    for (const { note, size, root } of rows) expect(headOfNote(note)).toMatchObject({ size, root })
  })

  it('is committed once in a while, and then the newest', async () => {
    const log = createLog('a')
    const commits = new Set<string>()
    await world.settle()
    const start = Date.now()
    while (Date.now() - start < 175_000) {
      await world.stub.noteHead(A, log.grow())
      await world.settle(1)
      commits.add(world.memory.branches.get(LOG_BRANCH) ?? '')
    }
    commits.delete('')
    expect(commits.size).toBeGreaterThan(1)
    expect(commits.size).toBeLessThanOrEqual(4)
    await world.settle()
    const { note } = await newest()
    expect(await world.memory.forge.readBlob(CHECKPOINT_PATH, LOG_BRANCH)).toBe(gitBlobId(note))
  })
})

describe('a tenant’s head', () => {
  it('is proved under a checkpoint that both have signed, for each of three tenants', async () => {
    const logs = TENANTS.map((tenant) => ({ tenant, log: createLog(tenant) }))
    for (const { tenant, log } of logs) await world.stub.noteHead(tenant, log.grow(4))
    await world.settle()
    for (const { tenant, log } of logs) await world.stub.noteHead(tenant, log.grow(3))
    await world.settle()
    const keys = await world.stub.keys()
    for (const { tenant, log } of logs)
      for (const asked of [1, 4, 5, 7]) {
        const proved = await world.stub.proveHead(tenant, asked)
        if (!proved) throw new Error('no proof')
        const head = headOfNote(proved.checkpoint)
        expect(leafHashOf(proved.leaf, sha256Hex)).toBe(proved.proof.leafHash)
        expect(verifyInclusion(proved.proof, sha256Hex)).toBe(true)
        expect(proved.proof).toMatchObject({ size: head?.size, root: head?.root })
        expect(await signersOf(proved.checkpoint, keys)).toHaveLength(2)
        expect(JSON.parse(proved.leaf)).toMatchObject(log.headAt(asked <= 4 ? 4 : 7))
      }
    expect(await world.stub.proveHead(A, 8)).toBeNull()
  })

  it('is not proved before its checkpoint', async () => {
    await world.stub.noteHead(A, createLog('a').grow(4))
    expect(await world.stub.proveHead(A, 1)).toBeNull()
  })
})

describe('keys', () => {
  it('come into the log before anything that they sign, and say who only pretends', async () => {
    await world.stub.noteHead(A, createLog('a').grow())
    await world.settle()
    const keys = await world.stub.knownKeys()
    expect(keys.map(({ algorithm, simulated }) => [algorithm, simulated])).toEqual([
      ['Ed25519', false],
      ['ES256', true],
    ])
    for (const { leafIndex, keyId, publicKey } of keys) {
      const proved = await world.stub.inclusion(leafIndex ?? -1)
      if (!proved.ok) throw new Error('no proof')
      const leaf = { schema: 'phoenix.key/v1', keyId, publicKey }
      expect(JSON.parse(proved.value.leaf)).toMatchObject(leaf)
    }
  })

  it('that change are leaves, and the old ones still check what they signed', async () => {
    const log = createLog('a')
    await world.stub.noteHead(A, log.grow())
    await world.settle()
    const { note: before } = await newest()
    const [edge, second] = await world.stub.keys()
    world.office.cosigner = await createCosigner('test/other', world.env.EDGE_SIGNING_KEY)
    const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
    const exported = await crypto.subtle.exportKey('jwk', (pair as CryptoKeyPair).privateKey)
    const jwk = exported as JsonWebKey
    world.env.EDGE_SIGNING_KEY = JSON.stringify({ ...jwk, kid: 'next' })
    world.office.cosigner.edgeKeys.push(new Uint8Array(Buffer.from(jwk.x ?? '', 'base64url')))
    await world.stub.noteHead(A, log.grow())
    expect(await world.settle()).toBe(true)
    const keys = await world.stub.keys()
    expect(keys).toHaveLength(4)
    expect(keys.map(({ until }) => until === null)).toEqual([false, false, true, true])
    expect(await signersOf(before, keys)).toEqual([edge?.keyId, second?.keyId])
    const { note: after } = await newest()
    expect(await signersOf(after, keys)).toEqual(keys.slice(2).map(({ keyId }) => keyId))
    expect((await world.stub.knownKeys()).every(({ leafIndex }) => leafIndex !== null)).toBe(true)
  })
})

it('a key that changed before anything was signed with it is logged first', async () => {
  world.setAround(async (what, run) => {
    if (what === 'publishLog' || what === 'anchor') throw new TypeError('not now')
    return run()
  })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  world.office.cosigner = null
  await world.stub.noteHead(A, createLog('a').grow())
  await world.settle(3)
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  const jwk = await crypto.subtle.exportKey('jwk', (pair as CryptoKeyPair).privateKey)
  world.env.EDGE_SIGNING_KEY = JSON.stringify({ ...jwk, kid: 'next' })
  // As after a crash between the batch and the signature.
  world.rows('delete from checkpoints')
  world.log.evict('log')
  await world.settle(6)
  const [first] = world.rows<{ size: number }>('select size from checkpoints order by size')
  const [, next] = await world.stub.knownKeys()
  expect(first?.size).toBeGreaterThan(next?.leafIndex ?? 1e9)
})

it('is signed by both though the log grew while the second party’s answers were lost', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  let lost = true
  const asked: number[] = []
  world.setAround(async (what, run) => {
    const answer = await run()
    if (what === 'cosign') asked.push((await world.office.cosigner?.head.read())?.size ?? 0)
    if (what === 'cosign' && lost) throw new TypeError('lost')
    return answer
  })
  const log = createLog('a')
  for (let round = 0; round < 3; round += 1) {
    await world.stub.noteHead(A, log.grow())
    await world.settle(12)
  }
  expect(new Set(asked).size).toBe(1)
  lost = false
  expect(await world.settle(20)).toBe(true)
  expect((await newest()).cosigned).toBe(true)
  expect((await newest()).size).toBeGreaterThan(asked[0] ?? 0)
})

describe('without', () => {
  it('a second party the edge’s signature has to do, and it says so', async () => {
    world.office.cosigner = null
    await world.stub.noteHead(A, createLog('a').grow())
    await world.settle(4)
    const { cosigned, commit, note } = await newest()
    expect(cosigned).toBe(false)
    expect(commit).not.toBeNull()
    expect(readNote(note)?.signatures).toHaveLength(1)
  })

  it('a second party that answers nothing is published', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined)
    world.setAround(async (what, run) => {
      if (what === 'cosign') throw new TypeError('lost')
      return run()
    })
    await world.stub.noteHead(A, createLog('a').grow())
    expect(await world.settle(30)).toBe(false)
    expect((await newest()).cosigned).toBe(false)
    expect(world.memory.branches.has(LOG_BRANCH)).toBe(false)
    expect(world.anchored).toEqual([])
    world.setAround(null)
    expect(await world.settle(30)).toBe(true)
    expect(await newest()).toMatchObject({ cosigned: true, commit: expect.any(String) })
  })

  it('an anchor it is published all the same', async () => {
    world.office.anchor = false
    await world.stub.noteHead(A, createLog('a').grow())
    await world.settle(6)
    expect(await newest()).toMatchObject({ commit: expect.any(String), anchors: [] })
  })
})
