// Everything that a plan puts somewhere, one row each: what it is, where, and the file and field that say so. Pure.
// It does not judge: ../residency.ts does.
import type { ResidencyLine, VmPlacement } from '../../schemas/plan.ts'
import type { Snapshot } from '../../schemas/snapshot.ts'
import type { RenderedObject } from '../policies/judge.ts'
import { azureSpots } from './azure.ts'
import { clusterSpots } from './on-cluster.ts'
import { storeSpots } from './stores.ts'

export interface Spot {
  /** `ContainerRegistry orders, geo-replica`. */
  what: string
  kind: ResidencyLine['kind']
  /** Name of a region; null where nothing says. */
  region: string | null
  /** How the place is shown, where that is not the region: the site. */
  place?: string
  /** Answered from everywhere. */
  global?: true
  file?: string
  /** RFC 6901 pointer into the file. */
  pointer?: string
  simulated?: boolean
  /** It leaves the cluster by an address, or by what only a Secret knows. */
  leaves?: true
}

/** What every part of the walk may look at. */
export interface Surroundings {
  /** Region of the cluster that the plan is rendered to; null without a cluster. */
  clusterRegion: string | null
  objects: readonly RenderedObject[]
}

interface Placed {
  objects: readonly RenderedObject[]
  placement: readonly VmPlacement[]
  cluster: { name: string; region: string; standIn: boolean } | null
}

export const spotsOf = (
  { objects, placement, cluster }: Placed,
  { sites }: Pick<Snapshot, 'sites'>,
): Spot[] => {
  const around: Surroundings = { clusterRegion: cluster?.region ?? null, objects }
  return [
    ...machineSpots(placement, sites),
    ...(cluster === null || objects.length === 0
      ? []
      : [
          {
            ...{ what: `what runs on cluster ${cluster.name}`, kind: 'compute' as const },
            ...{ region: cluster.region, simulated: cluster.standIn },
          },
        ]),
    ...objects.flatMap((one) => [
      ...azureSpots(one, around),
      ...clusterSpots(one, around),
      ...storeSpots(one, around),
    ]),
  ]
}

/** One row for each site: its machines have their disks there too. */
const machineSpots = (placement: readonly VmPlacement[], sites: Snapshot['sites']): Spot[] =>
  [...new Set(placement.map(({ site }) => site))].map((name) => {
    const count = placement.filter(({ site }) => site === name).length
    const site = sites.find((candidate) => candidate.name === name)
    return {
      what: `${count} ${count === 1 ? 'machine' : 'machines'} with disks`,
      kind: 'compute',
      region: site?.region ?? null,
      place: name,
      simulated: site?.standIn ?? false,
    }
  })
