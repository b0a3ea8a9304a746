// Erasing what is personal of a member, and erasing it again where an older copy of the database brought it back. The Directory
// keeps the list of pseudonyms: it is asked once in the life of the object, before anybody acts and anything is read.
import { and, eq, gte, lt, ne } from 'drizzle-orm'
import { Outage } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { deriveKey, hex, hmacSha256 } from '../../../digest.ts'
import { transaction } from '../../database.ts'
import { directoryStub } from '../../stubs.ts'
import { judgeApprovalsAgain } from '../approvals.ts'
import type { TenantContext, Tx } from '../context.ts'
import { endOffersOf } from '../credentials/issuance/expiry.ts'
import { forgetCredentialsOf } from '../credentials/powers/forget.ts'
import type { MemberRow } from '../enter.ts'
import { leaf } from './leaves.ts'
import { NOBODY } from './sessions.ts'

/**
 * An Idempotency-Key is text of the sender's, and may name him. What stands for it afterwards has a blank, as no key has, and
 * still tells that the key was used.
 */
export const forgottenKey = ({ env }: Pick<TenantContext, 'env'>, key: string): string =>
  `erased ${hex(hmacSha256(deriveKey(env.PLATFORM_KEY, 'forgotten-key'), key))}`

/** As a key is stored: itself, or what stands for it once its sender was erased. */
export const formsOfKey = (context: Pick<TenantContext, 'env'>, key: string): string[] => [
  key,
  forgottenKey(context, key),
]

/** Keys that we make ourselves have blanks too, and name nobody. */
const isSent = (key: string): boolean => !key.includes(' ')

/** Every table that keeps the key of whoever made the row. */
const KEPT_KEYS = [
  { table: tables.changes, by: tables.changes.requester },
  { table: tables.rollouts, by: tables.rollouts.requester },
  { table: tables.invitations, by: tables.invitations.createdBy },
  { table: tables.workloads, by: tables.workloads.createdBy },
  { table: tables.webhookEndpoints, by: tables.webhookEndpoints.createdBy },
  { table: tables.members, by: tables.members.createdBy },
] as const

const forgetKeys = (context: TenantContext, tx: Tx, memberId: string): void => {
  for (const { table, by } of KEPT_KEYS)
    for (const { id, key } of tx
      .select({ id: table.id, key: table.idempotencyKey })
      .from(table)
      .where(eq(by, memberId))
      .all())
      if (key !== null && isSent(key))
        tx.update(table)
          .set({ idempotencyKey: forgottenKey(context, key) })
          .where(eq(table.id, id))
          .run()
  // Of machines, by whoever asked for them; a rotation's key has the token's id before it.
  const { tokens, commands } = tables
  for (const { id, lineage, idempotencyKey: key } of tx.select().from(tokens).all())
    if (lineage.at(-1) === memberId && (isSent(key) || key.startsWith('rotate ')))
      tx.update(tokens)
        .set({ idempotencyKey: forgottenKey(context, key) })
        .where(eq(tokens.id, id))
        .run()
  // `<member> <key>`: nobody else's begin so, and should he come back, he begins anew. `!` follows the blank.
  tx.delete(commands)
    .where(and(gte(commands.key, `${memberId} `), lt(commands.key, `${memberId}!`)))
    .run()
}

/**
 * Everything of him but his pseudonyms. One stays in the log, in Git and in what he asked for and approved. The other, the keyed
 * digest of his identity, stays in his row: without it he could be invited as somebody else and approve what he asked for.
 */
const eraseRows = (
  context: TenantContext,
  tx: Tx,
  row: MemberRow,
  { by, at }: { by: string; at: string },
): MemberRow => {
  const { id } = row
  tx.delete(tables.profiles).where(eq(tables.profiles.memberId, id)).run()
  endOffersOf(tx, id, { by, at })
  forgetCredentialsOf(context, tx, id, { by, forgotten: (key) => forgottenKey(context, key) })
  tx.delete(tables.forgeAccounts).where(eq(tables.forgeAccounts.memberId, id)).run()
  tx.delete(tables.forgeChallenges).where(eq(tables.forgeChallenges.memberId, id)).run()
  // What is left of a session is that it has ended: it does not come in again, should he be invited anew.
  tx.update(tables.sessions)
    .set({ memberId: NOBODY, issuer: NOBODY, endedAt: at })
    .where(eq(tables.sessions.memberId, id))
    .run()
  // Their names are words of his.
  tx.delete(tables.tokens).where(eq(tables.tokens.member, id)).run()
  forgetKeys(context, tx, id)
  const key = row.idempotencyKey
  const version = row.version + 1
  const [erased] = tx
    .update(tables.members)
    .set({
      ...{ handle: null, state: 'erased', endedAt: row.endedAt ?? at, version },
      // Of whoever made him, and it often has his name. The fingerprint is a digest of that name and could be guessed.
      idempotencyKey: key !== null && isSent(key) ? forgottenKey(context, key) : key,
      fingerprint: null,
    })
    .where(eq(tables.members.id, id))
    .returning()
    .all()
  if (!erased) throw new Error('the member was not erased')
  tx.insert(tables.erasures)
    .values({ memberId: id, at })
    .onConflictDoUpdate({ target: tables.erasures.memberId, set: { at } })
    .run()
  leaf(tx, { id, version, from: row.state, to: 'erased', by, at })
  return erased
}

/** Here only: the Directory has to know before. */
export const eraseHere = (
  context: TenantContext,
  row: MemberRow,
  step: { by: string; at: string },
): MemberRow => transaction(context.db, (tx) => eraseRows(context, tx, row, step))

const onDirectory = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw new Outage('directory', 'does not answer', 2, error)
  }
}

/** Rejects with Outage. Idempotent. */
export const tellDirectory = (context: TenantContext, memberId: string, at: string) =>
  onDirectory(() => directoryStub(context.env).noteErasure(context.tenant().id, memberId, at))

/**
 * Makes this database and the Directory agree: what either knows erased is erased here, and the other is told. Either may have
 * been restored from before. Who has come back since his erasure stays. Rejects with Outage: then nothing personal may be read
 * yet.
 */
export const agreeOnErasures = async (context: TenantContext): Promise<void> => {
  const known = await onDirectory(() => directoryStub(context.env).erasuresOf(context.tenant().id))
  let came = false
  for (const { memberId, at } of known) {
    const back = context.db
      .select()
      .from(tables.members)
      .where(and(eq(tables.members.id, memberId), ne(tables.members.state, 'erased')))
      .get()
    if (!back || back.createdAt > at) continue
    if (back.identity !== null) {
      const { identity } = back
      await onDirectory(() => directoryStub(context.env).leaveTenant(identity, context.tenant().id))
    }
    eraseHere(context, back, { by: 'phoenix', at })
    came = true
  }
  if (came) {
    // What he approved in the older copy counts as little as when he was erased.
    judgeApprovalsAgain(context)
    await context.arm()
  }
  const told = new Map(known.map(({ memberId, at }) => [memberId, at]))
  for (const { memberId, at } of context.db.select().from(tables.erasures).all())
    if ((told.get(memberId) ?? '') < at) await tellDirectory(context, memberId, at)
}

const agreed = new WeakSet<TenantContext>()
const agreeing = new WeakMap<TenantContext, Promise<void>>()

/** Then there is nothing to wait for: a hot read waits for no promise. */
export const isAgreed = (context: TenantContext): boolean => agreed.has(context)

/** Once in the life of the object; again where it failed. */
export const beforePersonalData = (context: TenantContext): Promise<void> => {
  const known = agreeing.get(context)
  if (known) return known
  const asking = agreeOnErasures(context).then(() => {
    // Of the database that was asked about, and not of one that has taken its place.
    if (agreeing.get(context) === asking) agreed.add(context)
  })
  agreeing.set(context, asking)
  asking.catch(() => agreeing.get(context) === asking && agreeing.delete(context))
  return asking
}

/** Another database has taken the place of the one that was agreed on. */
export const agreeAgain = (context: TenantContext): void => {
  agreed.delete(context)
  agreeing.delete(context)
}
