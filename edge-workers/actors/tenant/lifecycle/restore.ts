// Back from a deletion: its open step is withdrawn, or a deleted tenant leaves its grace. What was removed stays removed.
import { and, eq } from 'drizzle-orm'
import type { ChangeState } from '../../../../schemas/change.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { TenantView } from '../../../../schemas/tenant.ts'
import type { Versioned } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import type { TenantContext } from '../context.ts'
import { withdraw } from '../decisions.ts'
import { tenantView } from '../settings.ts'
import { enterState, latestStep } from './states.ts'

/** On main already, and its engines at work: too late to stop it half-way. */
const UNDER_WAY: ChangeState[] = ['merged', 'promoted', 'applying', 'failed']
const REASON = 'the deletion of the tenant was taken back'

export const restoreTenant = async (
  context: TenantContext,
  who: Principal,
): Promise<Result<Versioned<TenantView>>> => {
  const { state, id } = context.tenant()
  if (state === 'active') return ok(tenantView(context))
  if (state === 'suspended')
    return refuse('tenant-suspended', { detail: 'An operator resumes a suspended tenant.' })
  const step = state === 'deleting' ? latestStep(context.db) : null
  if (step && UNDER_WAY.includes(step.state) && step.mergeSha !== null) {
    return refuse('wrong-state', {
      detail: 'A step of the deletion is merged and being applied: restore the tenant after it.',
    })
  }
  if (step && ['accepted', 'proposed', 'approved'].includes(step.state)) {
    const withdrawn = await withdraw(context, who, step, REASON)
    if (!withdrawn.ok) return withdrawn
  }
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    enterState(tx, 'active', { actor: who.subject, at, reason: REASON })
    tx.delete(tables.outbox)
      .where(and(eq(tables.outbox.kind, 'lifecycle'), eq(tables.outbox.changeId, id)))
      .run()
    return null
  })
  context.tenantChanged()
  context.changed()
  await context.arm()
  return ok(tenantView(context))
}
