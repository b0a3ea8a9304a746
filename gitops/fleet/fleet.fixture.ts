// A made-up fleet for tests and benchmarks: regions with a cluster each, and its groups planned one after the other as a
// rollout does. Nothing of it is real.
import { FleetGroupParameters, FleetParameters, type FleetRollout } from '../../schemas/fleet.ts'
import type { Cluster } from '../../schemas/place.ts'
import type { Result } from '../../schemas/result.ts'
import type { ExistingResource, Snapshot } from '../../schemas/snapshot.ts'
import { fleetGroupName, mergeGroup } from '../../templates/index.ts'
import { type Planned, plan, type Sha256 } from '../plan.ts'
import { baseLimitOf, NO_PODS } from '../pod-use.ts'
import { applied, regionOf, sha256, snapshotOf } from '../world.fixture.ts'
import { resolveFleet } from './resolve.ts'

export const regionName = (index: number): string => `region-${String(index).padStart(5, '0')}`

/** Every second one with Flux; the cluster's name has the region's in it. */
export const clusterOf = (index: number): Cluster => ({
  name: `c-${regionName(index)}`,
  region: regionName(index),
  engine: index % 2 === 0 ? 'argocd' : 'flux',
  standIn: true,
})

export const fleetOf = (regions: number, more: object = {}): FleetParameters =>
  FleetParameters.parse({
    template: 'application',
    parameters: { image: 'ghcr.io/stefanprodan/podinfo:6.7.1', strategy: { type: 'blue-green' } },
    regions: Array.from({ length: regions }, (_, index) => regionName(index)),
    ...more,
  })

/** Seven policies, which with their kustomization and what leads Flux there are ten files. */
export const TEN_FILES = {
  template: 'network-policies',
  parameters: {
    rules: ['one', 'two', 'three', 'four', 'five', 'six', 'seven'].map((name, index) => ({
      ...{ name, from: { resource: 'portal' }, to: { cidr: `198.51.100.${index}/32` } },
      ports: [{ port: 443 }],
    })),
  },
}

/** What exists of the fleet: its groups by name, as the tenant's rows hold them. */
export interface FleetState {
  clusters: Map<string, Cluster>
  groups: number | null
  resources: Map<string, { existing: ExistingResource; standing: Snapshot['standing'] }>
}

export const emptyState = (regions: number, engine?: Cluster['engine']): FleetState => ({
  clusters: new Map(
    Array.from({ length: regions }, (_, index) => [
      regionName(index),
      { ...clusterOf(index), ...(engine ? { engine } : {}) },
    ]),
  ),
  groups: null,
  resources: new Map(),
})

export const resolved = (
  asked: FleetParameters,
  { clusters, groups }: FleetState,
  hash: Sha256 = sha256,
): Result<{ parameters: FleetRollout; findings: { rule: string }[] }> =>
  resolveFleet(
    'edge',
    asked,
    {
      tenant: { slug: 'dbis', repositoryUrl: 'https://forge.example/dbis/infrastructure.git' },
      clustersIn: (region) => [clusters.get(region)].flatMap((cluster) => cluster ?? []),
      regions: () =>
        [...clusters.keys()].map((name, index) => ({
          ...{ name, tier: index % 10 === 0 ? 'core' : 'edge', jurisdiction: 'eu' },
        })),
      groups,
    },
    hash,
  )

export interface WavePlan {
  wave: string
  request: { action: 'create' | 'update'; template: string; name: string; parameters: object }
  snapshot: Snapshot
  planned: Planned
}

/** The group's own world: only the clusters it is about. */
export const snapshotFor = (state: FleetState, name: string, parameters: unknown): Snapshot => {
  const { variants } = FleetGroupParameters.parse(parameters)
  const found = state.resources.get(name)
  const clusters = variants
    .flatMap(({ regions }) => Object.keys(regions))
    .flatMap((region) => state.clusters.get(region) ?? [])
  const limit = baseLimitOf()
  return snapshotOf({
    clusters,
    regions: clusters.map(({ region }) => regionOf(region)),
    sites: [],
    basesOn: clusters.map((cluster) => cluster.name),
    namespaces: clusters.map((cluster) => ({
      ...{ cluster: cluster.name, limit, used: NO_PODS, reserved: NO_PODS },
    })),
    existing: found?.existing ?? null,
    standing: found?.standing ?? [],
  })
}

/** One wave on what stands; the state then has it. */
export const planWave = (
  state: FleetState,
  rollout: FleetRollout,
  wave: FleetRollout['waves'][number],
  hash: Sha256 = sha256,
): WavePlan => {
  const name = fleetGroupName('edge', wave.group)
  const existing = state.resources.get(name)?.existing
  const parameters = mergeGroup(existing?.parameters, 'edge', rollout, wave)
  const action = existing ? ('update' as const) : ('create' as const)
  const request = { action, template: 'fleet-group', name, parameters: { ...parameters } }
  const snapshot = snapshotFor(state, name, parameters)
  const result = plan(request, snapshot, hash)
  if (!result.ok) throw new Error(JSON.stringify(result.refusal))
  const { existing: stands, standing } = applied(snapshot, result.value)
  if (stands) state.resources.set(name, { existing: stands, standing })
  return { wave: wave.id, request, snapshot, planned: result.value }
}

/** Every wave of a request, each on what the ones before left. */
export const planFleet = (
  asked: FleetParameters,
  state: FleetState,
  hash: Sha256 = sha256,
): WavePlan[] => {
  const result = resolved(asked, state, hash)
  if (!result.ok) throw new Error(JSON.stringify(result.refusal))
  state.groups = result.value.parameters.groups
  return result.value.parameters.waves.map((wave) =>
    planWave(state, result.value.parameters, wave, hash),
  )
}
