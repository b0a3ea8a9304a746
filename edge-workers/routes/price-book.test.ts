// The price book over HTTP and in plans: whose it is, that another one changes what is shown, and what falls with it.
import { beforeEach, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { testBook } from '../../gitops/cost/book.fixture.ts'
import { PriceBook } from '../../schemas/price-book.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})
const read = async (query = '', token: string | null = world.tokens.requester) => {
  const response = await world.http(
    'GET',
    `/v1/price-book${query}`,
    token === null ? {} : { token },
  )
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const preview = async (name = 'web') =>
  (await world.send('POST', '/changes?validateOnly=true', { body: world.vmRequest(name) })).body
const install = (more: object = {}) => world.keepBook(testBook(more))

describe('200', () => {
  it('is the book that comes with Phoenix until one is installed, marked as stand-in data', async () => {
    const { status, body } = await read()
    expect(status).toBe(200)
    expect(PriceBook.parse(body)).toMatchObject({ name: 'phoenix-stand-in', standIn: true })
    const { plan } = await preview()
    expect(plan?.cost.after).toMatchObject({ priceBook: 'phoenix-stand-in@1', currency: 'USD' })
    expect(plan?.findings.map(({ rule }) => rule)).toContain('COST-STANDIN')
  })

  it('is the installed one from then on, also in plans and in the catalogue', async () => {
    await install()
    expect((await read()).body).toMatchObject({ name: 'test', currency: 'EUR' })
    const { plan } = await preview()
    expect(plan?.cost.after).toMatchObject({ priceBook: 'test@1', currency: 'EUR' })
    expect(plan?.findings.map(({ rule }) => rule)).not.toContain('COST-STANDIN')
    const template = await world.http('GET', '/v1/templates/virtual-machine', {
      token: world.tokens.requester,
    })
    expect(await template.json()).toMatchObject({ prices: { book: 'test@1' } })
  })

  it('is that of a jurisdiction for an operator', async () => {
    await install()
    expect((await read('?jurisdiction=eu', world.operator)).body).toMatchObject({ name: 'test' })
    expect((await read('', world.operator)).body).toMatchObject({ standIn: true })
  })

  it('is the one before once the installed one is taken away', async () => {
    await install()
    await world.keepBook(testBook(), true)
    expect((await read()).body).toMatchObject({ name: 'phoenix-stand-in' })
  })
})

describe('401 and 422', () => {
  it('is for nobody without a token', async () => {
    expect((await read('', null)).status).toBe(401)
  })

  it('is not that of another jurisdiction for a tenant', async () => {
    expect((await read('?jurisdiction=us')).status).toBe(422)
    expect((await read('?jurisdiction=mars')).status).toBe(422)
    expect((await read('?currency=EUR')).status).toBe(422)
  })
})

describe('a book that is not for this tenant', () => {
  it('leaves the plan unpriced, with the reason and the lines, and no total of 0', async () => {
    await install({ jurisdictions: ['us'] })
    const { plan } = await preview()
    const price = { leastMinor: null, reason: 'the price book is for other jurisdictions' }
    expect(plan?.cost).toMatchObject({ now: price, after: price, difference: price })
    expect(plan?.cost.lines).toHaveLength(3)
    expect(plan?.findings.find(({ rule }) => rule === 'UNPRICED')).toMatchObject({
      numbers: { unpriced: 3, lines: 3 },
    })
  })
})

describe('another book', () => {
  it('makes what was planned by the one before fall: its approval does not carry over', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await install()
    const approved = await world.decide('approvals', id)
    expect(approved.status).toBe(409)
    expect(approved.body.detail).toContain('What the plan read has changed')
    await world.insist(world.send('POST', `/changes/${id}/revisions`, { body: {} }))
    await world.settle()
    expect((await world.decide('approvals', id)).status).toBe(201)
    const { body } = await world.send('GET', `/changes/${id}/plan`)
    expect(body).toMatchObject({ cost: { after: { priceBook: 'test@1' } } })
  })

  it('does not change what stands: its price is the one that was approved', async () => {
    await world.apply(world.vmRequest('web'))
    const cost = async () =>
      (await world.send('GET', '/resources/web')).body as unknown as { cost: unknown }
    const before = (await cost()).cost
    expect(before).toMatchObject({ priceBook: 'phoenix-stand-in@1' })
    await install()
    expect((await cost()).cost).toEqual(before)
  })
})

describe('the page', () => {
  it('shows every row with its source, and that it is nobody’s offer', async () => {
    const response = await world.http('GET', '/price-book', {
      headers: { cookie: `phoenix_token=${world.tokens.auditor}` },
    })
    const text = await response.text()
    expect(response.status).toBe(200)
    expect(text).toContain('Stand-in data')
    expect(text).toContain('postgres-server Standard_D4ds_v5')
    expect(text).toContain('260.00 to 330.00 USD')
    expect(text).toContain('derived: 417')
  })
})
