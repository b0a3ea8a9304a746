// Room for the guests that a system's source counts with it.
import { expect, it } from 'vitest'
import type { SystemComponent } from '../schemas/system.ts'
import { findSystem } from '../templates/index.ts'
import { NO_USE } from './capacity.ts'
import { judgeGuests } from './guests.ts'
import { siteOf } from './world.fixture.ts'

const guest = (memory: number): { components: SystemComponent[] } => ({
  components: [
    {
      ...{ id: 'guests', title: 'Guests', kind: 'virtual-machine', basis: 'guest', phase: null },
      ...{ dependsOn: [], exposure: 'none', builtFrom: [], source: 'here' },
      count: { least: 2, most: 2 },
      each: { cores: { least: 1, most: 1 }, memory: { least: memory, most: memory, unit: 'GiB' } },
    },
  ],
})
const sites = [siteOf('a')]

it('is no matter of a system without guests', () => {
  expect(judgeGuests({ components: [] }, sites, { ...NO_USE, memoryMiB: 1e9 })).toEqual([])
})

it('is there as long as guests and the tenant’s own fit together', () => {
  expect(judgeGuests(guest(1), sites, NO_USE)).toEqual([])
})

it('is missing as soon as they do not, and the numbers say by how much', () => {
  const [found] = judgeGuests(guest(1), sites, { ...NO_USE, memoryMiB: 1024 * 1024 })
  expect(found).toMatchObject({
    rule: 'SYSTEM-GUESTS',
    severity: 'warn',
    numbers: { guestMachines: 2, guestMemoryGiB: 2, memoryAskedGiB: 1026 },
  })
})

it('are counted by what the source declares for all of them, where it says nothing of one', () => {
  const [row] = guest(1).components
  const { each: _each, ...rest } = row as SystemComponent
  const declared = { memory: { least: 140, most: 140, unit: 'GiB' as const } }
  const components = [{ ...rest, count: { least: 18, most: 18 }, declared }]
  const [found] = judgeGuests({ components }, sites, NO_USE)
  expect(found?.numbers).toMatchObject({ guestMachines: 18, guestMemoryGiB: 140 })
})

it('of loc_az_hci are the 18 machines of smom-dbis-138', () => {
  const system = findSystem('loc_az_hci')
  if (!system) throw new Error('no loc_az_hci')
  const [found] = judgeGuests(system, sites, NO_USE)
  expect(found?.numbers).toMatchObject({
    ...{ guestMachines: 18, guestCores: 72, guestMemoryGiB: 140, guestDiskGiB: 278 },
  })
})
