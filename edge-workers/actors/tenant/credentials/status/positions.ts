// Where a credential's status stands: a position of a list that nobody can guess (draft-ietf-oauth-status-list-20 §12.2, §12.5),
// and the row of the credential itself.
import { and, desc, eq, sql } from 'drizzle-orm'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { POSITIONS } from '../../../../credentials/status-list.ts'
import { statement } from '../../../database.ts'
import { record, type Tx } from '../../context.ts'

const { credentials, statusLists } = tables
export type CredentialRow = typeof credentials.$inferSelect

/** Fuller, and what is free could be guessed from what is taken; and drawing would be slow. */
const FULL = POSITIONS / 2

const newestList = statement((tx: Tx) =>
  tx.select().from(statusLists).orderBy(desc(statusLists.id)).limit(1).prepare(),
)
const credentialAt = statement((tx: Tx) =>
  tx
    .select({ id: credentials.id })
    .from(credentials)
    .where(
      and(
        eq(credentials.list, sql.placeholder('list')),
        eq(credentials.position, sql.placeholder('position')),
      ),
    )
    .prepare(),
)
const countOne = statement((tx: Tx) =>
  tx
    .update(statusLists)
    .set({ used: sql`${statusLists.used} + 1` })
    .where(eq(statusLists.id, sql.placeholder('id')))
    .prepare(),
)

/** From 0 to 2^17 - 1, all alike: the range of the generator is a multiple. */
const anyPosition = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % POSITIONS

const openList = (tx: Tx, at: string): number => {
  const newest = newestList(tx).get()
  return newest && newest.used < FULL ? newest.id : insertList(tx, (newest?.id ?? 0) + 1, at)
}

const MINUTE = 60_000
/**
 * The database is an older one: positions that it calls free may be of credentials that are out, in the newest list that it knows
 * or in one that it does not. The next are drawn from a list with a number that was never given out: lists count one by one, and
 * none fills within a minute, so the minute of the epoch is ahead of them all.
 */
export const openListAnew = (tx: Tx, at: string): void => {
  const newest = newestList(tx).get()?.id ?? 0
  insertList(tx, Math.max(newest + 1, Math.floor(Date.parse(at) / MINUTE)), at)
}

const insertList = (tx: Tx, id: number, at: string): number => {
  tx.insert(statusLists)
    .values({
      ...{ id, used: 0, version: 1, createdAt: at },
      ...{ token: null, tokenVersion: null, tokenUntil: null },
    })
    .run()
  return id
}

/**
 * A free position, each as likely as any other. Keep the credential in the same transaction: the unique index is the proof, so
 * of two that draw the same one fails.
 */
export const drawPosition = (
  tx: Tx,
  { at = new Date().toISOString(), draw = anyPosition }: { at?: string; draw?: () => number } = {},
): { list: number; position: number } => {
  const list = openList(tx, at)
  let position = draw()
  // At most half is taken, so this ends.
  while (credentialAt(tx).get({ list, position })) position = draw()
  countOne(tx).run({ id: list })
  return { list, position }
}

export const statusListUrl = (url: string, list: number): string => `${url}/status-lists/${list}`

/** Of `status.status_list` in a credential (§6.2). `url`: of the issuer. */
export const statusReference = (
  url: string,
  list: number,
  position: number,
): { idx: number; uri: string } => ({ idx: position, uri: statusListUrl(url, list) })

const insertCredential = statement((tx: Tx) =>
  tx
    .insert(credentials)
    .values({
      id: sql.placeholder('id'),
      configuration: sql.placeholder('configuration'),
      driver: sql.placeholder('driver'),
      offerId: sql.placeholder('offerId'),
      member: sql.placeholder('member'),
      list: sql.placeholder('list'),
      position: sql.placeholder('position'),
      ...{ status: 'valid' as const, reason: null, changedBy: null },
      holder: sql.placeholder('holder'),
      kid: sql.placeholder('kid'),
      remoteId: sql.placeholder('remoteId'),
      issuedAt: sql.placeholder('issuedAt'),
      expiresAt: sql.placeholder('expiresAt'),
      updatedAt: sql.placeholder('issuedAt'),
      version: 1,
    })
    .prepare(),
)

/** Writes a valid credential and its first leaf. Throws where its position or its id is taken. */
export const keepCredential = (
  tx: Tx,
  {
    actor,
    ...row
  }: Omit<
    CredentialRow,
    'status' | 'reason' | 'changedBy' | 'updatedAt' | 'version' | 'remoteId'
  > & {
    remoteId?: string | null
    /** Who caused it: a pseudonym, or `phoenix`. */
    actor: string
  },
): void => {
  insertCredential(tx).run({ remoteId: null, ...row })
  record(tx, {
    ...{ changeId: row.id, version: 1, from: 'none', to: 'valid', reason: null },
    ...{ actor, at: row.issuedAt },
  })
}
