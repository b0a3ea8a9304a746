// A request for a fleet becomes waves: which regions, on which cluster each, in which order, in which pull request.
// Pure; what it reads of the world is handed in. Its cost is that of the regions named, not of the fleet.
import { canonicalJson } from '../../schemas/canonical-json.ts'
import type { FleetParameters, FleetRollout, RegionSelector } from '../../schemas/fleet.ts'
import { pointerOf, toErrors } from '../../schemas/issues.ts'
import type { Cluster, Region } from '../../schemas/place.ts'
import type { Finding } from '../../schemas/plan.ts'
import { ok, type Refusal, type Result, refuse } from '../../schemas/result.ts'
import type { Template } from '../../schemas/template.ts'
import { findFlyable, fleetParametersOf } from '../../templates/index.ts'
import { blocks, finding } from '../finding.ts'
import { MAX_PULL_FILES } from '../guard.ts'
import type { Sha256 } from '../plan.ts'
import { groupsFor, type Member, type Weight, wavesOf } from './groups.ts'
import { weigh } from './weigh.ts'

export interface FleetWorld {
  tenant: { slug: string; repositoryUrl: string }
  /** Clusters of a region that carry the tenant's base. */
  clustersIn: (region: string) => Cluster[]
  /** All regions; asked only for a tier or a jurisdiction. */
  regions: () => Pick<Region, 'name' | 'tier' | 'jurisdiction'>[]
  /** Number of groups of this fleet, where it was asked for before. */
  groups: number | null
}

interface Resolved {
  parameters: FleetRollout
  findings: Finding[]
}
type Problem = NonNullable<Refusal['errors']>[number]

/**
 * What the regions of one pull request may weigh, the record of the change included. Of the lines and bytes that a
 * comparison shows three quarters: an update shows both sides of a line.
 */
const PULL: Weight = { files: MAX_PULL_FILES, bytes: 750_000, lines: 15_000 }

/** Regions may be many, their faults alike: a few say it all. */
const SHOWN_AT_MOST = 20

export const resolveFleet = (
  name: string,
  asked: FleetParameters,
  world: FleetWorld,
  sha256: Sha256,
): Result<Resolved> => {
  const template = findFlyable(asked.template, asked.version)
  if (!template) return blocked([notFlying(asked)])
  const { clusters, findings } = placesOf(asked.regions, world)
  if (blocks(findings)) return blocked(findings)
  const errors = faultsOf(name, asked, template, [...clusters.keys()], world)
  if (errors.length > 0) return refuse('invalid-parameters', { errors })
  const names = [...clusters.keys()].sort()
  const groups = world.groups ?? asked.groups ?? groupsFor(names.length)
  const rollout = { ...asked, version: template.version, groups }
  const waves = wavesOf(
    membersOf(name, rollout, template, clusters, world),
    {
      canary: asked.canary ?? names[0] ?? '',
      groups,
      most: PULL,
    },
    sha256,
  )
  return ok({ parameters: { ...rollout, waves }, findings })
}

const blocked = (findings: Finding[]): Result<never> =>
  refuse('plan-blocked', {
    findings,
    errors: findings
      .filter(({ severity }) => severity === 'block')
      .map(({ pointer, message, rule }) => ({ pointer: pointer ?? '', detail: message, rule })),
  })

const notFlying = ({ template, version }: FleetParameters): Finding =>
  version !== undefined && findFlyable(template)
    ? finding('TEMPLATE-VERSION', 'This version of the template is not published.', {
        pointer: '/parameters/version',
      })
    : finding('FLEET-TEMPLATE', 'The template named cannot fly in a fleet.', {
        pointer: '/parameters/template',
      })

/** The one cluster of each region; a region that is named must have one, a tier has those it has. */
const placesOf = (
  asked: FleetParameters['regions'],
  { clustersIn, regions }: FleetWorld,
): { clusters: Map<string, Cluster>; findings: Finding[] } => {
  const named = Array.isArray(asked)
  const meant = named
    ? asked
    : regions()
        .filter(matching(asked))
        .map((region) => region.name)
  const clusters = new Map<string, Cluster>()
  const findings: Finding[] = []
  let skipped = 0
  for (const [index, region] of meant.entries()) {
    const [only, ...more] = clustersIn(region)
    const pointer = `/parameters/regions${named ? `/${index}` : ''}`
    if (only && more.length === 0) clusters.set(region, only)
    else if (only) {
      findings.push(
        finding('FLEET-REGION', 'Several clusters of the region carry your base.', { pointer }),
      )
    } else if (named) {
      findings.push(
        finding('FLEET-REGION', 'No cluster of the region carries your base.', { pointer }),
      )
    } else skipped += 1
  }
  if (clusters.size === 0 && findings.length === 0) {
    const pointer = '/parameters/regions'
    findings.push(
      finding('FLEET-REGION', 'None of these regions has a cluster of yours.', { pointer }),
    )
  } else if (skipped > 0) {
    const numbers = { meant: meant.length, taken: meant.length - skipped, skipped }
    findings.push(
      finding('FLEET-SKIPPED', `${skipped} of ${meant.length} regions have no cluster of yours.`, {
        pointer: '/parameters/regions',
        numbers,
      }),
    )
  }
  return { clusters, findings: findings.slice(0, SHOWN_AT_MOST) }
}

const matching =
  ({ tier, jurisdiction }: RegionSelector) =>
  (region: Pick<Region, 'tier' | 'jurisdiction'>): boolean =>
    (tier === undefined || region.tier === tier) &&
    (jurisdiction === undefined || region.jurisdiction === jurisdiction)

/** What is wrong with the request itself, each with a pointer into it. */
const faultsOf = (
  name: string,
  asked: FleetParameters,
  template: Template,
  regions: string[],
  { groups }: FleetWorld,
): Problem[] => {
  const known = new Set(regions)
  const at = (...path: string[]) => pointerOf(['parameters', ...path])
  const stray = Object.keys(asked.overrides).filter((region) => !known.has(region))
  return [
    ...stray.map((region) => ({
      pointer: at('overrides', region),
      detail: 'The request is not about this region.',
    })),
    ...(asked.canary !== undefined && !known.has(asked.canary)
      ? [{ pointer: at('canary'), detail: 'Must be one of the regions of the request.' }]
      : []),
    ...(groups !== null && asked.groups !== undefined && asked.groups !== groups
      ? [{ pointer: at('groups'), detail: `This fleet has ${groups} groups, and keeps them.` }]
      : []),
    ...parameterFaults(name, asked, template, at('parameters')),
    ...Object.keys(asked.overrides)
      .filter((region) => known.has(region))
      .flatMap((region) => parameterFaults(name, asked, template, at('overrides', region), region)),
  ].slice(0, SHOWN_AT_MOST)
}

const parameterFaults = (
  name: string,
  asked: FleetParameters,
  template: Template,
  pointer: string,
  region = '',
): Problem[] => {
  const wanted = fleetParametersOf(asked, region)
  if ('cluster' in wanted) {
    const detail = 'In a fleet the region says which cluster it is.'
    return [{ pointer: `${pointer}/cluster`, detail }]
  }
  const parsed = template.parameters.safeParse(wanted)
  if (!parsed.success) return toErrors(parsed.error.issues, pointer, template.parameters)
  return (template.unfit?.(name, parsed.data) ?? []).map(({ detail }) => ({ pointer, detail }))
}

/** Each region with what it weighs: asked once for each set of parameters on each engine. */
const membersOf = (
  name: string,
  rollout: Pick<FleetRollout, 'parameters' | 'overrides'>,
  template: Template,
  clusters: Map<string, Cluster>,
  { tenant }: FleetWorld,
): Member[] => {
  const weights = new Map<string, Member['weight']>()
  return [...clusters].map(([region, cluster]) => {
    const own = Object.hasOwn(rollout.overrides, region) ? rollout.overrides[region] : null
    const key = canonicalJson([cluster.engine, own ?? null])
    const weight =
      weights.get(key) ??
      weigh(template, {
        ...{ tenant, name, cluster },
        parameters: template.parameters.parse(fleetParametersOf(rollout, region)),
      })
    weights.set(key, weight)
    return { region, cluster: cluster.name, kind: key, weight }
  })
}
