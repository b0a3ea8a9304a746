// Made-up values among parameters.
import { expect, it } from 'vitest'
import { judgePlaceholders } from './placeholders.ts'

it.each([
  ['portal.example', true],
  ['https://git.loc.example/x', true],
  ['ops@example.org', true],
  ['registry.example.com/team/api:1', true],
  ['00000000-0000-0000-0000-000000000001', true],
  ['example-corp.de', false],
  ['counterexample', false],
  ['5f0a7c1e-3b52-4c86-9f0d-6a1b2c3d4e5f', false],
])('%s: %s', (value, madeUp) => {
  const found = judgePlaceholders({ a: 1, deep: [{ value }] })
  expect(found.map(({ message }) => message)).toEqual(madeUp ? ['Made up: deep/0/value.'] : [])
})

it('names a dozen and counts the rest', () => {
  const [found] = judgePlaceholders(Array.from({ length: 20 }, () => 'a.example'))
  expect(found?.message).toMatch(/and 8 more\.$/)
})
