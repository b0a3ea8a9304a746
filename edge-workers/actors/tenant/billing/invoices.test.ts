// From a draft to a settled invoice: issued once, never changed, attested by people of several parties, all of it in the log.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import { testBook } from '../../../../gitops/cost/book.fixture.ts'
import { InvoiceView } from '../../../../schemas/invoice.ts'

const START = Date.parse('2026-11-10T12:00:00Z')
const MONTH = '2026-11'
const OTHER_DIGEST = `sha256:${'0'.repeat(64)}`
let world: TenantWorld

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  world = await createTenantWorld()
})
afterEach(() => {
  vi.useRealTimers()
})

const monthOver = () => vi.setSystemTime(Date.parse('2026-12-02T00:00:00Z'))
const read = async (month = MONTH, token = world.tokens.owner) =>
  InvoiceView.parse((await world.send('GET', `/invoices/${month}`, { token })).body)
const issue = (month = MONTH, token = world.operator) =>
  world.send('POST', `/invoices/${month}/issue`, { token })
const issued = async () => InvoiceView.parse((await issue()).body)
const attest = (token: string, digest: string, more: { party?: string; key?: string } = {}) => {
  const { key, ...party } = more
  const sent = { token, body: { digest, ...party }, ...(key ? { key } : {}) }
  return world.send('POST', `/invoices/${MONTH}/attestations`, sent)
}
const leaves = () =>
  world.tenants.actors
    .get(world.tenantId)
    ?.surroundings.state.storage.sql.exec(
      'SELECT version, "from", "to", reason, actor FROM transitions WHERE changeId = ? ORDER BY seq',
      `inv_${MONTH}`,
    )
    .toArray()
const named = ({ status, body }: { status: number; body: { type?: string } }) => [
  status,
  body.type?.split('/').at(-1),
]

describe('an invoice', () => {
  it('is a draft until an operator issues it, then it is frozen with its digest', async () => {
    await world.apply(world.vmRequest('web'))
    monthOver()
    const draft = await read()
    expect(draft).toMatchObject({ state: 'draft', digest: null, issuedAt: null, attestations: [] })
    const made = await issue()
    expect(made.status).toBe(201)
    const view = InvoiceView.parse(made.body)
    expect(view).toMatchObject({ state: 'issued', issuedAt: '2026-12-02T00:00:00.000Z' })
    expect(view.digest).toBe(view.document.digest)
    expect(view.digest).not.toBe(draft.document.digest)
    expect(view.document.lines).toEqual(draft.document.lines)
    expect(await read()).toEqual(view)
  })

  it('that was issued never changes, whatever is found out later about its month', async () => {
    await world.apply(world.vmRequest('web'))
    vi.setSystemTime(Date.parse('2026-12-01T00:00:00Z'))
    const before = await issued()
    // The draft of the same month would be another one: a stretch of November that is written later.
    world.tenants.actors
      .get(world.tenantId)
      ?.surroundings.state.storage.sql.exec(
        "INSERT INTO stretches (resource, state, since, until, message, simulated) VALUES ('web', 'down', ?, ?, 'late', 1)",
        ...['2026-11-20T00:00:00.000Z', '2026-11-25T00:00:00.000Z'],
      )
    monthOver()
    expect(await read()).toEqual(before)
    expect(InvoiceView.parse((await issue()).body)).toEqual(before)
    expect(leaves()).toHaveLength(1)
  })

  it('of a month that is not over, has not begun, or was before the tenant, is not issued', async () => {
    expect(named(await issue())).toEqual([409, 'conflict'])
    expect(named(await issue('2026-12'))).toEqual([422, 'invalid-parameters'])
    expect(named(await issue('2026-10'))).toEqual([409, 'conflict'])
    expect((await read()).state).toBe('draft')
  })

  it.each(['2026-13', '2026-1', 'november', '2026-11-01', '1999-11', '%20'])(
    'of %s is none',
    async (month) => {
      const token = world.operator
      const digest = OTHER_DIGEST
      const sent = [
        ...['GET', `/invoices/${month}`, undefined],
        ...['POST', `/invoices/${month}/issue`, undefined],
      ]
      for (const [method, path] of [sent.slice(0, 2), sent.slice(3, 5)])
        expect((await world.send(String(method), String(path), { token })).status).toBe(422)
      const path = `/invoices/${month}/attestations`
      expect((await world.send('POST', path, { token, body: { digest } })).status).toBe(422)
    },
  )

  it('is issued by operators only, with a key', async () => {
    monthOver()
    for (const token of Object.values(world.tokens))
      expect(named(await issue(MONTH, token))).toEqual([403, 'forbidden'])
    const path = `/v1/tenants/acme/invoices/${MONTH}/issue`
    expect((await world.http('POST', path, { token: world.operator })).status).toBe(400)
    expect((await read()).state).toBe('draft')
  })

  it('charges each size by the book that was in force when it was approved', async () => {
    await world.keepBook(testBook({ version: '1' }))
    await world.apply(world.vmRequest('web'))
    vi.setSystemTime(Date.parse('2026-11-20T12:00:00Z'))
    const twice = testBook({ version: '2' })
    await world.keepBook(twice)
    await world.apply(world.vmRequest('db'))
    monthOver()
    const { document } = await issued()
    const booksOf = (name: string) => [
      ...new Set(
        document.lines
          .filter(({ resource }) => resource === name)
          .map(({ price }) => (price.leastMinor === null ? null : price.priceBook)),
      ),
    ]
    expect([booksOf('web'), booksOf('db')]).toEqual([[`${twice.name}@1`], [`${twice.name}@2`]])
    expect(document.priceBooks).toEqual([`${twice.name}@1`, `${twice.name}@2`])
  })

  it('shows what has no price as such, with the reason, and in no total', async () => {
    await world.keepBook(testBook({ ownHardware: [] }))
    await world.apply(world.vmRequest('web'))
    monthOver()
    const { document } = await issued()
    expect(document.unpriced).toBeGreaterThan(0)
    expect(document.totals).toEqual([])
    for (const { price } of document.lines)
      expect(price).toMatchObject({ leastMinor: null, reason: expect.any(String) })
  })
})

describe('attestations', () => {
  it('of two of the three parties settle it, and all of it is in the log', async () => {
    monthOver()
    const { digest } = await issued()
    const first = InvoiceView.parse((await attest(world.tokens.owner, digest ?? '')).body)
    expect(first).toMatchObject({ state: 'issued', settledAt: null, attestationsNeeded: 2 })
    const second = await attest(world.tokens.auditor, digest ?? '')
    expect(second.status).toBe(201)
    const at = '2026-12-02T00:00:00.000Z'
    const settled = InvoiceView.parse(second.body)
    expect(settled).toMatchObject({ state: 'settled', settledAt: at })
    const auditor = await world.idOf('ada')
    expect(settled.attestations).toEqual([
      { party: 'auditor', by: auditor, at, digest },
      { party: 'tenant', by: world.ids.olga, at, digest },
    ])
    expect(leaves()).toEqual([
      { version: 1, from: 'draft', to: 'issued', reason: digest, actor: 'usr_operator' },
      {
        ...{ version: 2, from: 'issued', to: 'attested', reason: `tenant ${digest}` },
        actor: world.ids.olga,
      },
      {
        ...{ version: 3, from: 'issued', to: 'attested', reason: `auditor ${digest}` },
        actor: auditor,
      },
      {
        ...{ version: 4, from: 'issued', to: 'settled', reason: `2 of 3 ${digest}` },
        actor: 'phoenix',
      },
    ])
    // The third is welcome, and settles nothing a second time.
    const third = InvoiceView.parse((await attest(world.operator, digest ?? '')).body)
    expect(third.attestations.map(({ party }) => party)).toContain('platform')
    expect(third.settledAt).toBe(at)
    expect(leaves()?.at(-1)).toMatchObject({ version: 5, from: 'settled', to: 'attested' })
  })

  it('are three where operators want all of them; what was issued before stays as it was', async () => {
    const patch = (invoiceAttestations: number) =>
      world.http('PATCH', '/v1/tenants/acme', {
        ...{ token: world.operator, headers: { 'if-match': '*' }, body: { invoiceAttestations } },
      })
    for (const bad of [0, 1, 4, 2.5]) expect((await patch(bad)).status).toBe(422)
    expect((await patch(3)).status).toBe(200)
    monthOver()
    const { digest, attestationsNeeded } = await issued()
    expect(attestationsNeeded).toBe(3)
    expect((await patch(2)).status).toBe(200)
    await attest(world.tokens.owner, digest ?? '')
    const two = InvoiceView.parse((await attest(world.tokens.auditor, digest ?? '')).body)
    expect(two).toMatchObject({ state: 'issued', attestationsNeeded: 3 })
    const three = InvoiceView.parse((await attest(world.operator, digest ?? '')).body)
    expect(three.state).toBe('settled')
  })

  it('of a draft, or of another document, are refused', async () => {
    monthOver()
    const { document } = await read()
    expect(named(await attest(world.tokens.owner, document.digest))).toEqual([409, 'conflict'])
    await issue()
    for (const digest of [document.digest, OTHER_DIGEST])
      expect(named(await attest(world.tokens.owner, digest))).toEqual([409, 'conflict'])
    expect((await read()).attestations).toEqual([])
  })

  it('are one of each party: a second one of it is refused, the same again is the same', async () => {
    monthOver()
    const { digest } = await issued()
    const first = await attest(world.tokens.owner, digest ?? '')
    const admin = await world.tokenOf('adam', 'admin')
    expect(named(await attest(admin, digest ?? ''))).toEqual([409, 'conflict'])
    const again = await attest(world.tokens.owner, digest ?? '')
    expect([again.status, again.body]).toEqual([201, first.body])
    expect(leaves()).toHaveLength(2)
  })

  it('of a key are one: the same key for another document is refused', async () => {
    monthOver()
    const { digest } = await issued()
    const first = await attest(world.tokens.owner, digest ?? '', { key: 'mine' })
    expect((await attest(world.tokens.owner, digest ?? '', { key: 'mine' })).body).toEqual(
      first.body,
    )
    expect(named(await attest(world.tokens.owner, OTHER_DIGEST, { key: 'mine' }))).toEqual([
      422,
      'idempotency-key-reused',
    ])
  })

  it('are never two by the same person, who says for which party', async () => {
    const both = await world.tokenOf('bea', 'owner')
    await world.ensureMember('acme', 'bea', 'auditor')
    monthOver()
    const { digest } = await issued()
    const open = await attest(both, digest ?? '')
    expect(open.body).toMatchObject({ errors: [{ pointer: '/party' }] })
    expect((await attest(both, digest ?? '', { party: 'auditor' })).status).toBe(201)
    expect(named(await attest(both, digest ?? '', { party: 'tenant' }))).toEqual([
      403,
      'separation-of-duties',
    ])
    expect(named(await attest(both, digest ?? '', { party: 'platform' }))).toEqual([
      403,
      'forbidden',
    ])
    expect((await read()).attestations.map(({ party }) => party)).toEqual(['auditor'])
  })

  it('are by people, of who may: no machine, no other role', async () => {
    monthOver()
    const { digest } = await issued()
    const machine = await world.tokenOf('robot', 'auditor', { person: false })
    expect(named(await attest(machine, digest ?? ''))).toEqual([403, 'forbidden'])
    for (const token of [world.tokens.requester, world.tokens.approver])
      expect(named(await attest(token, digest ?? ''))).toEqual([403, 'forbidden'])
    expect((await read()).attestations).toEqual([])
  })

  it.each([
    ['no digest', {}],
    ['a digest of another kind', { digest: 'md5:1' }],
    ['a digest in capitals', { digest: `sha256:${'A'.repeat(64)}` }],
    ['a party that is none', { digest: OTHER_DIGEST, party: 'mallory' }],
    ['a field too many', { digest: OTHER_DIGEST, by: 'usr_x' }],
    ['a list', []],
  ])('with %s are refused', async (_, body) => {
    monthOver()
    await issue()
    const sent = { token: world.tokens.owner, body }
    const answer = await world.send('POST', `/invoices/${MONTH}/attestations`, sent)
    expect(answer.status).toBe(422)
    expect(JSON.stringify(answer.body)).not.toContain('mallory')
  })
})

describe('one person with another’s credential', () => {
  /** Who has made the tokens that this member has. */
  const madeBy = (maker: string, member: string) => {
    const idOf = (handle: string) => `(SELECT id FROM members WHERE handle = '${handle}')`
    const rows = world.tenants.actors.get(world.tenantId)?.surroundings.state.storage.sql
    rows?.exec(
      `UPDATE tokens SET lineage = json_array(${idOf(maker)}) WHERE member = ${idOf(member)}`,
    )
  }
  const attestedBy = async (...tokens: string[]) => {
    monthOver()
    const { digest } = await issued()
    const answers = []
    for (const token of tokens) answers.push((await attest(token, digest ?? '')).status)
    return answers
  }
  const bea = () => world.tokenOf('bea', 'auditor')

  it.each(['his own', 'the other'])('attests once, with %s first', async (first) => {
    const auditor = await bea()
    madeBy('olga', 'bea')
    const both = [world.tokens.owner, auditor]
    expect(await attestedBy(...(first === 'his own' ? both : both.reverse()))).toEqual([201, 403])
  })

  it('attests once, with those of two others', async () => {
    const [owner, auditor] = [await world.tokenOf('omar', 'owner'), await bea()]
    for (const member of ['omar', 'bea']) madeBy('rita', member)
    expect(await attestedBy(owner, auditor)).toEqual([201, 403])
  })

  it('is not who holds the root credential, with which everybody’s first token is made', async () => {
    const all = [world.operator, world.tokens.owner, world.tokens.auditor]
    expect(await attestedBy(...all)).toEqual([201, 201, 201])
  })
})

describe('one person with two pseudonyms', () => {
  it('who is a member here and an operator there, attests once', async () => {
    await world.createTenant('platform', { repository: 'platform/fleet' })
    const { token, member } = await world.createToken('platform', 'operator', { member: 'olga' })
    const { id: platformId } = (await (
      await world.http('GET', '/v1/tenants/platform', { token: world.operator })
    ).json()) as { id: string }
    const identify = (tenantId: string, memberId: string, identity: string) =>
      world.tenants.actors
        .get(tenantId)
        ?.surroundings.state.storage.sql.exec(
          'UPDATE members SET identity = ? WHERE id = ?',
          ...[identity, memberId],
        )
    identify(world.tenantId, world.ids.olga, 'one-and-the-same')
    identify(platformId, member, 'one-and-the-same')
    monthOver()
    const { digest } = await issued()
    expect((await attest(world.tokens.owner, digest ?? '')).status).toBe(201)
    expect(named(await attest(token, digest ?? ''))).toEqual([403, 'separation-of-duties'])
    expect((await read()).attestations).toHaveLength(1)
    identify(platformId, member, 'somebody-else')
    // Nothing was written by the actor itself, which would have forgotten.
    world.tenants.evict(platformId)
    expect((await attest(token, digest ?? '')).status).toBe(201)
  })
})

describe('two at the same time', () => {
  it('by one person under two pseudonyms are one, also while a third party attests', async () => {
    await world.createTenant('platform', { repository: 'platform/fleet' })
    const { token, member } = await world.createToken('platform', 'operator', { member: 'olga' })
    const { tenantId } = world
    const entry = await world.http('GET', '/v1/tenants/platform', { token: world.operator })
    const { id: platformId } = (await entry.json()) as { id: string }
    for (const [tenant, id] of [
      [tenantId, world.ids.olga],
      [platformId, member],
    ] as const)
      world.tenants.actors
        .get(tenant)
        ?.surroundings.state.storage.sql.exec(
          'UPDATE members SET identity = ? WHERE id = ?',
          ...['one-and-the-same', id],
        )
    monthOver()
    const { digest } = await issued()
    await attest(world.tokens.auditor, digest ?? '')
    // The owner is done while the operators' tenant is still asked who the operator is.
    let owner = 0
    world.tenants.setIntercept(async (call, run) => {
      if (call !== `${platformId}.call` || owner !== 0) return run()
      owner = (await attest(world.tokens.owner, digest ?? '')).status
      return run()
    })
    const operator = await attest(token, digest ?? '')
    world.tenants.setIntercept(null)
    expect([owner, ...named(operator)]).toEqual([201, 403, 'separation-of-duties'])
    expect((await read()).attestations).toHaveLength(2)
  })
})

describe('the list', () => {
  it('has every month since the tenant was made, the latest first, in pages', async () => {
    monthOver()
    await issue()
    const list = await world.send('GET', '/invoices', { token: world.tokens.auditor })
    expect(list.body.items).toMatchObject([
      { month: '2026-12', state: 'draft', digest: null },
      { month: '2026-11', state: 'issued', attestationsNeeded: 2 },
    ])
    const first = await world.send('GET', '/invoices?limit=1', { token: world.tokens.auditor })
    expect(first.body.items).toMatchObject([{ month: '2026-12' }])
    const rest = await world.http('GET', first.body.next ?? '', { token: world.tokens.auditor })
    expect(await rest.json()).toMatchObject({ items: [{ month: '2026-11' }], next: null })
    expect((await world.send('GET', '/invoices')).status).toBe(403)
  })
})

describe('a foreign tenant’s invoices', () => {
  it.each([
    ['GET', '', undefined],
    ['GET', `/${MONTH}`, undefined],
    ['POST', `/${MONTH}/issue`, undefined],
    ['POST', `/${MONTH}/attestations`, { digest: OTHER_DIGEST }],
  ])('%s /invoices%s are those of one that never was', async (method, path, body) => {
    await world.createTenant('other')
    const seen = async (tenant: string) => {
      const response = await world.http(method, `/v1/tenants/${tenant}/invoices${path}`, {
        ...{ token: world.tokens.owner, key: 'k' },
        ...(body ? { body } : {}),
      })
      const { instance: _request, ...problem } = (await response.json()) as Record<string, unknown>
      return { status: response.status, problem }
    }
    expect((await seen('other')).status).toBe(404)
    expect(await seen('other')).toEqual(await seen('never'))
  })
})
