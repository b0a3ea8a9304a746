// What others of the tenant have, where a plan may meet it: found by place and by name, never by reading everything.
// The tables `machines` and `footholds` say where to look; an empty `changeId` is what stands.
import { and, asc, eq, gt, inArray, ne, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Made } from '../../../gitops/pod-use.ts'
import { EXCEPTION_TEMPLATE } from '../../../schemas/exception.ts'
import { FAILOVER_POLICY_TEMPLATE } from '../../../schemas/failover.ts'
import type { Use } from '../../../schemas/snapshot.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { amongListed, statement } from '../database.ts'
import type { Db } from './context.ts'

const { changes, footholds, machines, plans, resources } = tables
const now = alias(machines, 'now')
const STANDS = ''

/** Of everybody but the resource that is planned. */
export interface Others {
  db: Db
  name: string
}

/** Where a plan may meet others: on clusters, or below a path that only records have. */
export interface Where {
  clusters: readonly string[]
  records?: string
}

/** What finds the footholds there, by the form of the question. Its values are those of `valuesOf`. */
const AT = {
  clusters: amongListed(footholds.place, sql.placeholder('clusters')),
  // `<folder>/<name>.yaml` and all below `<folder>/<name>/`: `0` comes after `.` and `/`.
  records: sql`${footholds.place} > ${sql.placeholder('after')} and ${footholds.place} < ${sql.placeholder('before')}`,
}
type Form = keyof typeof AT
const formOf = ({ records }: Where): Form => (records === undefined ? 'clusters' : 'records')
const valuesOf = ({ name }: Others, { clusters, records }: Where) => ({
  ...{ name, clusters: JSON.stringify(clusters), after: `${records}.`, before: `${records}0` },
})
const inEachForm = <Built extends object>(build: (db: Db, form: Form) => Built) => ({
  clusters: statement((db: Db) => build(db, 'clusters')),
  records: statement((db: Db) => build(db, 'records')),
})

/** SQLite has no statistics here: without this it might go through all that stands instead of the places asked for. */
const unindexed = (column: SQLWrapper): SQL => sql`+${column}`

const notIts = ne(footholds.resource, sql.placeholder('name'))

const standingAt = (db: Db, form: Form) =>
  db
    .select({ name: footholds.resource })
    .from(footholds)
    .where(and(eq(unindexed(footholds.changeId), STANDS), notIts, AT[form]))

const openAt = (db: Db, form: Form) =>
  db
    .select({ id: footholds.changeId })
    .from(footholds)
    .where(and(gt(unindexed(footholds.changeId), STANDS), notIts, AT[form]))

const ofRevision = and(eq(plans.changeId, changes.id), eq(plans.revision, changes.revision))

const pathsStanding = inEachForm((db, form) =>
  db
    .select({ stands: resources.stands })
    .from(resources)
    .where(inArray(resources.name, standingAt(db, form)))
    .prepare(),
)
const pathsOpen = inEachForm((db, form) =>
  db
    .select({ stands: plans.stands })
    .from(changes)
    .innerJoin(plans, ofRevision)
    .where(inArray(changes.id, openAt(db, form)))
    .prepare(),
)

/** Files of theirs there, and some of what the same resources have elsewhere. */
export const pathsAt = (others: Others, where: Where): string[] => {
  const { db } = others
  const [form, values] = [formOf(where), valuesOf(others, where)]
  return [...pathsStanding[form](db).all(values), ...pathsOpen[form](db).all(values)].flatMap(
    ({ stands }) => stands.map(({ path }) => path),
  )
}

const MADE = {
  name: resources.name,
  template: resources.template,
  templateVersion: resources.templateVersion,
  cluster: resources.cluster,
  parameters: resources.parameters,
}

export const madeAt = (others: Others, where: Where): Made[] =>
  others.db
    .select(MADE)
    .from(resources)
    .where(inArray(resources.name, standingAt(others.db, formOf(where))))
    .orderBy(asc(resources.name))
    .all(valuesOf(others, where))

const bases = inEachForm((db, form) =>
  db
    .select({ cluster: resources.cluster, version: resources.templateVersion })
    .from(resources)
    .where(
      and(
        eq(unindexed(resources.template), 'tenant-base'),
        inArray(resources.name, standingAt(db, form)),
      ),
    )
    .orderBy(asc(resources.name))
    .prepare(),
)
/** Bases that stand there, by cluster; nothing of any other template is read. */
export const basesAt = (others: Others, where: Where) =>
  bases[formOf(where)](others.db).all(valuesOf(others, where))

/** What open changes make; those that only remove make nothing. */
const madeBy = ({ db }: Others, ids: SQL, values: Record<string, string> = {}): Made[] =>
  db
    .select({ plan: plans.plan, request: changes.request })
    .from(changes)
    .innerJoin(plans, ofRevision)
    .where(ids)
    .orderBy(asc(changes.acceptedAt), asc(changes.id))
    .all(values)
    .filter(({ request }) => request.action !== 'delete')
    .map(({ plan }) => ({
      name: plan.name,
      template: plan.template.name,
      templateVersion: plan.template.version,
      cluster: plan.targets[0]?.cluster ?? '',
      parameters: plan.parameters,
    }))

export const openAtPlaces = (others: Others, where: Where): Made[] =>
  madeBy(others, inArray(changes.id, openAt(others.db, formOf(where))), valuesOf(others, where))

/** Whatever has machines or would have: only such things can be chains. */
export const madeOfMachines = (others: Others): Made[] => {
  const { db, name } = others
  const standing = db
    .select({ name: machines.resource })
    .from(machines)
    .where(and(eq(machines.changeId, STANDS), ne(machines.resource, name)))
  const open = db
    .select({ id: machines.changeId })
    .from(machines)
    .where(and(gt(machines.changeId, STANDS), ne(machines.resource, name)))
  return [
    ...db.select(MADE).from(resources).where(inArray(resources.name, standing)).all(),
    ...madeBy(others, inArray(changes.id, open)),
  ]
}

const namesAmong = statement((db: Db) =>
  db
    .selectDistinct({ name: machines.name })
    .from(machines)
    .where(
      and(
        amongListed(machines.name, sql.placeholder('wanted')),
        ne(machines.resource, sql.placeholder('name')),
      ),
    )
    .orderBy(asc(machines.name))
    .prepare(),
)
/** Which of these names machines of theirs have. */
export const namesTaken = ({ db, name }: Others, wanted: readonly string[]): string[] =>
  wanted.length === 0
    ? []
    : namesAmong(db)
        .all({ name, wanted: JSON.stringify(wanted) })
        .map((row) => row.name)

const total = (amount: SQL): SQL<number> => sql<number>`coalesce(sum(${amount}), 0)`

const used = statement((db: Db) =>
  db
    .select({
      vms: total(sql`1`),
      cores: total(sql`${machines.cores}`),
      memoryMiB: total(sql`${machines.memoryMiB}`),
      diskGiB: total(sql`${machines.diskGiB}`),
    })
    .from(machines)
    .where(and(eq(machines.changeId, STANDS), ne(machines.resource, sql.placeholder('name'))))
    .prepare(),
)
export const usedBy = ({ db, name }: Others): Use => used(db).get({ name }) as Use

const open = and(gt(machines.changeId, STANDS), ne(machines.resource, sql.placeholder('name')))
const openMachines = statement((db: Db) => {
  const { changeId, vmId, address } = machines
  return db.select({ changeId, vmId, address }).from(machines).where(open).prepare()
})

const more = (kind: 'cores' | 'memoryMiB' | 'diskGiB') =>
  total(sql`max(0, ${machines[kind]} - coalesce(${now[kind]}, 0))`)
const growth = statement((db: Db) =>
  db
    .select({
      vms: total(sql`${now.name} is null`),
      cores: more('cores'),
      memoryMiB: more('memoryMiB'),
      diskGiB: more('diskGiB'),
    })
    .from(machines)
    .leftJoin(
      now,
      and(
        eq(now.name, machines.name),
        eq(unindexed(now.changeId), STANDS),
        ne(now.resource, sql.placeholder('name')),
      ),
    )
    .where(open)
    .prepare(),
)

const inOrder = statement((db: Db) =>
  db
    .select({ id: changes.id })
    .from(changes)
    .where(amongListed(changes.id, sql.placeholder('ids')))
    .orderBy(asc(changes.acceptedAt), asc(changes.id))
    .prepare(),
)

/** Machines that open changes would make: their ids and addresses, whose they are, and what they add to what stands. */
export const pendingOf = ({ db, name }: Others) => {
  const rows = openMachines(db).all({ name })
  const reserved = growth(db).get({ name }) as Use
  const by = [...new Set(rows.map((row) => row.changeId))]
  const reservedBy = inOrder(db)
    .all({ ids: JSON.stringify(by) })
    .map(({ id }) => id)
  return { machines: rows, reserved, reservedBy }
}

/** Exceptions and policies of failover, for whomever they are. */
export const agreements = ({ db }: Others) => agreed(db).all()
const agreed = statement((db: Db) =>
  db
    .select({
      name: resources.name,
      template: resources.template,
      state: resources.state,
      parameters: resources.parameters,
    })
    .from(resources)
    .where(inArray(resources.template, [EXCEPTION_TEMPLATE, FAILOVER_POLICY_TEMPLATE]))
    .orderBy(asc(resources.name))
    .prepare(),
)
