// What the routes of a tenant's log refuse, and the list of who did what when.
import { beforeAll, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import type { AuditEntry } from '../../schemas/log.ts'

let world: TenantWorld
let size: number
beforeAll(async () => {
  world = await createTenantWorld()
  const { id } = await world.propose(world.vmRequest('web'))
  await world.insist(world.decide('reject', id, { body: { reason: 'Too dear.' } }))
  await world.settle()
  const read = await get('/log/checkpoint')
  size = ((await read.json()) as { size: number }).size
})

const get = (path: string, token = world.tokens.auditor) =>
  world.http('GET', `/v1/tenants/acme${path}`, { token })
const pointersOf = async (path: string) => {
  const answer = await get(path)
  const { errors = [] } = (await answer.json()) as { errors?: { pointer: string }[] }
  return [answer.status, errors.map(({ pointer }) => pointer)]
}
const audit = async (query = '') => {
  const answer = await get(`/audit?limit=200${query}`)
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { items: AuditEntry[] }).items
}

describe('422', () => {
  it('for sizes beyond the log, none, negative, swapped, and no numbers: each with its pointer', async () => {
    const beyond = size + 1
    expect(await pointersOf(`/log/proofs/inclusion?index=0&size=${beyond}`)).toEqual([
      422,
      ['/size'],
    ])
    expect(await pointersOf('/log/proofs/inclusion?index=0&size=0')).toEqual([422, ['/size']])
    expect(await pointersOf(`/log/proofs/inclusion?index=${size}`)).toEqual([422, ['/index']])
    expect(await pointersOf('/log/proofs/inclusion?index=3&size=3')).toEqual([422, ['/index']])
    for (const index of ['-1', '1.5', '01', '0x1', '1e3', '', '9'.repeat(20)])
      expect(await pointersOf(`/log/proofs/inclusion?index=${index}`)).toEqual([422, ['/index']])
    expect(await pointersOf(`/log/proofs/consistency?from=0&to=${beyond}`)).toEqual([422, ['/to']])
    expect(await pointersOf('/log/proofs/consistency?from=3&to=2')).toEqual([422, ['/from']])
    expect(await pointersOf('/log/proofs/consistency?to=2')).toEqual([422, ['/from']])
    expect(await pointersOf('/audit?from=yesterday')).toEqual([422, ['/from']])
    expect(await pointersOf('/log/leaves?type=none')).toEqual([422, ['/type']])
    expect(await pointersOf('/log/bundle')).toEqual([422, ['/subject']])
  })

  it('for a leaf that is named twice, by halves or not at all', async () => {
    const hash = 'a'.repeat(64)
    expect(await pointersOf('/log/proofs/inclusion')).toEqual([422, ['/index']])
    expect(await pointersOf(`/log/proofs/inclusion?index=1&leafHash=${hash}`)).toEqual([
      ...[422, ['/index']],
    ])
    expect(await pointersOf('/log/proofs/inclusion?subject=a')).toEqual([422, ['/version']])
    expect(await pointersOf('/log/proofs/inclusion?index=1&version=1')).toEqual([422, ['/version']])
  })
})

it('404 for a leaf or a subject that nobody knows', async () => {
  for (const path of [
    `/log/proofs/inclusion?leafHash=${'a'.repeat(64)}`,
    '/log/proofs/inclusion?subject=chg_none&version=1',
    `/log/proofs/inclusion?subject=${world.tenantId}&version=0`,
    '/log/bundle?subject=chg_none',
  ])
    expect((await get(path)).status, path).toBe(404)
})

it('403 for requesters and approvers', async () => {
  for (const token of [world.tokens.requester, world.tokens.approver])
    for (const path of ['/audit', '/log/leaves', '/log/checkpoint', '/log/bundle?subject=x'])
      expect((await get(path, token)).status, path).toBe(403)
})

it('304 for a proof that the reader has', async () => {
  const path = '/log/proofs/inclusion?index=1&size=4'
  const etag = (await get(path)).headers.get('etag') ?? ''
  const again = await world.http('GET', `/v1/tenants/acme${path}`, {
    ...{ token: world.tokens.auditor, headers: { 'if-none-match': etag } },
  })
  expect(again.status).toBe(304)
})

describe('the audit', () => {
  it('says who did what when, by name, the newest first', async () => {
    const all = await audit()
    expect(all).toHaveLength(size)
    expect(all.map(({ index }) => index)).toEqual(all.map((_, before) => size - 1 - before))
    expect(all.find(({ to }) => to === 'rejected')).toMatchObject({
      ...{ actor: world.ids.anton, handle: 'anton', name: 'web', words: 'Too dear.' },
      ...{ type: 'change', from: 'proposed' },
    })
  })

  it('is filtered by who, what, which and when', async () => {
    const all = await audit()
    const rejected = all.find(({ to }) => to === 'rejected')
    const expected = all.filter(({ actor }) => actor === world.ids.anton)
    expect(expected.length).toBeGreaterThan(0)
    expect(await audit('&actor=anton')).toEqual(expected)
    expect(await audit(`&actor=${world.ids.anton}`)).toEqual(expected)
    expect(await audit(`&subject=${rejected?.subject}`)).toEqual(
      all.filter(({ subject }) => subject === rejected?.subject),
    )
    expect(await audit('&type=identity')).toEqual(all.filter(({ type }) => type === 'identity'))
    const today = new Date().toISOString().slice(0, 10)
    const tenants = all.filter(({ at }) => at >= today)
    expect(await audit(`&from=${today}`)).toEqual(tenants)
    expect(await audit('&to=2020-01-01')).toEqual([])
  })

  it('shows operators no words', async () => {
    const answer = await get('/audit?limit=200', world.operator)
    const { items } = (await answer.json()) as { items: AuditEntry[] }
    expect(items).toHaveLength(size)
    expect(items.every(({ words }) => words === null)).toBe(true)
  })
})
