// What of a token counts as a claim: only what is there, is text, and is exactly what was said.
import { describe, expect, it } from 'vitest'
import { matches } from './exchange.ts'

const row = { issuer: 'https://id.example', audience: 'here', claims: { sub: 'a' } }
const token = { iss: row.issuer, aud: row.audience, sub: 'a' }

describe('a workload', () => {
  it('matches a token with its issuer, audience and claims', () => {
    expect(matches(row, token)).toBe(true)
    expect(matches(row, { ...token, aud: ['there', 'here'], more: true })).toBe(true)
    expect(matches({ ...row, claims: { groups: 'x' } }, { ...token, groups: ['y', 'x'] })).toBe(
      true,
    )
  })

  const rows: [string, Partial<typeof row>][] = [
    ['no claims', { claims: {} as { sub: string } }],
    ['an empty claim', { claims: { sub: '' } }],
    ['an empty audience', { audience: '' }],
    ['the name of machinery', { claims: { constructor: 'Object' } as object as { sub: string } }],
  ]
  // The schema lets none of these in; a row that has it all the same lets nobody in.
  it.each(rows)('with %s matches nothing', (_, wrong) => {
    for (const claims of [token, { ...token, sub: '' }, { ...token, aud: '' }, {}])
      expect(matches({ ...row, ...wrong }, claims)).toBe(false)
  })

  const tokens: [string, object][] = [
    ['another issuer', { iss: 'https://id.example/' }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'herE' }],
    ['audiences in a list of lists', { aud: [['here']] }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a number', { sub: 1 }],
    ['a longer one', { sub: 'ab' }],
    ['an object', { sub: { a: 'a' } }],
    ['a list of lists', { sub: [['a']] }],
    ['an empty list', { sub: [] }],
    ['null', { sub: null }],
  ]
  it.each(tokens)('matches no token with %s', (_, wrong) => {
    expect(matches(row, JSON.parse(JSON.stringify({ ...token, ...wrong })))).toBe(false)
  })
})
