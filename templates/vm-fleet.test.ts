// A fleet as the planner places it: numbered names, an even spread over sites, different hosts within a site.
import { describe, expect, it } from 'vitest'
import { place } from '../gitops/placement.ts'
import { VmFleetParameters } from '../schemas/parameters/vm-fleet.ts'
import type { Site } from '../schemas/place.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import { exampleCluster, exampleSite } from './example-inputs.ts'
import { vmFleet } from './vm-fleet.ts'

const parse = (more: object = {}) => VmFleetParameters.parse({ sites: ['north', 'south'], ...more })

/** A site of two hosts. */
const site = (name: string, network: string): Site => {
  const one = exampleSite(name)
  const hosts = one.hosts.flatMap((host) =>
    ['a', 'b'].map((letter) => ({ ...host, name: `${name}-${letter}` })),
  )
  const pool = { first: `${network}.101`, last: `${network}.250` }
  return {
    ...one,
    hosts,
    network: { ...one.network, name, cidr: `${network}.0/24`, gateway: `${network}.1`, pool },
  }
}

const snapshot = {
  tenant: {},
  sites: [site('north', '192.168.11'), site('south', '192.168.12')],
  clusters: [],
  takenNames: [],
  takenVmIds: [],
  takenAddresses: [],
  uses: [],
} as unknown as Snapshot

describe('a fleet', () => {
  it('is numbered from 01 and of one size, rounded up', () => {
    const { vms } = vmFleet.demand('worker', parse({ count: 12, disk: { value: 10, unit: 'GB' } }))
    expect(vms.map(({ name }) => name).slice(8)).toEqual([
      'worker-09',
      'worker-10',
      'worker-11',
      'worker-12',
    ])
    expect(
      new Set(vms.map(({ cores, memoryMiB, diskGiB }) => `${cores} ${memoryMiB} ${diskGiB}`)),
    ).toEqual(new Set(['2 4096 10']))
  })

  it('stands evenly over sites, and on different hosts within one', () => {
    const { placement, findings } = place(vmFleet.demand('worker', parse({ count: 5 })), snapshot)
    expect(findings).toEqual([])
    expect(placement.map(({ site: on }) => on)).toEqual([
      ...['north', 'north', 'north'],
      ...['south', 'south'],
    ])
    const hosts = (on: string) =>
      placement
        .filter((vm) => vm.site === on)
        .map(({ host }) => host)
        .sort()
    expect(hosts('north')).toEqual(['north-a', 'north-a', 'north-b'])
    expect(hosts('south')).toEqual(['south-a', 'south-b'])
  })

  it('starts at the id and address asked for, if any', () => {
    const asked = parse({ firstVmId: 500, firstAddress: '192.168.11.120' })
    expect(vmFleet.demand('worker', asked)).toMatchObject({
      firstVmId: 500,
      firstAddress: '192.168.11.120',
    })
    expect(vmFleet.demand('worker', parse())).not.toHaveProperty('firstVmId')
  })

  it('of one is warned about', () => {
    const rules = (count: number) =>
      vmFleet
        .findings({ cluster: exampleCluster('flux'), parameters: parse({ count }) } as never)
        .map(({ rule }) => rule)
    expect([rules(1), rules(2)]).toEqual([['SINGLE-INSTANCE'], []])
  })

  it.each([
    ['no site', { sites: [] }],
    ['no machine', { count: 0 }],
    ['too many', { count: 101 }],
    ['a site of its own', { site: 'north' }],
    ['a fraction', { count: 1.5 }],
  ])('with %s is refused', (_, more) => {
    expect(VmFleetParameters.safeParse({ sites: ['north'], ...more }).success).toBe(false)
  })
})
