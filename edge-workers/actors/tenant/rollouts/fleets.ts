// Rollouts of the system fleet: which regions a request is about, and its waves planned one after the other.
import { and, desc, eq, ne } from 'drizzle-orm'
import { FLEET } from '../../../../gitops/catalog.ts'
import { resolveFleet } from '../../../../gitops/fleet/resolve.ts'
import { together } from '../../../../gitops/fleet/said.ts'
import { summaryOf } from '../../../../gitops/fleet/summary.ts'
import { plan } from '../../../../gitops/plan.ts'
import type { FleetParameters, FleetRollout } from '../../../../schemas/fleet.ts'
import type { Cluster } from '../../../../schemas/place.ts'
import type { Finding, Plan } from '../../../../schemas/plan.ts'
import { ok, type Result } from '../../../../schemas/result.ts'
import type { Snapshot } from '../../../../schemas/snapshot.ts'
import type { System } from '../../../../schemas/system.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { sha256Hex } from '../../../digest.ts'
import type { TenantContext } from '../context.ts'
import { gatherSnapshot } from '../snapshot.ts'
import { type PlannedPhases, phaseRequest } from './plan-phases.ts'

type Parameters = Record<string, unknown>

/** Parameters of a rollout as they are kept: of a fleet with its regions looked up, of all else as they are. */
export const resolveParameters = async (
  context: TenantContext,
  { name: system }: System,
  name: string,
  parameters: Parameters,
): Promise<Result<{ parameters: Parameters; findings: Finding[] }>> => {
  if (system !== FLEET) return ok({ parameters, findings: [] })
  const { id: tenantId, slug, repositoryUrl, basesOn } = context.tenant()
  const inventory = await context.inventory().snapshot({ tenantId, resource: name })
  const bases = new Set(basesOn)
  const clusters = new Map<string, Cluster[]>()
  for (const cluster of inventory.clusters) {
    if (!bases.has(cluster.name)) continue
    clusters.set(cluster.region, [...(clusters.get(cluster.region) ?? []), cluster])
  }
  const resolved = resolveFleet(
    name,
    // Read by the system's own schema a moment ago.
    parameters as unknown as FleetParameters,
    {
      tenant: { slug, repositoryUrl },
      clustersIn: (region) => clusters.get(region) ?? [],
      regions: () => inventory.regions,
      groups: groupsOf(context, name),
    },
    sha256Hex,
  )
  return resolved.ok
    ? ok({ parameters: { ...resolved.value.parameters }, findings: resolved.value.findings })
    : resolved
}

/** The number of groups is kept from the first request on, whatever came of it. */
const groupsOf = ({ db }: TenantContext, name: string): number | null => {
  const { rollouts } = tables
  const [latest] = db
    .select({ parameters: rollouts.parameters })
    .from(rollouts)
    .where(and(eq(rollouts.system, FLEET), eq(rollouts.name, name)))
    .orderBy(desc(rollouts.createdAt))
    .limit(1)
    .all()
  return latest ? (latest.parameters as unknown as FleetRollout).groups : null
}

const standingParameters = ({ db }: TenantContext, name: string): unknown => {
  const { resources } = tables
  const row = db
    .select({ parameters: resources.parameters })
    .from(resources)
    .where(and(eq(resources.name, name), ne(resources.state, 'removed')))
    .get()
  return row?.parameters ?? null
}

/** What an earlier wave of the same group leaves; groups have no cluster in common. */
type Left = Pick<Snapshot, 'existing' | 'standing'>

/** Each wave on what the ones before would leave of its group. */
export const planWaves = async (
  context: TenantContext,
  system: System,
  instance: { name: string; parameters: Parameters },
): Promise<Result<PlannedPhases>> => {
  const plans = new Map<string, Plan>()
  const left = new Map<string, Left>()
  for (const phase of system.phases) {
    const resource = phase.change?.resource(instance.name) ?? ''
    const before = left.get(resource)
    const standing = before?.existing?.parameters ?? standingParameters(context, resource)
    const request = phaseRequest(system, phase, instance, standing !== null, standing)
    const gathered = await gatherSnapshot(context, {
      ...request,
      action: before ? 'create' : request.action,
    })
    if (!gathered.ok) return gathered
    const snapshot = { ...gathered.value, ...before }
    const planned = plan(request, snapshot, sha256Hex)
    if (!planned.ok) return planned
    const { plan: made, stands } = planned.value
    plans.set(phase.id, made)
    left.set(resource, { existing: existingAfter(made, snapshot), standing: stands })
  }
  const { waves } = instance.parameters as unknown as FleetRollout
  return ok({
    plans,
    findings: together([...plans.values()]),
    summary: summaryOf(
      [...plans.values()].flatMap(({ fleet }) => fleet ?? []),
      waves.flatMap(({ regions }) => Object.keys(regions)),
      sha256Hex,
    ),
  })
}

const existingAfter = (
  { name, template, targets, parameters, placement }: Plan,
  { existing, identities }: Snapshot,
): Snapshot['existing'] => ({
  ...{ name, parameters, placement, identities, guardsLifted: existing?.guardsLifted ?? false },
  ...{ template: template.name, templateVersion: template.version },
  cluster: targets[0]?.cluster ?? existing?.cluster ?? '',
})
