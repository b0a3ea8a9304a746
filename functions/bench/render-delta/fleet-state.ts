// A fleet of any size as it stands, made without planning it: its groups with their parameters and the digest of every file,
// as the tenant's rows hold them. And a hash that counts what it is given.
import { hash } from 'node:crypto'
import {
  emptyState,
  type FleetState,
  fleetOf,
  regionName,
  resolved,
} from '../../../gitops/fleet/fleet.fixture.ts'
import type { Sha256 } from '../../../gitops/plan.ts'
import { render } from '../../../gitops/render.ts'
import { findTemplate, fleetGroupName, mergeGroup } from '../../../templates/index.ts'

const TENANT = { slug: 'dbis', repositoryUrl: 'https://forge.example/dbis/infrastructure.git' }

export const plainHash: Sha256 = (text) => hash('sha256', text)

export interface Counts {
  /** Manifests that were written out and hashed. */
  manifests: number
  hashes: number
  characters: number
}

export const countingHash = (): { hash: Sha256; counts: Counts } => {
  const counts: Counts = { manifests: 0, hashes: 0, characters: 0 }
  return {
    counts,
    hash: (text) => {
      counts.hashes += 1
      counts.characters += text.length
      if (text.startsWith('apiVersion:')) counts.manifests += 1
      return plainHash(text)
    },
  }
}

/** Every file of one group, as the planner renders them. */
export const renderGroup = (state: FleetState, parameters: unknown) => {
  const group = findTemplate('fleet-group')
  const clusters = new Map([...state.clusters.values()].map((each) => [each.name, each]))
  return (group?.parts?.(group.parameters.parse(parameters)) ?? []).flatMap((part) => {
    const cluster = clusters.get(part.cluster)
    if (!cluster) throw new Error('a region without its cluster')
    const { name, template, parameters: own } = part
    const nowhere = { sites: [], placement: [], identities: [], guardsLifted: false }
    return render(template, { tenant: TENANT, name, cluster, parameters: own, ...nowhere }).files
  })
}

/** The fleet as it stands once every wave is applied. */
export const standingFleet = (regions: number): FleetState => {
  const state = emptyState(regions)
  const clusters = new Map([...state.clusters.values()].map((each) => [each.name, each]))
  const read = resolved(fleetOf(Math.min(regions, 2000)), state, plainHash)
  if (!read.ok) throw new Error('the fleet cannot be resolved')
  const groups = Math.max(1, Math.ceil(regions / 20))
  state.groups = groups
  const members = new Map<number, Record<string, string>>()
  for (let index = 0; index < regions; index += 1) {
    const region = regionName(index)
    const group = Number.parseInt(plainHash(region).slice(0, 8), 16) % groups
    const cluster = state.clusters.get(region)?.name ?? ''
    members.set(group, { ...members.get(group), [region]: cluster })
  }
  const template = findTemplate('application')
  const nowhere = { sites: [], placement: [], identities: [], guardsLifted: false }
  for (const [group, some] of members) {
    const name = fleetGroupName('edge', group)
    const wave = { id: 'made', group, regions: some }
    const parameters = mergeGroup(null, 'edge', read.value.parameters, wave)
    const parsed = template?.parameters.parse(parameters.variants[0]?.parameters)
    const files = Object.values(some).flatMap((on) => {
      const cluster = clusters.get(on)
      if (!template || !cluster) throw new Error('a fleet without its template or its clusters')
      const input = { tenant: TENANT, name: 'edge', cluster, parameters: parsed, ...nowhere }
      return render(template, input).files
    })
    state.resources.set(name, {
      existing: {
        ...{ name, template: 'fleet-group', templateVersion: '1.0.0', parameters },
        ...{ cluster: Object.values(some)[0] ?? '', placement: [], identities: [] },
        guardsLifted: false,
      },
      standing: files.map(({ path, content }) => ({
        path,
        digest: `sha256:${plainHash(content)}`,
      })),
    })
  }
  return state
}
