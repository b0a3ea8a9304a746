// Rows of presentation requests: how they are found and shown, and the one way in which one takes a step.
import { and, eq, sql } from 'drizzle-orm'
import {
  type PresentationRequestView,
  type PresentationState,
  type PresentedCredential,
  presentationMoves,
} from '../../../../../schemas/presentation.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Presented } from '../../../../credentials/verify-presentation.ts'
import { statement } from '../../../database.ts'
import { type Db, record, type TenantContext, type Tx } from '../../context.ts'
import { openText, sealText } from '../issuer/secrets.ts'

const { presentationRequests: requests } = tables
export type RequestRow = typeof requests.$inferSelect

const byId = statement((db: Db | Tx) =>
  db
    .select()
    .from(requests)
    .where(eq(requests.id, sql.placeholder('id')))
    .prepare(),
)
export const findRequest = (db: Db | Tx, id: string): RequestRow | undefined => byId(db).get({ id })

/** Nobody has answered it, and its time is not over. */
export const isOpen = ({ state, expiresAt, responseCodeDigest }: RequestRow, now: Date): boolean =>
  presentationMoves[state].length > 0 &&
  responseCodeDigest === null &&
  Date.parse(expiresAt) > now.getTime()

const PRESENTED = 'presented'
export const sealPresented = (context: TenantContext, presented: Presented[]): Promise<string> =>
  sealText(context, PRESENTED, JSON.stringify(presented))
export const openPresented = async (context: TenantContext, sealed: string): Promise<Presented[]> =>
  JSON.parse(await openText(context, PRESENTED, sealed))

const shown = ({
  own: _,
  anchor: __,
  status_list: ___,
  holder: ____,
  ...one
}: Presented): PresentedCredential => one

/** An answer that a browser has yet to come back for is nobody's yet. */
const presentedOf = async (context: TenantContext, { state, presented }: RequestRow) =>
  state === 'verified' && presented !== null
    ? (await openPresented(context, presented)).map(shown)
    : null

/** Without what was presented: for lists, which are of many people. */
export const bareView = (row: RequestRow, now: Date): PresentationRequestView => ({
  ...{ id: row.id, kind: row.kind, driver: row.driver, purpose: row.purpose, mode: row.mode },
  ...{ dcql_query: row.query, fault: row.fault, presented: null },
  // The alarm may be late by a little.
  state: isLate(row, now) ? 'expired' : row.state,
  ...{ createdAt: row.createdAt, expiresAt: row.expiresAt, updatedAt: row.updatedAt },
})

export const requestView = async (
  context: TenantContext,
  row: RequestRow,
): Promise<PresentationRequestView> => ({
  ...bareView(row, context.now()),
  presented: await presentedOf(context, row),
})

export const isLate = ({ state, expiresAt }: RequestRow, now: Date): boolean =>
  presentationMoves[state].length > 0 && Date.parse(expiresAt) <= now.getTime()

export interface RequestStep {
  /** Pseudonym of who causes it; `wallet` for whoever answers, `browser` for whoever comes back, `phoenix` for the system. */
  actor: string
  at: string
  /** Words of ours. */
  reason?: string | null
  patch?: Partial<Omit<RequestRow, 'id' | 'state' | 'version'>>
}

/** What is of no use once nobody can answer any more. */
const ENDED = { encryptionKey: null } as const

/**
 * One step in the caller's transaction: the row, the event and the leaf together. The same state is a note. Throws at a move that
 * the table does not have. Null where the row has moved since it was read: the caller's answer is of another moment.
 */
export const move = (
  tx: Tx,
  row: RequestRow,
  to: PresentationState,
  { actor, at, reason = null, patch = {} }: RequestStep,
): RequestRow | null => {
  if (to !== row.state && !presentationMoves[row.state].includes(to))
    throw new Error(`illegal move ${row.state} -> ${to}`)
  const version = row.version + 1
  const ended = presentationMoves[to].length === 0 ? ENDED : {}
  const [moved] = tx
    .update(requests)
    .set({ ...patch, ...ended, state: to, version, updatedAt: at })
    .where(and(eq(requests.id, row.id), eq(requests.version, row.version)))
    .returning()
    .all()
  if (!moved) return null
  record(tx, { changeId: row.id, version, from: row.state, to, reason, actor, at })
  return moved
}
