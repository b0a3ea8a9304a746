// The end of the grace: everything personal of the tenant goes for good, and nobody gets in any more. What stays is who did
// what and when, by pseudonyms: the log with its leaves, changes and plans without their parameters, issued invoices.
import { ne, sql } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { transaction } from '../../database.ts'
import { directoryStub } from '../../stubs.ts'
import type { TenantContext, Tx } from '../context.ts'
import { leaf } from '../people/leaves.ts'
import { enterState } from './states.ts'

/** Gone without a trace: people's data, everything by which anybody or anything came in, and keys that callers chose. */
const EMPTIED = [
  tables.profiles,
  tables.invitations,
  tables.sessions,
  tables.tokens,
  tables.workloads,
  tables.forgeAccounts,
  tables.forgeChallenges,
  tables.webhookEndpoints,
  tables.webhookDeliveries,
  tables.webhookCursor,
  tables.commands,
  tables.components,
  tables.componentSteps,
  tables.credentialOffers,
  tables.spentNonces,
  tables.trustedIssuers,
  tables.presentationRequests,
  tables.outbox,
] as const

/** Handler of the outbox, at the end of the grace. Milliseconds to wait while it is not over. */
export const eraseTenant = async (context: TenantContext): Promise<number | undefined> => {
  const { id, state, eraseAt } = context.tenant()
  if (state === 'deleted' && eraseAt !== null) {
    const left = Date.parse(eraseAt) - context.now().getTime()
    if (left > 0) return left
    const at = context.now().toISOString()
    transaction(context.db, (tx) => erase(tx, at))
    context.tenantChanged()
    context.changed()
  }
  if (context.tenant().state !== 'erased') return undefined
  // Told until it has heard: an outage is tried again.
  await directoryStub(context.env).eraseTenant(id)
  transaction(context.db, (tx) => {
    // The last head of its log is still told.
    tx.delete(tables.outbox).where(ne(tables.outbox.kind, 'head')).run()
    return null
  })
  return undefined
}

const erase = (tx: Tx, at: string): null => {
  for (const table of EMPTIED) if (table !== tables.outbox) tx.delete(table).run()
  // This piece of work is not done before the Directory knows.
  tx.delete(tables.outbox).where(sql`${tables.outbox.kind} <> 'lifecycle'`).run()
  const left = tx.select().from(tables.members).where(ne(tables.members.state, 'erased')).all()
  for (const { id, version, state: from } of left)
    leaf(tx, { id, version: version + 1, from, to: 'erased', by: 'phoenix', at })
  tx.update(tables.members)
    .set({
      ...{ handle: null, identity: null, roles: [], state: 'erased' },
      ...{ idempotencyKey: null, fingerprint: null },
      endedAt: sql`coalesce(${tables.members.endedAt}, ${at})`,
      version: sql`${tables.members.version} + (${tables.members.state} <> 'erased')`,
    })
    .run()
  blank(tx)
  tx.update(tables.tenant)
    .set({ name: sql`${tables.tenant.slug}`, settings: {}, foundations: [] })
    .run()
  enterState(tx, 'erased', { actor: 'phoenix', at, reason: 'the grace is over' })
  return null
}

/** Of what a plan read only whose it was; of a step of the deletion also what it removed, which ended its usage. */
const namesIn = (column: unknown) => sql`json_patch(
  json_object('tenant', json_object('slug', ${column} ->> '$.tenant.slug')),
  iif(${column} -> '$.deletion' is null, '{}', json_object('deletion', (
    select json_group_array(json_object('request', json_object('name', part.value ->> '$.request.name')))
    from json_each(${column}, '$.deletion') part
  )))
)`

/** Parameters may name people: addresses of alerts, say. Names of resources and digests of plans stay. */
const blank = (tx: Tx): void => {
  const { resources, changes, plans, rollouts, rolloutReports } = tables
  const without = (column: unknown) => sql`json_set(${column}, '$.parameters', json('{}'))`
  tx.update(resources).set({ parameters: {}, placement: [], identities: [] }).run()
  tx.update(changes)
    .set({
      request: without(changes.request),
      reason: null,
      idempotencyKey: sql`${changes.id}`,
    })
    .run()
  tx.update(plans)
    .set({
      request: without(plans.request),
      plan: sql`json_remove(${without(plans.plan)}, '$.asked', '$.move')`,
      snapshot: namesIn(plans.snapshot),
    })
    .run()
  tx.update(rollouts)
    .set({ parameters: {}, reason: null, idempotencyKey: sql`${rollouts.id}` })
    .run()
  tx.update(rolloutReports).set({ inputs: {} }).run()
  // Nothing is signed any more; why a status changed are somebody's words.
  tx.update(tables.issuerKeys).set({ sealed: null }).run()
  tx.update(tables.issuer).set({ name: tables.issuer.id }).run()
  tx.update(tables.credentials).set({ reason: null, holder: null }).run()
}
