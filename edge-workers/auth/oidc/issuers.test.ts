// Which settings of identity providers are taken: none by which one provider could speak for another's people.
import { expect, it, vi } from 'vitest'
import { readIssuers } from './issuers.ts'

vi.spyOn(console, 'error').mockImplementation(() => undefined)
const one = (name: string, more: object = {}) => ({
  ...{ name, label: name, issuer: `https://${name}.example`, clientId: 'phoenix' },
  ...more,
})
const read = (...all: object[]) => readIssuers({ OIDC_ISSUERS: JSON.stringify(all) })

it('takes providers that are apart, also one that has moved', () => {
  expect(read(one('a'), one('b', { knownAs: 'https://old.example' })).findings).toEqual([])
  expect(read(one('a', { knownAs: 'https://a.example' }), one('b')).findings).toEqual([])
})

it.each<[string, object[]]>([
  ['a name twice', [one('a'), one('a', { issuer: 'https://b.example' })]],
  ['an issuer twice', [one('a'), one('b', { issuer: 'https://a.example' })]],
  [
    'two known as the same',
    [one('a', { knownAs: 'https://old.example' }), one('b', { knownAs: 'https://old.example' })],
  ],
  ['one known as another', [one('a'), one('b', { knownAs: 'https://a.example' })]],
  [
    'one known as another that has moved',
    [one('a', { knownAs: 'https://old.example' }), one('b', { knownAs: 'https://a.example' })],
  ],
  [
    'two that changed places',
    [one('a', { knownAs: 'https://b.example' }), one('b', { knownAs: 'https://a.example' })],
  ],
])('trusts nobody where there is %s', (_, all) => {
  const { issuers, findings } = read(...all)
  expect(issuers).toEqual([])
  expect(findings.length).toBeGreaterThan(0)
})
