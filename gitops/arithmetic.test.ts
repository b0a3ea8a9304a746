// A finding's numbers on their way through an address into the rule's sentence, and what is not let in.
import { describe, expect, it } from 'vitest'
import { arithmeticOf, arithmeticText, readNumbers } from './arithmetic.ts'
import { rulePath } from './finding.ts'

const read = (query: string) => readNumbers(new URLSearchParams(query))

describe('the numbers of a finding', () => {
  it('come back from its address as they were', () => {
    const numbers = { days: -3, most: 366, ratio: 0.25, tiny: 1e-7, huge: 1.5e21 }
    const query = rulePath({ rule: 'EXCEPTION-TERM', numbers }).split('?')[1] ?? ''
    const back = Object.fromEntries(read(query).map(({ name, value }) => [name, value]))
    expect(back).toEqual(numbers)
  })

  it.each([
    ['a name with a tag', '<b>=1'],
    ['a name that is too long', `${'a'.repeat(41)}=1`],
    ['a value that is text', 'a=one'],
    ['a value with a tag', 'a=1<script>'],
    ['a value that is no finite number', 'a=1e999'],
    ['a value that is infinite', 'a=Infinity'],
    ['a value in hexadecimal', 'a=0x10'],
    ['no value', 'a='],
  ])('are none where there is %s', (_what, query) => {
    expect(read(query)).toEqual([])
  })

  it('are at most 24, and the first of a name', () => {
    const many = Array.from({ length: 30 }, (_, index) => `n${index}=${index}`).join('&')
    expect(read(many)).toHaveLength(24)
    expect(read('a=1&a=2')).toEqual([{ name: 'a', value: 1 }])
  })
})

describe('the sentence of a rule', () => {
  const text = (query: string) => arithmeticText(arithmeticOf('EXCEPTION-TERM', read(query)) ?? [])

  it('has the numbers used', () => {
    expect(text('days=400&most=366')).toBe(
      '0 ≤ 400 days from the day of the request ≤ 366 does not hold',
    )
  })

  it('has names where there are no numbers, and no place for others', () => {
    expect(text('days=400&other=7')).toBe(
      '0 ≤ 400 days from the day of the request ≤ {most} does not hold',
    )
  })

  it('is none for a rule without numbers', () => {
    expect(arithmeticOf('EXCEPTION-RULE', [])).toBeNull()
  })
})
