// The keys of the issuer in their turn. One signs; those before it verify until everything that they signed has ended, which is
// known when they stop; and a key that somebody else may have is ended sooner, by an owner who says so.
import { and, count, eq, gt, inArray, max, ne, sql } from 'drizzle-orm'
import type { IssuerIdentityView, RetireKey } from '../../../../../schemas/credential.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Versioned } from '../../../contracts.ts'
import { transaction } from '../../../database.ts'
import type { Db, TenantContext, Tx } from '../../context.ts'
import type { Keyed } from '../../operation-inputs.ts'
import { earlierCommand, keepCommand } from '../commands.ts'
import { changeStatus } from '../status/change.ts'
import { builtIns } from './configurations.ts'
import {
  certify,
  type IssuerKeyRow,
  type IssuerRow,
  insertKey,
  issuerOf,
  issuerUrl,
  noteIssuer,
  readIssuer,
  rootOf,
  verifyingKeys,
} from './issuer.ts'
import { newKeysOf } from './keys.ts'
import { issuerView } from './views.ts'

const { credentials, issuerKeys } = tables
type Shown = Result<Versioned<IssuerIdentityView>>

const shown = (context: TenantContext, row: IssuerRow): Shown =>
  ok({ value: issuerView(context, row), version: row.version })

const DAY = 86_400_000
/** Of an issuer's keys that verify: verifiers fetch them all. */
const KEYS_AT_MOST = 50
const TOO_MANY = `${KEYS_AT_MOST} keys verify still. A key that signed nothing ends after a day: rotate again then, or retire one.`
const CHANGED = { detail: 'The issuer changed meanwhile: repeat the request.' }

/** Status lists and metadata that it signed are believed for a day, and clocks of verifiers differ. */
const endOf = (tx: Tx, kid: string, at: string): string => {
  const { expiresAt } = credentials
  const last = tx
    .select({ at: max(expiresAt) })
    .from(credentials)
    .where(eq(credentials.kid, kid))
    .get()
  const ends = Math.max(Date.parse(at), Date.parse(last?.at ?? at))
  return new Date(ends + DAY).toISOString()
}

const replaceCurrent = (context: TenantContext, tx: Tx, at: string): void => {
  for (const { kid, state } of verifyingKeys({ ...context, db: tx }))
    if (state === 'current')
      tx.update(issuerKeys)
        // It signs nothing any more, so nothing has to open it.
        .set({ state: 'previous', sealed: null, verifiesUntil: endOf(tx, kid, at) })
        .where(eq(issuerKeys.kid, kid))
        .run()
  // Lists are made again, and signed with the new key.
  tx.update(tables.statusLists)
    .set({ version: sql`${tables.statusLists.version} + 1` })
    .run()
}

/**
 * A new key signs; those before it verify until the last credential that they signed has ended. Refuses `conflict` where somebody
 * else rotated meanwhile, or too many keys verify.
 */
export const rotateKeys = async (
  context: TenantContext,
  who: Principal,
  sent: Keyed<unknown>,
): Promise<Shown> => {
  const before = await issuerOf(context)
  const earlier = earlierCommand(context.db, who, sent)
  if (earlier === 'other') return refuse('idempotency-key-reused')
  if (earlier === 'done') return shown(context, before)
  if (verifyingKeys(context).length >= KEYS_AT_MOST) return refuse('conflict', { detail: TOO_MANY })
  const keys = newKeysOf(context)
  const made = await keys.make(`sign-${before.version + 1}`)
  const url = issuerUrl(context.env, before.id)
  const root = rootOf(context.db)
  const certified = await certify(context, made, { name: before.name, root, url })
  const at = context.now().toISOString()
  const after = transaction(context.db, (tx) => {
    if (readIssuer(tx)?.version !== before.version) return null
    replaceCurrent(context, tx, at)
    insertKey(tx, { ...made, ...certified, use: 'sign' }, at)
    keepCommand(tx, who, sent, { about: `isr_${before.id}`, at })
    const { keptBy } = keys.abilities
    return noteIssuer(tx, { to: 'rotated', actor: who.subject, at, patch: { keptBy } })
  })
  if (after) return shown(context, after)
  // Of two with the same key, the other one has done it.
  return earlierCommand(context.db, who, sent) === 'done'
    ? shown(context, await issuerOf(context))
    : refuse('conflict', CHANGED)
}

const holdingBy = (on: Db | Tx, kid: string, at: string): number =>
  on
    .select({ many: count() })
    .from(credentials)
    .where(
      and(
        eq(credentials.kid, kid),
        gt(credentials.expiresAt, at),
        ne(credentials.status, 'invalid'),
      ),
    )
    .get()?.many ?? 0

const SIGNS = 'It is the key that signs: rotate first, then retire it.'
const ENDED = 'It has ended, and verifies nothing any more.'
const refusedFor = (
  tx: Tx,
  { kid, state, verifiesUntil }: IssuerKeyRow,
  { at, endsCredentials }: { at: string; endsCredentials: boolean },
): string | null => {
  if (state === 'current') return SIGNS
  if (state === 'retired' || (verifiesUntil ?? '') <= at) return ENDED
  const many = holdingBy(tx, kid, at)
  return many === 0 || endsCredentials
    ? null
    : `${many} credentials that it signed hold, the last of them until ${verifiesUntil} at most. With the key they end for good, and their holders need others. To do that send "endsCredentials": true.`
}

/** What signs in and approves here by this key is revoked with it, and with that sessions and approvals end. */
const revokeOwn = (context: TenantContext, tx: Tx, kid: string, reason: string): void => {
  const his = tx
    .select({ id: credentials.id })
    .from(credentials)
    .where(
      and(
        eq(credentials.kid, kid),
        inArray(credentials.configuration, Object.keys(builtIns)),
        ne(credentials.status, 'invalid'),
      ),
    )
  for (const { id } of his.all())
    changeStatus(context, tx, id, 'invalid', { actor: 'phoenix', reason })
}

/**
 * Ends a key before what it signed has ended, for somebody else may have it: it is published no more and verifies nothing here.
 * Refuses `not-found`; `conflict` for the one that signs, for one that has ended, and where credentials end with it that the
 * caller has not said he knows of.
 */
export const retireKey = async (
  context: TenantContext,
  who: Principal,
  { id: kid, ...sent }: Keyed<RetireKey> & { id: string },
): Promise<Shown> => {
  const issuer = await issuerOf(context)
  const at = context.now().toISOString()
  const { reason, endsCredentials = false } = sent.body
  return transaction(context.db, (tx): Shown => {
    const earlier = earlierCommand(tx, who, sent)
    if (earlier === 'other') return refuse('idempotency-key-reused')
    if (earlier === 'done') return shown(context, readIssuer(tx) ?? issuer)
    const key = tx
      .select()
      .from(issuerKeys)
      .where(and(eq(issuerKeys.kid, kid), eq(issuerKeys.use, 'sign')))
      .get()
    if (!key) return refuse('not-found')
    const detail = refusedFor(tx, key, { at, endsCredentials })
    if (detail !== null) return refuse('conflict', { detail })
    tx.update(issuerKeys)
      .set({ state: 'retired', retiredAt: at })
      .where(eq(issuerKeys.kid, kid))
      .run()
    revokeOwn(context, tx, kid, 'the key that signed it was retired')
    keepCommand(tx, who, sent, { about: `isr_${issuer.id}`, at })
    const step = { to: 'key_retired', actor: who.subject, at, reason: `${kid}: ${reason}` } as const
    return shown(context, noteIssuer(tx, step))
  })
}
