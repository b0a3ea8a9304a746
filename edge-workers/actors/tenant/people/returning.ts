// Whoever comes back is who he was. A member's row keeps the keyed digest of his identity when he is removed and when he is erased:
// by another pseudonym he would approve what he asked for himself. The digest is a pseudonym too, and tells nobody without the
// platform's key who he is; nobody signs in by it before he was let in again.
import { eq } from 'drizzle-orm'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { deriveKey, hex, hmacSha256 } from '../../../digest.ts'
import type { Db, TenantContext, Tx } from '../context.ts'
import type { MemberRow } from '../enter.ts'
import { leaf } from './leaves.ts'

/** In whatever state he is. */
export const memberWith = (db: Db | Tx, identity: string): MemberRow | undefined =>
  db.select().from(tables.members).where(eq(tables.members.identity, identity)).get()

export interface Return {
  handle: string
  roles: MemberRow['roles']
  /** Who let him in again, and what for, for the row and the log. */
  createdBy: string
  by: string
  about: readonly string[]
  at: string
}

/** Later than every end of his, whatever the clock says: a copy of an earlier life is told from this one by its time. */
const beginsAt = (tx: Tx, { id, endedAt }: MemberRow, at: string): string => {
  const { erasures } = tables
  const erased = tx.select().from(erasures).where(eq(erasures.memberId, id)).get()
  const ends = [endedAt, erased?.at ?? null].filter((end) => end !== null)
  const earliest = ends.map((end) => Date.parse(end) + 1)
  return new Date(Math.max(Date.parse(at), ...earliest)).toISOString()
}

/** The same row and pseudonym; of before he has nothing: no profile, no account on the forge, no token, no session. */
export const bringBack = (
  tx: Tx,
  before: MemberRow,
  { handle, roles, createdBy, by, about, at }: Return,
): MemberRow => {
  const { members, profiles, forgeAccounts, forgeChallenges } = tables
  const { id } = before
  for (const table of [profiles, forgeAccounts, forgeChallenges])
    tx.delete(table).where(eq(table.memberId, id)).run()
  const version = before.version + 1
  const createdAt = beginsAt(tx, before, at)
  const [row] = tx
    .update(members)
    .set({ handle, roles, state: 'active', createdAt, createdBy, endedAt: null, version })
    .where(eq(members.id, id))
    .returning()
    .all()
  if (!row) throw new Error('the member was not brought back')
  leaf(tx, { id, version, from: before.state, to: 'joined', by, at, about })
  return row
}

interface Asked {
  key: string
  fingerprint: string
}

/** Neither the key nor the fingerprint as it is: he may be named in both, and this outlives his erasure. */
const kept = ({ env }: Pick<TenantContext, 'env'>, { key, fingerprint }: Asked) => {
  const digest = (text: string) =>
    hex(hmacSha256(deriveKey(env.PLATFORM_KEY, 'key-of-return'), text))
  // With a dot, as no member's id has: nobody's own keys begin so.
  return { key: `members.return ${digest(key)}`, fingerprint: digest(fingerprint) }
}

/** The row has the key that made it: one that brought it back is kept apart. */
export const keepKeyOfReturn = (
  context: TenantContext,
  tx: Tx,
  asked: Asked,
  { id, createdAt: at }: MemberRow,
): void => {
  tx.insert(tables.commands)
    .values({ ...kept(context, asked), changeId: id, at })
    .run()
}

/** Of a request that brought somebody back before: him as he is now. Null: this key did not. */
export const replayOfReturn = (
  context: TenantContext,
  tx: Tx,
  asked: Asked,
): Result<MemberRow> | null => {
  const { commands, members } = tables
  const { key, fingerprint } = kept(context, asked)
  const earlier = tx.select().from(commands).where(eq(commands.key, key)).get()
  if (!earlier) return null
  const row = tx.select().from(members).where(eq(members.id, earlier.changeId)).get()
  return row && earlier.fingerprint === fingerprint ? ok(row) : refuse('idempotency-key-reused')
}
