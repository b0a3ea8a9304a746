// On one device an answer counts in the browser that began it (OpenID4VP 1.0 §8.2, §13.3), and in no other.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { digestFor } from './request-secrets.ts'
import { createVerifierWorld, START, type VerifierWorld } from './verifier-world.fixture.ts'

let world: VerifierWorld
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  world = await createVerifierWorld()
  await world.trust()
})
beforeEach(() => world.publish(0))
afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const scope = () => ({ env: world.world.env, tenant: () => ({ id: world.tenantId }) })
const cookieOf = (browser: string) => ({ cookie: `phoenix_presentation=${browser}` })
const [MINE, ANOTHER] = ['a'.repeat(64), 'b'.repeat(64)]
const wallet = () => world.world.env.TENANT.getByName(world.tenantId).wallet
const pageOf = ({ page, id }: { page: string; id: string }) => ({
  id,
  pageDigest: digestFor(scope(), 'page', page.split('/').at(-1) ?? ''),
})
const digest = (browser: string) => digestFor(scope(), 'browser', browser)

/** Asked for, begun in this browser, and answered by the wallet. */
const answered = async (browser: string | null = MINE) => {
  const asked = await world.ask({ mode: 'same-device' })
  if (browser !== null)
    await wallet()('presentations.begin', { ...pageOf(asked), browserDigest: digest(browser) })
  const { object } = await world.fetchObject(asked)
  const text = await world.presentTo(object, await world.badge())
  const { status, body } = await world.answer(object, { badge: [text] })
  expect(status).toBe(200)
  return { asked, object, text, uri: world.local(body.redirect_uri ?? '') }
}
const comeBack = (uri: string, browser?: string) =>
  world.world.send('GET', uri, { headers: browser ? cookieOf(browser) : {} })

describe('a request on one device', () => {
  it('is verified when the browser that began it comes back, and its page is where it goes', async () => {
    const { asked, uri } = await answered()
    expect(uri).toMatch(/\/return\?response_code=[0-9a-f]{64}$/)
    expect(await world.read(asked.id)).toMatchObject({ state: 'retrieved', presented: null })
    const back = await comeBack(uri, MINE)
    expect([back.status, back.headers.get('location')]).toEqual([303, world.local(asked.page)])
    const read = await world.read(asked.id)
    expect([read.state, read.presented?.[0]?.claims]).toEqual([
      ...['verified', { given_name: 'Ada', level: 3 }],
    ])
    // Told again, it is the same again.
    expect((await comeBack(uri, MINE)).status).toBe(303)
  })

  it.each<[string, (uri: string) => Promise<Response>]>([
    ['another browser', (uri) => comeBack(uri, ANOTHER)],
    ['a browser that began nothing', (uri) => comeBack(uri)],
    [
      'another code',
      (uri) => comeBack(`${uri.slice(0, -1)}${uri.endsWith('0') ? '1' : '0'}`, MINE),
    ],
    ['no code', (uri) => comeBack(uri.replace(/\?.*/, ''), MINE)],
    [
      'a request that there is not',
      (uri) => comeBack(uri.replace(/prq_.{26}/, `prq_${'a'.repeat(26)}`), MINE),
    ],
  ])('is not moved by %s', async (_, come) => {
    const { asked, uri } = await answered()
    const response = await come(uri)
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('This is not where it began')
    expect((await world.read(asked.id)).state).toBe('retrieved')
    expect((await comeBack(uri, MINE)).status).toBe(303)
  })

  it('says so to another browser in the language of whoever reads it', async () => {
    const { uri } = await answered()
    const headers = { 'accept-language': 'de-AT, en;q=0.5' }
    const response = await world.world.send('GET', uri, { headers })
    expect([response.status, response.headers.get('content-language')]).toEqual([404, 'de'])
    expect(await response.text()).toContain('<h1>Hier hat es nicht begonnen</h1>')
  })

  it('that no browser began counts for nobody', async () => {
    const { asked, uri } = await answered(null)
    for (const browser of [undefined, MINE]) expect((await comeBack(uri, browser)).status).toBe(404)
    expect((await world.read(asked.id)).state).toBe('retrieved')
  })

  it('is answered once, and forgotten when nobody comes back', async () => {
    const { asked, object, text, uri } = await answered()
    expect((await world.answer(object, { badge: [text] })).status).toBe(400)
    vi.setSystemTime(Date.now() + 301_000)
    await world.world.tenants.alarm(world.tenantId)
    expect((await world.read(asked.id)).state).toBe('expired')
    expect((await comeBack(uri, MINE)).status).toBe(303)
    expect(await world.read(asked.id)).toMatchObject({ state: 'expired', presented: null })
  })

  it('belongs to the first browser that opens its page', async () => {
    const asked = await world.ask({ mode: 'same-device' })
    const page = pageOf(asked)
    const begin = (browser: string) =>
      wallet()('presentations.begin', { ...page, browserDigest: digest(browser) })
    const read = async (browser: string | null) => {
      const browserDigest = browser && digest(browser)
      const shown = await wallet()('presentations.page', { ...page, browserDigest })
      return shown.ok ? [shown.value.browser, shown.value.uri !== null] : shown.refusal.problem
    }
    expect(await read(null)).toEqual(['none', true])
    expect(await begin(MINE)).toMatchObject({ value: { bound: true } })
    expect(await begin(ANOTHER)).toMatchObject({ value: { bound: false } })
    expect(await begin(MINE)).toMatchObject({ value: { bound: true } })
    expect([await read(MINE), await read(ANOTHER)]).toEqual([
      ['here', true],
      ['another', false],
    ])
    const wrong = { id: asked.id, pageDigest: digestFor(scope(), 'page', 'x'), browserDigest: null }
    expect(await wallet()('presentations.page', wrong)).toMatchObject({
      refusal: { problem: 'not-found' },
    })
  })
})
