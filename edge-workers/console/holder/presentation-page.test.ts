// The holder's page of a presentation request: what is asked for and why, the warning between devices, one browser on one device,
// what came of it, and never what was presented.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createVerifierWorld,
  START,
  VCT,
  type VerifierWorld,
} from '../../actors/tenant/credentials/presentations/verifier-world.fixture.ts'
import { scanned } from './page.fixture.ts'

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

const VISIT = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
const get = (path: string, headers: Record<string, string> = {}) =>
  world.world.send('GET', path, { headers })
const read = async (path: string, headers: Record<string, string> = {}): Promise<string> => {
  const text = await (await get(path, headers)).text()
  expect(text).not.toContain('Ada')
  return text
}
const cookieIn = (response: Response) => ({
  cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '',
})

describe('a request between devices', () => {
  it('says what is asked for and why, warns, and shows the link', async () => {
    const asked = await world.ask({ purpose: 'To see <your> level' })
    const text = await read(world.local(asked.page))
    expect(text).toContain('To see &lt;your&gt; level')
    expect(text).toContain('<bdi>given name</bdi>')
    expect(text).toContain(VCT)
    expect(text).toContain('Go on only if you began this yourself')
    expect(scanned(text)).toBe(asked.uri)
    expect((await get(world.local(asked.page))).headers.get('referrer-policy')).toBe('same-origin')
  })

  it('promises no more than is kept back', async () => {
    const bare = { id: 'badge', format: 'dc+sd-jwt', meta: { vct_values: [VCT] } }
    const asked = await world.ask({ dcql_query: { credentials: [bare] } })
    const text = await read(world.local(asked.page))
    expect(text).toContain('That you have it, and what it always discloses')
    expect(text).not.toContain('Everything in it')
  })

  it('follows it to the end', async () => {
    const { asked } = await world.go(await world.badge())
    const text = await read(world.local(asked.page))
    expect(text).toContain('Verified')
    expect(text).not.toContain('openid4vp:')
    const over = { iat: START / 1000 - 600, exp: START / 1000 - 60 }
    const refused = await world.go(await world.badge(over))
    const why = await read(world.local(refused.asked.page))
    expect(why).toContain('The credential has expired, or is not valid yet.')
  })
})

describe('a request on one device', () => {
  it('belongs to the browser that looks at it first', async () => {
    const path = world.local((await world.ask({ mode: 'same-device' })).page)
    const first = await get(path, VISIT)
    const text = await first.text()
    expect(text).toContain('openid4vp://')
    expect(text).not.toContain('Go on only if you began this yourself')
    expect(await read(path, cookieIn(first))).toContain('openid4vp://')
    const another = await read(path, VISIT)
    expect(another).toContain('Begun in another browser')
    expect(another).not.toContain('openid4vp://')
  })

  it('is not begun by a preview, but by its button', async () => {
    const path = world.local((await world.ask({ mode: 'same-device' })).page)
    for (const headers of [{}, { ...VISIT, 'sec-purpose': 'prefetch' }]) {
      const preview = await get(path, headers)
      expect(preview.headers.get('set-cookie')).toBeNull()
      const text = await preview.text()
      expect([text.includes('Go on in this browser'), text.includes('openid4vp://')]).toEqual([
        ...[true, false],
      ])
    }
    for (const origin of ['https://elsewhere.example', 'null', undefined]) {
      const headers: Record<string, string> = origin === undefined ? {} : { origin }
      const foreign = await world.world.send('POST', path, { headers })
      expect([foreign.status, foreign.headers.get('set-cookie')]).toEqual([403, null])
    }
    const headers = { origin: world.world.env.PUBLIC_URL }
    const begun = await world.world.send('POST', path, { headers })
    expect([begun.status, begun.headers.get('location')]).toEqual([303, path])
    expect(await read(path, cookieIn(begun))).toContain('openid4vp://')
  })
})
