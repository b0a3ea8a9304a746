// Requests to the vault: what is kept of one is keyed digests, since a value could be guessed from a plain one, and what it asks for
// without its value, until the vault has answered. Those about one name are in an order, and none is done after a later one.
import { and, desc, eq, gt, isNotNull } from 'drizzle-orm'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { UnfinishedRequest, VaultRequest } from '../../../../schemas/vault-request.ts'
import { hex, hmacSha256 } from '../../../digest.ts'
import { transaction } from '../../database.ts'
import { type Db, enqueue, type TenantContext, type Tx } from '../context.ts'
import { digestOfSecret } from '../credentials/issuer/secrets.ts'
import type { Keyed } from '../operation-inputs.ts'

const { vaultRequests, outbox } = tables
const FINISH = 'finish-vault'
/** After so long the alarm asks the vault whether and how it ended. */
const FINISH_AFTER_MILLISECONDS = 30_000

export interface Asked {
  /** Keyed digest. */
  id: string
  /** Of this request, and of no other: the vault's side knows it again by it. */
  operation: string
  order: number
}

/** One name has its secret and its key. */
export const subjectOf = (what: string, name: string): string =>
  what.endsWith('-key') ? `key ${name}` : name
const operationOf = (what: string, id: string): string =>
  `${what}-${hex(hmacSha256(new TextEncoder().encode(what), id)).slice(0, 32)}`

type Row = typeof vaultRequests.$inferSelect
export const findRequest = (on: Db | Tx, id: string): Row | undefined =>
  on.select().from(vaultRequests).where(eq(vaultRequests.requestKey, id)).get()
export const askedOf = ({ requestKey: id, asked: order }: Row, what: string): Asked => ({
  ...{ id, order },
  operation: operationOf(what, id),
})

/** Something about the same name was asked later, and done. */
export const isOvertaken = (on: Db | Tx, { subject, asked }: Row): boolean => {
  const later = and(
    ...[eq(vaultRequests.subject, subject), gt(vaultRequests.asked, asked)],
    isNotNull(vaultRequests.vaultVersion),
  )
  return on.select({ id: vaultRequests.requestKey }).from(vaultRequests).where(later).get() != null
}

const nextOrder = (tx: Tx, subject: string, now: number): number => {
  const last = tx
    .select({ asked: vaultRequests.asked })
    .from(vaultRequests)
    .where(eq(vaultRequests.subject, subject))
    .orderBy(desc(vaultRequests.asked))
    .limit(1)
    .get()
  return Math.max(now, (last?.asked ?? 0) + 1)
}

/** Refuses another request under the same key, and what something later has overtaken. Null: it was answered before. */
export const beginRequest = (
  context: TenantContext,
  name: string,
  what: string,
  { key, fingerprint }: Pick<Keyed<unknown>, 'key' | 'fingerprint'>,
  unfinished: (VaultRequest & { by: string }) | null = null,
): Result<Asked | null> => {
  const id = digestOfSecret(context, 'vault-request', `${what}\u0000${key}`)
  const print = digestOfSecret(context, 'vault-fingerprint', `${name}\u0000${fingerprint}`)
  const subject = subjectOf(what, name)
  const now = context.now().getTime()
  const kept = unfinished && { ...unfinished, sentAt: now }
  return transaction(context.db, (tx): Result<Asked | null> => {
    const before = findRequest(tx, id)
    if (before && before.fingerprint !== print) return refuse('idempotency-key-reused')
    if (before?.vaultVersion != null) return ok(null)
    if (before && isOvertaken(tx, before))
      return refuse('conflict', {
        detail: 'Something later was done with it: ask under a new key.',
      })
    const row = before ?? {
      ...{ requestKey: id, fingerprint: print, subject, vaultVersion: null, unfinished: null },
      ...{ asked: nextOrder(tx, subject, now), at: context.now().toISOString() },
    }
    // Of a time before there was an order.
    if (row.asked === 0) row.asked = nextOrder(tx, subject, now)
    tx.insert(vaultRequests)
      .values({ ...row, unfinished: kept })
      .onConflictDoUpdate({
        target: vaultRequests.requestKey,
        set: { unfinished: kept, asked: row.asked },
      })
      .run()
    if (kept) enqueue(tx, FINISH, id, now + FINISH_AFTER_MILLISECONDS)
    return ok(askedOf(row, what))
  })
}

const setUnfinished = (tx: Tx, id: string, patch: Partial<Row>): void => {
  tx.update(vaultRequests).set(patch).where(eq(vaultRequests.requestKey, id)).run()
  tx.delete(outbox)
    .where(and(eq(outbox.kind, FINISH), eq(outbox.changeId, id)))
    .run()
}

export interface Ended {
  id: string
  vaultVersion: string
}
/**
 * In the transaction that writes what it did. `known`: that is written already; `overtaken`: so is what came later, which stands.
 * Both only where another process is at work beside this one.
 */
export const endRequest = (
  tx: Tx,
  { id, vaultVersion }: Ended,
): 'latest' | 'overtaken' | 'known' => {
  const row = findRequest(tx, id)
  if (row?.vaultVersion != null) return 'known'
  setUnfinished(tx, id, { vaultVersion, unfinished: null })
  return row && isOvertaken(tx, row) ? 'overtaken' : 'latest'
}

/** The vault does not do it, or nothing was asked of it: nobody goes on with it. */
export const dropRequest = ({ db }: TenantContext, id: string): void =>
  transaction(db, (tx) => setUnfinished(tx, id, { unfinished: null }))

export const loseRequest = ({ db }: TenantContext, id: string, of: UnfinishedRequest): void =>
  transaction(db, (tx) => setUnfinished(tx, id, { unfinished: { ...of, lost: true } }))

const LOOKED_AT = 20
/** The last thing that was asked about it and is not answered; null: all is. */
export const unfinishedOf = (on: Db | Tx, subject: string): UnfinishedRequest | null => {
  const latest = on
    .select({ unfinished: vaultRequests.unfinished, done: vaultRequests.vaultVersion })
    .from(vaultRequests)
    .where(eq(vaultRequests.subject, subject))
    .orderBy(desc(vaultRequests.asked))
    .limit(LOOKED_AT)
    .all()
  const at = latest.findIndex(({ unfinished, done }) => unfinished !== null || done !== null)
  return latest[at]?.unfinished ?? null
}

/** Begins a request, does it, and lets go of what the vault refuses. What throws is gone on with by the alarm (finish.ts). */
export const request = async <T>(
  context: TenantContext,
  {
    name,
    key,
    fingerprint,
    ...unfinished
  }: VaultRequest & { by: string; name: string } & Pick<Keyed<unknown>, 'key' | 'fingerprint'>,
  doIt: (asked: Asked) => Promise<Result<T>>,
  known: () => Result<T>,
): Promise<Result<T>> => {
  const asked = beginRequest(context, name, unfinished.what, { key, fingerprint }, unfinished)
  if (!asked.ok) return asked
  if (asked.value === null) return known()
  await context.arm()
  const done = await doIt(asked.value)
  if (!done.ok) dropRequest(context, asked.value.id)
  return done
}

/** Of a request that has no key: the same about the same version is the same. */
export const keyOf = (name: string, version: number, body: unknown = null) => ({
  key: `${name} v${version} ${JSON.stringify(body)}`,
  fingerprint: '',
})
