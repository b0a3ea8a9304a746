// Everything that stands of a tenant, removed together: each resource is planned as if it went alone, and what one pull request
// can show becomes one plan. Guards are lifted before anything goes; operators go after what they operate, bases last. Pure.
import { canonicalJson } from '../schemas/canonical-json.ts'
import type { DestroyList, Finding, Plan } from '../schemas/plan.ts'
import { ok, type Result, refuse } from '../schemas/result.ts'
import type { DoomedPart, Snapshot } from '../schemas/snapshot.ts'
import { DELETION_NAME, type DeletionStep, TENANT_DELETION } from '../schemas/tenant-deletion.ts'
import { judgeReviewers, stricter } from './approval-rules.ts'
import { totalsOf, useOf } from './capacity.ts'
import { destroysFinding } from './carry-out.ts'
import { systemCost } from './cost/system.ts'
import { blocks, finding, sortFindings } from './finding.ts'
import { type Planned, plan, type Sha256 } from './plan.ts'
import { USUAL_REVIEWERS } from './reviewers.ts'

/** What a pull request with its record can show; the guard's own limits hold for each resource besides. */
const FILES_AT_MOST = 200
const OBJECTS_AT_MOST = 250
const RECORD_LINES_AT_MOST = 3_500

type Doomed = Omit<DoomedPart, 'phase' | 'template' | 'placement' | 'reads' | 'stands'>

interface Removal extends Doomed {
  made: Planned
}

export interface PlannedDeletion {
  /** Everything, whichever pull request removes it. */
  all: DestroyList
  steps: DeletionStep[]
  /** The first of the steps; null where nothing stands. */
  next: { planned: Planned; parts: DoomedPart[] } | null
}

/** `first`: nothing of it has been applied yet, so the list of the plan is the list of everything. */
export const planDeletion = (
  doomed: readonly Doomed[],
  { first, world }: { first: boolean; world: Pick<Snapshot, 'tenant' | 'approvers'> },
  sha256: Sha256,
): Result<PlannedDeletion> => {
  const removals: Removal[] = []
  for (const part of doomed) {
    const made = plan(part.request, part.snapshot, sha256)
    if (!made.ok) return made
    const { findings, files } = made.value.plan
    if (blocks(findings)) return refuse('plan-blocked', { findings })
    if (files.length === 0) return refuse('conflict', { detail: STILL_GOING })
    removals.push({ ...part, made: made.value })
  }
  const all = listOf(removals, sha256)
  const steps = stepsOf(removals)
  const [now] = steps
  if (!now) return ok({ all, steps: [], next: null })
  const names = ({ what, batch }: Step): DeletionStep => ({
    what,
    resources: batch.map(({ request }) => request.name),
  })
  const shown = first && all.objects.length <= OBJECTS_AT_MOST ? all : listOf(now.batch, sha256)
  const planned = joined(now, { world, destroys: shown, pulls: steps.length, sha256 })
  return ok({ all, steps: steps.map(names), next: { planned, parts: now.batch.map(partOf) } })
}

const STILL_GOING =
  'A resource is on its way out already, and its engines have not said that it is gone.'

const partOf = ({ request, snapshot, made }: Removal): DoomedPart => {
  const { phase, template, placement, reads } = made.plan
  return { request, phase, template, placement, reads, stands: made.stands, snapshot }
}

interface Step {
  what: DeletionStep['what']
  batch: Removal[]
}

const isLifting = ({ made }: Removal): boolean => made.plan.phase === 'lift-guards'

/** Operators of a cluster have the lowest waves: what they look after needs them to be removed in order. */
const OPERATORS_BELOW_WAVE = 10
const rankOf = ({ request, made }: Removal): number => {
  if (request.template === 'tenant-base') return 2
  return made.plan.targets.some(({ wave }) => wave < OPERATORS_BELOW_WAVE) ? 1 : 0
}

const stepsOf = (removals: readonly Removal[]): Step[] => {
  const lifting = batches(removals.filter(isLifting), ({ made }) => made.plan.files.length)
  // Of what has its guards still the size of the removal is estimated by what stands.
  const size = (one: Removal) =>
    isLifting(one) ? one.made.stands.length : one.made.plan.files.length
  const ranks = [0, 1, 2].flatMap((rank) =>
    batches(
      removals.filter((one) => rankOf(one) === rank),
      size,
    ),
  )
  return [
    ...lifting.map((batch): Step => ({ what: 'lift-guards', batch })),
    ...ranks.map((batch): Step => ({ what: 'remove', batch })),
  ]
}

/** Lines that a resource adds to the record of the change. */
const linesOf = ({ made: { plan: one } }: Removal): number =>
  [one.parameters, one.files, one.destroys, one.placement, one.targets]
    .map((part) => JSON.stringify(part, null, 2).split('\n').length)
    .reduce((sum, lines) => sum + lines, 0)

const batches = (removals: readonly Removal[], filesOf: (one: Removal) => number): Removal[][] => {
  const found: { batch: Removal[]; files: number; objects: number; lines: number }[] = []
  for (const one of removals) {
    const files = filesOf(one)
    const objects = one.made.plan.destroys?.objects.length ?? 0
    const lines = linesOf(one)
    const last = found.at(-1)
    const fits =
      last !== undefined &&
      last.files + files <= FILES_AT_MOST &&
      last.objects + objects <= OBJECTS_AT_MOST &&
      last.lines + lines <= RECORD_LINES_AT_MOST
    if (fits) {
      last.batch.push(one)
      last.files += files
      last.objects += objects
      last.lines += lines
    } else found.push({ batch: [one], files, objects, lines })
  }
  return found.map(({ batch }) => batch)
}

/** On which cluster each thing is: two may have one of the same name. */
const listOf = (removals: readonly Removal[], sha256: Sha256): DestroyList => {
  const objects = removals
    .flatMap(({ made: { plan: one } }) =>
      (one.destroys?.objects ?? []).map((object) => {
        const cluster = object.cluster ?? one.targets[0]?.cluster
        return cluster === undefined ? object : { ...object, cluster }
      }),
    )
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  return { objects, digest: `sha256:${sha256(canonicalJson(objects))}` }
}

/** By it an object of one list is found in another. */
export const keyOf = ({
  cluster = '',
  kind,
  namespace = '',
  name,
}: DestroyList['objects'][number]): string => [cluster, kind, namespace, name].join('/')

const OF_EACH = new Set(['DESTROYS', 'GUARDS-LIFTED', 'REVIEWERS-SHORT'])

const findingsOf = (
  { what, batch }: Step,
  { destroys, pulls }: { destroys: DestroyList; pulls: number },
): Finding[] => {
  const own = batch
    .flatMap(({ made }) => made.plan.findings)
    .filter(({ rule }) => !OF_EACH.has(rule))
  const once = new Map(own.map((found) => [canonicalJson(found), found]))
  const more = pulls - 1
  const lifted = `Deletion is made possible here; ${more} more pull ${more === 1 ? 'request removes' : 'requests remove'} the objects.`
  return [
    ...once.values(),
    destroysFinding(destroys, null),
    ...(what === 'lift-guards' ? [finding('GUARDS-LIFTED', lifted, { pointer: '/action' })] : []),
  ]
}

const joined = (
  step: Step,
  {
    world,
    destroys,
    pulls,
    sha256,
  }: {
    world: Pick<Snapshot, 'tenant' | 'approvers'>
    destroys: DestroyList
    pulls: number
    sha256: Sha256
  },
): Planned => {
  const { what, batch } = step
  const plans = batch.map(({ made }) => made.plan)
  const placement = plans.flatMap((one) => one.placement)
  const reviewers = stricter(USUAL_REVIEWERS, world.tenant.approvals ?? [], 'tenant-deletion')
  const findings = [
    ...findingsOf(step, { destroys, pulls }),
    ...judgeReviewers(reviewers, world.approvers),
  ]
  const made: Omit<Plan, 'digest'> = {
    schema: 'phoenix.plan/v1',
    tenant: world.tenant.slug,
    action: 'delete',
    phase: what === 'lift-guards' ? 'lift-guards' : 'remove',
    template: { name: TENANT_DELETION, version: '1.0.0' },
    name: DELETION_NAME,
    // What stood, so that whoever wants it back can ask for it again.
    parameters: {
      resources: plans.map(({ name, template, parameters }) => ({ name, template, parameters })),
    },
    targets: plans.flatMap(({ targets }) => targets),
    totals: totalsOf(useOf(placement)),
    placement,
    ...{ capacity: [], hostLoss: [], quota: [], residency: [] },
    cost: { ...systemCost(plans.map(({ name, cost }) => ({ title: name, cost }))), lines: [] },
    reviewers,
    destroys,
    findings: sortFindings(findings),
    files: plans.flatMap(({ files }) => files),
    simulated: [...new Set(plans.flatMap(({ simulated }) => simulated))],
    reads: `sha256:${sha256(canonicalJson(plans.map(({ name, reads }) => [name, reads])))}`,
  }
  return {
    plan: { ...made, digest: `sha256:${sha256(canonicalJson(made))}` },
    files: batch.flatMap(({ made: { files } }) => files),
    // Each resource keeps its own: to the others nothing new stands.
    stands: [],
  }
}
