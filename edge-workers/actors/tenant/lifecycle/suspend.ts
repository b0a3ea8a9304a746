// An operator stops a tenant and lets it go on. Reading and what the engines report go on meanwhile; nobody approves, nothing
// is merged by Phoenix, and `live` does not move: what the forge merged before the gate was red waits for the end of it.
import { and, inArray, isNull } from 'drizzle-orm'
import type { ChangeState } from '../../../../schemas/change.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { TenantView } from '../../../../schemas/tenant.ts'
import type { SuspendTenant } from '../../../../schemas/tenant-deletion.ts'
import type { Versioned } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import type { OutboxKind, TenantContext, Tx } from '../context.ts'
import { enqueue } from '../context.ts'
import type { Handlers } from '../outbox.ts'
import { judgeOthersAgain } from '../room.ts'
import { tenantView } from '../settings.ts'
import { enterState } from './states.ts'

const { changes, outbox } = tables
/** Steps towards the clusters that Phoenix would take by itself. */
const STOPPED = ['promote', 'follow-up', 'advance'] as const satisfies OutboxKind[]
const LOOK_AGAIN_MILLISECONDS = 300_000
const OPEN: ChangeState[] = ['proposed', 'approved']

/** The same handlers, those that would go on without anybody held back while the tenant is suspended. */
export const unlessSuspended = (context: TenantContext, handlers: Handlers): Handlers => {
  const held = STOPPED.map((kind): [OutboxKind, Handlers[OutboxKind]] => [
    kind,
    async (id) =>
      context.tenant().state === 'suspended' ? LOOK_AGAIN_MILLISECONDS : handlers[kind](id),
  ])
  return { ...handlers, ...Object.fromEntries(held) }
}

export const suspendTenant = async (
  context: TenantContext,
  { subject: actor }: Principal,
  { reason }: SuspendTenant,
): Promise<Result<Versioned<TenantView>>> => {
  const { state } = context.tenant()
  if (state === 'suspended') return ok(tenantView(context))
  if (state !== 'active') {
    return refuse('wrong-state', {
      detail: 'Only an active tenant is suspended: take its deletion back first.',
    })
  }
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    enterState(tx, 'suspended', { actor, at, reason })
    // Every gate is red from now on.
    judgeOthersAgain(tx, null, at)
    return null
  })
  return settled(context)
}

export const resumeTenant = async (
  context: TenantContext,
  { subject: actor }: Principal,
): Promise<Result<Versioned<TenantView>>> => {
  const { state } = context.tenant()
  if (state === 'active') return ok(tenantView(context))
  if (state !== 'suspended') {
    return refuse('wrong-state', { detail: 'The tenant is not suspended: restore it instead.' })
  }
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    enterState(tx, 'active', { actor, at })
    goOn(tx, Date.parse(at))
    return null
  })
  return settled(context)
}

/** The forge is read before any gate turns green: a merge past the red one is what it is. */
const goOn = (tx: Tx, at: number): void => {
  const open = tx
    .select({ id: changes.id })
    .from(changes)
    .where(and(inArray(changes.state, OPEN), isNull(changes.mergeSha)))
    .all()
  for (const { id } of open) enqueue(tx, 'observe-reviews', id, at)
  for (const { id } of open) enqueue(tx, 'gate', id, at + 1)
  const held = tx
    .select({ kind: outbox.kind, changeId: outbox.changeId })
    .from(outbox)
    .where(inArray(outbox.kind, [...STOPPED]))
    .all()
  for (const { kind, changeId } of held) enqueue(tx, kind as OutboxKind, changeId, at)
}

const settled = async (context: TenantContext): Promise<Result<Versioned<TenantView>>> => {
  context.tenantChanged()
  context.changed()
  await context.arm()
  return ok(tenantView(context))
}
