// The one way in which a secret or a key takes a step: its row, its event and its leaf in one transaction. Neither has its name.
import { and, eq } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { base32, deriveKey, hmacSha256 } from '../../../digest.ts'
import { transaction } from '../../database.ts'
import { enqueue, record, StaleChange, type TenantContext, type Tx } from '../context.ts'
import { type Ended, endRequest } from './requests.ts'
import { findKey, findSecret, type KeyRow, type SecretRow } from './views.ts'

const { secrets, vaultKeys } = tables

/** The same for the same name of the same tenant. */
const idOf = (context: TenantContext, prefix: 'sec' | 'key', name: string): string =>
  `${prefix}_${base32(
    hmacSha256(
      deriveKey(context.env.PLATFORM_KEY, `vault-${prefix}`),
      `${context.tenant().id}\u0000${name}`,
    ),
    26,
  )}`

export interface Step {
  /** Member, or `phoenix`. */
  by: string
  /** What it became, in the words of the log; its state, where nothing else is said. */
  to?: string
  /** The request that this was: it ends with it or not at all. The row does not go back to it from what came later. */
  ends?: Ended
}

const recorded = (
  tx: Tx,
  row: { id: string; version: number; state: string; updatedAt: string },
  from: string,
  { by, to }: Step,
): void => {
  record(tx, {
    ...{ changeId: row.id, version: row.version, from, to: to ?? row.state },
    ...{ reason: null, actor: by, at: row.updatedAt },
  })
}

type SecretPatch = Partial<Omit<SecretRow, 'id' | 'name' | 'version' | 'updatedAt'>>

/** Makes the row where there is none. Throws StaleChange where it moved meanwhile. */
export const writeSecret = (
  context: TenantContext,
  name: string,
  patch: SecretPatch,
  step: Step,
): SecretRow =>
  transaction(context.db, (tx) => {
    const before = findSecret(tx, name)
    const ended = step.ends ? endRequest(tx, step.ends) : 'latest'
    if (before && ended === 'known') return before
    const at = context.now().toISOString()
    const [row] = before
      ? tx
          .update(secrets)
          .set({ ...(ended === 'latest' ? patch : {}), version: before.version + 1, updatedAt: at })
          .where(and(eq(secrets.id, before.id), eq(secrets.version, before.version)))
          .returning()
          .all()
      : tx
          .insert(secrets)
          .values({
            ...{ contentType: null, expiresAt: null, generator: null, rotateDays: null },
            ...{ rotationDueAt: null, vaultVersion: null, purgeAt: null, state: 'active' },
            ...patch,
            ...{ id: idOf(context, 'sec', name), name, createdBy: step.by },
            ...{ createdAt: at, updatedAt: at, version: 1 },
          })
          .returning()
          .all()
    if (!row) throw new StaleChange()
    recorded(tx, row, before?.state ?? 'absent', step)
    if (row.rotationDueAt !== null) enqueue(tx, 'rotate', row.id, Date.parse(row.rotationDueAt))
    return row
  })

type KeyPatch = Partial<Omit<KeyRow, 'id' | 'name' | 'version' | 'updatedAt'>>

export const writeKey = (
  context: TenantContext,
  name: string,
  patch: KeyPatch & Pick<KeyRow, 'kind'>,
  step: Step,
): KeyRow =>
  transaction(context.db, (tx) => {
    const before = findKey(tx, name)
    const ended = step.ends ? endRequest(tx, step.ends) : 'latest'
    if (before && ended === 'known') return before
    const at = context.now().toISOString()
    const [row] = before
      ? tx
          .update(vaultKeys)
          .set({ ...(ended === 'latest' ? patch : {}), version: before.version + 1, updatedAt: at })
          .where(and(eq(vaultKeys.id, before.id), eq(vaultKeys.version, before.version)))
          .returning()
          .all()
      : tx
          .insert(vaultKeys)
          .values({
            ...{ publicJwk: null, rotateDays: null, expireDays: null, vaultVersion: null },
            ...{ purgeAt: null, state: 'queued' },
            ...patch,
            ...{ id: idOf(context, 'key', name), name, createdBy: step.by },
            ...{ createdAt: at, updatedAt: at, version: 1 },
          })
          .returning()
          .all()
    if (!row) throw new StaleChange()
    recorded(tx, row, before?.state ?? 'absent', step)
    if (row.state === 'queued') enqueue(tx, 'make-key', row.id, context.now().getTime())
    return row
  })
