// Everything that stands, read for the deletion of the tenant, and the plan of its next step.
import { asc, ne } from 'drizzle-orm'
import { type PlannedDeletion, planDeletion } from '../../../../gitops/tenant-deletion.ts'
import type { ChangeRequest } from '../../../../schemas/change.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import type { Snapshot } from '../../../../schemas/snapshot.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { DELETION_NAME, TENANT_DELETION } from '../../../../schemas/tenant-deletion.ts'
import { sha256Hex } from '../../../digest.ts'
import { type PlannedRequest, type PlanOptions, withRules } from '../accept.ts'
import { approversBeside } from '../approvals.ts'
import { fluxInNoFile } from '../arc/clusters/keep-flux.ts'
import type { TenantContext } from '../context.ts'
import { gatherSnapshot, tenantOf } from '../snapshot.ts'

const NAMED_AT_MOST = 10

export type Doom = PlannedDeletion & { world: Snapshot }

/** Which step it is of those that a deletion takes; the first shows the list of everything. */
const stepOf = ({ parameters }: Pick<ChangeRequest, 'parameters'>): number =>
  typeof parameters.step === 'number' ? parameters.step : 1

export const stepRequest = (step: number, confirm: string): ChangeRequest => ({
  ...{ action: 'delete', template: TENANT_DELETION, name: DELETION_NAME },
  ...{ parameters: { step }, confirm },
})

/** Plans the removal of all that stands. */
export const readDoom = async (
  context: TenantContext,
  step: number,
  { asker, earlierRules = [] }: Pick<PlanOptions, 'asker' | 'earlierRules'>,
): Promise<Result<Doom>> => {
  const unfiled = step === 1 ? fluxInNoFile(context.db) : []
  if (unfiled.length > 0) {
    const names = unfiled.slice(0, NAMED_AT_MOST).join(', ')
    return refuse('conflict', {
      detail: `Azure has Flux configurations that are in no file, and would keep them: ask for each as a change of the template flux-configuration, under its name (${names}).`,
    })
  }
  const doomed: Parameters<typeof planDeletion>[0][number][] = []
  const standing = context.db
    .select({ name: tables.resources.name, template: tables.resources.template })
    .from(tables.resources)
    .where(ne(tables.resources.state, 'removed'))
    .orderBy(asc(tables.resources.name))
    .all()
  for (const { name, template } of standing) {
    const request = { action: 'delete' as const, template, name, parameters: {} }
    const snapshot = await gatherSnapshot(context, request)
    if (!snapshot.ok) return snapshot
    doomed.push({ request, snapshot: snapshot.value })
  }
  const world = withRules(
    {
      ...NOTHING_READ,
      tenant: tenantOf(context),
      ...(asker ? { approvers: approversBeside(context.db, asker) } : {}),
    },
    earlierRules,
  )
  const planned = planDeletion(doomed, { first: step === 1, world }, sha256Hex)
  return planned.ok ? ok({ ...planned.value, world }) : planned
}

/** The next step as a change's plan. Whether what it destroys was confirmed whoever began the deletion has asked. */
export const planStep = async (
  context: TenantContext,
  request: ChangeRequest,
  options: Pick<PlanOptions, 'asker' | 'earlierRules'>,
): Promise<Result<PlannedRequest>> => {
  const doom = await readDoom(context, stepOf(request), options)
  return doom.ok ? asPlanned(request, doom.value) : doom
}

export const asPlanned = (request: ChangeRequest, { next, world }: Doom): Result<PlannedRequest> =>
  next === null
    ? refuse('conflict', { detail: 'Nothing stands any more.' })
    : ok({ request, planned: next.planned, snapshot: { ...world, deletion: next.parts } })

const NOTHING_READ: Omit<Snapshot, 'tenant'> = {
  ...{ sites: [], clusters: [], regions: [], uses: [], namespaces: [], placeFindings: [] },
  ...{ takenVmIds: [], takenAddresses: [], takenNames: [], takenPaths: [], takenBases: [] },
  ...{ takenChainIds: [], standing: [], basesOn: [], identities: [], exceptions: [] },
  ...{ failoverPolicies: [], baseVersions: {}, existing: null, priceBook: null },
  ...{ used: { vms: 0, cores: 0, memoryMiB: 0, diskGiB: 0 }, fleetSummary: null },
  reserved: { vms: 0, cores: 0, memoryMiB: 0, diskGiB: 0 },
}
