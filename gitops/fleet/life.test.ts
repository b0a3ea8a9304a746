// A group of a fleet through its life: what a namespace holds, what is taken away, and what the last look guards.
import { describe, expect, it } from 'vitest'
import type { Tier } from '../../schemas/place.ts'
import { NO_PODS } from '../pod-use.ts'
import { applied, planned, regionOf, rulesOf } from '../world.fixture.ts'
import {
  clusterOf,
  emptyState,
  type FleetState,
  fleetOf,
  planFleet,
  regionName,
  snapshotFor,
} from './fleet.fixture.ts'

const REDIS = { template: 'redis', parameters: { passwordSecret: 'cache-auth' } }
const standing = (state: FleetState, name = 'edge-g00') => {
  const found = state.resources.get(name)
  if (!found) throw new Error('the group does not stand')
  return { ...found, snapshot: snapshotFor(state, name, found.existing.parameters) }
}
const clustersOf = (files: { path: string }[]) => [
  ...new Set(files.map(({ path }) => path.split('/')[1])),
]

describe('a group whose regions hold data', () => {
  const state = emptyState(4)
  planFleet(fleetOf(4, { ...REDIS, groups: 1 }), state)
  const { snapshot } = standing(state)
  const request = { action: 'delete', template: 'fleet-group', name: 'edge-g00', parameters: {} }
  const first = planned({ ...request, action: 'delete' as const }, snapshot)

  it('loses its guards in every region first, and everything afterwards', () => {
    expect(first.plan.phase).toBe('lift-guards')
    expect(clustersOf(first.files)).toHaveLength(4)
    expect(first.plan.destroys?.objects.filter(({ holdsData }) => holdsData)).toHaveLength(4)
    expect(rulesOf(first.plan.findings).filter((rule) => rule === 'GUARDS-LIFTED')).toHaveLength(1)
    const second = planned({ ...request, action: 'delete' as const }, applied(snapshot, first))
    expect(second.plan.phase).toBe('remove')
    expect(clustersOf(second.files)).toHaveLength(4)
    expect(second.plan.destroys?.digest).toBe(first.plan.destroys?.digest)
  })

  it('is rendered whole again when a removal is given up half way: its guards come back', () => {
    const { existing } = standing(state)
    const parameters = existing.parameters as Record<string, unknown>
    const update = { ...request, action: 'update' as const, parameters }
    const back = planned(update, applied(snapshot, first))
    expect(clustersOf(back.files)).toHaveLength(4)
    expect(back.stands.map(({ digest }) => digest).sort()).toEqual(
      standing(state)
        .standing.map(({ digest }) => digest)
        .sort(),
    )
  })
})

describe('a group that goes from one region to another', () => {
  const state = emptyState(4)
  planFleet(fleetOf(2, { ...REDIS, groups: 1 }), state)
  const { existing, snapshot } = standing(state)
  const { variants, ...rest } = existing.parameters as {
    variants: { regions: Record<string, string> }[]
  }
  const neededWith = (regions: readonly number[], tier: Tier) => {
    const to = Object.fromEntries(regions.map((at) => [regionName(at), clusterOf(at).name]))
    const parameters = { ...rest, variants: variants.map((one) => ({ ...one, regions: to })) }
    const request = { action: 'update', template: 'fleet-group', name: 'edge-g00', parameters }
    const all = [0, 1, 2, 3]
    const world = {
      ...{ ...snapshot, clusters: all.map(clusterOf) },
      basesOn: all.map((at) => clusterOf(at).name),
      regions: all.map((at) => regionOf(regionName(at), { tier })),
    }
    return planned({ ...request, action: 'update' as const }, world).plan.reviewers.needed
  }

  it.each([
    ['core', 2],
    ['regional', 2],
    ['edge', 1],
  ] as const)('%s: by as many approvals as a failover, %i', (tier, needed) => {
    expect(neededWith([1, 2], tier)).toBe(needed)
  })

  it('that only grows or shrinks is approved by one', () => {
    expect([neededWith([0, 1, 2], 'core'), neededWith([0], 'core')]).toEqual([1, 1])
  })
})

describe('a region that leaves its group', () => {
  const state = emptyState(4)
  planFleet(fleetOf(4, { ...REDIS, groups: 1 }), state)
  const { existing, snapshot } = standing(state)
  const [variant] = (existing.parameters as { variants: { regions: Record<string, string> }[] })
    .variants
  const { [regionName(2)]: _gone, ...regions } = variant?.regions ?? {}
  const parameters = { ...(existing.parameters as object), variants: [{ ...variant, regions }] }
  const request = {
    action: 'update' as const,
    template: 'fleet-group',
    name: 'edge-g00',
    parameters,
  }
  const result = planned(request, snapshot)

  it('takes nothing of the others with it, and leaves a marker for its engine', () => {
    expect(clustersOf(result.files)).toEqual([`c-${regionName(2)}`])
    expect(result.plan.targets.map(({ cluster }) => cluster)).toHaveLength(4)
    expect(result.files.some(({ path }) => path.endsWith('configmap-edge-removed.yaml'))).toBe(true)
    expect(rulesOf(result.plan.findings)).toContain('DESTROYS')
    expect(new Set(result.plan.destroys?.objects.map(({ cluster }) => cluster))).toEqual(
      new Set([`c-${regionName(2)}`]),
    )
  })

  it('leaves what stands as it is from then on', () => {
    const after = applied(snapshot, result)
    const again = planned(request, after)
    expect(again.files).toEqual([])
    expect(again.stands).toHaveLength(result.stands.length)
  })
})

describe('namespaces', () => {
  it('have a quota each: the one that is full is named, and stops the change', () => {
    const state = emptyState(3)
    const waves = planFleet(fleetOf(3, { groups: 1 }), emptyState(3))
    const [, group] = waves
    if (!group) throw new Error('no group')
    const full = group.snapshot.namespaces.map((namespace) =>
      namespace.cluster === `c-${regionName(2)}`
        ? { ...namespace, used: { ...NO_PODS, pods: namespace.limit.pods } }
        : namespace,
    )
    expect(state.resources.size).toBe(0)
    const again = planned(group.request as Parameters<typeof planned>[0], {
      ...group.snapshot,
      namespaces: full,
    })
    expect(rulesOf(again.plan.findings)).toContain('NAMESPACE-QUOTA')
    const over = again.plan.quota.filter(({ fits }) => !fits)
    expect(over.map(({ cluster, kind }) => [cluster, kind])).toEqual([
      [`c-${regionName(2)}`, 'pods'],
    ])
    expect(rulesOf(group.planned.plan.findings)).not.toContain('NAMESPACE-QUOTA')
  })
})

describe('another resource', () => {
  it('that has the object of a region already is found', () => {
    const [, group] = planFleet(fleetOf(3, { groups: 1 }), emptyState(3))
    if (!group) throw new Error('no group')
    const path = `rendered/c-${regionName(1)}/60-other/networkpolicy-edge-port.yaml`
    const taken = group.planned.stands.map((file) => file.path)
    const own = taken.find((each) => each.includes(regionName(1)) && each.includes('service-edge'))
    const clash = planned(group.request as Parameters<typeof planned>[0], {
      ...group.snapshot,
      takenPaths: [own?.replace('/70-edge/', '/60-other/') ?? path],
    })
    expect(rulesOf(clash.plan.findings)).toContain('NAME-UNIQUE')
  })
})
