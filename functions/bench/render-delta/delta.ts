// One region of a fleet gets something else: the request, its wave, its plan. And what there is to do without knowing which
// region it was: to render everything, or to hash what every region is to get.
import {
  clusterOf,
  type FleetState,
  fleetOf,
  planWave,
  regionName,
  resolved,
  type WavePlan,
} from '../../../gitops/fleet/fleet.fixture.ts'
import type { Sha256 } from '../../../gitops/plan.ts'
import { canonicalJson } from '../../../schemas/canonical-json.ts'
import { plainHash, renderGroup } from './fleet-state.ts'

/** The request names the region: nothing else of the fleet is looked at. */
export const changeOne = (
  state: FleetState,
  index: number,
  most: number,
  hash: Sha256 = plainHash,
): WavePlan => {
  const region = regionName(index)
  const overrides = { [region]: { replicas: { min: 2, max: most } } }
  const read = resolved(
    { ...fleetOf(1, { overrides: {} }), regions: [region], overrides },
    state,
    hash,
  )
  const [wave] = read.ok ? read.value.parameters.waves : []
  if (!read.ok || !wave) throw new Error('the change was refused')
  return planWave(state, read.value.parameters, wave, hash)
}

/** Everything rendered and hashed, and compared with what stands. Answers the number of files that differ. */
export const renderAll = (state: FleetState, hash: Sha256 = plainHash): number => {
  let changed = 0
  for (const { existing, standing } of state.resources.values()) {
    const before = new Map(standing.map(({ path, digest }) => [path, digest]))
    for (const { path, content } of renderGroup(state, existing.parameters))
      if (before.get(path) !== `sha256:${hash(content)}`) changed += 1
  }
  return changed
}

/** What each region is to get as one digest, compared with the last: it finds the region, and renders nothing. */
export const scanAll = (known: Map<string, string>, state: FleetState): number => {
  let changed = 0
  for (let index = 0; index < state.clusters.size; index += 1) {
    const region = regionName(index)
    const digest = plainHash(canonicalJson([clusterOf(index), fleetInput]))
    if (known.get(region) !== digest) changed += 1
    known.set(region, digest)
  }
  return changed
}
const fleetInput = fleetOf(1)
