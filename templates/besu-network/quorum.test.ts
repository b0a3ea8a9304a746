// The QBFT table that a plan prints.
import { expect, it } from 'vitest'
import { quorumFindings } from './quorum.ts'

const on = (validators: number, sites: string[]) => {
  const [table, places] = quorumFindings(validators, { sites })
  return { table, places }
}

it('has the rows that people choose between, and the row of what is asked', () => {
  const { table } = on(5, ['a', 'b'])
  expect(table).toMatchObject({
    rule: 'QBFT-QUORUM',
    severity: 'info',
    numbers: { validators: 5, quorum: 4, faulty: 1, mayStop: 1 },
  })
  for (const row of [
    '3: quorum 2, f 0, 1 may stop',
    '4: quorum 3, f 1, 1 may stop',
    '5: quorum 4, f 1, 1 may stop',
    '6: quorum 4, f 1, 2 may stop',
    '7: quorum 5, f 2, 2 may stop',
  ])
    expect(table?.message).toContain(row)
})

it('says which numbers survive the loss of one of so many sites', () => {
  const { places } = on(4, ['a', 'b'])
  expect(places?.message).toContain('of 2 sites: no number; of 3 sites: 6, 9, 12; of 4 sites: 4, 6')
  expect(places?.message).toContain('4 on 2 sites do not.')
  expect(places?.numbers).toEqual({ validators: 4, sites: 2, largestShare: 2, mayStop: 1 })
})

it('says so where the number asked for survives', () => {
  expect(on(6, ['a', 'b', 'c']).places?.message).toContain('6 on 3 sites do.')
  expect(on(7, ['a', 'b', 'c']).places?.message).toContain('7 on 3 sites do not.')
})
