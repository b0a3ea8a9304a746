// The tenant's pages about credentials: forms do what the API does, the PIN is shown once, a reader has no buttons, others nothing.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { holderKey } from '../../routes/wallet/holder.fixture.ts'
import { createIssuingWorld, type IssuingWorld } from '../../routes/wallet/issuing-world.fixture.ts'
import { registerConsoleRoutes } from '../routes.tsx'

const ROOT = '/t/acme/credentials'
let world: IssuingWorld
let tokens: Record<'auditor' | 'requester', string>
beforeAll(async () => {
  world = await createIssuingWorld({ register: registerConsoleRoutes })
  tokens = {
    auditor: (await world.createToken('acme', 'auditor')).token,
    requester: (await world.createToken('acme', 'requester')).token,
  }
})
afterAll(() => vi.useRealTimers())

const page = async (path: string, token = world.owner) => {
  const answer = await world.send('GET', path, { headers: { cookie: `phoenix_token=${token}` } })
  return {
    status: answer.status,
    text: await answer.text(),
    to: answer.headers.get('location'),
  }
}
const send = async (
  path: string,
  form: Record<string, string> | [string, string][],
  { token = world.owner, origin = world.env.PUBLIC_URL } = {},
) => {
  const answer = await world.send('POST', path, {
    body: new URLSearchParams(form).toString(),
    headers: {
      ...{ cookie: `phoenix_token=${token}`, origin },
      'content-type': 'application/x-www-form-urlencoded',
    },
  })
  return { status: answer.status, text: await answer.text(), to: answer.headers.get('location') }
}
const found = (text: string, pattern: RegExp): string => {
  const [, first = ''] = pattern.exec(text) ?? []
  expect(first).not.toBe('')
  return first
}
const OFFER = {
  ...{ configuration: 'badge', 'claim.given_name': 'Sesame', 'claim.family_name': 'Open' },
  ...{ 'claim.address.city': 'Bonn', pin: '6', hint: 'By letter', seconds: '900' },
}

it('make a configuration from a form, show it and withdraw it', async () => {
  const form = {
    ...{ key: 'console:1', name: 'library', title: 'Library <card>', driver: 'openid4vci' },
    ...{ 'claim-0': 'reader.name', 'label-0': 'Reader', 'mandatory-0': 'on', 'claim-3': 'level' },
    ...{ days: '30', batch: '2' },
  }
  const made = await send(`${ROOT}/configurations`, form)
  expect(made).toMatchObject({ status: 303, to: `${ROOT}/configurations/library` })
  const one = await page(`${ROOT}/configurations/library`)
  for (const part of ['Library &lt;card&gt;', 'reader.name', '30 days', 'Offer it'])
    expect(one.text).toContain(part)
  expect((await page(`${ROOT}/new-offer?configuration=library`)).text).toContain(
    'name="claim.reader.name"',
  )
  const version = found(one.text, /name="version" value="(\d+)"/)
  const gone = await send(`${ROOT}/configurations/library/withdraw`, { version })
  expect(gone.status).toBe(303)
  expect((await page(`${ROOT}/new-offer`)).text).not.toContain('value="library"')
  const bad = await send(`${ROOT}/configurations`, { ...form, name: 'No Name', key: 'console:2' })
  expect([bad.status, bad.text.includes('value="reader.name"')]).toEqual([409, true])
})

it('change a configuration by a form, and leave alone what the form does not show', async () => {
  const display = [
    { name: 'Pass', locale: 'en', background_color: '#112233' },
    { name: 'Pass (deutsch)', locale: 'de' },
  ]
  const claims = [
    {
      path: ['level'],
      mandatory: true,
      display: [{ name: 'Level' }, { name: 'Stufe', locale: 'de' }],
    },
    { path: ['gone'] },
  ]
  const body = { name: 'edited', display, claims, validitySeconds: 1_800, batchSize: 4 }
  expect((await world.api('POST', '/credential-configurations', { body })).status).toBe(201)
  const path = `${ROOT}/configurations/edited/edit`
  expect((await page(`${ROOT}/configurations/edited`)).text).toContain(`href="${path}"`)
  const { text } = await page(path)
  const inputs = [...text.matchAll(/<input[^>]*>/g)].map(([input]) => input)
  // As a browser sends it, with one word changed and one claim taken out.
  const sent = inputs.flatMap((input): [string, string][] => {
    const name = /name="([^"]*)"/.exec(input)?.[1]
    const unchecked = input.includes('type="checkbox"') && !input.includes('checked')
    return name && !unchecked ? [[name, /value="([^"]*)"/.exec(input)?.[1] ?? '']] : []
  })
  const typed = { ...Object.fromEntries(sent), title: 'Pass two', 'claim-1': '', 'claim-2': 'new' }
  expect((await send(path, typed)).status).toBe(303)
  const { body: now } = await world.api('GET', '/credential-configurations/edited')
  expect(now).toMatchObject({
    display: [{ ...display[0], name: 'Pass two' }, display[1]],
    claims: [claims[0], { path: ['new'] }],
    ...{ validitySeconds: 1_800, batchSize: 4 },
  })
  // Of a version that is no more, and of words that do not fit, nothing is saved.
  expect((await send(path, typed)).status).toBe(409)
  const bad = await send(path, { ...typed, version: String(now.version), 'claim-2': '9' })
  expect([bad.status, bad.text.includes('value="9"')]).toEqual([409, true])
  const own = await page(`${ROOT}/configurations/phoenix-member/edit`)
  expect([own.status, own.text.includes('name="claim-0"')]).toEqual([200, false])
  expect((await page(path, tokens.auditor)).status).not.toBe(200)
})

it('offer by a form, with the PIN in that answer and on no page', async () => {
  const made = await send(`${ROOT}/offers`, { ...OFFER, key: 'console:3' })
  expect(made.status).toBe(200)
  const pin = found(made.text, /<pre class="secret">(\d{6})</)
  const holderPage = found(made.text, /href="([^"]+\/offers\/[a-z2-7]{26}\/[^"]+)"/)
  // Sent again, it is the same.
  expect((await send(`${ROOT}/offers`, { ...OFFER, key: 'console:3' })).text).toContain(pin)
  const list = await page(`${ROOT}/offers`)
  const one = found(list.text, /href="(\/t\/acme\/credentials\/offers\/ofr_[a-z2-7]+)"/)
  const holders = await page(holderPage.replace(world.env.PUBLIC_URL, ''))
  expect(holders.text).toContain('By letter')
  for (const { text } of [list, await page(one), holders])
    for (const secret of [pin, 'Sesame', 'Bonn']) expect(text).not.toContain(secret)
  expect((await send(`${one}/deny`, {})).status).toBe(303)
  const denied = await page(one)
  expect(denied.text).toContain('Offer it again')
  const renewed = await send(`${one}/renew`, { ...OFFER, key: 'console:4' })
  expect([renewed.status, /<pre class="secret">\d{6}</.test(renewed.text)]).toEqual([200, true])
})

it('say on the form what does not fit, and keep what was typed', async () => {
  const { 'claim.family_name': _, ...less } = OFFER
  const refused = await send(`${ROOT}/offers`, { ...less, key: 'console:5' })
  expect([refused.status, refused.text.includes('value="Sesame"')]).toEqual([409, true])
})

it('release what waits for a word', async () => {
  const { made, token } = await world.authorized({ deferred: true })
  await world.holder.request(token, 'badge', [await holderKey()])
  const one = `${ROOT}/offers/${made.id}`
  expect((await page(one)).text).toContain('Release')
  expect((await send(`${one}/release`, {})).status).toBe(303)
  const { body } = await world.api('GET', `/issuances/${made.issuance.id}`)
  expect(body.state).toBe('deferred')
})

it('list what was issued by filters, and suspend, reinstate and revoke it with a reason', async () => {
  const { made, token } = await world.authorized()
  await world.holder.request(token, 'badge', [await holderKey()])
  const [id = ''] = (await world.issuance(made)).credentials
  const one = `${ROOT}/issued/${id}`
  expect((await page(`${ROOT}?configuration=badge&status=valid&member=`)).text).toContain(one)
  expect((await page(`${ROOT}?status=suspended`)).text).not.toContain(one)
  expect((await page(`${ROOT}?status=nonsense`)).status).toBe(409)
  const steps: [string, string][] = [
    ['suspended', 'suspended'],
    ['valid', 'valid'],
    ['invalid', 'revoked'],
  ]
  for (const [to, word] of steps) {
    const form = { to, code: 'device-lost', note: 'ticket 7', key: `console:status-${to}` }
    expect(await send(`${one}/status`, form)).toMatchObject({ status: 303, to: one })
    const shown = (await page(one)).text
    expect(shown).toContain(`>${word}</span>`)
    expect(shown).toContain('device-lost: ticket 7')
  }
  expect((await page(one)).text).not.toContain('Change its status')
})

it('ask for a presentation by choosing claims, or by a query', async () => {
  const chosen = (await page(`${ROOT}/new-presentation?configuration=badge`)).text
  expect(chosen).toContain('value="address.city"')
  const made = await send(`${ROOT}/presentations`, [
    ...Object.entries({
      key: 'console:6',
      configuration: 'badge',
      purpose: 'To see',
      seconds: '300',
    }),
    ...Object.entries({ mode: 'cross-device', claim: 'given_name' }),
    ['claim', 'address.city'],
  ])
  expect([made.status, made.text.includes('/presentations/')]).toEqual([200, true])
  const path = found(made.text, /href="[^"]*(\/presentations\/[a-z2-7]{26}\/[^"]+)"/)
  const holders = (await page(path)).text
  expect(holders).toContain('address › city')
  expect((await page(`${ROOT}/presentations`)).text).toContain('To see')
  for (const query of ['{', '{"credentials":[]}', '{"__proto__":{}}']) {
    const bad = await send(`${ROOT}/presentations`, { key: 'console:7', purpose: 'x', query })
    expect([bad.status, bad.text.includes('name="query"')]).toEqual([409, true])
  }
})

it('show the issuer, rotate its key, name it', async () => {
  const at = `${ROOT}/issuer`
  const before = (await page(at)).text
  const key = found(before, /name="key" value="([^"]+)"/)
  expect((await send(`${at}/rotate`, { key })).status).toBe(303)
  const rotated = (await page(at)).text
  expect(rotated).toContain('previous')
  const kid = found(rotated, /action="[^"]*\/keys\/([^/"]+)\/retire"/)
  const retire = (reason: string) =>
    send(`${at}/keys/${kid}/retire`, { key: `${key}-2`, reason, endsCredentials: 'yes' })
  expect((await retire('')).status).toBe(409)
  expect((await retire('its copy was lost')).status).toBe(303)
  expect((await page(at)).text).toContain('retired')
  const version = found((await page(at)).text, /name="version" value="(\d+)"/)
  const form = { version, name: 'A <b> issuer', compat: 'strict' }
  const links = { offer: 'haip-vci://', presentation: 'haip-vp://' }
  expect((await send(at, { ...form, ...links })).status).toBe(303)
  expect((await page(at)).text).toContain('A &lt;b&gt; issuer')
  expect((await send(at, { ...form, ...links, offer: 'javascript://' })).status).toBe(409)
  const offer = await world.offer()
  const holders = (await page(offer.page.replace(world.env.PUBLIC_URL, ''))).text
  expect(holders).toContain('href="haip-vci://?')
  expect(holders).toContain('A &lt;b&gt; issuer offers you a credential')
})

it('trust an issuer, and no longer', async () => {
  const at = `${ROOT}/trusted-issuers`
  const form = { name: 'Elsewhere', kind: 'jwt-vc-issuer', value: 'https://issuer.example.com' }
  expect((await send(at, { ...form, types: 'a\r\nb', key: 'console:8' })).status).toBe(303)
  const listed = (await page(at)).text
  expect(listed).toContain('a, b')
  const way = found(listed, /action="([^"]+\/delete)"/)
  const version = found(listed, /name="version" value="(\d+)"/)
  expect((await send(way, { version })).status).toBe(303)
  expect((await page(at)).text).not.toContain('Elsewhere')
  expect((await send(at, { ...form, value: 'nothing', key: 'console:9' })).status).toBe(409)
})

it('give readers no buttons, others what is public, and other sites nothing', async () => {
  for (const path of [
    '',
    '/offers',
    '/presentations',
    '/trusted-issuers',
    '/configurations',
    '/issuer',
  ]) {
    const seen = await page(`${ROOT}${path}`, tokens.auditor)
    expect([path, seen.status, seen.text.includes('method="post" action="/t/')]).toEqual([
      ...[path, 200, false],
    ])
  }
  const others = await page(ROOT, tokens.requester)
  expect([others.status, others.text.includes('<h1>Configurations</h1>')]).toEqual([200, true])
  expect((await page('/t/acme', tokens.requester)).text).toContain(`href="${ROOT}"`)
  for (const path of ['/offers', '/presentations', '/new-offer', '/new-configuration'])
    expect([path, (await page(`${ROOT}${path}`, tokens.requester)).status]).toEqual([path, 403])
  expect((await page('/t/other/credentials')).status).toBe(404)
  const posts = [
    '/configurations',
    '/offers',
    '/presentations',
    '/issuer',
    '/issuer/rotate',
    '/issuer/keys/x/retire',
  ]
  for (const path of [...posts, '/trusted-issuers', '/issued/crd_x/status', '/offers/ofr_x/deny']) {
    const elsewhere = await send(`${ROOT}${path}`, OFFER, { origin: 'https://evil.example' })
    expect([path, elsewhere.status]).toEqual([path, 403])
  }
  const writing = await send(
    `${ROOT}/offers`,
    { ...OFFER, key: 'console:10' },
    { token: tokens.auditor },
  )
  expect([writing.status, writing.text.includes('class="secret"')]).toEqual([403, false])
})
