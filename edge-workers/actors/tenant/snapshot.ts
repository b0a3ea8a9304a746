// Gathers everything the planner reads: this tenant's rows and what the Inventory shows it.
// It reads outside the object, so whoever uses the result checks again inside the transaction.
import { eq, sql } from 'drizzle-orm'
import { standInBook } from '../../../gitops/catalog.ts'
import { chainIdsOf } from '../../../gitops/chain-ids.ts'
import { exceptionsFor } from '../../../gitops/exceptions.ts'
import { failoverPoliciesFor } from '../../../gitops/failover.ts'
import { partsOf, spread } from '../../../gitops/fleet/parts.ts'
import { asMainHolds } from '../../../gitops/hand-made.ts'
import { namespaceOn } from '../../../gitops/pod-use.ts'
import { type Asked, type ReadCommand, readCommand } from '../../../gitops/read-command.ts'
import type { Jurisdiction } from '../../../schemas/ids.ts'
import { ok, type Result } from '../../../schemas/result.ts'
import type { ExistingResource, Snapshot } from '../../../schemas/snapshot.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { Demand, NodeIdentity, Template } from '../../../schemas/template.ts'
import type { TenantSettings } from '../../../schemas/tenant-settings.ts'
import { deriveKey, hmacSha256 } from '../../digest.ts'
import type { About, InventorySnapshot } from '../contracts.ts'
import { statement } from '../database.ts'
import { type Asker, approversBeside } from './approvals.ts'
import type { ResourceRow, TenantContext } from './context.ts'
import { handMadeFor, type Judged } from './drift/made.ts'
import { identifyNodes } from './identities.ts'
import { judgeCommand } from './keepers.ts'
import { fleetSummaryFor } from './rollouts/fleet-summary.ts'
import { limitsOf } from './settings.ts'
import { strayAsExisting, strayOf } from './strays.ts'
import {
  agreements,
  basesAt,
  madeAt,
  madeOfMachines,
  namesTaken,
  openAtPlaces,
  pathsAt,
  pendingOf,
  usedBy,
  type Where,
} from './taken.ts'

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

/** Proxmox VE takes ids up to 999999999. Lanes are far apart, and whose is where follows from nothing that is known outside. */
const VM_ID_LANES = { first: 100_000_000, length: 1_000, count: 800_000 }

/** Ids that follow one another over all tenants would tell each of them how many machines the others have. */
const firstVmIdOf = ({ env, tenant }: TenantContext): number => {
  const [a = 0, b = 0, c = 0] = hmacSha256(deriveKey(env.PLATFORM_KEY, 'vm-ids'), tenant().id)
  const { first, length, count } = VM_ID_LANES
  return first + length * (((a << 16) | (b << 8) | c) % count)
}

/** The snapshot for a request. Refuses when the request does not fit its template. */
export const gatherSnapshot = async (
  context: TenantContext,
  request: Asked,
  /** Who asks: they approve nothing of it. */
  asker?: Asker,
  /** The change that was proposed already and is judged once more. */
  judged?: Judged,
): Promise<Result<Snapshot>> => {
  const tenant = context.tenant()
  const { db } = context
  const about = aboutOf(request, standingOf(db, request.name).existing, tenant)
  if (!about.ok) return about
  const inventory = await context
    .inventory()
    .snapshot({ tenantId: tenant.id, resource: request.name, ...about.value })
  const { own, stray, existing } = standingOf(db, request.name)
  // Something was promoted meanwhile, and the request is about other places now.
  if (!isSame(about, aboutOf(request, existing, tenant)))
    return gatherSnapshot(context, request, asker, judged)
  const read = readCommand(request, existing, inventory.sites, tenant.slug)
  if (!read.ok) return read
  const { template, demand } = read.value
  const identities =
    existing && request.action === 'delete'
      ? existing.identities
      : await wantedIdentities(context, demand.identities)
  const placeFindings = await judgeCommand(context, request, existing, inventory.sites)
  // From here on nothing is awaited: the tenant's rows are read in one go.
  const places = concerned(inventory, read.value, existing, tenant.basesOn)
  const made = stray ? undefined : handMadeFor(db, request, own, judged)
  const stood = stray?.stands ?? own?.stands ?? []
  const standing = made?.confirmed ? asMainHolds(stood, made.files) : stood
  const clusters = places.clusters.map(({ name }) => name)
  const others = { db, name: request.name }
  const bases = basesAt(others, { clusters })
  const open = pendingOf(others)
  const agreed = agreements(others)
  return ok({
    tenant: tenantOf(context),
    ...(asker ? { approvers: approversBeside(db, asker) } : {}),
    ...places,
    uses: inventory.uses,
    // What was accepted a moment ago is not reserved yet, and is taken all the same.
    takenVmIds: [...inventory.takenVmIds, ...open.machines.map(({ vmId }) => vmId)],
    takenAddresses: [...inventory.takenAddresses, ...open.machines.map(({ address }) => address)],
    takenBases: bases.map(({ cluster }) => cluster),
    takenChainIds: demand.chainId === undefined ? [] : chainIdsOf(madeOfMachines(others)),
    baseVersions: Object.fromEntries(bases.map(({ cluster, version }) => [cluster, version])),
    takenNames: namesTaken(
      others,
      demand.vms.map(({ name }) => name),
    ),
    takenPaths: pathsAt(
      others,
      whereOf(template, request.name, [...clusters, ...placesOf(standing)]),
    ),
    used: usedBy(others),
    reserved: open.reserved,
    reservedBy: open.reservedBy,
    namespaces: isAboutPods(read.value)
      ? namespacesOn(places.clusters, {
          resources: madeAt(others, { clusters }).flatMap(spread),
          open: openAtPlaces(others, { clusters }).flatMap(spread),
          subject: existing,
          basesOn: tenant.basesOn,
        })
      : [],
    existing,
    priceBook: inventory.priceBook ?? standInBook,
    failoverPolicies: failoverPoliciesFor(request, agreed),
    exceptions: exceptionsFor(request, agreed, context.now().toISOString().slice(0, 10)),
    standing,
    ...(made ? { handMade: made } : {}),
    placeFindings,
    basesOn: basesIn(tenant.basesOn, template.parts !== undefined, clusters),
    fleetSummary: template.parts ? fleetSummaryFor(context, request.parameters) : null,
    identities,
  })
}

/** The tenant as every plan reads it. */
export const tenantOf = (context: TenantContext): Snapshot['tenant'] => {
  const { id, slug, jurisdiction, jurisdictionSimulated, repositoryUrl, quota, settings } =
    context.tenant()
  return {
    ...{
      id,
      slug,
      jurisdiction: jurisdiction as Jurisdiction,
      jurisdictionSimulated,
      repositoryUrl,
    },
    firstVmId: firstVmIdOf(context),
    ...limitsOf(quota),
    ...ownRules(settings),
  }
}

/** What the owners set, where they set it: a plan reads nothing of a setting that is not there. */
const ownRules = ({
  allowedRegions,
  approvals = [],
}: TenantSettings): Pick<Snapshot['tenant'], 'allowedRegions' | 'approvals'> => ({
  ...(allowedRegions === undefined ? {} : { allowedRegions }),
  ...(approvals.length === 0 ? {} : { approvals }),
})

const resourceByName = statement((db: TenantContext['db']) =>
  db
    .select()
    .from(tables.resources)
    .where(eq(tables.resources.name, sql.placeholder('name')))
    .prepare(),
)

/** What stands under the name; a merge that went around the gate left what it left. */
const standingOf = (db: TenantContext['db'], name: string) => {
  const own = resourceByName(db).get({ name })
  const stray = strayOf(db, name)
  const applied = own && own.state !== 'removed' ? toExisting(own) : null
  return { own, stray, existing: applied ?? (stray && strayAsExisting(stray)) }
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Of more bases than these only those in question are read, and shown to the planner. */
const BASES_AT_MOST = 100

/** What the Inventory is asked about. Whoever moves may choose from every place. */
const aboutOf = (
  request: Asked,
  existing: ExistingResource | null,
  { basesOn, slug }: { basesOn: string[]; slug: string },
): Result<{ about?: About }> => {
  if (request.action === 'failover') return ok({})
  const read = readCommand(request, existing, [], slug)
  if (!read.ok) return read
  const { template, demand } = read.value
  const named = clustersNamed(read.value, existing)
  const isBase = template.name === 'tenant-base'
  const clusters = template.records
    ? []
    : (named ?? (isBase ? null : basesOn.slice(0, BASES_AT_MOST)))
  return ok({
    about: {
      sites: sitesNamed(demand, existing),
      clusters,
      near: named === undefined && !isBase && basesOn.length > BASES_AT_MOST,
      machines: demand.vms.length > 0,
    },
  })
}

const sitesNamed = ({ sites }: Demand, existing: ExistingResource | null): string[] => [
  ...new Set([...sites, ...(existing?.placement ?? []).map(({ site }) => site)]),
]

/** Undefined: the planner is to choose one. */
const clustersNamed = (
  { template, parameters }: ReadCommand,
  existing: ExistingResource | null,
): string[] | undefined => {
  const parts = template.parts && [
    ...template.parts(parameters),
    // Where a region leaves its group, its cluster is concerned as well.
    ...((existing && partsOf(existing)) ?? []),
  ]
  if (parts) return [...new Set(parts.map(({ cluster }) => cluster))]
  const named = existing?.cluster ?? template.cluster(parameters)
  return named === undefined ? undefined : [named]
}

/** `rendered/<cluster>/…` and `clusters/<cluster>/…`. */
const placesOf = (standing: Snapshot['standing']): string[] => [
  ...new Set(standing.map(({ path }) => path.split('/')[1] ?? '')),
]

/** What keeps records meets others at its own path only. */
const whereOf = ({ records }: Template, name: string, clusters: string[]): Where => ({
  clusters,
  ...(records ? { records: `${records.directory}/${name}` } : {}),
})

const setsOfBases = new WeakMap<string[], Set<string>>()
const setOf = (basesOn: string[]): Set<string> => {
  const known = setsOfBases.get(basesOn) ?? new Set(basesOn)
  setsOfBases.set(basesOn, known)
  return known
}

const basesIn = (basesOn: string[], isFleet: boolean, clusters: string[]): string[] => {
  if (basesOn.length <= BASES_AT_MOST)
    return isFleet ? basesOn.filter((name) => clusters.includes(name)) : basesOn
  const bases = setOf(basesOn)
  return clusters.filter((name) => bases.has(name)).sort()
}

const namespacesOn = (
  clusters: Snapshot['clusters'],
  made: Parameters<typeof namespaceOn>[1],
): Snapshot['namespaces'] => clusters.map(({ name }) => namespaceOn(name, made))

/** A base is about the pods of all others. */
const isAboutPods = ({ template, demand: { pods = [] } }: ReadCommand): boolean =>
  pods.length > 0 || template.name === 'tenant-base'

/** Only the places this request is about: what happens elsewhere must not make its plan look outdated. */
const concerned = (
  { sites, clusters, regions }: InventorySnapshot,
  read: ReadCommand,
  existing: ExistingResource | null,
  basesOn: string[],
): Pick<Snapshot, 'sites' | 'clusters' | 'regions'> => {
  if (read.template.records) return { sites: [], clusters: [], regions: [] }
  const places = new Set(sitesNamed(read.demand, existing))
  const named = clustersNamed(read, existing)
  const wanted = named && new Set(named)
  const bases = setOf(basesOn)
  const isBase = read.template.name === 'tenant-base'
  const at = sites.filter(({ name }) => places.has(name))
  const on = clusters.filter(({ name }) => (wanted ? wanted.has(name) : isBase || bases.has(name)))
  const around = new Set([...at, ...on].map(({ region }) => region))
  return {
    sites: at,
    clusters: on,
    regions: regions.filter(({ name }) => around.has(name)),
  }
}

const wantedIdentities = async (
  context: TenantContext,
  wanted: { network: string; nodes: string[] } | undefined,
): Promise<NodeIdentity[]> => (wanted ? identifyNodes(context, wanted) : [])
