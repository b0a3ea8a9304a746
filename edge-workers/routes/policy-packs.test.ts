// Policy packs for anyone, and the evidence of one tenant: what is in it, that it does not change, and whose it is.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { canonicalJson } from '../../schemas/canonical-json.ts'
import { Evidence } from '../../schemas/evidence.ts'
import { policyPacks } from '../../schemas/policy-packs/packs.ts'
import { sha256Hex } from '../digest.ts'

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())

const get = async (path: string, token?: string, headers: Record<string, string> = {}) => {
  const answer = await world.http('GET', path, {
    headers,
    ...(token === undefined ? {} : { token }),
  })
  const text = await answer.text()
  return { status: answer.status, text, json: () => JSON.parse(text) }
}
const PERIOD = 'from=2026-11-01&to=2026-11-30'
const evidence = async (pack = 'gdpr', query = PERIOD) => {
  const { status, json } = await get(
    `/v1/tenants/acme/evidence/${pack}?${query}`,
    world.tokens.auditor,
  )
  expect(status).toBe(200)
  return Evidence.parse(json())
}
const EXCEPTION = {
  ...{ action: 'create', template: 'rule-exception', name: 'trial' },
  parameters: {
    ...{ rule: 'STORAGE-TLS', resource: 'archive', owner: 'olga' },
    ...{ reason: 'Old documents are copied in twice.', expires: '2026-12-01' },
  },
}

describe('a policy pack', () => {
  it('is listed and read by anyone, with what it does not cover', async () => {
    const { items } = (await get('/v1/policy-packs')).json()
    expect(items.map(({ name }: { name: string }) => name)).toEqual([
      ...['gdpr', 'ccpa', 'sox', 'hipaa', 'pci-dss', 'iso-27001', 'soc-2'],
    ])
    for (const { name } of policyPacks) {
      const { controls, note } = (await get(`/v1/policy-packs/${name}`)).json()
      expect(note).toContain('does not say that anybody complies')
      expect(controls.length).toBeGreaterThan(3)
      for (const { id, title, reading, has, lacks, evidence: kinds } of controls) {
        expect([id, title, lacks, ...has].every((text: string) => text.length > 0)).toBe(true)
        expect(['direct', 'interpretation']).toContain(reading)
        expect(kinds.length).toBeGreaterThan(0)
      }
      expect(new Set(controls.map(({ id }: { id: string }) => id)).size).toBe(controls.length)
    }
  })

  it.each(['/v1/policy-packs/constructor', '/policy-packs/constructor'])(
    '%s is none',
    async (path) => {
      expect((await get(path)).status).toBe(404)
    },
  )

  it('is a page that names every control once', async () => {
    for (const pack of policyPacks) {
      const { text } = await get(`/policy-packs/${pack.name}`, undefined, { accept: 'text/html' })
      for (const { id } of pack.controls) expect(text).toContain(`>${id}</span>`)
      const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(text).not.toMatch(/\[object Object\]|undefined|<script|style="/)
    }
  })
})

describe('the evidence', () => {
  it('names findings, exceptions, approvals, merge commits and the leaves of the log', async () => {
    const granted = await world.land((await world.propose(EXCEPTION)).id)
    const made = await world.apply(world.vmRequest('web'))
    const { controls, changes, digest, ...rest } = await evidence('iso-27001')
    expect(rest).toMatchObject({ tenant: 'acme', period: { from: '2026-11-01', to: '2026-11-30' } })
    expect(`sha256:${sha256Hex(canonicalJson({ ...rest, controls, changes }))}`).toBe(digest)
    expect(changes.map(({ id, state }) => [id, state])).toEqual([
      [granted.id, 'applied'],
      [made.id, 'applied'],
    ])
    const [, web] = changes
    expect(web).toMatchObject({
      ...{ requester: world.ids.rita, mergeSha: made.mergeSha },
      approvals: [{ subject: world.ids.anton, revision: 1, voidedAt: null }],
    })
    expect(web?.steps.map(({ to }) => to)).toEqual(
      expect.arrayContaining(['accepted', 'proposed', 'approved', 'merged', 'promoted', 'applied']),
    )
    for (const { leafHash } of web?.steps ?? []) expect(leafHash).toMatch(/^[0-9a-f]{64}$/)
    const redundancy = controls.find(({ id }) => id === 'A.8.14')
    const counted = made.findings.filter(({ rule }) => rule === 'HOST-LOSS').length
    expect(counted).toBeGreaterThan(0)
    expect(redundancy?.byRule).toContainEqual({
      ...{ rule: 'HOST-LOSS', block: 0, warn: counted, info: 0, excused: 0 },
    })
    expect(redundancy?.plans).toBe(2)
    expect(redundancy?.changes).toContain(made.id)
    const hardened = controls.filter(({ rules }) => rules.some(({ id }) => id === 'STORAGE-TLS'))
    expect(hardened.length).toBeGreaterThan(0)
    for (const { exceptions } of hardened) {
      expect(exceptions).toMatchObject([
        {
          ...{ name: 'trial', owner: world.ids.olga, reason: 'Old documents are copied in twice.' },
          ...{ expires: '2026-12-01', change: granted.id, commit: granted.liveSha, endedAt: null },
        },
      ])
    }
  })

  it('of a past period stays as it is, whatever happens later', async () => {
    await world.land((await world.propose(EXCEPTION)).id)
    const open = await world.propose(world.vmRequest('web'))
    const then = await evidence()
    vi.setSystemTime(Date.parse('2026-12-05T12:00:00Z'))
    await world.land(open.id)
    const update = { ...EXCEPTION, action: 'update' }
    const expires = '2027-01-31'
    const later = { ...update, parameters: { ...EXCEPTION.parameters, expires } }
    await world.land((await world.propose(later)).id)
    await world.apply(world.vmRequest('api'))
    expect(await evidence()).toEqual(then)
    const december = await evidence('gdpr', 'from=2026-12-01&to=2026-12-31')
    expect(december.digest).not.toBe(then.digest)
    expect(december.changes.map(({ name }) => name).sort()).toEqual(['api', 'trial', 'web'])
    const exceptions = december.controls.flatMap((control) => control.exceptions)
    expect(new Set(exceptions.map((each) => each.expires))).toEqual(
      new Set(['2026-12-01', expires]),
    )
    const january = await evidence('gdpr', 'from=2027-01-01&to=2027-01-31')
    const inForce = january.controls.flatMap((control) => control.exceptions)
    expect(new Set(inForce.map((each) => each.expires))).toEqual(new Set([expires]))
    expect(january.changes).toEqual([])
  })

  it('counts each revision of a plan, and what an exception excuses', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    const { requester: token } = world.tokens
    await world.insist(world.decide('revisions', id, { token, body: {} }))
    await world.settle()
    const { controls } = await evidence('soc-2')
    expect(new Set(controls.map(({ plans }) => plans))).toEqual(new Set([2]))
  })

  it('has nothing of another tenant', async () => {
    await world.createTenant('dbis', { basesOn: ['lab'] })
    const { token } = await world.createToken('dbis', 'owner', { member: 'dora' })
    const sent = { token, key: 'theirs', body: world.vmRequest('secret-thing') }
    expect((await world.http('POST', '/v1/tenants/dbis/changes', sent)).status).toBe(202)
    await world.propose(world.vmRequest('web'))
    const own = JSON.stringify(await evidence())
    expect(own).not.toMatch(/dbis|secret-thing|dora/)
    expect((await get('/v1/tenants/acme/evidence/gdpr', token)).status).toBe(404)
  })

  it.each([
    ['to=2026-11-31', 422],
    ['from=yesterday', 422],
    ['from=2026-11-02&to=2026-11-01', 422],
    ['from=2025-11-01&to=2026-11-30', 422],
    ['from=2026-11-01&from=2026-11-02', 422],
    ['period=all', 422],
    ['', 200],
  ])('asked with %o answers %i', async (query, status) => {
    const path = `/v1/tenants/acme/evidence/gdpr?${query}`
    expect((await get(path, world.tokens.auditor)).status).toBe(status)
  })

  it('of no pack is not found; for whom it is not meant it is forbidden', async () => {
    expect((await get('/v1/tenants/acme/evidence/toString', world.tokens.auditor)).status).toBe(404)
    for (const [role, status] of [
      ['owner', 200],
      ['requester', 403],
      ['approver', 403],
    ] as const)
      expect((await get('/v1/tenants/acme/evidence/gdpr', world.tokens[role])).status).toBe(status)
  })

  it('is a page too, by the same rights, complete without a script', async () => {
    await world.land((await world.propose(EXCEPTION)).id)
    const page = (path: string, token: string) =>
      get(path, undefined, { cookie: `phoenix_token=${token}`, accept: 'text/html' })
    const { status, text } = await page(`/t/acme/evidence/gdpr?${PERIOD}`, world.tokens.auditor)
    expect(status).toBe(200)
    expect(text).toContain((await evidence()).digest)
    expect(text).toContain('Old documents are copied in twice.')
    expect(text).not.toMatch(/\[object Object\]|undefined|<script|style="/)
    expect((await page('/t/acme/evidence/gdpr', world.tokens.requester)).status).toBe(403)
    expect((await page('/t/dbis/evidence/gdpr', world.tokens.auditor)).status).toBe(404)
    const kept = await page(`/t/acme/evidence/gdpr/document.json?${PERIOD}`, world.tokens.auditor)
    expect(Evidence.parse(kept.json())).toEqual(await evidence())
    expect((await page('/t/acme/evidence/gdpr/document.json', world.tokens.requester)).status).toBe(
      403,
    )
    const short = await page('/evidence/gdpr', world.tokens.auditor)
    expect(short.status).toBe(303)
  })
})
