// What anybody reads of the platform's log: the note as text, its view as JSON, proofs that hold, keys with their times, and
// nothing of a tenant.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  createLog,
  createLogWorld,
  type LogWorld,
} from '../../functions/simulator/log-world.fixture.ts'
import { headOfNote, readNote } from '../../gitops/log/note.ts'
import { verifyConsistency, verifyInclusion } from '../../gitops/log/proof.ts'
import { leafHashOf } from '../../gitops/log/tree.ts'
import { CheckpointView, ConsistencyProof, InclusionProof } from '../../schemas/log.ts'
import { sha256Hex } from '../digest.ts'

const TENANTS = ['ten_eu_aaaaaaaaaaaaaaaa', 'ten_eu_bbbbbbbbbbbbbbbb', 'ten_eu_cccccccccccccccc']
let world: LogWorld
let view: CheckpointView
beforeAll(async () => {
  world = await createLogWorld()
  for (const tenant of TENANTS) await world.stub.noteHead(tenant, createLog(tenant).grow(1_234))
  await world.settle()
  view = CheckpointView.parse(await (await world.send('GET', '/v1/log/checkpoint')).json())
})
afterAll(() => {
  vi.useRealTimers()
})

const get = (path: string, headers = {}) => world.send('GET', `/v1/log/${path}`, { headers })

describe('200', () => {
  it('the note itself where text is asked for', async () => {
    const answer = await get('checkpoint', { accept: 'text/plain' })
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('public, max-age=5')
    expect(answer.headers.get('vary')).toContain('accept')
    const note = await answer.text()
    expect(note).toBe(view.note)
    expect(readNote(note)?.signatures).toHaveLength(2)
    const { origin, size, root } = view
    expect(headOfNote(note)).toEqual({ origin, size, root })
  })

  it('proofs of every leaf at every size, that hold', async () => {
    for (let size = 1; size <= view.size; size += 1)
      for (let index = 0; index < size; index += 1) {
        const answer = await get(`proofs/inclusion?index=${index}&size=${size}`)
        const { leaf, ...proof } = (await answer.json()) as InclusionProof & { leaf: string | null }
        expect(verifyInclusion(InclusionProof.parse(proof), sha256Hex)).toBe(true)
        if (leaf !== null) expect(leafHashOf(leaf, sha256Hex)).toBe(proof.leafHash)
        expect(answer.headers.get('cache-control')).toContain('immutable')
      }
    const newest = await get('proofs/inclusion?index=0')
    expect(await newest.json()).toMatchObject({ size: view.size, root: view.root })
    expect(newest.headers.get('cache-control')).toBe('public, max-age=5')
  })

  it('a proof that it only grew', async () => {
    for (let to = 0; to <= view.size; to += 1)
      for (let from = 0; from <= to; from += 1) {
        const proof = await (await get(`proofs/consistency?from=${from}&to=${to}`)).json()
        expect(verifyConsistency(ConsistencyProof.parse(proof), sha256Hex)).toBe(true)
      }
  })

  it('the keys for receipts as before, and those for checkpoints beside them', async () => {
    const { keys, checkpointKeys } = (await (await get('keys')).json()) as Record<string, unknown>
    expect(keys).toEqual([
      { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: 'test', alg: 'EdDSA', use: 'sig' },
    ])
    expect(checkpointKeys).toMatchObject([
      { algorithm: 'Ed25519', until: null, simulated: false, leafIndex: 0 },
      { algorithm: 'ES256', until: null, simulated: true, leafIndex: expect.any(Number) },
    ])
  })

  it('says nothing of a tenant: neither a leaf’s text, nor whose it is, nor how large his log', async () => {
    const said: string[] = [JSON.stringify(view)]
    for (let index = 0; index < view.size; index += 1)
      said.push(await (await get(`proofs/inclusion?index=${index}`)).text())
    const all = said.join('\n')
    for (const word of [
      ...TENANTS.map((tenant) => tenant.slice(7)),
      '1234',
      'phoenix.head',
      'tenant',
    ])
      expect(all).not.toContain(word)
    expect(all).toContain('phoenix.key/v1')
  })
})

it('304 for who has it already', async () => {
  for (const path of ['checkpoint', 'proofs/inclusion?index=0', 'proofs/consistency?from=1&to=2']) {
    const etag = (await get(path)).headers.get('etag') ?? ''
    const again = await get(path, { 'if-none-match': etag })
    expect([path, again.status]).toEqual([path, 304])
    expect(again.headers.get('cache-control')).toContain('public')
  }
})

it('404 before anything is signed', async () => {
  const other = await createLogWorld()
  expect((await other.send('GET', '/v1/log/checkpoint')).status).toBe(404)
  const proof = await other.send('GET', '/v1/log/proofs/inclusion?index=0')
  expect(proof.status).toBe(422)
})

describe('422 with a pointer', () => {
  it.each([
    ['proofs/inclusion', '/index'],
    ['proofs/inclusion?index=-1', '/index'],
    ['proofs/inclusion?index=01', '/index'],
    ['proofs/inclusion?index=1e1', '/index'],
    ['proofs/inclusion?index=999999999999999', '/index'],
    ['proofs/inclusion?index=0&size=0', '/size'],
    ['proofs/inclusion?index=0&size=999999', '/size'],
    ['proofs/inclusion?index=2&size=2', '/index'],
    ['proofs/inclusion?index=0&other=1', '/other'],
    ['proofs/consistency?from=0', '/to'],
    ['proofs/consistency?from=2&to=1', '/from'],
    ['proofs/consistency?from=0&to=999999', '/to'],
    ['proofs/consistency?from=0&to=9007199254740993', '/to'],
  ])('%s', async (path, pointer) => {
    const answer = await get(path)
    expect(answer.status).toBe(422)
    const { errors } = (await answer.json()) as { errors: unknown[] }
    expect(errors).toContainEqual(expect.objectContaining({ pointer }))
  })
})

describe('the page', () => {
  it('shows the note, both keys, where it is, and what is simulated', async () => {
    const answer = await world.send('GET', '/log')
    expect(answer.status).toBe(200)
    const page = await answer.text()
    expect(page).toContain(view.root)
    expect(page).toContain(view.commit?.slice(0, 12))
    expect(page).toContain('by both parties')
    expect(page).toContain('not independent')
    expect(page).toContain('held by a stand-in')
  })
  it('says so before anything is signed', async () => {
    const other = await createLogWorld()
    expect(await (await other.send('GET', '/log')).text()).toContain('Nothing is signed yet.')
  })
})
