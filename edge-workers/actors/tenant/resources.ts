// What exists for the tenant: a row per thing asked for; its machines are its parts.
import { and, asc, eq, gte, inArray, ne, sql } from 'drizzle-orm'
import { tierOfResource } from '../../../gitops/availability.ts'
import { findTemplate } from '../../../gitops/catalog.ts'
import { OPEN_STATES } from '../../../schemas/change.ts'
import { FLUX_TEMPLATE } from '../../../schemas/flux.ts'
import type { VmPlacement } from '../../../schemas/plan.ts'
import type { Price } from '../../../schemas/quantity.ts'
import type { ResourceView } from '../../../schemas/resource.ts'
import type { DoomedPart } from '../../../schemas/snapshot.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { Page, PageRequest } from '../contracts.ts'
import { statement } from '../database.ts'
import { pageOf } from '../page.ts'
import { endFlux } from './arc/clusters/keep-flux.ts'
import { measure } from './availability.ts'
import type { ChangeRow, ResourceRow, TenantContext, Tx } from './context.ts'
import { readPlanRow } from './context.ts'

const MACHINE_KIND = 'virtual-machine'

const versionOf = statement((tx: Tx) =>
  tx
    .select({ version: tables.resources.version })
    .from(tables.resources)
    .where(eq(tables.resources.name, sql.placeholder('name')))
    .prepare(),
)

/** The resource as a promoted change leaves it. */
export const writeResource = (tx: Tx, change: ChangeRow, commit: string): void => {
  const { plan, snapshot, stands } = readPlanRow(tx, change)
  if (snapshot.deletion) {
    writeDoomed(tx, change, { commit, parts: snapshot.deletion })
    return
  }
  const before = versionOf(tx).get({ name: change.name })
  const row: typeof tables.resources.$inferInsert = {
    name: change.name,
    kind: findTemplate(plan.template.name)?.kind ?? plan.template.name,
    template: plan.template.name,
    templateVersion: plan.template.version,
    cluster: plan.targets[0]?.cluster ?? '',
    parameters: plan.parameters,
    placement: plan.placement,
    identities: snapshot.identities,
    stands,
    guardsLifted: plan.phase !== 'only',
    // A removal is over when the engine says so; until then the thing is still there.
    state: plan.action === 'delete' ? 'decommissioning' : 'applied',
    health: 'progressing',
    healthMessage: 'promoted, no report yet',
    healthSimulated: false,
    changeId: change.id,
    revision: change.revision,
    commit,
    version: (before?.version ?? 0) + 1,
    cost: plan.cost.after,
    tier: tierOfResource(
      { placement: plan.placement, on: plan.targets.map(({ cluster }) => cluster) },
      {
        sites: snapshot.sites,
        clusters: snapshot.clusters,
        regions: snapshot.regions ?? [],
      },
    ),
  }
  tx.insert(tables.resources)
    .values(row)
    .onConflictDoUpdate({ target: tables.resources.name, set: row })
    .run()
  if (plan.template.name === 'tenant-base' && plan.action !== 'delete') addBase(tx, row.cluster)
}

/** The deletion of the tenant is one change over many resources: each is left with what stands of it. */
const writeDoomed = (
  tx: Tx,
  { id, revision, updatedAt: at }: ChangeRow,
  { commit, parts }: { commit: string; parts: DoomedPart[] },
): void => {
  for (const { request, stands } of parts) {
    tx.update(tables.resources)
      .set({
        ...{ stands, guardsLifted: true, state: 'decommissioning', changeId: id, revision, commit },
        ...{ health: 'progressing', healthMessage: 'promoted, no report yet' },
        healthSimulated: false,
        version: sql`${tables.resources.version} + 1`,
      })
      .where(eq(tables.resources.name, request.name))
      .run()
    // No engine takes it away.
    if (request.template === FLUX_TEMPLATE) endFlux(tx, { name: request.name, changeId: id, at })
  }
}

const addBase = (tx: Tx, cluster: string): void => {
  const tenant = tx.select().from(tables.tenant).get()
  if (!tenant || tenant.basesOn.includes(cluster)) return
  tx.update(tables.tenant)
    .set({ basesOn: [...tenant.basesOn, cluster].sort() })
    .where(eq(tables.tenant.id, tenant.id))
    .run()
}

const NOT_KEPT: Price = {
  leastMinor: null,
  reason: 'made before prices were kept; the next change of it brings one',
}
const OF_THE_WHOLE: Price = { leastMinor: null, reason: 'priced as part of the whole' }

const viewOf = (context: TenantContext, row: ResourceRow): ResourceView => {
  const { changes } = tables
  const open = context.db
    .select({ id: changes.id })
    .from(changes)
    .where(and(eq(changes.name, row.name), inArray(changes.state, [...OPEN_STATES])))
    .get()
  return {
    name: row.name,
    kind: row.kind,
    parent: null,
    template: { name: row.template, version: row.templateVersion },
    cluster: row.cluster === '' ? null : row.cluster,
    state: row.state,
    health: { state: row.health, message: row.healthMessage, simulated: row.healthSimulated },
    commit: row.commit,
    change: row.changeId,
    openChange: open?.id ?? null,
    size: sizeOf(row.placement),
    placement: null,
    cost: row.cost ?? NOT_KEPT,
    drift: row.drift ?? null,
    availability: measure(context, row),
  }
}

const sizeOf = (placement: VmPlacement[]): ResourceView['size'] =>
  placement.length === 0
    ? null
    : {
        cores: placement.reduce((sum, vm) => sum + vm.cores, 0),
        memoryMiB: placement.reduce((sum, vm) => sum + vm.memoryMiB, 0),
        diskGiB: placement.reduce((sum, vm) => sum + vm.diskGiB, 0),
      }

const partsOf = (whole: ResourceView, placement: VmPlacement[]): ResourceView[] =>
  placement
    .filter(({ name }) => name !== whole.name)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((vm) => ({
      ...whole,
      name: vm.name,
      kind: MACHINE_KIND,
      parent: whole.name,
      cost: OF_THE_WHOLE,
      drift: null,
      availability: null,
      size: { cores: vm.cores, memoryMiB: vm.memoryMiB, diskGiB: vm.diskGiB },
      placement: { site: vm.site, host: vm.host, vmId: vm.vmId, address: vm.address },
    }))

const expand = (context: TenantContext, row: ResourceRow): ResourceView[] => {
  const whole = viewOf(context, row)
  const self = row.placement.find(({ name }) => name === row.name)
  const placed = self
    ? {
        ...whole,
        placement: { site: self.site, host: self.host, vmId: self.vmId, address: self.address },
      }
    : whole
  return [placed, ...partsOf(placed, row.placement)]
}

/** Sort key `<resource>` or `<resource>/<part>`: a page may end in the middle of a resource's parts. */
const keyOf = ({ name, parent }: ResourceView): string =>
  parent === null ? name : `${parent}/${name}`

export const listResources = (
  context: TenantContext,
  { limit, after }: PageRequest,
  filter: { kind?: string; parent?: string },
): Page<ResourceView> => {
  const [from = '', lastPart = ''] = after?.split('/') ?? []
  const rows = context.db
    .select()
    .from(tables.resources)
    .where(and(gte(tables.resources.name, from), ne(tables.resources.state, 'removed')))
    .orderBy(asc(tables.resources.name))
    .all()
  const items: ResourceView[] = []
  for (const row of rows) {
    for (const view of expand(context, row)) {
      // Compared part by part: as one text `net-2` would stand before `net/…`.
      const part = view.parent === null ? '' : view.name
      if (after !== null && row.name === from && part <= lastPart) continue
      if (filter.kind !== undefined && view.kind !== filter.kind) continue
      if (filter.parent !== undefined && view.parent !== filter.parent) continue
      items.push(view)
    }
    if (items.length > limit) break
  }
  return pageOf(items, limit, keyOf, (view) => view)
}

/** A resource or a part of one, by name. */
export const readResource = (context: TenantContext, name: string): ResourceView | null => {
  const { resources } = tables
  const standing = ne(resources.state, 'removed')
  const named = context.db
    .select()
    .from(resources)
    .where(and(eq(resources.name, name), standing))
    .get()
  // A part has no row of its own: it is looked for in all of them.
  const rows = named ? [named] : context.db.select().from(resources).where(standing).all()
  const whole = rows.find((row) => row === named || row.placement.some((vm) => vm.name === name))
  return (whole && expand(context, whole).find((view) => view.name === name)) ?? null
}
