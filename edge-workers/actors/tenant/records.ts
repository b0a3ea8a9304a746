// Changes of templates of records: no engine reports on them. What is promoted holds, as soon as Phoenix has taken it up.
import { and, eq, sql } from 'drizzle-orm'
import { findTemplate } from '../../../gitops/catalog.ts'
import { FLUX_TEMPLATE } from '../../../schemas/flux.ts'
import type { Plan } from '../../../schemas/plan.ts'
import type { Refusal } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { isLaptop } from '../../env.ts'
import { transaction } from '../database.ts'
import { throwIfOutage } from '../outage.ts'
import { showOnResource } from './arc/clusters/on-resource.ts'
import type { ChangeRow, TenantContext, Tx } from './context.ts'
import { readChangeRow, readPlanRow, step } from './context.ts'
import { handOver, judgeRecord } from './keepers.ts'
import { judgeOthersAgain } from './room.ts'

export const keepsRecords = ({ template: { name, version } }: Pick<Plan, 'template'>): boolean =>
  (findTemplate(name, version) ?? findTemplate(name))?.records !== undefined

/** Promoted, or taken up in vain before. */
const WAITS: ChangeRow['state'][] = ['promoted', 'applying', 'failed']
/** What an Inventory refuses it may take later: room comes back. */
const AGAIN_MILLISECONDS = 300_000

/** Why a merged record may not be promoted now; null when it may. */
export const obstacleTo = async (
  context: TenantContext,
  change: ChangeRow,
): Promise<string | null> => {
  const found = await judgeRecord(context, readPlanRow(context.db, change).plan)
  const blocking = found.filter(({ severity }) => severity === 'block')
  return blocking.length === 0 ? null : inWords(blocking)
}

const inWords = (findings: NonNullable<Refusal['findings']>): string =>
  findings.map(({ rule, message }) => `${rule}: ${message}`).join(' ')

/** Repeatable: a change that is applied already, or was never promoted, is left alone. */
export const keep = async (context: TenantContext, id: string): Promise<number | undefined> => {
  const before = readChangeRow(context.db, id)
  if (!before || before.liveSha === null || !WAITS.includes(before.state)) return undefined
  // Of any other, for instance the deletion of a tenant, its engines say whether it is applied.
  if (!keepsRecords(readPlanRow(context.db, before).plan)) return undefined
  const kept = await handOver(context, before)
  throwIfOutage(kept)
  if (kept.ok && kept.value.again !== undefined) return kept.value.again
  const change = readChangeRow(context.db, id)
  if (!change || !WAITS.includes(change.state)) return undefined
  // What was refused stays so: it is a later one that holds.
  if (kept.ok && !kept.value.taken && change.state === 'failed') return undefined
  const at = context.now().toISOString()
  const again = transaction(context.db, (tx) => {
    if (kept.ok) taken(context, tx, change, at)
    else refused(context, tx, change, { ...kept.refusal, at })
    return !kept.ok
  })
  context.changed()
  return again ? AGAIN_MILLISECONDS : undefined
}

const writeHealth = (
  tx: Tx,
  change: ChangeRow,
  values: Pick<typeof tables.resources.$inferInsert, 'health' | 'healthMessage' | 'state'>,
  healthSimulated = false,
): void => {
  tx.update(tables.resources)
    .set({ ...values, healthSimulated, version: sql`${tables.resources.version} + 1` })
    .where(and(eq(tables.resources.name, change.name), eq(tables.resources.changeId, change.id)))
    .run()
}

/** It holds: the change is applied and its resource healthy, or gone. */
const taken = (context: TenantContext, tx: Tx, change: ChangeRow, at: string): void => {
  const removed = readPlanRow(tx, change).plan.phase === 'remove'
  writeHealth(tx, change, {
    ...{ health: 'healthy', healthMessage: 'kept by Phoenix' },
    state: removed ? 'removed' : 'applied',
  })
  showOnResource(tx, change, { simulated: isLaptop(context.env), now: at })
  step(tx, change, 'applied', { actor: 'phoenix', at, reason: null })
  judgeOthersAgain(tx, change.id, at)
}

const refused = (
  { env }: TenantContext,
  tx: Tx,
  change: ChangeRow,
  { findings, detail, at }: Refusal & { at: string },
): void => {
  const reason = findings ? inWords(findings) : (detail ?? 'the inventory refused the record')
  if (change.state === 'failed' && change.reason === reason) return
  const { phase, template } = readPlanRow(tx, change).plan
  const state = phase === 'remove' ? 'decommissioning' : 'applied'
  const simulated = template.name === FLUX_TEMPLATE && isLaptop(env)
  writeHealth(tx, change, { health: 'degraded', healthMessage: reason, state }, simulated)
  step(tx, change, 'failed', { actor: 'phoenix', at, reason })
}
