// What a tenant hands out of its log holds without Phoenix: with the stand-alone verifier, and with our own rules.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import { headOfNote, verifyNote } from '../../../../gitops/log/note.ts'
import { verifyConsistency, verifyInclusion } from '../../../../gitops/log/proof.ts'
import {
  type CheckpointView,
  type ConsistencyProof,
  type InclusionProof,
  type LeafView,
  ProofBundle,
} from '../../../../schemas/log.ts'
import type { Forge } from '../../../../schemas/ports.ts'
import { sha256Hex } from '../../../digest.ts'
import { edgeLogKey, verifySignature } from '../../../log-key.ts'
import { rowsOf } from './rich-world.fixture.ts'

interface Verifier {
  verifyBundle: (bytes: Uint8Array) => string[]
  verifyLog: (lines: Iterable<Uint8Array>, note: string, pins: unknown) => string[]
  verifyGrowth: (older: string, newer: string, proof: Uint8Array, pins: unknown) => string[]
  readKeys: (given: string) => unknown
}
const FILE = new URL('../../../../functions/cli/verify-log.mjs', import.meta.url).href
// Plain JavaScript, which has no types.
const verifier = {
  ...(await import(/* @vite-ignore */ FILE)),
  ...(await import(/* @vite-ignore */ FILE.replace('verify-log', 'audit-log'))),
} as Verifier
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())

const get = async <T>(path: string, token = world.tokens.auditor): Promise<T> => {
  const answer = await world.http('GET', `/v1/tenants/acme${path}`, { token })
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}
const bundleOf = async (subject: string, token?: string) =>
  ProofBundle.parse(await get(`/log/bundle?subject=${subject}`, token))
/** Until the platform has signed over what the tenant told. */
const publish = async () => {
  vi.setSystemTime(Date.now() + 6_000)
  await world.settle()
  for (let rung = 0; rung < 4; rung += 1) {
    vi.setSystemTime(Date.now() + 60_000)
    await world.log.alarm('log')
  }
}

describe('the bundle of a change', () => {
  it('verifies offline before the platform has heard of it, and with the platform after', async () => {
    const { id } = await world.apply(world.vmRequest('web'))
    const early = await bundleOf(id)
    expect(early.platform).toBeNull()
    expect(verifier.verifyBundle(bytesOf(early)).join()).toContain('none missing')
    await publish()
    const late = await bundleOf(id)
    expect(late.platform).not.toBeNull()
    expect(late.leaves.length).toBe(early.leaves.length)
    const said = verifier.verifyBundle(bytesOf(late)).join('\n')
    expect(said).toContain(`${id}: all ${late.leaves.length} steps, none missing`)
    expect(said).toContain('of the platform’s log')
  })

  it('verifies with our own rules as well, and every leaf’s hash is the one of the evidence', async () => {
    const { id } = await world.apply(world.vmRequest('web'))
    const { leaves } = await bundleOf(id)
    for (const { proof } of leaves) expect(verifyInclusion(proof, sha256Hex)).toBe(true)
    const evidence = await get<{ changes: { id: string; steps: { leafHash: string }[] }[] }>(
      '/evidence/gdpr?from=2026-11-21&to=2026-11-21',
      world.tokens.owner,
    )
    expect(
      evidence.changes.find((change) => change.id === id)?.steps.map((s) => s.leafHash),
    ).toEqual(leaves.map(({ proof }) => proof.leafHash))
  })

  it('has the words of its steps with the keys of their digests, and for operators without', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    const reason = 'Too dear for what it is.'
    await world.insist(world.decide('reject', id, { body: { reason } }))
    const bundle = await bundleOf(id)
    expect(bundle.leaves.map(({ words }) => words?.text)).toContain(reason)
    verifier.verifyBundle(bytesOf(bundle))
    const others = await bundleOf(id, world.operator)
    expect(others.leaves.every(({ words }) => words === null)).toBe(true)
    verifier.verifyBundle(bytesOf(others))
    const lying = structuredClone(bundle)
    for (const { words } of lying.leaves) if (words) words.text = words.text.replace('dear', 'good')
    expect(() => verifier.verifyBundle(bytesOf(lying))).toThrow()
  })

  it('a receipt names its first leaf', async () => {
    const asked = await world.insist(world.request(world.vmRequest('web')))
    const [, claims = ''] = (asked.receipt ?? '').split('.')
    const { leaf } = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')))
    const bundle = await bundleOf(asked.id)
    expect(bundle.leaves[0]?.proof.leafHash).toBe(leaf)
    const proof = await get<InclusionProof>(`/log/proofs/inclusion?leafHash=${leaf}`)
    expect(proof).toEqual(bundle.leaves[0]?.proof)
  })
})

describe('the log of a tenant', () => {
  const keysOf = async () =>
    verifier.readKeys(JSON.stringify({ items: (await bundleOf(world.tenantId)).keys }))
  const linesOf = () =>
    rowsOf(world, 'SELECT leaf, hash FROM log_leaves ORDER BY "index"').map(bytesOf)

  it('verifies whole, and where one byte of a stored leaf was turned the verifier names it', async () => {
    await world.apply(world.vmRequest('web'))
    const { note } = await get<CheckpointView>('/log/checkpoint')
    const pins = await keysOf()
    verifier.verifyLog(linesOf(), note, pins)
    rowsOf(world, 'DROP TRIGGER log_leaves_no_update')
    rowsOf(
      world,
      `UPDATE log_leaves SET leaf = replace(leaf, '"version":1', '"version":3') WHERE "index" = 4`,
    )
    expect(() => verifier.verifyLog(linesOf(), note, pins)).toThrow(/leaf 4\b/)
    const [row] = rowsOf(world, 'SELECT subject FROM log_leaves WHERE "index" = 4')
    const bundle = await bundleOf(String(row?.subject))
    expect(() => verifier.verifyBundle(bytesOf(bundle))).toThrow(/leaf 4\b/)
  })

  it('proves that it only grew: every two of its sizes', async () => {
    const older = await get<CheckpointView>('/log/checkpoint')
    await world.propose(world.vmRequest('web'))
    const newer = await get<CheckpointView>('/log/checkpoint')
    expect(newer.size).toBeGreaterThan(older.size)
    const path = `/log/proofs/consistency?from=${older.size}&to=${newer.size}`
    const grown = await get<ConsistencyProof>(path)
    expect(grown).toMatchObject({ from: { root: older.root }, to: { root: newer.root } })
    verifier.verifyGrowth(older.note, newer.note, bytesOf(grown), await keysOf())
    for (let from = 0; from <= newer.size; from += 1) {
      const proof = await get<ConsistencyProof>(`/log/proofs/consistency?from=${from}`)
      expect(verifyConsistency(proof, sha256Hex), String(from)).toBe(true)
    }
  })

  it('shows each leaf as it is hashed, the newest first, page by page', async () => {
    await world.propose(world.vmRequest('web'))
    const all = await get<{ items: LeafView[] }>('/log/leaves?limit=200')
    const first = await get<{ items: LeafView[]; next: string }>('/log/leaves?limit=3')
    const second = await world.http('GET', first.next, { token: world.tokens.auditor })
    const { items } = (await second.json()) as { items: LeafView[] }
    expect([...first.items, ...items]).toEqual(all.items.slice(0, 6))
    for (const { leaf, hash } of all.items) expect(sha256Hex(`\u0000${leaf}`)).toBe(hash)
  })

  it('is signed once for each size', async () => {
    await get('/log/checkpoint')
    await get('/log/checkpoint')
    await world.propose(world.vmRequest('web'))
    await publish()
    const rows = rowsOf(world, 'SELECT size, note FROM log_checkpoints')
    expect(new Set(rows.map(({ size }) => size)).size).toBe(rows.length)
    expect(rows.length).toBeGreaterThan(1)
  })
})

it('a pull request’s check shows where the log stands, and the whole checkpoint, for whoever has the key', async () => {
  const texts: string[] = []
  const reports: string[] = []
  const forgeOf = (forge: Forge): Forge => ({
    ...forge,
    postGate: (input) => {
      texts.push(input.summary)
      reports.push(input.text ?? '')
      return forge.postGate(input)
    },
  })
  world = await createTenantWorld({ reach: (_, forge) => forgeOf(forge) })
  const { id } = await world.propose(world.vmRequest('web'))
  await world.approve(id)
  expect(texts.length).toBeGreaterThan(1)
  for (const text of texts) {
    const [, leaf, origin, size, root] =
      /leaf of this change: (\d+)\. Log (\S+): (\d+) leaves, root ([0-9a-f]{16})…\.$/.exec(text) ??
      []
    expect(origin).toBe(`127.0.0.1:8787/log/${world.tenantId}`)
    const proof = await get<ConsistencyProof>(`/log/proofs/consistency?from=${size}`)
    expect(proof.from.root.slice(0, 16)).toBe(root)
    const [row] = rowsOf(world, `SELECT subject FROM log_leaves WHERE "index" = ${leaf}`)
    expect(row).toEqual({ subject: id })
    const report = reports.shift() ?? ''
    const [, note = ''] = /\n```text\n(.+)```\n/s.exec(report) ?? []
    expect(report.match(/```/g)).toHaveLength(2)
    expect(headOfNote(note)).toEqual({ origin, size: Number(size), root: proof.from.root })
    const key = edgeLogKey(world.env)
    expect(await verifyNote(note, key, verifySignature)).toBe(true)
    expect(await verifyNote(note.replace(`\n${size}\n`, '\n999\n'), key, verifySignature)).toBe(
      false,
    )
    // With it alone whoever kept it sees later that the log grew out of what he had read.
    const keys = JSON.stringify({
      keys: [{ ...key, from: '2026-01-01T00:00:00.000Z', until: null, simulated: false }],
    })
    const { note: newest } = await get<CheckpointView>('/log/checkpoint')
    const pins = verifier.readKeys(keys)
    expect(verifier.verifyGrowth(note, newest, bytesOf(proof), pins).join()).not.toBe('')
  }
})
