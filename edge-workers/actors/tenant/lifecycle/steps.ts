// A deletion under way: when a step is applied the next is asked for, in the name of who began it; when nothing stands any
// more the grace begins; when a step comes to nothing the tenant is active again. Repeatable: computed from the rows each time.
import { ne } from 'drizzle-orm'
import { keyOf } from '../../../../gitops/tenant-deletion.ts'
import { isOpen } from '../../../../schemas/change.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { GRACE_DAYS } from '../../../../schemas/tenant-settings.ts'
import { sha256Hex } from '../../../digest.ts'
import { transaction } from '../../database.ts'
import { throwIfOutage } from '../../outage.ts'
import { acceptChange, inTurn } from '../accept.ts'
import type { ChangeRow, Db, TenantContext, Tx } from '../context.ts'
import { enqueue, readChangeRow, readPlanRow } from '../context.ts'
import { finish } from '../statuses.ts'
import { asPlanned, readDoom, stepRequest } from './doomed.ts'
import { eraseTenant } from './erase.ts'
import { enterState, goingInAzure, latestStep, readTenantRow } from './states.ts'

const { resources } = tables
const DAY_MILLISECONDS = 86_400_000

/** Handler of the outbox: of a step of a deletion, or of the tenant itself when its grace ends. */
export const goOnWithLife = async (
  context: TenantContext,
  id: string,
): Promise<number | undefined> => {
  if (id === context.tenant().id) return eraseTenant(context)
  const change = readChangeRow(context.db, id)
  const under = context.tenant().state === 'deleting' && latestStep(context.db)?.id === id
  if (!change || !under) return undefined
  if (change.state === 'promoted') return finishRecords(context, change)
  if (change.state === 'applied')
    return goingInAzure(context.db).length > 0 ? MINUTE : nextStep(context, change)
  // Once it is on main its engines are waited for, also where they fail.
  const lost = change.state === 'merged_unauthorised' || change.mergeSha === null
  if (!isOpen(change.state) && lost)
    comeBack(context, `its deletion ended: the change is ${change.state.replace('_', ' ')}`)
  return undefined
}

const MINUTE = 60_000

/** Records have no engine that would say they are gone. */
const finishRecords = (context: TenantContext, change: ChangeRow): undefined => {
  if (readPlanRow(context.db, change).plan.targets.length > 0) return undefined
  const at = context.now().toISOString()
  transaction(context.db, (tx) => finish(tx, change, at, 'phoenix'))
  context.changed()
  return undefined
}

/** The change that the deletion began with. */
const rootOf = (db: Db, step: ChangeRow): ChangeRow => {
  const before = step.follows === null ? undefined : readChangeRow(db, step.follows)
  return before ? rootOf(db, before) : step
}

const nextStep = async (context: TenantContext, done: ChangeRow): Promise<undefined> => {
  await inTurn(context, async () => {
    const { db } = context
    const { requester, behind } = done
    const doom = await readDoom(context, stepNumber(done) + 1, {
      asker: { requester, behind },
      earlierRules: readPlanRow(db, done).snapshot.tenant.approvals ?? [],
    })
    if (context.tenant().state !== 'deleting' || latestStep(db)?.id !== done.id) return
    if (!doom.ok) {
      throwIfOutage(doom)
      return comeBack(context, `its next step was refused: ${doom.refusal.problem}`)
    }
    if (doom.value.next === null) return endOfAll(context, done)
    const root = rootOf(db, done)
    if (!wasConfirmed(db, root, doom.value.all.objects.map(keyOf)))
      return comeBack(context, 'more stands now than was confirmed')
    const request = stepRequest(stepNumber(done) + 1, root.request.confirm ?? '')
    const planned = asPlanned(request, doom.value)
    if (!planned.ok) return
    acceptChange(context, planned.value, {
      // With blanks, so that no caller's key can be the same.
      key: `deletion of the tenant after ${done.id}`,
      fingerprint: sha256Hex(`tenant-deletion\u0000${done.id}`),
      ...{ requester, behind, follows: done.id },
    })
    context.changed()
    await context.arm()
  })
  return undefined
}

const stepNumber = ({ request }: ChangeRow): number => Number(request.parameters.step ?? 1)

/** While it is being deleted nothing new can be asked of a tenant; this only holds the law a second time. */
const wasConfirmed = (db: Db, root: ChangeRow, keys: string[]): boolean => {
  const { destroys } = readPlanRow(db, root).plan
  const known = new Set((destroys?.objects ?? []).map(keyOf))
  // A list too long for one pull request was confirmed by its digest alone.
  return destroys?.digest !== root.request.confirm || keys.every((key) => known.has(key))
}

const endOfAll = (context: TenantContext, done: ChangeRow): void => {
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    const left = tx.select().from(resources).where(ne(resources.state, 'removed')).get()
    if (!left) beginGrace(tx, context, { actor: done.requester, at })
    return null
  })
  context.tenantChanged()
}

/** Nothing stands any more. At its end everything personal goes as well. */
export const beginGrace = (
  tx: Tx,
  context: Pick<TenantContext, 'now'>,
  { actor, at }: { actor: string; at: string },
): null => {
  const { id, settings } = readTenantRow(tx)
  const days = settings.retention?.graceDays ?? GRACE_DAYS
  const due = context.now().getTime() + days * DAY_MILLISECONDS
  enterState(tx, 'deleted', { actor, at, eraseAt: new Date(due).toISOString() })
  enqueue(tx, 'lifecycle', id, due)
  return null
}

const comeBack = (context: TenantContext, reason: string): void => {
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    enterState(tx, 'active', { actor: 'phoenix', at, reason })
    return null
  })
  context.tenantChanged()
  context.changed()
}
