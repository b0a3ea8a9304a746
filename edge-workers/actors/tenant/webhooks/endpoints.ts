// Endpoints: where a tenant wants to be told. An address is judged here and again at every call of it.
import { and, asc, count, eq, gt, inArray, isNull } from 'drizzle-orm'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import {
  ENDPOINTS_AT_MOST,
  type NewWebhook,
  type WebhookView,
} from '../../../../schemas/webhook.ts'
import { base32, deriveKey, hmacSha256, sha256Hex } from '../../../digest.ts'
import { addressRules, publicAddress } from '../../../public-address.ts'
import type { Page, PageRequest, Versioned } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import { byId, pageOf } from '../../page.ts'
import type { Db, TenantContext, Tx } from '../context.ts'
import { formsOfKey } from '../people/erasures.ts'
import type { WebhookOperations } from './contracts.ts'
import {
  type EndpointRow,
  endpointView,
  findEndpoint,
  giveUp,
  lastSeq,
  noteEndpoint,
} from './rows.ts'
import { secretOf } from './secrets.ts'

type Input<Name extends keyof WebhookOperations> = WebhookOperations[Name]['input']

const versioned = (db: Db | Tx, row: EndpointRow): Result<Versioned<WebhookView>> =>
  ok({ value: endpointView(db, row), version: row.version })

const withSecret = (context: TenantContext, row: EndpointRow): Result<Versioned<NewWebhook>> => {
  const value = { ...endpointView(context.db, row), secret: secretOf(context, row) }
  return ok({ value, version: row.version })
}

export const createEndpoint = (
  context: TenantContext,
  who: Principal,
  { key: sent, fingerprint, body }: Input<'webhooks.create'>,
): Result<Versioned<NewWebhook>> => {
  // With a blank between them: no key and no member's name has one.
  const key = `${who.subject} ${sent}`
  const earlier = findByKey(context, key)
  if (earlier) return again(context, earlier, fingerprint)
  const address = publicAddress(body.url, addressRules(context.env))
  if (!address.ok) return address
  if (countEndpoints(context.db) >= ENDPOINTS_AT_MOST)
    return refuse('conflict', { detail: `A tenant has at most ${ENDPOINTS_AT_MOST} endpoints.` })
  const at = context.now().toISOString()
  const seed = hmacSha256(
    deriveKey(context.env.PLATFORM_KEY, 'webhook-endpoint'),
    `${context.tenant().id}\u0000${key}`,
  )
  const created = transaction(context.db, (tx) => {
    const [row] = tx
      .insert(tables.webhookEndpoints)
      .values({
        id: `whe_${base32(seed, 20)}`,
        ...{ url: address.value.href, description: body.description, events: body.events },
        ...{ state: body.enabled ? 'enabled' : 'disabled', generation: 1, previousUntil: null },
        ...{ fromSeq: 0, createdAt: at, createdBy: who.subject, deletedAt: null, version: 1 },
        ...{ idempotencyKey: key, fingerprint },
      })
      .returning()
      .all()
    if (!row) throw new Error('the endpoint was not written')
    noteEndpoint(tx, row, { from: 'none', actor: who.subject, at })
    startFromNow(tx, row.id)
    return row
  })
  return withSecret(context, created)
}

const findByKey = (context: TenantContext, key: string): EndpointRow | undefined =>
  context.db
    .select()
    .from(tables.webhookEndpoints)
    .where(inArray(tables.webhookEndpoints.idempotencyKey, formsOfKey(context, key)))
    .get()

/** A repeat by whom it was made for: the key is his. */
const again = (context: TenantContext, row: EndpointRow, fingerprint: string) => {
  if (row.fingerprint !== fingerprint) return refuse('idempotency-key-reused')
  if (row.deletedAt !== null || row.generation > 1)
    return refuse('conflict', { detail: 'This endpoint was deleted, or its secret was rotated.' })
  return withSecret(context, row)
}

const countEndpoints = (db: Db): number =>
  db
    .select({ all: count() })
    .from(tables.webhookEndpoints)
    .where(isNull(tables.webhookEndpoints.deletedAt))
    .get()?.all ?? 0

/** It is told of what happens from now on, and not of its own beginning. */
const startFromNow = (tx: Tx, id: string): void => {
  tx.update(tables.webhookEndpoints)
    .set({ fromSeq: lastSeq(tx) })
    .where(eq(tables.webhookEndpoints.id, id))
    .run()
}

export const listEndpoints = (
  { db }: TenantContext,
  _who: Principal,
  { limit, after }: PageRequest,
): Result<Page<WebhookView>> => {
  const { id, deletedAt } = tables.webhookEndpoints
  const rows = db
    .select()
    .from(tables.webhookEndpoints)
    .where(and(gt(id, after ?? ''), isNull(deletedAt)))
    .orderBy(asc(id))
    .limit(limit + 1)
    .all()
  return ok(pageOf(rows, limit, byId, (row) => endpointView(db, row)))
}

export const readEndpoint = (
  { db }: TenantContext,
  _who: Principal,
  id: string,
): Result<Versioned<WebhookView>> => {
  const row = findEndpoint(db, id)
  return row ? versioned(db, row) : refuse('not-found')
}

/** The endpoint at the version that the caller has read. */
const atVersion = (
  { db }: TenantContext,
  { id, ifVersion }: { id: string; ifVersion: number | '*' },
): Result<EndpointRow> => {
  const row = findEndpoint(db, id)
  if (!row) return refuse('not-found')
  return ifVersion === '*' || ifVersion === row.version ? ok(row) : refuse('precondition-failed')
}

export const updateEndpoint = (
  context: TenantContext,
  who: Principal,
  { body, ...target }: Input<'webhooks.update'>,
): Result<Versioned<WebhookView>> => {
  const found = atVersion(context, target)
  if (!found.ok) return found
  const address = body.url === undefined ? null : publicAddress(body.url, addressRules(context.env))
  if (address && !address.ok) return address
  const before = found.value
  const at = context.now().toISOString()
  const { description = before.description, events = before.events } = body
  const enabled = body.enabled ?? before.state === 'enabled'
  const row = write(context, before, () => ({
    ...{ description, events, state: enabled ? ('enabled' as const) : ('disabled' as const) },
    ...(address ? { url: address.value.href } : {}),
  }))({ from: before.state, actor: who.subject, at })
  return versioned(context.db, row)
}

type Written = Partial<Omit<EndpointRow, 'id' | 'version'>>

/** One write, one version, one step in the log. */
const write =
  ({ db }: TenantContext, before: EndpointRow, values: (tx: Tx) => Written) =>
  (step: Parameters<typeof noteEndpoint>[2]): EndpointRow =>
    transaction(db, (tx) => {
      const [row] = tx
        .update(tables.webhookEndpoints)
        .set({ ...values(tx), version: before.version + 1 })
        .where(eq(tables.webhookEndpoints.id, before.id))
        .returning()
        .all()
      if (!row) throw new Error('the endpoint was not written')
      noteEndpoint(tx, row, step)
      // What happened while it was off it is not told of.
      if (before.state === 'disabled' && row.state === 'enabled') startFromNow(tx, row.id)
      if (row.state === 'disabled') giveUp(tx, row.id, step.at)
      return row
    })

/** Its address goes with it: it may hold a secret of the receiver's. The row stays for its Idempotency-Key. */
export const deleteEndpoint = (
  context: TenantContext,
  who: Principal,
  target: Input<'webhooks.delete'>,
): Result<null> => {
  const found = atVersion(context, target)
  if (!found.ok) return found
  const at = context.now().toISOString()
  const gone = { state: 'disabled' as const, deletedAt: at, url: '', description: '' }
  write(
    context,
    found.value,
    () => gone,
  )({
    ...{ from: found.value.state, to: 'deleted', actor: who.subject, at },
  })
  const { endpointId } = tables.webhookDeliveries
  context.db.delete(tables.webhookDeliveries).where(eq(endpointId, target.id)).run()
  return ok(null)
}

/** A third secret within an overlap ends the first at once: two sign, never more. */
export const rotateSecret = (
  context: TenantContext,
  who: Principal,
  { id, key: sent, fingerprint: print, body }: Input<'webhooks.rotate-secret'>,
): Result<Versioned<NewWebhook>> => {
  const before = findEndpoint(context.db, id)
  if (!before) return refuse('not-found')
  const { commands } = tables
  const key = `${who.subject} ${sent}`
  const fingerprint = sha256Hex(`rotate-secret ${id}\u0000${print}`)
  const earlier = context.db.select().from(commands).where(eq(commands.key, key)).get()
  if (earlier) {
    if (earlier.fingerprint !== fingerprint) return refuse('idempotency-key-reused')
    return earlier.changeId === `${id} ${before.generation}`
      ? withSecret(context, before)
      : refuse('conflict', { detail: 'The secret has been rotated again since.' })
  }
  const now = context.now()
  const at = now.toISOString()
  const generation = before.generation + 1
  const previousUntil =
    body.overlapSeconds === 0
      ? null
      : new Date(now.getTime() + body.overlapSeconds * 1000).toISOString()
  const row = write(context, before, (tx) => {
    tx.insert(commands)
      .values({ key, fingerprint, changeId: `${id} ${generation}`, at })
      .run()
    return { generation, previousUntil }
  })({ from: before.state, actor: who.subject, at, reason: 'secret rotated' })
  return withSecret(context, row)
}
