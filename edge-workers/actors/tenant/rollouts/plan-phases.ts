// Plans every phase of a system before any of it is asked for, each on the world as the ones before would leave it:
// what would be refused in the fifth week is refused now.
import { addUse, NO_USE, useOf } from '../../../../gitops/capacity.ts'
import { phaseTemplateName } from '../../../../gitops/catalog.ts'
import { judgeContradictions } from '../../../../gitops/contradictions/contradictions.ts'
import { judgeGuests } from '../../../../gitops/guests.ts'
import { judgeOrder } from '../../../../gitops/order.ts'
import { plan } from '../../../../gitops/plan.ts'
import { addPods, growthOf, NO_PODS, podUseOf } from '../../../../gitops/pod-use.ts'
import { resourceOf } from '../../../../gitops/rollout.ts'
import { canonicalJson } from '../../../../schemas/canonical-json.ts'
import type { ChangeRequest } from '../../../../schemas/change.ts'
import type { FleetSummary } from '../../../../schemas/fleet-plan.ts'
import type { Site } from '../../../../schemas/place.ts'
import type { Finding, Plan, VmPlacement } from '../../../../schemas/plan.ts'
import { ok, type Result } from '../../../../schemas/result.ts'
import type { HostUse, PodUse, Snapshot, Use } from '../../../../schemas/snapshot.ts'
import type { Phase, System } from '../../../../schemas/system.ts'
import { sha256Hex } from '../../../digest.ts'
import type { TenantContext } from '../context.ts'
import { gatherSnapshot } from '../snapshot.ts'
import { planWaves } from './fleets.ts'

export interface PlannedPhases {
  plans: Map<string, Plan>
  findings: Finding[]
  /** Only of a fleet. */
  summary?: FleetSummary
}

/** The request for a phase's change. What stands already is brought up to date. */
export const phaseRequest = (
  system: System,
  phase: Phase,
  { name, parameters }: { name: string; parameters: Record<string, unknown> },
  stands: boolean,
  /** Parameters of what stands, where the change builds on them. */
  standing: unknown = null,
): ChangeRequest => ({
  action: stands ? 'update' : 'create',
  template: phase.change?.template ?? phaseTemplateName(system.name, phase.id),
  name: resourceOf(phase, name),
  parameters: phase.change?.parameters(name, standing) ?? parameters,
})

/** What the phases planned so far put into the world. */
interface Earlier {
  placement: VmPlacement[]
  objects: string[]
  pods: { cluster: string; more: PodUse }[]
}

export const planPhases = async (
  context: TenantContext,
  system: System,
  instance: { name: string; parameters: Record<string, unknown> },
): Promise<Result<PlannedPhases>> => {
  if (system.phasesFor) return planWaves(context, system, instance)
  const circles = judgeOrder(system)
  if (circles.length > 0) return ok({ plans: new Map(), findings: circles })
  const plans = new Map<string, Plan>()
  const told = new Map<string, { found: Finding; phases: string[] }>()
  const earlier: Earlier = { placement: [], objects: [], pods: [] }
  const sites = new Map<string, Site>()
  let standing: Use = NO_USE
  for (const phase of system.phases) {
    if (phase.blocks(instance.parameters, instance.name).length === 0) continue
    const request = phaseRequest(system, phase, instance, false)
    const snapshot = await gatherSnapshot(context, request)
    if (!snapshot.ok) return snapshot
    for (const site of snapshot.value.sites) sites.set(site.name, site)
    const { existing } = snapshot.value
    const stands = existing?.template === request.template
    const planned = plan(
      phaseRequest(system, phase, instance, stands),
      beside(snapshot.value, earlier),
      sha256Hex,
    )
    if (!planned.ok) return planned
    standing = snapshot.value.used
    plans.set(phase.id, planned.value.plan)
    for (const found of planned.value.plan.findings) {
      const key = canonicalJson(found)
      told.set(key, { found, phases: [...(told.get(key)?.phases ?? []), phase.title] })
    }
    // What stands is in the snapshot of every other phase already.
    const known = new Set(existing?.placement.map(({ name }) => name))
    earlier.placement.push(...planned.value.plan.placement.filter(({ name }) => !known.has(name)))
    earlier.pods.push(podsAdded(planned.value.plan, existing))
    earlier.objects.push(...planned.value.stands.map(({ path }) => path))
  }
  const yours = addUse(standing, useOf(earlier.placement))
  const findings = [...told.values()].map(inPhases)
  return ok({
    plans,
    findings: [
      ...findings,
      ...judgeGuests(system, [...sites.values()], yours),
      ...judgeContradictions(system.name),
    ],
  })
}

/** The same of several phases is said once. */
const inPhases = ({ found, phases }: { found: Finding; phases: string[] }): Finding => ({
  ...found,
  message: `${phases.join(', ')}: ${found.message}`,
})

/** Of a phase that stands only the growth: the rest is counted as what it is. */
const podsAdded = (
  { template, name, parameters, targets }: Plan,
  existing: Snapshot['existing'],
): Earlier['pods'][number] => ({
  cluster: targets[0]?.cluster ?? '',
  more: growthOf(
    existing ? podUseOf(existing) : NO_PODS,
    podUseOf({ template: template.name, templateVersion: template.version, name, parameters }),
  ),
})

/** The world with the machines, pods and objects of earlier phases in it. */
const beside = (snapshot: Snapshot, { placement, objects, pods }: Earlier): Snapshot => ({
  ...snapshot,
  uses: withMachines(snapshot.uses, placement),
  takenVmIds: [...snapshot.takenVmIds, ...placement.map(({ vmId }) => vmId)],
  takenAddresses: [...snapshot.takenAddresses, ...placement.map(({ address }) => address)],
  takenNames: [...snapshot.takenNames, ...placement.map(({ name }) => name)],
  takenPaths: [...snapshot.takenPaths, ...objects],
  // Of one rollout nothing is merged before anything else: together they must fit, not each for itself.
  used: addUse(snapshot.used, useOf(placement)),
  namespaces: snapshot.namespaces.map((namespace) => ({
    ...namespace,
    reserved: pods
      .filter(({ cluster }) => cluster === namespace.cluster)
      .reduce((sum, { more }) => addPods(sum, more), namespace.reserved),
  })),
})

const withMachines = (uses: HostUse[], placement: VmPlacement[]): HostUse[] => {
  const hosts = new Set([...uses.map(({ host }) => host), ...placement.map(({ host }) => host)])
  return [...hosts].map((host) => {
    const { yours = NO_USE, others = NO_USE, held } = uses.find((use) => use.host === host) ?? {}
    const more = placement.filter((vm) => vm.host === host)
    return { host, yours: addUse(yours, useOf(more)), others, ...(held ? { held } : {}) }
  })
}
