// Status lists as they are published: signed, made again when a status in them has changed or their time runs out, and kept in
// the row until then.
import { and, eq, ne } from 'drizzle-orm'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import {
  emptyList,
  packList,
  STATUS_LIST_TYPE,
  statusListPayload,
  writeStatus,
} from '../../../../credentials/status-list.ts'
import type { Db, TenantContext } from '../../context.ts'
import { issuerIdOf, issuerUrl, signerOf } from '../issuer/issuer.ts'
import { statusListUrl } from './positions.ts'

const { credentials, statusLists } = tables
export type StatusListRow = typeof statusLists.$inferSelect

/** How long a verifier may keep it before it asks again, and a cache between us as long: a revocation is seen within a minute. */
export const LIST_TTL_SECONDS = 30
/** From then on nobody believes it. */
export const LIST_LASTS_SECONDS = 86_400
/** Whoever gets it can believe it for at least half of that. */
const MADE_AGAIN_AFTER_SECONDS = LIST_LASTS_SECONDS / 2

/** The array of a list, out of the rows that are not valid. */
export const listOf = (db: Db, id: number): Uint8Array => {
  const list = emptyList()
  const rows = db
    .select({ position: credentials.position, status: credentials.status })
    .from(credentials)
    .where(and(eq(credentials.list, id), ne(credentials.status, 'valid')))
    .all()
  for (const { position, status } of rows) {
    if (position !== null) writeStatus(list, position, status)
  }
  return list
}

const rowOf = (db: Db, id: number): StatusListRow | undefined =>
  db.select().from(statusLists).where(eq(statusLists.id, id)).get()

const keptToken = ({ token, tokenVersion, tokenUntil, version }: StatusListRow, now: Date) =>
  token !== null &&
  tokenVersion === version &&
  tokenUntil !== null &&
  now.getTime() < Date.parse(tokenUntil)
    ? token
    : null

const makeToken = async (context: TenantContext, row: StatusListRow): Promise<string> => {
  const lst = await packList(listOf(context.db, row.id))
  const signer = await signerOf(context)
  const now = context.now().getTime()
  const iat = Math.floor(now / 1_000)
  const url = statusListUrl(issuerUrl(context.env, issuerIdOf(context)), row.id)
  const payload = statusListPayload({
    ...{ url, lst, iat },
    ...{ exp: iat + LIST_LASTS_SECONDS, ttl: LIST_TTL_SECONDS },
  })
  const token = await signer.sign({ typ: STATUS_LIST_TYPE, withX5c: true }, payload)
  const tokenUntil = new Date(now + MADE_AGAIN_AFTER_SECONDS * 1_000).toISOString()
  // Of the version that it was made of: a status that changed meanwhile has it made again.
  context.db
    .update(statusLists)
    .set({ token, tokenVersion: row.version, tokenUntil })
    .where(and(eq(statusLists.id, row.id), eq(statusLists.version, row.version)))
    .run()
  return token
}

/** Many verifiers ask at once after a change: it is made once for them all. */
const making = new WeakMap<object, Map<string, Promise<string>>>()

const makeOnce = (context: TenantContext, row: StatusListRow): Promise<string> => {
  const known = making.get(context) ?? new Map<string, Promise<string>>()
  making.set(context, known)
  const key = `${row.id} ${row.version}`
  const before = known.get(key)
  if (before) return before
  const made = makeToken(context, row).finally(() => known.delete(key))
  known.set(key, made)
  return made
}

/**
 * The status list token of this list (draft-ietf-oauth-status-list-20 §5.1), as of now. `not-found`: nothing was ever issued in it.
 * Throws Outage where its key is elsewhere and does not answer.
 */
export const statusListToken = async (
  context: TenantContext,
  id: number,
): Promise<Result<string>> => {
  const row = rowOf(context.db, id)
  if (!row) return refuse('not-found')
  return ok(keptToken(row, context.now()) ?? (await makeOnce(context, row)))
}
