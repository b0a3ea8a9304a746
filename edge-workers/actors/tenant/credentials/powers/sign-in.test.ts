// Signing in by presenting a phoenix-member credential: the browser that began it gets the session, of this one tenant alone, and
// it ends with the credential or the membership.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { NewCredentialOffer } from '../../../../../schemas/credential.ts'
import { newIssuer, newSigner } from '../../../../credentials/presenter.fixture.ts'
import { browserOf, callerIn, linkIn } from './browser.fixture.ts'
import { createPowerWorld, type InWallet, type PowerWorld, START } from './power-world.fixture.ts'

let made: PowerWorld
let held: InWallet
beforeEach(async () => {
  made = await createPowerWorld()
  held = await made.hold('phoenix-member', made.world.ids.anton)
})
afterEach(() => vi.useRealTimers())

const newBrowser = () => browserOf(made)
/** What a wallet is told that scans what this page shows. */
const scan = (text: string, held: InWallet) => made.show({ uri: linkIn(text) }, held)

describe('a member who presents his credential', () => {
  it('is signed in where he began it, in that tenant and nowhere else, and is listed', async () => {
    const browser = newBrowser()
    expect((await browser.go('GET', '/sign-in')).text).toContain('Sign in with a credential')
    const { status, to } = await browser.begin()
    expect(status).toBe(303)
    const page = await browser.go('GET', to ?? '')
    expect([page.status, page.text.includes('<svg')]).toEqual([200, true])
    expect(await scan(page.text, held)).toMatchObject({ status: 200, fault: null })
    // Whoever else has the address has nothing.
    const stranger = newBrowser()
    await stranger.begin()
    expect((await stranger.go('GET', to ?? '')).status).toBe(404)
    const entered = await browser.go('GET', to ?? '')
    expect([entered.status, entered.to]).toEqual([303, '/t/acme'])
    const home = await browser.go('GET', '/t/acme')
    expect([home.status, home.text.includes('anton')]).toEqual([200, true])
    const token = made.world.tokens.approver
    const { items } = await made.insist<{ items: object[] }>('GET', '/sessions', { token })
    expect(items).toMatchObject([
      { issuer: 'credential', member: made.world.ids.anton, endedAt: null },
    ])
    await made.world.createTenant('other')
    expect((await browser.go('GET', '/t/other')).status).toBe(404)
  })

  it('on one device comes back by the wallet’s address, and only in the browser that began it', async () => {
    const browser = newBrowser()
    const { to } = await browser.begin({ mode: 'same-device' })
    const told = await scan((await browser.go('GET', to ?? '')).text, held)
    const back = made.local(told.back ?? '')
    expect(back).toContain('response_code=')
    const stranger = newBrowser()
    await stranger.begin()
    expect((await stranger.go('GET', back)).status).toBe(404)
    const returned = await browser.go('GET', back)
    expect([returned.status, returned.to]).toEqual([303, to])
    expect((await browser.go('GET', to ?? '')).to).toBe('/t/acme')
    expect((await browser.go('GET', '/t/acme')).status).toBe(200)
  })

  const signIn = async () => {
    const browser = newBrowser()
    const { to } = await browser.begin()
    await scan((await browser.go('GET', to ?? '')).text, held)
    await browser.go('GET', to ?? '')
    expect((await browser.go('GET', '/t/acme')).status).toBe(200)
    return { browser, to: to ?? '' }
  }

  it('signs out, and the same presentation signs nobody in again', async () => {
    const { browser, to } = await signIn()
    await browser.go('POST', '/sign-out', {})
    await browser.go('GET', to)
    expect((await browser.go('GET', '/t/acme')).to).toContain('/sign-in')
  })

  it('asks for a change with whoever offered the credential behind it, who does not approve it', async () => {
    const rita = made.world.ids.rita
    const browser = newBrowser()
    const hers = await made.hold('phoenix-member', rita)
    const { to } = await browser.begin()
    await scan((await browser.go('GET', to ?? '')).text, hers)
    await browser.go('GET', to ?? '')
    const caller = callerIn(browser)
    await browser.go('GET', '/t/acme')
    const request = made.world.vmRequest('hers') as never
    const input = { key: 'hers', fingerprint: 'hers', request, validateOnly: false }
    const asked = await made.world.tenant.createChange(caller, input)
    const id = asked.ok ? (asked.value.id ?? '') : ''
    await made.world.settle()
    const { owner, approver } = made.world.tokens
    const approve = (token: string) => made.api('POST', `/changes/${id}/approvals`, { token })
    expect((await approve(owner)).problem).toBe('separation-of-duties')
    expect((await approve(approver)).status).toBe(201)
  })

  it('hands on whoever stands behind it: two offers on, he approves no change of his own either', async () => {
    const { world } = made
    const { olga } = world.ids
    const asked = await world.request(world.vmRequest('hers'), { token: world.tokens.owner })
    await world.settle()
    expect(asked.body.requester).toBe(olga)
    const enter = async (held: InWallet) => {
      const browser = newBrowser()
      const { to } = await browser.begin()
      await scan((await browser.go('GET', to ?? '')).text, held)
      await browser.go('GET', to ?? '')
      await browser.go('GET', '/t/acme')
      return callerIn(browser)
    }
    // Olga takes the credential that she offers to the other owner, and as him offers one to the approver.
    await world.tokenOf('otto', 'owner')
    await world.tokenOf('eva', 'approver')
    const asOtto = await enter(await made.hold('phoenix-member', await world.idOf('otto')))
    made.advance(1)
    const member = await world.idOf('eva')
    const body = NewCredentialOffer.parse({ configurations: ['phoenix-member'], member })
    const input = { key: 'laundered', fingerprint: 'laundered', body }
    const offered = await world.tenant.call(asOtto, 'offers.create', input)
    if (!offered.ok) throw new Error(JSON.stringify(offered))
    const asEva = await enter(await made.redeem(offered.value))
    const id = asked.body.id ?? ''
    const told = await world.tenant.approveChange(asEva, id, 'own', {})
    expect(told).toMatchObject({ ok: false, refusal: { problem: 'separation-of-duties' } })
  })

  it('is out as soon as the credential is revoked, or the membership ends', async () => {
    const one = await signIn()
    await made.setStatus(held.id, 'suspend')
    expect((await one.browser.go('GET', '/t/acme')).status).not.toBe(200)
    await made.setStatus(held.id, 'reinstate')
    expect((await one.browser.go('GET', '/t/acme')).status).not.toBe(200)
    made.advance(1)
    const two = await signIn()
    await made.insist('DELETE', `/members/${made.world.ids.anton}`, { ifMatch: '*' })
    expect((await two.browser.go('GET', '/t/acme')).status).not.toBe(200)
    expect(await made.insist('GET', `/credentials/${held.id}`)).toMatchObject({
      ...{ status: 'invalid', reason: 'the membership has ended' },
    })
  })
})

describe('nobody is signed in', () => {
  it('by a revoked credential, an approver’s, or one of an issuer that says the same', async () => {
    const browser = newBrowser()
    const page = async () => (await browser.go('GET', (await browser.begin()).to ?? '')).text
    const approver = await made.hold('phoenix-approver', made.world.ids.anton)
    expect((await scan(await page(), approver)).fault).toBe('not-asked-for')
    const elsewhere = await newIssuer('https://issuer.example.com', START)
    await made.insist('POST', '/trusted-issuers', {
      body: { name: 'Elsewhere', kind: 'x509', value: elsewhere.rootPem },
    })
    const object = await made.fetchObject({ uri: linkIn(await page()) })
    const key = await newSigner()
    const text = await elsewhere.issue({
      ...{ claims: { member: made.world.ids.olga }, holder: key.publicJwk },
      fixed: {
        vct: object.dcql_query.credentials[0]?.meta.vct_values?.[0] ?? '',
        ...{ iat: START / 1000 - 60, exp: START / 1000 + 86_400 },
      },
    })
    const shown = await made.presentationOf({ text, key }, object)
    expect((await made.answer(object, shown)).fault).toBe('untrusted-issuer')
    const last = await page()
    const spare = await made.hold('phoenix-member', made.world.ids.olga)
    await made.setStatus(held.id, 'revoke')
    expect((await scan(last, held)).fault).toBe('revoked')
    await made.setStatus(spare.id, 'revoke')
    expect(browser.jar.has('phoenix_session')).toBe(false)
  })

  it('at a tenant where nobody has such a credential, which looks like one that is not there', async () => {
    await made.world.createTenant('other')
    const [none, other] = [
      await newBrowser().begin({ tenant: 'nowhere' }),
      await newBrowser().begin({ tenant: 'other' }),
    ]
    const plain = ({ text }: { text: string }) => text.replaceAll(/req_[0-9a-f]+/g, '')
    expect([none.status, other.status, plain(none)]).toEqual([401, 401, plain(other)])
  })
})

describe('whoever begins many', () => {
  const strangers = async (many: number, address: (one: number) => string) => {
    let last = await browserOf(made, address(0)).begin()
    for (let one = 1; one < many; one += 1) last = await browserOf(made, address(one)).begin()
    return last
  }

  it('at one address, or in one network of IPv6, locks nobody out, and loses his own oldest', async () => {
    const [first, elsewhere] = [browserOf(made, '192.0.2.1'), browserOf(made, '198.51.100.7')]
    const [{ to }, theirs] = [await first.begin(), await elsewhere.begin()]
    expect((await strangers(21, () => '192.0.2.1')).status).toBe(303)
    expect((await strangers(21, (one) => `2001:db8::${one + 1}`)).status).toBe(303)
    const lost = await first.go('GET', to ?? '')
    expect(lost.text.includes('Time is over')).toBe(true)
    const page = await elsewhere.go('GET', theirs.to ?? '')
    expect(await scan(page.text, held)).toMatchObject({ status: 200, fault: null })
    const { open } = sql()
      .exec("SELECT count(*) AS open FROM presentation_requests WHERE state = 'pending'")
      .one() as { open: number }
    expect(open).toBe(40)
  })

  it('in one browser loses his oldest tab', async () => {
    const browser = newBrowser()
    const tabs = []
    for (let tab = 0; tab < 4; tab += 1) tabs.push(await browser.begin())
    const texts = []
    for (const { to } of tabs) texts.push((await browser.go('GET', to ?? '')).text)
    expect(texts.map((text) => text.includes('Time is over'))).toEqual([true, false, false, false])
  })

  it('at a thousand addresses is told to come back, and when', async () => {
    const { to } = await newBrowser().begin()
    const id = to?.split('/').at(-1) ?? ''
    sql().exec(
      `WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 999)
       INSERT INTO presentation_requests SELECT ${columns()} FROM presentation_requests, many WHERE presentation_requests.id = ?`,
      id,
    )
    const told = await browserOf(made, '203.0.113.5').begin()
    expect([told.status, told.retryAfter]).toEqual([429, '60'])
    expect(told.text.includes('Too many sign-ins')).toBe(true)
  })
})

const sql = () => {
  const storage = made.world.tenants.storageOf(made.world.tenantId)
  if (!storage) throw new Error('no tenant')
  return storage.sql
}
/** All of a row, and what has to be its own of each. */
const columns = (): string =>
  sql()
    .exec('SELECT name FROM pragma_table_info(?)', 'presentation_requests')
    .toArray()
    .map(({ name }) => String(name))
    .map((name) => (/^(?:id|stateDigest|sessionDigest)$/.test(name) ? `${name} || n` : name))
    .join(', ')
