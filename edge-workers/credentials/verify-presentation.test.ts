// The verifier's half of the conformance checklist, a presentation at a time: one that is taken, and each that is one fault away
// from it. Sections are those of the specifications that the check comes from (VP: OpenID4VP 1.0; SD: RFC 9901; VC: SD-JWT VC;
// TSL: Token Status List; `ours` where they leave it open).
import { describe, expect, it } from 'vitest'
import type { DcqlCredential, PresentationFault } from '../../schemas/presentation.ts'
import type { OwnIssuer, Trust } from './issuer-key.ts'
import type { JsonObject } from './json.ts'
import { newIssuer, newSigner, present } from './presenter.fixture.ts'
import { verifyAnswer } from './verify-answer.ts'
import { type ReadStatus, verifyPresentation } from './verify-presentation.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const SECONDS = NOW / 1000
const YEAR = 31_557_600
const VCT = 'https://issuer.example.com/types/badge'
const AUDIENCE = 'x509_hash:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const NONCE = 'n-0S6_WzA2Mj-0123456789'
const LIST = 'https://issuer.example.com/status/1'
const QUERY: DcqlCredential = {
  ...{ id: 'badge', format: 'dc+sd-jwt', meta: { vct_values: [VCT] } },
  claims: [{ path: ['given_name'] }, { path: ['roles'] }],
}
const CLAIMS = {
  given_name: 'Ada',
  family_name: 'Lovelace',
  email: 'ada@example.com',
  roles: ['x'],
}

const [issuer, stranger, own] = [
  await newIssuer('https://issuer.example.com', NOW),
  await newIssuer('https://stranger.example.com', NOW),
  await newIssuer('https://phoenix.example/i/own', NOW),
]
const [holder, thief, ended] = [await newSigner(), await newSigner(), await newSigner()]

const fixed = {
  ...{ vct: VCT, iat: SECONDS - 60, nbf: SECONDS - 60, exp: SECONDS + 3_600 },
  status: { status_list: { idx: 7, uri: LIST } },
}
const good = await issuer.issue({ claims: CLAIMS, fixed, holder: holder.publicJwk })
const issued = (more: Parameters<typeof issuer.issue>[0]) =>
  issuer.issue({ ...{ claims: CLAIMS, fixed, holder: holder.publicJwk }, ...more } as never)
const withFixed = (more: object) =>
  issued({ fixed: { ...fixed, ...more } as never, holder: holder.publicJwk })

const roots: Trust['roots'] = [{ id: 'tri_root', types: [], der: issuer.root }]
const trust: Trust = { roots, addresses: [], readKeys: async () => null }
const ownIssuer: OwnIssuer = {
  url: own.url,
  keys: [{ kid: own.key.kid, publicJwk: own.key.publicJwk }],
}
const valid: ReadStatus = async () => 'valid'

const DISCLOSED = ['given_name', 'roles']
const shown = (credential: string, more: Partial<Parameters<typeof present>[1]> = {}) =>
  present(credential, {
    ...{ disclose: DISCLOSED, holder, audience: AUDIENCE, nonce: NONCE, now: NOW },
    ...more,
  })
const verify = (text: string, more: Partial<Parameters<typeof verifyPresentation>[0]> = {}) =>
  verifyPresentation({
    ...{ text, query: QUERY, audience: [AUDIENCE], nonce: NONCE, now: NOW },
    ...{ trust, ownIssuer, readStatus: valid },
    ...more,
  })

/** Another letter at this place: still base64url. */
const spoil = (text: string, at: number): string =>
  `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
const spoiltIssuer = async (): Promise<string> => {
  const text = await shown(good)
  return spoil(text, text.indexOf('~') - 40)
}
const spoiltBinding = async (): Promise<string> => {
  const text = await shown(good)
  return spoil(text, text.length - 40)
}

describe('what is taken', () => {
  it('is kept as far as it was asked for, and no further (VP §6.4.1)', async () => {
    const text = await shown(good, { disclose: [...DISCLOSED, 'email'] })
    expect(await verify(text)).toEqual({
      ok: true,
      presented: {
        ...{ id: 'badge', type: VCT, issuer: issuer.url, status: 'valid', own: false },
        anchor: 'tri_root',
        claims: { given_name: 'Ada', roles: ['x'] },
        issuedAt: '2026-11-22T11:59:00.000Z',
        expiresAt: '2026-11-22T13:00:00.000Z',
        status_list: { uri: LIST, idx: 7 },
        holder: null,
      },
    })
  })

  it('has a status that is asked of the list its issuer names, or says that it has none', async () => {
    const asked: unknown[] = []
    const readStatus: ReadStatus = async ({ uri, idx, issuer: { anchor } }) => {
      asked.push([uri, idx, anchor])
      return 'valid'
    }
    await verify(await shown(good), { readStatus })
    expect(asked).toEqual([[LIST, 7, 'tri_root']])
    const { status: _, ...none } = fixed
    const unlisted = await issued({ fixed: none, holder: holder.publicJwk })
    expect(await verify(await shown(unlisted))).toMatchObject({
      ok: true,
      presented: { status: 'unlisted' },
    })
  })

  it('is of this tenant itself by its own keys, whatever certificate came with it', async () => {
    const credential = await own.issue({
      ...{
        claims: CLAIMS,
        fixed,
        holder: holder.publicJwk,
        header: { kid: own.key.kid, x5c: ['x'] },
      },
    })
    const verified = await verify(await shown(credential))
    expect(verified).toMatchObject({
      ok: true,
      presented: { own: true, issuer: own.url, holder: holder.kid },
    })
  })

  it('is of a trusted address by the keys that are published there', async () => {
    const { kid, publicJwk } = issuer.key
    const byAddress: Trust = {
      roots: [],
      addresses: [{ id: 'tri_address', types: [VCT], url: issuer.url }],
      readKeys: async () => [
        { ...stranger.key.publicJwk, kid: 'other' },
        { ...publicJwk, kid },
      ],
    }
    expect(await verify(await shown(good), { trust: byAddress })).toMatchObject({
      ok: true,
      presented: { issuer: issuer.url },
    })
  })
})

type Case = [string, PresentationFault, () => Promise<string>, object?]
const REJECTED: Case[] = [
  ['VP §8.6: a corrupt credential signature', 'bad-issuer-signature', spoiltIssuer],
  ['SD §7.3: a corrupt key binding signature', 'bad-holder-signature', spoiltBinding],
  [
    'SD §4.3: another sd_hash',
    'wrong-hash',
    () => shown(good, { binding: { sd_hash: 'A'.repeat(43) } }),
  ],
  [
    'SD §4.3.1: one claim less than the key binding covers',
    'wrong-hash',
    async () => {
      const [jwt, first, second, bound] = (await shown(good)).split('~')
      expect([first, second].every(Boolean)).toBe(true)
      return [jwt, second, bound].join('~')
    },
  ],
  ['VP §14.2.2: another nonce', 'wrong-nonce', () => shown(good, { nonce: `${NONCE}x` })],
  ['VP §14.2.2: no nonce', 'wrong-nonce', () => shown(good, { binding: { nonce: undefined } })],
  ['VP §B.3.6: another audience', 'wrong-audience', () => shown(good, { audience: 'x509_hash:b' })],
  [
    'VP §B.3.6: the audience without its prefix',
    'wrong-audience',
    () => shown(good, { audience: AUDIENCE.slice('x509_hash:'.length) }),
  ],
  [
    'SD §4.3: audiences instead of one',
    'wrong-audience',
    () => shown(good, { binding: { aud: [AUDIENCE] } }),
  ],
  [
    'a key binding of a year ago',
    'wrong-time',
    () => shown(good, { binding: { iat: SECONDS - YEAR } }),
  ],
  [
    'a key binding of next year',
    'wrong-time',
    () => shown(good, { binding: { iat: SECONDS + YEAR } }),
  ],
  [
    'a key binding without a time',
    'wrong-time',
    () => shown(good, { binding: { iat: undefined } }),
  ],
  ['SD §4.3: another typ', 'bad-holder-signature', () => shown(good, { header: { typ: 'jwt' } })],
  [
    'VC §5: none as algorithm',
    'bad-holder-signature',
    () => shown(good, { header: { alg: 'none' } }),
  ],
  ['a critical extension', 'bad-holder-signature', () => shown(good, { header: { crit: ['x'] } })],
  [
    'SD §7.3: the key of somebody else',
    'bad-holder-signature',
    () => shown(good, { holder: thief }),
  ],
  [
    'SD §7.3: no key binding',
    'no-holder-binding',
    async () => (await shown(good)).replace(/[^~]*$/, ''),
  ],
  [
    'SD §7.3: a credential that is bound to nobody',
    'no-holder-binding',
    async () => shown(await issued({ holder: null })),
  ],
  [
    'VC §2.5: an issuer whom nobody trusts',
    'untrusted-issuer',
    async () => shown(await stranger.issue({ claims: CLAIMS, fixed, holder: holder.publicJwk })),
  ],
  [
    'VC §2.5: a name that its certificate does not bear out',
    'bad-certificate',
    () => withFixed({ iss: 'https://bank.example' }).then((text) => shown(text)),
  ],
  [
    'ours: another issuer’s name at the host that the certificate is for',
    'bad-certificate',
    () => withFixed({ iss: `${issuer.url}/other` }).then((text) => shown(text)),
  ],
  [
    'ours: under a trusted root, in the name of this tenant itself',
    'untrusted-issuer',
    () => withFixed({ iss: own.url }).then((text) => shown(text)),
  ],
  [
    'ours: by a key of this tenant’s own that it does not publish any more',
    'untrusted-issuer',
    async () =>
      shown(
        await own.issue({
          ...{ claims: CLAIMS, fixed, holder: holder.publicJwk, signer: ended },
          header: { kid: ended.kid, x5c: own.x5c },
        }),
      ),
  ],
  [
    'RFC 5280 §6: a certificate that has ended',
    'bad-certificate',
    async () => {
      const old = await newIssuer(issuer.url, NOW - YEAR * 1000, 1_000)
      return shown(await old.issue({ claims: CLAIMS, fixed, holder: holder.publicJwk }))
    },
  ],
  [
    'RFC 7515 §4.1.6: x5c that is none',
    'bad-certificate',
    async () => shown(await issued({ header: { x5c: 'x' }, holder: holder.publicJwk })),
  ],
  [
    'VC §2.2.1: another typ',
    'malformed',
    async () =>
      shown(
        await issued({ header: { typ: 'vc+sd-jwt', x5c: issuer.x5c }, holder: holder.publicJwk }),
      ),
  ],
  [
    'VP §6.1: another type',
    'not-asked-for',
    () => withFixed({ vct: 'other' }).then((t) => shown(t)),
  ],
  ['VC §2.2.2.2: no type', 'malformed', () => withFixed({ vct: undefined }).then((t) => shown(t))],
  ['RFC 7519: has ended', 'expired', () => withFixed({ exp: SECONDS - 61 }).then((t) => shown(t))],
  [
    'RFC 7519: not yet',
    'not-yet-valid',
    () => withFixed({ nbf: SECONDS + 61 }).then((t) => shown(t)),
  ],
  [
    'issued tomorrow',
    'not-yet-valid',
    () => withFixed({ iat: SECONDS + 86_400 }).then((t) => shown(t)),
  ],
  ['a time that is none', 'malformed', () => withFixed({ exp: 'never' }).then((t) => shown(t))],
  ['VP §6.4.1: a claim is missing', 'missing', () => shown(good, { disclose: ['given_name'] })],
  [
    'VP §6.3: another value',
    'missing',
    () => shown(good),
    { query: { ...QUERY, claims: [{ path: ['given_name'], values: ['Bob', 1, true] }] } },
  ],
  [
    'SD §7.1: a disclosure that nothing refers to',
    'malformed',
    async () => {
      const other = await issued({ claims: { given_name: 'Eve' }, holder: holder.publicJwk })
      const [jwt, ...rest] = (await shown(good)).split('~')
      return [jwt, other.split('~')[1], ...rest].join('~')
    },
  ],
  ['TSL §8.3: revoked', 'revoked', () => shown(good), { readStatus: async () => 'invalid' }],
  ['TSL §8.3: suspended', 'suspended', () => shown(good), { readStatus: async () => 'suspended' }],
  [
    'TSL §8.3: of no known status',
    'status-unknown',
    () => shown(good),
    { readStatus: async () => null },
  ],
  [
    'ours: a status in a way that is not understood',
    'status-unknown',
    () => withFixed({ status: { other: 1 } }).then((text) => shown(text)),
  ],
  [
    'ours: a trust list that takes other types of it',
    'untrusted-issuer',
    () => shown(good),
    { trust: { ...trust, roots: [{ id: 'r', types: ['other'], der: issuer.root }] } },
  ],
  ['no SD-JWT at all', 'malformed', async () => 'x'],
  ['an empty text', 'malformed', async () => ''],
]

describe('what is not taken', () => {
  it.each(REJECTED)('%s: %s', async (_, fault, make, more = {}) => {
    expect(await verify(await make(), more)).toEqual({ ok: false, fault })
  })

  it.each(['exp', 'status', 'cnf'] as const)(
    'VC §2.2.2.2: what the issuer has to say itself, as the holder’s to leave out',
    async (name) => {
      const { [name]: said = 'x', ...rest } = fixed as JsonObject
      const text = await issuer.issue({
        ...{ claims: { ...CLAIMS, [name]: said }, fixed: rest },
        holder: name === 'cnf' ? null : holder.publicJwk,
      })
      const presented = await shown(text, { disclose: [...DISCLOSED, name] })
      expect(await verify(presented)).toEqual({ ok: false, fault: 'malformed' })
    },
  )

  it('says where another try may help: keys or a list that cannot be had now', async () => {
    const addresses = [{ id: 'a', types: [], url: issuer.url }]
    const silent = { ...trust, roots: [], addresses }
    expect(await verify(await shown(good), { trust: silent })).toEqual({
      ...{ ok: false, fault: 'untrusted-issuer', later: true },
    })
    expect(await verify(await shown(good), { readStatus: async () => 'unreachable' })).toEqual({
      ...{ ok: false, fault: 'status-unknown', later: true },
    })
  })

  it('asks nobody about the status of what nobody has signed', async () => {
    let asked = 0
    const readStatus: ReadStatus = async () => {
      asked += 1
      return 'valid'
    }
    for (const text of [await spoiltIssuer(), await spoiltBinding()])
      await verify(text, { readStatus })
    expect(asked).toBe(0)
  })
})

it('of a whole answer a credential that may be left out is left out, whatever its query is called', async () => {
  const query = {
    credentials: [QUERY, { ...QUERY, id: 'constructor' }],
    credential_sets: [{ options: [['badge']] }, { options: [['constructor']], required: false }],
  }
  const verified = await verifyAnswer({
    ...{ token: { badge: [await shown(good)] }, query, audience: [AUDIENCE], nonce: NONCE },
    ...{ now: NOW, trust, ownIssuer, readStatus: valid },
  })
  expect(verified).toMatchObject({ ok: true, presented: [{ id: 'badge' }] })
})
