// Gathers everything the planner reads: this tenant's rows and what the Inventory shows it.
// It reads outside the object, so whoever uses the result checks again inside the transaction.
import { and, eq, inArray, ne } from 'drizzle-orm'
import { addUse, useOf } from '../../../gitops/capacity.ts'
import { standInBook } from '../../../gitops/catalog.ts'
import { chainIdsOf } from '../../../gitops/chain-ids.ts'
import { exceptionsFor } from '../../../gitops/exceptions.ts'
import { failoverPoliciesFor } from '../../../gitops/failover.ts'
import { partsOf, spread } from '../../../gitops/fleet/parts.ts'
import { type Made, namespaceOn } from '../../../gitops/pod-use.ts'
import { type Asked, type ReadCommand, readCommand } from '../../../gitops/read-command.ts'
import type { ChangeState } from '../../../schemas/change.ts'
import type { Jurisdiction } from '../../../schemas/ids.ts'
import type { VmPlacement } from '../../../schemas/plan.ts'
import { ok, type Result } from '../../../schemas/result.ts'
import type { ExistingResource, Snapshot, Use } from '../../../schemas/snapshot.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { NodeIdentity } from '../../../schemas/template.ts'
import type { InventorySnapshot } from '../contracts.ts'
import type { PlanRow, ResourceRow, TenantContext } from './context.ts'
import { readPlanRow } from './context.ts'
import { identifyNodes } from './identities.ts'
import { judgeCommand } from './keepers.ts'
import { limitsOf } from './settings.ts'
import { strayAsExisting, strayOf } from './strays.ts'

const NO_USE: Use = { vms: 0, cores: 0, memoryMiB: 0, diskGiB: 0 }
/** Before a change is promoted its machines are reserved, afterwards its resource has them. */
const RESERVING: ChangeState[] = ['accepted', 'proposed', 'approved', 'merged']

const toExisting = (row: ResourceRow): ExistingResource => ({
  name: row.name,
  template: row.template,
  templateVersion: row.templateVersion,
  cluster: row.cluster,
  parameters: row.parameters,
  placement: row.placement,
  identities: row.identities,
  guardsLifted: row.guardsLifted,
})

/** The snapshot for a request. Refuses when the request does not fit its template. */
export const gatherSnapshot = async (
  context: TenantContext,
  request: Asked,
): Promise<Result<Snapshot>> => {
  const tenant = context.tenant()
  const inventory = await context
    .inventory()
    .snapshot({ tenantId: tenant.id, resource: request.name })
  // From here on nothing is awaited but identities and what speaks against a record: the tenant's rows are read in one go.
  const rows = context.db.select().from(tables.resources).all()
  const own = rows.find(({ name }) => name === request.name)
  const stray = strayOf(context.db, request.name)
  const applied = own && own.state !== 'removed' ? toExisting(own) : null
  const existing = applied ?? (stray && strayAsExisting(stray))
  const read = readCommand(request, existing, inventory.sites)
  if (!read.ok) return read
  const others = rows.filter(({ name, state }) => name !== request.name && state !== 'removed')
  const identities =
    existing && request.action === 'delete'
      ? existing.identities
      : await wantedIdentities(context, read.value.demand.identities)
  const placeFindings = await judgeCommand(context, request, existing, inventory.sites)
  const standing = others.flatMap(({ placement }) => placement.map(({ name }) => name))
  const open = openPlans(context, request.name)
  const pending = open.flatMap(({ plan }) => plan.placement)
  const places = concerned(inventory, read.value, existing, tenant.basesOn)
  const possible = new Set(places.clusters.map(({ name }) => name))
  const isFleet = read.value.template.parts !== undefined
  const taken = [
    ...others.flatMap(({ stands }) => stands.map(({ path }) => path)),
    ...pendingPaths(context, request.name),
  ]
  return ok({
    tenant: {
      slug: tenant.slug,
      jurisdiction: tenant.jurisdiction as Jurisdiction,
      jurisdictionSimulated: tenant.jurisdictionSimulated,
      repositoryUrl: tenant.repositoryUrl,
      ...limitsOf(tenant.quota),
    },
    ...places,
    uses: inventory.uses,
    // What was accepted a moment ago is not reserved yet, and is taken all the same.
    takenVmIds: [...inventory.takenVmIds, ...pending.map(({ vmId }) => vmId)],
    takenAddresses: [...inventory.takenAddresses, ...pending.map(({ address }) => address)],
    takenBases: others
      .filter(({ template }) => template === 'tenant-base')
      .map(({ cluster }) => cluster),
    takenChainIds:
      read.value.demand.chainId === undefined ? [] : chainIdsOf([...others, ...open.map(toMade)]),
    baseVersions: Object.fromEntries(
      others
        .filter(({ template, cluster }) => template === 'tenant-base' && possible.has(cluster))
        .map(({ cluster, templateVersion }) => [cluster, templateVersion]),
    ),
    takenNames: [...standing, ...pending.map(({ name }) => name)],
    // What stands on clusters that a group of a fleet is not about is not compared with it.
    takenPaths: isFleet ? taken.filter((path) => possible.has(path.split('/')[1] ?? '')) : taken,
    used: others.reduce((sum, row) => addUse(sum, useOf(row.placement)), NO_USE),
    reserved: growth(pending, others),
    reservedBy: open.map(({ changeId }) => changeId),
    namespaces: isAboutPods(read.value)
      ? namespacesOn(places.clusters, {
          resources: others.flatMap(spread),
          open: open.map(toMade).flatMap(spread),
          subject: existing,
          basesOn: tenant.basesOn,
        })
      : [],
    existing,
    priceBook: inventory.priceBook ?? standInBook,
    failoverPolicies: failoverPoliciesFor(request, rows),
    exceptions: exceptionsFor(request, rows, context.now().toISOString().slice(0, 10)),
    standing: stray?.stands ?? own?.stands ?? [],
    placeFindings,
    basesOn: isFleet ? tenant.basesOn.filter((name) => possible.has(name)) : tenant.basesOn,
    identities,
  })
}

const namespacesOn = (
  clusters: Snapshot['clusters'],
  made: Parameters<typeof namespaceOn>[1],
): Snapshot['namespaces'] => clusters.map(({ name }) => namespaceOn(name, made))

/** A base is about the pods of all others. */
const isAboutPods = ({ template, demand: { pods = [] } }: ReadCommand): boolean =>
  pods.length > 0 || template.name === 'tenant-base'

const toMade = ({ plan }: PlanRow): Made => ({
  name: plan.name,
  template: plan.template.name,
  templateVersion: plan.template.version,
  cluster: plan.targets[0]?.cluster ?? '',
  parameters: plan.parameters,
})

/** What this tenant's other open changes make; those that only remove make nothing. */
const openPlans = ({ db }: TenantContext, name: string): PlanRow[] =>
  db
    .select()
    .from(tables.changes)
    .where(and(ne(tables.changes.name, name), inArray(tables.changes.state, RESERVING)))
    .all()
    .filter(({ request }) => request.action !== 'delete')
    .map((change) => readPlanRow(db, change))

/** Files of this tenant's other open changes. */
const pendingPaths = ({ db }: TenantContext, name: string): string[] =>
  db
    .select({ stands: tables.plans.stands })
    .from(tables.changes)
    .innerJoin(
      tables.plans,
      and(
        eq(tables.plans.changeId, tables.changes.id),
        eq(tables.plans.revision, tables.changes.revision),
      ),
    )
    .where(and(ne(tables.changes.name, name), inArray(tables.changes.state, RESERVING)))
    .all()
    .flatMap(({ stands }) => stands.map(({ path }) => path))

/** Only the places this request is about: what happens elsewhere must not make its plan look outdated. */
const concerned = (
  { sites, clusters, regions }: InventorySnapshot,
  { template, parameters, demand }: ReadCommand,
  existing: ExistingResource | null,
  basesOn: string[],
): Pick<Snapshot, 'sites' | 'clusters' | 'regions'> => {
  const places = new Set([...demand.sites, ...(existing?.placement ?? []).map(({ site }) => site)])
  const named = existing?.cluster ?? template.cluster(parameters)
  if (template.records) return { sites: [], clusters: [], regions: [] }
  const possible = template.name === 'tenant-base' ? clusters.map(({ name }) => name) : basesOn
  const parts = template.parts && [
    ...template.parts(parameters),
    // Where a region leaves its group, its cluster is concerned as well.
    ...((existing && partsOf(existing)) ?? []),
  ]
  const wanted = new Set(
    parts?.map(({ cluster }) => cluster) ?? (named === undefined ? possible : [named]),
  )
  const at = sites.filter(({ name }) => places.has(name))
  const on = clusters.filter(({ name }) => wanted.has(name))
  const around = new Set([...at, ...on].map(({ region }) => region))
  return {
    sites: at,
    clusters: on,
    regions: regions.filter(({ name }) => around.has(name)),
  }
}

/** What open changes add to what stands: of a machine that grows only the growth. */
const growth = (pending: VmPlacement[], resources: ResourceRow[]): Use => {
  const standing = new Map(
    resources.flatMap(({ placement }) => placement.map((vm) => [vm.name, vm] as const)),
  )
  return pending.reduce((sum, vm) => {
    const now = standing.get(vm.name)
    return addUse(sum, {
      vms: now ? 0 : 1,
      cores: Math.max(0, vm.cores - (now?.cores ?? 0)),
      memoryMiB: Math.max(0, vm.memoryMiB - (now?.memoryMiB ?? 0)),
      diskGiB: Math.max(0, vm.diskGiB - (now?.diskGiB ?? 0)),
    })
  }, NO_USE)
}

const wantedIdentities = async (
  context: TenantContext,
  wanted: { network: string; nodes: string[] } | undefined,
): Promise<NodeIdentity[]> => (wanted ? identifyNodes(context, wanted) : [])
