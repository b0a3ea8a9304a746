// The holder's pages of an offer and of its credential: every step, the link in three forms, five languages, and never the code nor
// what the credential says.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CredentialOffer } from '../../../schemas/credential.ts'
import { holderKey } from '../../routes/wallet/holder.fixture.ts'
import {
  CLAIMS,
  createIssuingWorld,
  type IssuingWorld,
} from '../../routes/wallet/issuing-world.fixture.ts'
import { languages, messagesFor } from '../languages/languages.ts'
import { registerConsoleRoutes } from '../routes.tsx'
import { answerOf, scanned } from './page.fixture.ts'

let world: IssuingWorld
beforeAll(async () => {
  world = await createIssuingWorld({ register: registerConsoleRoutes })
})
afterAll(() => vi.useRealTimers())

const pathOf = ({ page }: Pick<CredentialOffer, 'page'>) => page.replace(world.env.PUBLIC_URL, '')
const get = (path: string, headers: Record<string, string> = {}) =>
  world.send('GET', path, { headers })
/** Nothing on it is about a person, and no code is. */
const read = async (path: string, offer?: CredentialOffer): Promise<string> => {
  const response = await get(path)
  expect(response.status).toBe(200)
  const text = await response.text()
  for (const secret of [CLAIMS.given_name, offer?.txCode ?? 'no code'])
    expect(text).not.toContain(secret)
  return text
}
const codeOf = async (offer: CredentialOffer) =>
  world.holder.codeOf(await world.holder.fetchOffer(offer.uri ?? ''))
const wrong = ({ txCode }: CredentialOffer) => (txCode === '000000' ? '111111' : '000000')

describe('the page of an offer', () => {
  it('has the link to scan, to tap and to copy, and tells nobody its address', async () => {
    const offer = await world.offer()
    const response = await get(pathOf(offer))
    const text = await response.clone().text()
    expect(scanned(text)).toBe(offer.uri)
    const link = (offer.uri ?? '').replaceAll('&', '&amp;')
    expect(text).toContain(`<a class="button" href="${link}"`)
    expect(text).toContain(`value="${link}" readonly`)
    expect(text).toMatch(/role="img" aria-label="QR code: [^"]+"/)
    expect(text).toContain('<noscript><meta http-equiv="refresh"')
    expect(text).toContain('data-left="900">15:00<')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      ...{ 'referrer-policy': 'same-origin', 'x-robots-tag': 'noindex, nofollow' },
      ...{ vary: 'accept-language', 'cache-control': 'no-store' },
    })
    // Of others it stays as it was.
    expect((await get('/sign-in')).headers.get('referrer-policy')).toBe('same-origin')
    await read(pathOf(offer), offer)
  })

  it('follows each step, to the status of what was issued', async () => {
    const offer = await world.offer()
    const path = pathOf(offer)
    expect(await read(path, offer)).toContain('Waiting for your wallet')
    const code = await codeOf(offer)
    expect(await read(path, offer)).toContain('Your wallet has read the offer')
    expect(await read(path, offer)).toContain('Tries left for the code: 5')
    await world.holder.redeem(code, wrong(offer))
    expect(await read(path, offer)).toContain('Tries left for the code: 4')
    const { body } = await world.holder.redeem(code, offer.txCode)
    const token = String(body.access_token)
    const accepted = await read(path, offer)
    expect(accepted).toContain('The code is accepted')
    expect(accepted).not.toContain('openid-credential-offer:')
    const issued = await world.holder.request(token, 'badge', [await holderKey()])
    expect(await read(path, offer)).toContain('The credential is issued')
    await world.holder.notify(token, issued.body.notification_id)
    const done = await read(path, offer)
    expect(done).toContain('The credential is in your wallet')
    expect(done).not.toContain('data-live')
    expect(
      done.match(/\/credentials\/[a-z2-7]{26}\/crd_[a-z2-7]{26}\/[a-z2-7]{32}"/g),
    ).toHaveLength(1)
  })

  it('says why it failed, whom to ask, and leads to the offer in its place', async () => {
    const offer = await world.offer()
    const code = await codeOf(offer)
    for (let at = 0; at < 5; at += 1) await world.holder.redeem(code, wrong(offer))
    const failed = await read(pathOf(offer), offer)
    expect(failed).toContain('The code was wrong too often.')
    expect(failed).toMatch(/Ask [^<]+ for a new offer\./)
    const asked = (headers: Record<string, string>) =>
      world.send('POST', pathOf(offer), { headers })
    expect((await asked({ origin: 'https://elsewhere.example' })).status).toBe(403)
    expect((await world.issuance(offer)).askedAgainAt).toBeNull()
    expect(failed).toContain('Ask for a new offer</button>')
    for (const _ of ['once', 'twice']) {
      const told = await asked({ origin: world.env.PUBLIC_URL })
      expect([told.status, told.headers.get('location')]).toEqual([303, pathOf(offer)])
    }
    expect(await world.issuance(offer)).toMatchObject({
      ...{ state: 'failed', askedAgainAt: expect.any(String) },
    })
    expect(await read(pathOf(offer), offer)).toContain('was told that you ask for a new offer')
    const renewed = await world.api('POST', `/credential-offers/${offer.id}/renew`, {
      body: { claims: CLAIMS },
    })
    expect(await read(pathOf(offer), offer)).toContain(`href="${renewed.body.page}"`)
    expect((await world.issuance(offer)).askedAgainAt).toBeNull()
  })

  it('expires, and was taken back', async () => {
    const denied = await world.offer()
    await world.api('POST', `/issuances/${denied.issuance.id}/deny`)
    expect(await read(pathOf(denied))).toContain('The offer was taken back')
    const late = await world.offer({ expiresInSeconds: 60 })
    world.advance(30)
    expect(await read(pathOf(late))).toContain('data-left="30">0:30<')
    world.advance(31)
    const text = await read(pathOf(late))
    expect(text).toContain('The offer has expired')
    expect(text).not.toContain('data-left')
  })

  it('is in the language that is asked for', async () => {
    const path = pathOf(await world.offer())
    for (const [lang, words] of Object.entries(languages)) {
      const response = await get(path, { 'accept-language': `${lang}-XX, en;q=0.5` })
      const text = await response.text()
      expect(response.headers.get('content-language')).toBe(lang)
      expect(text).toContain(`<html lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}">`)
      expect(text).toContain(words.offer.states.created?.[0])
    }
  })

  it.each([
    ['', 'en'],
    ['xx', 'en'],
    ['constructor, fr;q=0.1', 'fr'],
    ['en;q=0.3, es-MX;q=0.9, de;q=0', 'es'],
    ['*', 'en'],
  ])('for %j it is in %s', (header, lang) => {
    expect(messagesFor(header).lang).toBe(lang)
  })

  it('reads no header without end', () => {
    expect(messagesFor(`${'xx,'.repeat(5_000)}de`).lang).toBe('en')
  })

  it('has a sentence for every state and fault in every language', () => {
    const shape = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([name, inner]) => [name, shape(inner)])
        : typeof value
    for (const words of Object.values(languages)) expect(shape(words)).toEqual(shape(languages.en))
  })

  it('is not there for whoever lacks any part of its address', async () => {
    const [path, other] = [pathOf(await world.offer()), pathOf(await world.offer())]
    const [, , issuer = '', id = '', secret = ''] = path.split('/')
    const wrongOnes = [
      `/offers/${issuer}/${id}/${other.split('/')[4]}`,
      `/offers/${issuer}/${id}/${'a'.repeat(32)}`,
      `/offers/${issuer}/ofr_${'a'.repeat(26)}/${secret}`,
      `/offers/${'a'.repeat(26)}/${id}/${secret}`,
      `/offers/${issuer}/x/${secret}`,
      `/offers/${issuer}/${id}/%00`,
      `/credentials/${issuer}/crd_${'a'.repeat(26)}/${secret}`,
      `/presentations/${issuer}/prq_${'a'.repeat(26)}/${secret}`,
    ]
    const answers = await Promise.all(wrongOnes.map(async (at) => answerOf(await get(at))))
    expect(answers[0]?.status).toBe(404)
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect((await get(path)).status).toBe(200)
  })
})

describe('the page of a credential', () => {
  const issued = async () => {
    const { made, token } = await world.authorized()
    await world.holder.request(token, 'badge', [await holderKey()])
    const page = /\/credentials\/[a-z2-7]{26}\/crd_[a-z2-7]{26}\/[a-z2-7]{32}/.exec(
      await read(pathOf(made), made),
    )?.[0]
    const id = (await world.issuance(made)).credentials[0]
    const change = (verb: string, reason: string) =>
      world.api('POST', `/credentials/${id}/${verb}`, { body: { reason } })
    return { page: page ?? '', change }
  }

  it('says whether it counts, why not, and what to do', async () => {
    const { page, change } = await issued()
    expect(await read(page)).toContain('<strong>Valid</strong>')
    await change('suspend', 'device-lost: told by Zoe on the telephone')
    const suspended = await read(page)
    expect(suspended).toContain('<strong>Suspended</strong>')
    expect(suspended).toContain('A device was reported lost or stolen.')
    expect(suspended).not.toContain('Zoe')
    await change('reinstate', 'found')
    expect(await read(page)).toContain('<strong>Valid</strong>')
    await change('revoke', 'Zoe was here')
    const revoked = await read(page)
    expect(revoked).toContain('<strong>Revoked</strong>')
    expect(revoked).toContain('The issuer decided so.')
    expect(revoked).toMatch(/ask [^<]+ for a new offer/)
    expect(revoked).not.toContain('Zoe')
  })

  it('expires, and is not there for another secret', async () => {
    const { page } = await issued()
    const other = `${page.slice(0, -1)}${page.endsWith('a') ? 'b' : 'a'}`
    expect((await get(other)).status).toBe(404)
    world.advance(31_536_001)
    expect(await read(page)).toContain('<strong>Expired</strong>')
  })
})
