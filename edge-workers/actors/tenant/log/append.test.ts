// Every step has one leaf, in the transaction of the step, and the leaves are a Merkle tree (RFC 6962 §2.1).
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { LogLeaf } from '../../../../schemas/log.ts'
import { sha256Hex } from '../../../digest.ts'
import { CANARIES, createRichWorld, type RichWorld, rowsOf } from './rich-world.fixture.ts'

let world: RichWorld
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createRichWorld()
})
afterAll(() => vi.useRealTimers())

const leaves = () => rowsOf(world, 'SELECT * FROM log_leaves ORDER BY "index"')
const steps = () => rowsOf(world, 'SELECT * FROM transitions ORDER BY seq')
const parsed = () => leaves().map(({ leaf }) => LogLeaf.parse(JSON.parse(String(leaf))))

/** RFC 6962 §2.1 word by word, over everything. */
const naiveRoot = (hashes: string[]): string => {
  if (hashes.length === 1) return hashes[0] ?? ''
  let split = 1
  while (split * 2 < hashes.length) split *= 2
  const halves = naiveRoot(hashes.slice(0, split)) + naiveRoot(hashes.slice(split))
  return sha256Hex(Uint8Array.from([1, ...Buffer.from(halves, 'hex')]))
}

describe('a long life of a tenant', () => {
  it('has one leaf for every step, in their order, and one step for every leaf', () => {
    expect(leaves().length).toBeGreaterThan(30)
    expect(leaves().map(({ seq, hash }) => [seq, hash])).toEqual(
      steps().map(({ seq, leafHash }) => [seq, leafHash]),
    )
    expect(leaves().map(({ index }) => index)).toEqual(leaves().map((_, index) => index))
    for (const { leaf, hash } of leaves()) expect(sha256Hex(`\u0000${leaf}`)).toBe(hash)
  })

  it('counts every subject’s leaves from 1 without a gap', () => {
    const bySubject = Map.groupBy(parsed(), ({ subject }) => subject)
    expect(bySubject.size).toBeGreaterThan(10)
    for (const [subject, own] of bySubject)
      expect(
        own.map(({ version }) => version),
        subject,
      ).toEqual(own.map((_, before) => before + 1))
  })

  it('says of each leaf what it is about', () => {
    const types = (prefix: string) =>
      new Set(
        parsed()
          .filter(({ subject }) => subject.startsWith(prefix))
          .map(({ type }) => type),
      )
    expect(types('chg_')).toEqual(new Set(['change']))
    for (const prefix of ['usr_', 'svc_', 'tok', 'inv'])
      expect(types(prefix), prefix).toEqual(new Set(['identity']))
    expect(types('res_')).toEqual(new Set(['service-level']))
    expect(types('ten_')).toEqual(new Set(['platform']))
    expect(types('whe_')).toEqual(new Set(['platform']))
  })

  it('has no personal data in any leaf: nothing that anybody wrote or is called', () => {
    const texts = leaves().map(({ leaf }) => String(leaf))
    expect(texts.filter((leaf) => CANARIES.test(leaf))).toEqual([])
    // The words themselves are there, beside it.
    expect(steps().filter(({ reason }) => CANARIES.test(String(reason))).length).toBeGreaterThan(1)
  })

  it('binds the words of a step by a digest that nobody makes without the leaf’s key', () => {
    const said = parsed().filter(({ words }) => words !== null)
    expect(said.length).toBeGreaterThan(5)
    const reasons = new Set(steps().map(({ reason }) => reason))
    for (const reason of reasons) {
      if (reason === null) continue
      expect(said.map(({ words }) => words)).not.toContain(`sha256:${sha256Hex(String(reason))}`)
    }
    // The same words twice are two digests.
    const roles = steps().filter(({ reason }) => reason === 'requester')
    expect(roles.length).toBeGreaterThan(1)
    const digests = roles.map(({ seq }) => {
      const own = leaves().find((leaf) => leaf.seq === seq)
      return LogLeaf.parse(JSON.parse(String(own?.leaf))).words
    })
    expect(new Set(digests).size).toBe(roles.length)
  })

  it('is the tree that RFC 6962 makes of its leaves', async () => {
    const { body } = await world.send('GET', '/log/checkpoint', { token: world.tokens.auditor })
    const hashes = leaves().map(({ hash }) => String(hash))
    expect(body).toMatchObject({ size: hashes.length, root: naiveRoot(hashes) })
  })

  it('cannot be written over or cut', () => {
    for (const command of [
      'UPDATE log_leaves SET leaf = leaf',
      'DELETE FROM log_leaves',
      'UPDATE log_nodes SET hash = hash',
      'DELETE FROM log_nodes',
    ])
      expect(() => rowsOf(world, command)).toThrow('append-only')
  })
})

it('a step that is rolled back leaves no leaf, and the next one takes its place', async () => {
  const before = leaves()
  // The last that a step writes.
  rowsOf(
    world,
    "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'disk full'); END",
  )
  await expect(world.ask('POST', '/invitations', { roles: ['auditor'] })).rejects.toThrow('500')
  expect(leaves()).toEqual(before)
  rowsOf(world, 'DROP TRIGGER full')
  await world.ask('POST', '/invitations', { roles: ['auditor'] })
  expect(leaves().at(-1)).toMatchObject({ index: before.length, seq: steps().at(-1)?.seq })
})
