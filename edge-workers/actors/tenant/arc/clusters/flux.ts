// Flux configurations of a cluster, as they are shown, and what stands in Git put into Azure again. They are made, changed and removed
// by changes of the template flux-configuration: keep-flux.ts.
import { asc, eq } from 'drizzle-orm'
import type { FluxConfigurationView } from '../../../../../schemas/arc.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Page, Versioned } from '../../../contracts.ts'
import { transaction } from '../../../database.ts'
import type { TenantContext, Tx } from '../../context.ts'
import type { ArcClusterOperations } from './contracts.ts'
import {
  type FluxRow,
  findCluster,
  findFlux,
  fluxView,
  IN_NO_FILE,
  moveFlux,
  readAgain,
} from './rows.ts'

const { fluxConfigurations } = tables
/** Taken when it is made, and never again. */
const FIXED = new Set(['/namespace', '/scope'])
type Answer = Result<Versioned<FluxConfigurationView>>

/** Of one cluster, or all of the tenant's; there are few. */
export const listFlux = (
  { db }: TenantContext,
  { cluster }: ArcClusterOperations['flux.list']['input'],
): Result<Page<FluxConfigurationView>> => {
  if (cluster !== null && !findCluster(db, cluster)) return refuse('not-found')
  const rows = db
    .select()
    .from(fluxConfigurations)
    .where(cluster === null ? undefined : eq(fluxConfigurations.arcClusterId, cluster))
    .orderBy(asc(fluxConfigurations.name), asc(fluxConfigurations.createdAt))
    .all()
  return ok({ items: rows.map((row) => fluxView(db, row).value), next: null })
}

const standing = (
  tx: Pick<TenantContext, 'db'>['db'] | Tx,
  { cluster, id }: { cluster: string; id: string },
): Result<FluxRow> => {
  const row = findFlux(tx, id)
  return row?.arcClusterId === cluster ? ok(row) : refuse('not-found')
}

export const readFlux = (
  { db }: TenantContext,
  input: ArcClusterOperations['flux.read']['input'],
): Answer => {
  const row = standing(db, input)
  return row.ok ? ok(fluxView(db, row.value)) : row
}

/** Nothing changes in Git: Azure gets what stands there once more. */
export const restoreFlux = (
  { db, now }: TenantContext,
  who: Principal,
  input: ArcClusterOperations['flux.restore']['input'],
): Answer =>
  transaction(db, (tx): Answer => {
    const found = standing(tx, input)
    if (!found.ok) return found
    const row = found.value
    if (input.ifVersion !== '*' && input.ifVersion !== row.version)
      return refuse('precondition-failed')
    if (row.state === 'removing' || row.state === 'removed')
      return refuse('conflict', { detail: `The configuration is ${row.state}.` })
    if (row.properties === null) return refuse('conflict', { detail: IN_NO_FILE })
    const fixed = row.status?.differs.find((field) => FIXED.has(field))
    if (fixed)
      return refuse('conflict', {
        detail: `Azure does not change ${fixed} of one that is there: delete the resource and create it again, or delete it in Azure and then restore it.`,
      })
    const at = now()
    const patch = { put: false, fault: null, pending: null }
    const step = { actor: who.subject, at: at.toISOString() }
    const after = moveFlux(tx, row, 'pending', patch, step)
    readAgain(tx, after.id, at.getTime())
    return ok(fluxView(tx, after))
  })
