// What is said when addresses run out: that the network is full only where it is, and which first address was asked for.
import { describe, expect, it } from 'vitest'
import { exampleSite } from '../templates/example-inputs.ts'
import { addressGiver } from './addresses.ts'

const base = exampleSite('a')
const site = {
  ...base,
  network: { ...base.network, pool: { first: '192.168.11.101', last: '192.168.11.104' } },
}
const give = (count: number, firstAddress?: string, takenAddresses: string[] = []) => {
  const giver = addressGiver(firstAddress === undefined ? {} : { firstAddress }, {
    ...{ takenAddresses, existing: null },
  })
  const given = Array.from({ length: count }, () => giver.next(site))
  return { given, messages: giver.findings().map(({ message }) => message) }
}

describe('the end of a pool', () => {
  it('is reached exactly, without any complaint', () => {
    expect(give(4)).toMatchObject({
      ...{ given: ['101', '102', '103', '104'].map((last) => `192.168.11.${last}`), messages: [] },
    })
    expect(give(2, '192.168.11.103').messages).toEqual([])
    expect(give(1, '192.168.11.104', ['192.168.11.101']).messages).toEqual([])
  })

  it('is a full network only where nobody named a first address', () => {
    expect(give(5).messages).toEqual(['The network of a site has no free address left.'])
    const [said] = give(3, '192.168.11.103').messages
    expect(said).toContain('firstAddress')
    expect(said).not.toContain('no free address')
  })

  it('is no clash with a neighbour beyond it', () => {
    expect(give(2, '192.168.11.103', ['192.168.11.105']).messages).toEqual([])
    expect(give(2, '192.168.11.103', ['192.168.11.104']).messages).toEqual([
      'One of the addresses from firstAddress on is taken.',
    ])
  })
})
