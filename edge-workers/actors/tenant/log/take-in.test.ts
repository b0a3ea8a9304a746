// A database of a release before the log: its steps get their leaves, in their order, before anything is appended.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import { canonicalJson } from '../../../../schemas/canonical-json.ts'
import { LogLeaf, ProofBundle } from '../../../../schemas/log.ts'
import { sha256Hex } from '../../../digest.ts'
import { rowsOf } from './rich-world.fixture.ts'

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())

const steps = () => rowsOf(world, 'SELECT * FROM transitions ORDER BY seq')
const leaves = () => rowsOf(world, 'SELECT * FROM log_leaves ORDER BY "index"')
const exec = (query: string, ...values: unknown[]) =>
  world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql.exec(query, ...values)

/** As a release before the log left it: no leaves, the old hashes, and nothing of the tenant's creation. */
const makeOld = (): Map<unknown, string> => {
  for (const table of ['log_leaves', 'log_nodes']) {
    const [trigger] = rowsOf(
      world,
      `SELECT sql FROM sqlite_master WHERE name = '${table}_no_delete'`,
    )
    exec(`DROP TRIGGER "${table}_no_delete"`)
    exec(`DELETE FROM ${table}`)
    exec(String(trigger?.sql))
  }
  exec("DELETE FROM transitions WHERE changeId LIKE 'ten_%' AND version = 1")
  exec('DELETE FROM log_checkpoints')
  exec("DELETE FROM outbox WHERE kind = 'head'")
  const old = new Map<unknown, string>()
  for (const { seq, leafHash: _, ...event } of steps()) {
    const hash = sha256Hex(`\u0000${canonicalJson(event)}`)
    old.set(seq, hash)
    exec('UPDATE transitions SET leafHash = ? WHERE seq = ?', hash, seq)
  }
  world.tenants.evict(world.tenantId)
  return old
}

const isWhole = () => {
  expect(leaves().map(({ seq, hash }) => [seq, hash])).toEqual(
    steps().map(({ seq, leafHash }) => [seq, leafHash]),
  )
  const parsed = leaves().map(({ leaf }) => LogLeaf.parse(JSON.parse(String(leaf))))
  for (const [subject, own] of Map.groupBy(parsed, (leaf) => leaf.subject))
    expect(
      own.map(({ version }) => version),
      subject,
    ).toEqual(own.map((_, before) => before + 1))
}

it('is taken in before anybody acts, a step that was missing first', async () => {
  await world.propose(world.vmRequest('web'))
  await world.http('PATCH', '/v1/tenants/acme', {
    ...{ token: world.tokens.owner, headers: { 'if-match': '*' }, body: { name: 'Acme' } },
  })
  const before = makeOld().size
  const read = await world.send('GET', '/log/checkpoint', { token: world.tokens.auditor })
  expect(read.body).toMatchObject({ size: before + 1 })
  expect(steps()[0]).toMatchObject({ changeId: world.tenantId, version: 1, to: 'active' })
  isWhole()
  await world.propose(world.vmRequest('db'))
  isWhole()
})

it('explains the receipts that were given with the old hashes', async () => {
  const { id } = await world.propose(world.vmRequest('web'))
  const old = makeOld()
  const read = await world.send('GET', `/log/bundle?subject=${id}`, { token: world.tokens.auditor })
  const bundle = ProofBundle.parse(read.body)
  const first = LogLeaf.parse(JSON.parse(bundle.leaves[0]?.leaf ?? ''))
  const { subject: changeId, version, from, to, actor, at } = first
  const reason = bundle.leaves[0]?.words?.text ?? null
  const explained = canonicalJson({ changeId, version, from, to, actor, at, reason })
  const [step] = rowsOf(world, `SELECT seq FROM transitions WHERE changeId = '${id}' LIMIT 1`)
  expect(sha256Hex(`\u0000${explained}`)).toBe(old.get(step?.seq))
})

it('is gone on with where a crash left it, and by a step that comes first', async () => {
  await world.propose(world.vmRequest('web'))
  makeOld()
  expect(await world.hint('pull_request')).toMatchObject({ ok: true })
  isWhole()
  // Half of it, as after a piece.
  const whole = leaves()
  for (const table of ['log_leaves', 'log_nodes']) exec(`DROP TRIGGER "${table}_no_delete"`)
  exec('DELETE FROM log_leaves WHERE "index" >= 4')
  exec('DELETE FROM log_nodes WHERE ("index" + 1) << level > 4')
  world.tenants.evict(world.tenantId)
  await world.read((await world.propose(world.vmRequest('db'))).id)
  expect(leaves().slice(0, whole.length)).toEqual(whole)
  isWhole()
})
