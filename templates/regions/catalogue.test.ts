// The catalogue counts what it promises, names nobody's law wrongly, and never makes up a region of Azure's.
import { describe, expect, it } from 'vitest'
import { azureRegions } from './azure.ts'
import { regionCatalogue, regionOf } from './catalogue.ts'
import { tiers } from './tiers.ts'

const count = (tier: string) => regionCatalogue.filter((row) => row.tier === tier).length

describe('the catalogue of regions', () => {
  it('has exactly 325, each name once, in three tiers of the sizes promised', () => {
    expect(regionCatalogue).toHaveLength(325)
    expect(new Set(regionCatalogue.map(({ name }) => name)).size).toBe(325)
    expect([count('core'), count('regional'), count('edge')]).toEqual([12, 60, 253])
  })

  it('marks as stand-in whatever is not a region of Azure', () => {
    for (const { name, standIn } of regionCatalogue) {
      expect(standIn, name).toBe(!Object.hasOwn(azureRegions, name))
    }
    expect(regionCatalogue.filter(({ standIn }) => !standIn)).toHaveLength(57)
  })

  it.each([
    ...[['westeurope', 'nl', 'eu', 'northeurope'] as const],
    ...[['northeurope', 'ie', 'eu', 'westeurope'] as const],
    ...[['eastus', 'us', 'us', 'westus'] as const],
    ...[['uksouth', 'gb', 'uk', 'ukwest'] as const],
    ...[['switzerlandnorth', 'ch', 'ch', 'switzerlandwest'] as const],
    ...[['norwayeast', 'no', 'no', 'norwaywest'] as const],
    ...[['eastasia', 'hk', 'hk', 'southeastasia'] as const],
    ...[['brazilsouth', 'br', 'br', null] as const],
  ])('knows %s', (name, country, jurisdiction, pairedWith) => {
    expect(regionOf(name)).toMatchObject({ country, jurisdiction, pairedWith, standIn: false })
  })

  it('finds a region by the name that Azure shows, and none that it does not have', () => {
    expect(regionOf('West Europe')?.name).toBe('westeurope')
    expect(regionOf('atlantis')).toBeUndefined()
    expect(regionOf('constructor')).toBeUndefined()
  })

  it('pairs both ways, and leads to neighbours in the same jurisdiction only', () => {
    for (const { name, pairedWith, adjacent, jurisdiction } of regionCatalogue) {
      if (pairedWith !== null) expect(regionOf(pairedWith)?.pairedWith).toBe(name)
      for (const other of adjacent) {
        expect(regionOf(other)?.jurisdiction, name).toBe(jurisdiction)
        expect(other).not.toBe(name)
      }
    }
    // A pair over a border is a pair, and no place to move to.
    expect(regionOf('eastasia')?.adjacent).toEqual([])
  })

  it('has somewhere to go for every region of the edge', () => {
    const stranded = regionCatalogue.filter(
      ({ tier, adjacent }) => tier === 'edge' && adjacent.length === 0,
    )
    expect(stranded).toEqual([])
  })

  it('promises of each tier what the product promises', () => {
    expect(tiers.core.availabilityPercent).toBe(99.99)
    expect(tiers.regional.availabilityPercent).toBe(99.9)
    expect(tiers.edge.availabilityPercent).toBe(99.5)
    for (const { tier, availabilityPercent } of regionCatalogue) {
      expect(availabilityPercent).toBe(tiers[tier].availabilityPercent)
    }
  })
})
