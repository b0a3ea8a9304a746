// Usage by hand: where a record begins and ends, and sums that lose nothing.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { UsagePeriod } from '../schemas/usage.ts'
import { type PlaceUse, type Stretch, stoodIn, unitHours, usageKey, usageOf } from './usage.ts'

const change = (letter: string): string => `chg_${letter.repeat(26)}`
const at = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T00:00:00.000Z`
const size = (cores: number, vms = 1) => ({ vms, cores, memoryMiB: 1024, diskGiB: 20 })
const lab = (cores: number, site = 'lab-01'): PlaceUse => ({
  site,
  region: 'lab',
  size: size(cores),
})
const stretch = (letter: string, days: [number, number | null], places: PlaceUse[]): Stretch => ({
  ...{ resource: 'web', kind: 'virtual-machine', startedBy: change(letter), places },
  ...{ start: at(days[0]), stop: days[1] === null ? null : at(days[1]), stoppedBy: null },
})
const NOVEMBER: UsagePeriod = { from: at(1), to: '2026-12-01T00:00:00.000Z' }
const LATER = new Date('2027-01-01T00:00:00Z')

describe('records', () => {
  it('of a resource that was scaled up are two, the second begun where the first stopped', () => {
    const records = usageOf([
      { ...stretch('a', [3, 10], [lab(1)]), stoppedBy: change('b') },
      stretch('b', [10, null], [lab(4)]),
    ])
    expect(records).toEqual([
      {
        ...{ resource: 'web', kind: 'virtual-machine', site: 'lab-01', region: 'lab' },
        ...{ start: at(3), stop: at(10), startedBy: change('a'), stoppedBy: change('b') },
        size: size(1),
      },
      {
        ...{ resource: 'web', kind: 'virtual-machine', site: 'lab-01', region: 'lab' },
        ...{ start: at(10), stop: null, startedBy: change('b'), stoppedBy: null, size: size(4) },
      },
    ])
  })

  it('do not end with a change that leaves the size as it was', () => {
    const records = usageOf([
      { ...stretch('a', [3, 10], [lab(1)]), stoppedBy: change('b') },
      { ...stretch('b', [10, 12], [lab(1)]), stoppedBy: change('b') },
    ])
    expect(records).toMatchObject([{ start: at(3), stop: at(12), startedBy: change('a') }])
    expect(records).toHaveLength(1)
  })

  it('begin again after a time in which nothing stood', () => {
    const records = usageOf([stretch('a', [3, 5], [lab(1)]), stretch('b', [7, null], [lab(1)])])
    expect(records.map(({ start, stop }) => [start, stop])).toEqual([
      [at(3), at(5)],
      [at(7), null],
    ])
  })

  it('are of one place each: what grows at one goes on at the other', () => {
    const records = usageOf([
      stretch('a', [3, 5], [lab(1), lab(1, 'lab-02')]),
      stretch('b', [5, null], [lab(1), lab(2, 'lab-02')]),
    ])
    expect(
      records.map(({ site, start, stop, size: { cores } }) => [site, start, stop, cores]),
    ).toEqual([
      ['lab-01', at(3), null, 1],
      ['lab-02', at(3), at(5), 1],
      ['lab-02', at(5), null, 2],
    ])
    expect(new Set(records.map(usageKey)).size).toBe(3)
  })
})

describe('a period', () => {
  it('has what stood in it for any time, its own end left out', () => {
    const [one] = usageOf([stretch('a', [3, 5], [lab(1)])])
    if (!one) throw new Error('no record')
    const within = (from: number, to: number) => stoodIn({ from: at(from), to: at(to) }, one)
    expect([within(1, 3), within(1, 4), within(4, 9), within(5, 9)]).toEqual([
      ...[false, true, true, false],
    ])
  })
})

describe('unit-hours', () => {
  it('are of the period only, and of what stands until now', () => {
    const records = usageOf([stretch('a', [29, null], [lab(4)])])
    expect(unitHours(records, NOVEMBER, LATER)).toEqual({
      ...{ vmHours: 48, coreHours: 192, memoryMiBHours: 48 * 1024, diskGiBHours: 960 },
    })
    expect(unitHours(records, NOVEMBER, new Date('2026-11-29T00:30:00Z')).coreHours).toBe(2)
  })

  it('lose nothing where seconds times size is beyond 2^53', () => {
    const huge = { ...lab(1), size: { vms: 1, cores: 1, memoryMiB: 999_999_999, diskGiB: 1 } }
    const many = Array.from({ length: 40 }, () => stretch('a', [1, null], [huge]))
    const records = many.flatMap((one) => usageOf([one]))
    expect(unitHours(records, NOVEMBER, LATER).memoryMiBHours).toBe(999_999_999 * 720 * 40)
  })

  it('of the parts of a period are together those of the whole', () => {
    const days = fc.integer({ min: 1, max: 30 })
    fc.assert(
      fc.property(days, days, days, fc.integer({ min: 1, max: 64 }), (start, stop, cut, cores) => {
        const [from, to] = [Math.min(start, stop), Math.max(start, stop)]
        const records = usageOf([stretch('a', [from, to], [lab(cores)])])
        const hours = (period: UsagePeriod) => unitHours(records, period, LATER).coreHours
        const parts = [
          { from: NOVEMBER.from, to: at(cut) },
          { from: at(cut), to: NOVEMBER.to },
        ]
        expect(parts.reduce((sum, part) => sum + hours(part), 0)).toBe(hours(NOVEMBER))
      }),
    )
  })
})
