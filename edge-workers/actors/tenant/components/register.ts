// A component is registered: once for a key, and once for a serial number.
import { count, eq } from 'drizzle-orm'
import { COMPONENTS_AT_MOST, type ComponentView } from '../../../../schemas/component.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Versioned } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import type { TenantContext, Tx } from '../context.ts'
import type { ComponentOperations } from './contracts.ts'
import { idOf, sealed, serialDigestOf } from './secrets.ts'
import { findComponent, versionedView } from './views.ts'
import { writeStep } from './write.ts'

const { components } = tables

const countOf = (tx: Tx): number => tx.select({ n: count() }).from(components).get()?.n ?? 0

/** Refuses with `conflict` a serial number that is there already, and names the component that has it. */
export const registerComponent = (
  context: TenantContext,
  who: Principal,
  { key, fingerprint, body }: ComponentOperations['components.register']['input'],
): Result<Versioned<ComponentView>> => {
  const { serial, evidence, ...said } = body
  const id = idOf(context, key)
  const print = sealed(context, fingerprint)
  const serialDigest = serialDigestOf(context, serial)
  return transaction(context.db, (tx): Result<Versioned<ComponentView>> => {
    const earlier = findComponent(tx, id)
    if (earlier)
      return earlier.fingerprint === print
        ? ok(versionedView(tx, earlier))
        : refuse('idempotency-key-reused')
    const same = tx.select().from(components).where(eq(components.serialDigest, serialDigest)).get()
    if (same) {
      const detail = `A component with this serial number is registered already: ${same.id}. Record its next step there; if it is another maker’s with the same number, put the maker’s name before the number.`
      return refuse('conflict', { detail, errors: [{ pointer: '/serial', detail }] })
    }
    if (countOf(tx) >= COMPONENTS_AT_MOST)
      return refuse('conflict', {
        detail: `A tenant has at most ${COMPONENTS_AT_MOST} components.`,
      })
    const at = context.now().toISOString()
    const [row] = tx
      .insert(components)
      .values({
        ...{ id, idempotencyKey: sealed(context, key), fingerprint: print, ...said },
        ...{ serialDigest, state: 'registered', version: 1 },
        ...{ createdAt: at, createdBy: who.subject, updatedAt: at },
      })
      .returning()
      .all()
    if (!row) throw new Error('the component was not written')
    writeStep(tx, {
      ...{ row, from: 'absent', by: who.subject, key: row.idempotencyKey, fingerprint: print },
      ...{ about: null, evidence, said: { ...said, serialDigest, evidence } },
    })
    return ok(versionedView(tx, row))
  })
}
