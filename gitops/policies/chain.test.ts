// CHAIN: each way in which a chain's files contradict each other, and how extraData is read (Besu's documented example).
import { describe, expect, it } from 'vitest'
import { chainCases, unchanged } from './chain.fixture.ts'
import { validatorsOf } from './chain.ts'
import { examine } from './policies.fixture.ts'

describe('a chain', () => examine(chainCases))

it('bends nothing but what it says', () => {
  expect(unchanged()).toEqual([])
})

describe('extraData', () => {
  const list = ['11', '22', '33', '44'].map((byte) => byte.repeat(20))
  const body = `a0${'00'.repeat(32)}f854${list.map((one) => `94${one}`).join('')}c080c0`

  it('names its validators', () => {
    expect(validatorsOf(`0xf87a${body}`)).toEqual(list.map((one) => `0x${one}`))
  })
  it('of a contract names none', () => {
    expect(validatorsOf(`0xe5a0${'00'.repeat(32)}c0c080c0`)).toEqual([])
  })
  it.each([
    ['nothing', undefined],
    ['no hex', '0xzz'],
    ['a length beyond its bytes', '0xf87aa0'],
    ['bytes after the end', `0xf87a${body}00`],
    ['a string', '0x8100'],
    ['a long length of nothing', '0xbf'],
  ])('that is %s is none', (_, text) => {
    expect(validatorsOf(text)).toBeNull()
  })
})
