// The planner: command and snapshot in, plan and files out. Pure: no clock, no I/O; the hash comes in as an argument.
// The order here is the order of the product: parameters, place, capacity, quota, render, guard, destroy list.

import { canonicalJson, ordered } from '../schemas/canonical-json.ts'
import type { Cluster, Site } from '../schemas/place.ts'
import type { Finding, Plan, VmPlacement } from '../schemas/plan.ts'
import { ok, type Result } from '../schemas/result.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Demand, NodeIdentity, Template } from '../schemas/template.ts'
import { judgeReviewers } from './approval-rules.ts'
import { askedFor } from './asked.ts'
import { sitesLeft, totalsOf, useOf } from './capacity.ts'
import { carryOut, NOTHING } from './carry-out.ts'
import { chooseCluster, judgeCluster, NO_CLUSTER } from './choose-cluster.ts'
import { contradictionsOf } from './contradictions/contradictions.ts'
import { standsAfter, standsNow, tiersOf } from './cost/standing.ts'
import { judgeCost } from './cost.ts'
import { applyExceptions } from './exceptions.ts'
import { judgeFailover } from './failover.ts'
import { blocks, finding, sortFindings } from './finding.ts'
import { onEach, placesOf, residencyOf } from './fleet/judge.ts'
import { judgeHandMade } from './hand-made.ts'
import { judgeRoom } from './judge-room.ts'
import { place } from './placement.ts'
import { judgePlatform } from './platform.ts'
import { policyContext } from './policies/context.ts'
import { judgePolicies } from './policies/judge.ts'
import { judgeQuota } from './quota.ts'
import { type Asked, readCommand } from './read-command.ts'
import { judgeResidency } from './residency.ts'
import { reviewersOf } from './reviewers.ts'

/** SHA-256 of UTF-8 text, in hex. */
export type Sha256 = (text: string) => string

export interface Planned {
  plan: Plan
  /** The files of the rendered tree that the commit adds, changes or removes. */
  files: { path: string; content: string | null }[]
  /** Every rendered file of the resource after this change, for the next comparison. */
  stands: { path: string; digest: string }[]
}

/**
 * What the plan reads of the world and nobody judges again, as one digest. Named field by field, so that a field that a
 * snapshot gains does not void what was approved before. Use is left out, the neighbours' and one's own: the reservation
 * guards that. The base's version and the namespace's quota are left out too: `judgeAgain` has the last word on them.
 */
export const readsDigest = (
  {
    tenant,
    sites,
    clusters,
    regions,
    existing,
    standing,
    basesOn,
    identities,
    exceptions,
    failoverPolicies,
    priceBook,
  }: Omit<Snapshot, 'namespaces' | 'baseVersions'>,
  template: Pick<Template, 'name' | 'version'>,
  sha256: Sha256,
): string => {
  const read = {
    ...{
      tenant: judgedOf(tenant),
      sites,
      clusters,
      regions,
      existing,
      standing,
      basesOn,
      identities,
    },
    // Without any it is the digest that it was before there were exceptions.
    ...(exceptions.length > 0 ? { exceptions } : {}),
    ...(failoverPolicies.length > 0 ? { failoverPolicies } : {}),
    ...(priceBook === null ? {} : { priceBook }),
  }
  return `sha256:${sha256(canonicalJson({ template: [template.name, template.version], ...read }))}`
}

/**
 * Rules of approval are read when somebody approves: the stricter of then and now counts, and no plan is outdated by one. The
 * id never changes; it came later than plans that are approved.
 */
const judgedOf = ({
  approvals: _approvals,
  id: _id,
  ...tenant
}: Snapshot['tenant']): Snapshot['tenant'] => tenant

/** Plans a change. Blocking findings are inside the plan; refusals are requests that cannot be planned at all. */
export const plan = (request: Asked, snapshot: Snapshot, sha256: Sha256): Result<Planned> => {
  const command = { ...request, parameters: ordered(request.parameters) }
  const read = readCommand(command, snapshot.existing, snapshot.sites, snapshot.tenant.slug)
  if (!read.ok) return read
  const { template, parameters, demand, move } = read.value
  const excused = (found: Finding[]) =>
    applyExceptions(found, { name: request.name, exceptions: snapshot.exceptions })
  const findings = [...nameFindings(request, snapshot), ...judgePlatform(template, snapshot)]
  const removing = request.action === 'delete'
  const { cluster, finding: clusterFinding } = chooseCluster(template, parameters, snapshot, demand)
  if (clusterFinding) findings.push(clusterFinding)
  findings.push(...judgeCluster(cluster, { template, parameters, removing }, snapshot))
  const placed = removing
    ? {
        placement: ordered(snapshot.existing?.placement ?? []),
        sites: sitesOf(demand, snapshot),
        findings: [],
      }
    : place(demand, snapshot)
  findings.push(...placed.findings)
  const input = {
    tenant: { slug: snapshot.tenant.slug, repositoryUrl: snapshot.tenant.repositoryUrl },
    name: request.name,
    cluster: cluster ?? NO_CLUSTER,
    sites: placed.sites,
    parameters,
    placement: placed.placement,
    identities: snapshot.identities,
  }
  const ready = cluster !== undefined && placed.findings.length === 0 && !blocks(excused(findings))
  if (!removing && ready) findings.push(...template.findings(input))
  const outcome =
    ready && !blocks(excused(findings)) && (removing || fitsQuota(placed.placement, snapshot))
      ? carryOut(request, template, input, snapshot, sha256)
      : NOTHING
  const room = judgeRoom(
    { read: read.value, cluster, placed, removing, gone: removing && outcome.phase === 'remove' },
    snapshot,
  )
  findings.push(...room.findings, ...outcome.findings, ...judgeHandMade(outcome.changed, snapshot))
  const cost = judgeCost({
    book: snapshot.priceBook,
    jurisdiction: snapshot.tenant.jurisdiction,
    now: standsNow(template, input, snapshot),
    after: standsAfter(outcome.phase, placed.placement, outcome.objects),
    tierOf: tiersOf(snapshot),
  })
  const places = placesOf(outcome, input.cluster, snapshot)
  const residency = residencyOf(places, ({ cluster: on, objects }) =>
    judgeResidency(
      {
        ...{ template: template.name, parameters, objects, placement: placed.placement },
        cluster: on === NO_CLUSTER ? null : on,
      },
      snapshot,
    ),
  )
  if (!removing) {
    findings.push(
      ...takenObjects(outcome.stands, snapshot),
      ...onEach(places, ({ cluster: on, objects }) =>
        judgePolicies(objects, policyContext({ ...input, cluster: on }, template, snapshot)),
      ),
      ...cost.findings,
      ...residency.findings,
    )
  }
  if (move) {
    const { targets, destroys } = outcome
    const { name } = request
    const moved = { name, move, placement: placed.placement, targets, destroys }
    findings.push(...judgeFailover(moved, snapshot))
  }
  const reviewers = reviewersOf(
    {
      ...{ action: request.action, template, removing, move, parameters },
      placement: placed.placement,
    },
    snapshot,
  )
  findings.push(...judgeReviewers(reviewers, snapshot.approvers))
  const contradictions = contradictionsOf(template.name)
  const made: Omit<Plan, 'digest'> = {
    schema: 'phoenix.plan/v1',
    tenant: snapshot.tenant.slug,
    action: request.action,
    phase: outcome.phase,
    template: { name: template.name, version: template.version },
    name: request.name,
    parameters: parameters as Record<string, unknown>,
    ...(move ? { move: { from: move.from, to: move.to } } : {}),
    ...(snapshot.reverts === undefined ? {} : { reverts: snapshot.reverts }),
    asked: askedFor(
      { action: request.action, given: command.parameters, parameters },
      snapshot,
      template.records !== undefined,
    ),
    targets: outcome.targets,
    totals: totalsOf(useOf(placed.placement)),
    placement: placed.placement,
    capacity: room.capacity,
    hostLoss: room.hostLoss,
    quota: room.quota,
    cost: cost.cost,
    residency: residency.residency,
    reviewers,
    destroys: outcome.destroys,
    findings: sortFindings(excused(findings)),
    ...(contradictions.length > 0 ? { contradictions } : {}),
    files: outcome.changed.map(({ path, action, content, digest }) => ({
      path,
      action,
      bytes: content === null ? 0 : new TextEncoder().encode(content).length,
      digest,
    })),
    ...(outcome.fleet ? { fleet: { ...outcome.fleet, ...ofRollout(snapshot) } } : {}),
    simulated: simulatedParts(
      [...placed.sites, ...sitesLeft(placed.sites, snapshot)],
      outcome.fleet ? snapshot.clusters : cluster ? [cluster] : [],
      input.identities,
    ),
    reads: readsDigest(snapshot, template, sha256),
  }
  return ok({
    plan: { ...made, digest: `sha256:${sha256(canonicalJson(made))}` },
    files: outcome.changed.map(({ path, content }) => ({ path, content })),
    stands: outcome.stands,
  })
}

/** What the tenant may not have is not rendered: that is the dear part of a plan, and grows with what is asked for. */
const fitsQuota = (placement: VmPlacement[], snapshot: Snapshot): boolean =>
  !blocks(judgeQuota(useOf(placement), snapshot).findings)

const ofRollout = ({ fleetSummary }: Snapshot) =>
  fleetSummary === null ? {} : { ofRollout: fleetSummary }

/** `rendered/<cluster>/<leaf>/<kind>-<name>.yaml`: in one namespace, cluster and file name say which object it is. */
const objectOf = (path: string): string => {
  const [room, cluster, ...rest] = path.split('/')
  const file = rest.at(-1)
  return room === 'rendered' && file !== 'kustomization.yaml' ? `${cluster}/${file}` : path
}

/** Two resources that render one object would undo each other for ever. */
const takenObjects = (
  stands: { path: string }[],
  { takenPaths }: Pick<Snapshot, 'takenPaths'>,
): Finding[] => {
  const taken = new Set(takenPaths.map(objectOf))
  const clashes = stands.filter(({ path }) => taken.has(objectOf(path))).length
  return clashes === 0
    ? []
    : [
        finding('NAME-UNIQUE', 'Another resource of yours already has an object of this name.', {
          pointer: '/name',
          numbers: { objects: clashes },
        }),
      ]
}

/** That what is updated or removed exists, reading the command has shown. */
const nameFindings = (
  { action }: Pick<Asked, 'action'>,
  { existing }: Pick<Snapshot, 'existing'>,
): Finding[] =>
  action === 'create' && existing
    ? [finding('NAME-UNIQUE', 'A resource of this name exists already.', { pointer: '/name' })]
    : []

export const sitesOf = (demand: Demand, { sites }: Snapshot): Site[] =>
  [...new Set(demand.sites)].flatMap((name) => sites.filter((site) => site.name === name))

const simulatedClusters = (clusters: Cluster[]): string[] =>
  clusters.length > NAMED_AT_MOST
    ? [`${clusters.length} clusters are simulated`]
    : clusters.map(({ name }) => `cluster ${name} is simulated`)
const NAMED_AT_MOST = 3

const simulatedParts = (
  sites: { name: string; standIn: boolean }[],
  clusters: Cluster[],
  identities: NodeIdentity[],
): string[] => [
  ...sites.filter(({ standIn }) => standIn).map(({ name }) => `site ${name} is stand-in data`),
  ...simulatedClusters(clusters.filter(({ standIn }) => standIn)),
  ...(identities.some(({ simulated }) => simulated)
    ? ['node identities come from public throw-away keys']
    : []),
]
