// What owners do with the issuer itself: read it, name it, rotate its keys.
import { and, eq, sql } from 'drizzle-orm'
import type { IssuerIdentityView, UpdateIssuer } from '../../../../../schemas/credential.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Versioned } from '../../../contracts.ts'
import { transaction } from '../../../database.ts'
import type { TenantContext, Tx } from '../../context.ts'
import type { Conditional, Keyed } from '../../operation-inputs.ts'
import { earlierCommand, keepCommand } from '../commands.ts'
import {
  certify,
  type IssuerRow,
  insertKey,
  issuerOf,
  issuerUrl,
  noteIssuer,
  readIssuer,
  rootOf,
} from './issuer.ts'
import { newKeysOf } from './keys.ts'
import { issuerView } from './views.ts'

type Shown = Result<Versioned<IssuerIdentityView>>

const shown = (context: TenantContext, row: IssuerRow): Shown =>
  ok({ value: issuerView(context, row), version: row.version })

export const readOwnIssuer = async (context: TenantContext): Promise<Shown> =>
  shown(context, await issuerOf(context))

export const updateIssuer = async (
  context: TenantContext,
  who: Principal,
  { ifVersion, body }: Conditional<UpdateIssuer>,
): Promise<Shown> => {
  await issuerOf(context)
  const at = context.now().toISOString()
  const changed = transaction(context.db, (tx) => {
    const row = readIssuer(tx)
    if (!row || (ifVersion !== '*' && ifVersion !== row.version)) return null
    if (Object.keys(body).length === 0) return row
    return noteIssuer(tx, { to: 'changed', actor: who.subject, at, patch: body })
  })
  return changed ? shown(context, changed) : refuse('precondition-failed')
}

const { issuerKeys } = tables

const retire = (tx: Tx, at: string): void => {
  const inState = (state: 'current' | 'previous') =>
    and(eq(issuerKeys.use, 'sign'), eq(issuerKeys.state, state))
  // It signs nothing any more, so nothing has to open it.
  tx.update(issuerKeys)
    .set({ state: 'retired', sealed: null, retiredAt: at })
    .where(inState('previous'))
    .run()
  tx.update(issuerKeys).set({ state: 'previous' }).where(inState('current')).run()
  // Lists are made again, and signed with the new key.
  tx.update(tables.statusLists)
    .set({ version: sql`${tables.statusLists.version} + 1` })
    .run()
}

/**
 * A new key is current, the one before verifies still, the one before that is retired: what it signed verifies by the certificate
 * in it. Refuses `conflict` where somebody else rotated meanwhile.
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
  const keys = newKeysOf(context)
  const made = await keys.make(`sign-${before.version + 1}`)
  const url = issuerUrl(context.env, before.id)
  const root = rootOf(context.db)
  const certified = await certify(context, made, { name: before.name, root, url })
  const at = context.now().toISOString()
  const after = transaction(context.db, (tx) => {
    if (readIssuer(tx)?.version !== before.version) return null
    retire(tx, at)
    insertKey(tx, { ...made, ...certified, use: 'sign' }, at)
    keepCommand(tx, who, sent, { about: `isr_${before.id}`, at })
    const { keptBy } = keys.abilities
    return noteIssuer(tx, { to: 'rotated', actor: who.subject, at, patch: { keptBy } })
  })
  if (after) return shown(context, after)
  // Of two with the same key, the other one has done it.
  return earlierCommand(context.db, who, sent) === 'done'
    ? readOwnIssuer(context)
    : refuse('conflict', { detail: 'The issuer changed meanwhile: repeat the request.' })
}
