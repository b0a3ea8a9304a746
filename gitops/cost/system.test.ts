// What a system costs: the sum over its phases, with what is not planned or has no price named beside it.
import { describe, expect, it } from 'vitest'
import type { Price } from '../../schemas/quantity.ts'
import { NOTHING_OF_ITS_OWN } from '../cost.ts'
import { phaseCost, systemCost } from './system.ts'

const price = (leastMinor: number, mostMinor = leastMinor, more: object = {}): Price => ({
  ...{ leastMinor, mostMinor, currency: 'EUR', priceBook: 'test@1', unpriced: [], ...more },
})
const blind = (reason: string): Price => ({ leastMinor: null, reason })
const phase = (title: string, now: Price | null, after: Price | null) => ({
  title,
  cost: phaseCost(now, after),
})

describe('a system', () => {
  it('costs what its phases cost together', () => {
    const cost = systemCost([
      phase('one', price(100, 200), price(300)),
      phase('two', null, price(50)),
    ])
    expect(cost).toEqual({ now: price(100, 200), after: price(350), difference: price(150, 250) })
  })

  it('never reads as free where only what is free has a price', () => {
    const some = price(0, 0, { unpriced: ['storage'] })
    const { now, after } = systemCost([phase('one', null, some), phase('two', null, price(0))])
    expect(after).toEqual(blind('whatever in it costs something has no price: storage'))
    expect(now).toMatchObject({ leastMinor: 0, unpriced: [] })
    expect(systemCost([phase('one', null, price(0))]).after).toEqual(price(0))
  })

  it('names the phases that are not planned yet', () => {
    const { after } = systemCost([phase('one', null, price(10)), phase('two', null, null)])
    expect(after).toEqual(price(10, 10, { unpriced: ['two'] }))
    expect(systemCost([phase('one', null, null)]).after).toEqual(blind('not planned yet'))
  })

  it('passes over phases that run on what is there already', () => {
    const own = blind(NOTHING_OF_ITS_OWN)
    expect(systemCost([phase('one', null, own), phase('two', null, price(7))]).after).toEqual(
      price(7),
    )
    expect(systemCost([phase('one', null, own)]).after).toEqual(own)
  })

  it('says which parts of its phases have no price, each once', () => {
    const some = price(1, 1, { unpriced: ['backups'] })
    const { after } = systemCost([phase('one', null, some), phase('two', null, some)])
    expect(after).toEqual(price(2, 2, { unpriced: ['backups'] }))
  })

  it('never adds two currencies', () => {
    const { after } = systemCost([
      phase('one', null, price(1)),
      phase('two', null, price(1, 1, { currency: 'USD' })),
    ])
    expect(after).toEqual(blind('its phases are priced in several currencies'))
  })

  it('names every book that priced it', () => {
    const { after } = systemCost([
      phase('one', null, price(1)),
      phase('two', null, price(1, 1, { priceBook: 'test@2' })),
    ])
    expect(after).toMatchObject({ leastMinor: 2, priceBook: 'test@1, test@2' })
  })
})
