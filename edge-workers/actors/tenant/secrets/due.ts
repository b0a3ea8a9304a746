// Work of the outbox: the next value of a secret, and keys that wait for their turn at the vault. Each answers after how many
// milliseconds it wants to run again.
import { and, eq, gte } from 'drizzle-orm'
import { ok } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { TenantContext } from '../context.ts'
import { NO_POLICY } from './keys.ts'
import { beginRequest, request } from './requests.ts'
import { waitForTurn } from './turns.ts'
import { doRotate } from './values.ts'
import { inTurn, refusedByVault, vaultOf } from './vault.ts'
import { findKey, findSecret } from './views.ts'
import { writeKey, writeSecret } from './write.ts'

const { secrets, vaultKeys } = tables
const HOUR_MILLISECONDS = 3_600_000

const ROTATION_DUE = 'rotation_due'
/** Every step of a secret puts this work into the outbox again. */
const isTold = ({ db }: TenantContext, id: string, since: string): boolean => {
  const { transitions } = tables
  const told = and(
    ...[eq(transitions.changeId, id), eq(transitions.to, ROTATION_DUE), gte(transitions.at, since)],
  )
  return (
    db.select({ seq: transitions.seq }).from(transitions).where(told).limit(1).get() !== undefined
  )
}

/** A value that nobody makes by itself is asked for once: an event, and the page says so until it is brought. */
export const rotateDue = async (
  context: TenantContext,
  id: string,
): Promise<number | undefined> => {
  const found = context.db.select().from(secrets).where(eq(secrets.id, id)).get()
  if (!found) return undefined
  return inTurn(context, found.name, async () => {
    const row = findSecret(context.db, found.name)
    if (row?.state !== 'active' || row.rotationDueAt === null) return undefined
    const wait = Date.parse(row.rotationDueAt) - context.now().getTime()
    if (wait > 0) return Math.min(wait, HOUR_MILLISECONDS)
    const { name, generator, version } = row
    if (generator === null) {
      if (!isTold(context, id, row.rotationDueAt))
        writeSecret(context, name, {}, { by: 'phoenix', to: ROTATION_DUE })
      return undefined
    }
    const rotate = { what: 'rotate', by: 'phoenix', brought: false } as const
    const done = await request<unknown>(
      context,
      { ...rotate, name, key: `\u0000due ${id} v${version}`, fingerprint: '' },
      (asked) => doRotate(context, name, rotate, asked),
      () => ok(row),
    )
    // What is deleted or gone beside us is asked for by somebody, not again by us.
    return done.ok ? undefined : HOUR_MILLISECONDS
  })
}

export const makeKeyInTurn = async (
  context: TenantContext,
  id: string,
): Promise<number | undefined> => {
  const queued = context.db.select().from(vaultKeys).where(eq(vaultKeys.id, id)).get()
  if (queued?.state !== 'queued') return undefined
  const vault = vaultOf(context)
  const wait = await waitForTurn(context, id)
  if (wait > 0) return wait
  // Whoever deletes it meanwhile waits for what the vault says, and deletes that.
  return inTurn(context, `key ${queued.name}`, async () => {
    const row = findKey(context.db, queued.name)
    if (row?.state !== 'queued') return undefined
    const { name, kind, rotateDays, expireDays, version } = row
    const key = { key: `${id} v${version}`, fingerprint: '' }
    const asked = beginRequest(context, name, 'make-key', key)
    if (!asked.ok || asked.value === null) return HOUR_MILLISECONDS
    const { id: own, operation, order } = asked.value
    const made = await vault('createKey', operation, {
      ...{ name, kind, expiresAt: null, notBefore: null, order },
    })
    if (!made.ok) {
      refusedByVault(made.fault)
      // Where a deleted one has the name, whoever asked sees it and decides. Otherwise there is none.
      const state = made.fault.target === 'deleted' ? 'deleted' : 'purged'
      writeKey(context, name, { kind, state }, { by: 'phoenix' })
      return undefined
    }
    const policy = { rotateDays, expireDays }
    const wanted = rotateDays !== null || expireDays !== null
    const put = wanted ? await vault('putKeyPolicy', operation, { name, policy, order }) : null
    const { version: vaultVersion, publicJwk } = made.value
    const has = put?.ok === false ? NO_POLICY : policy
    const to = { kind, state: 'active', vaultVersion, publicJwk, ...has } as const
    writeKey(context, name, to, { by: 'phoenix', ends: { id: own, vaultVersion } })
    return undefined
  })
}
