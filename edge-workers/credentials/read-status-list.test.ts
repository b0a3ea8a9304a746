// Status lists as a verifier takes them (draft-ietf-oauth-status-list §8.3): one that is believed, and each that is one fault away.
import { describe, expect, it } from 'vitest'
import { importEs256 } from './es256.ts'
import { newIssuer, newSigner } from './presenter.fixture.ts'
import { openStatusList, statusIn, statusReferenceOf } from './read-status-list.ts'
import { packList } from './status-list.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const SECONDS = NOW / 1000
const URI = 'https://issuer.example.com/status/1'
const issuer = await newIssuer('https://issuer.example.com', NOW)
const other = await newSigner()
const key = await importEs256(issuer.key.publicJwk)
/** Two bits each: 0, 1, 2, 3 and zeros. */
const lst = await packList(new Uint8Array([0b11_10_01_00, 0]))
const right = {
  ...{ sub: URI, iat: SECONDS - 60, exp: SECONDS + 3_600, ttl: 600 },
  status_list: { bits: 2, lst },
}
const read = async (payload: object, options: { header?: object; signer?: typeof other } = {}) => {
  const token = await issuer.statusList(payload, options as never)
  return openStatusList(token, { uri: URI, now: NOW, keyOf: async () => key })
}

it('is kept for as long as it says, and no longer than an hour', async () => {
  expect(await read(right)).toMatchObject({ bits: 2, until: NOW + 600_000 })
  expect((await read({ ...right, ttl: 86_400 }))?.until).toBe(NOW + 3_600_000)
  expect((await read({ ...right, exp: SECONDS + 30 }))?.until).toBe(NOW + 30_000)
  const { ttl: _, exp: __, ...timeless } = right
  expect((await read(timeless))?.until).toBe(NOW + 300_000)
})

it('says of each place one of three words, or nothing', async () => {
  const list = await read(right)
  if (!list) throw new Error('no list')
  expect([0, 1, 2, 3, 4].map((place) => statusIn(list, place))).toEqual([
    ...['valid', 'invalid', 'suspended', null, 'valid'],
  ])
  // Beyond its end; and what no whole number reaches.
  expect([8, 1e9, -1, 0.5].map((place) => statusIn(list, place))).toEqual([null, null, null, null])
})

describe('is not believed', () => {
  const bomb = new Uint8Array(2_000_000)
  it.each<[string, () => Promise<unknown>]>([
    ['stale', () => read({ ...right, exp: SECONDS })],
    ['of tomorrow', () => read({ ...right, iat: SECONDS + 86_400 })],
    ['of another address', () => read({ ...right, sub: `${URI}0` })],
    ['without an address', () => read({ ...right, sub: undefined })],
    ['without a time', () => read({ ...right, iat: undefined })],
    ['signed by another key', () => read(right, { signer: other })],
    ['of another typ', () => read(right, { header: { typ: 'JWT' } })],
    ['unsigned', () => read(right, { header: { alg: 'none' } })],
    ['of three bits', () => read({ ...right, status_list: { bits: 3, lst } })],
    ['of nothing compressed', () => read({ ...right, status_list: { bits: 2, lst: 'AAAA' } })],
    [
      'of a megabyte and more',
      async () => read({ ...right, status_list: { bits: 2, lst: await packList(bomb) } }),
    ],
    ['none at all', () => read({ ...right, status_list: undefined })],
    ['no token', () => openStatusList('x', { uri: URI, now: NOW, keyOf: async () => key })],
    [
      'of nobody',
      async () =>
        openStatusList(await issuer.statusList(right), {
          uri: URI,
          now: NOW,
          keyOf: async () => null,
        }),
    ],
  ])('%s', async (_, make) => {
    expect(await make()).toBeNull()
  })
})

it('is found where a credential says, or the credential is not understood', () => {
  const of = (status: unknown) => statusReferenceOf({ status } as never)
  expect(statusReferenceOf({})).toBeNull()
  expect(of({ status_list: { uri: URI, idx: 3 } })).toEqual({ uri: URI, idx: 3 })
  for (const status of [
    null,
    'x',
    {},
    { status_list: { uri: URI } },
    { status_list: { uri: 1, idx: 1 } },
  ])
    expect(of(status)).toBeUndefined()
  for (const idx of [-1, 0.5, '1', 2 ** 53])
    expect(of({ status_list: { uri: URI, idx } })).toBeUndefined()
})
