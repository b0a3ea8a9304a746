// An owner looks at what a restore set aside and says that it counts again, one by one; and what the pages say until then.
import { and, eq, isNull } from 'drizzle-orm'
import type { RestoreStanding } from '../../../../schemas/backup.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { Outage, ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { TokenView } from '../../../../schemas/token.ts'
import type { WorkloadView } from '../../../../schemas/workload.ts'
import type { Versioned } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import { directoryStub } from '../../stubs.ts'
import type { TenantContext } from '../context.ts'
import { leaf } from '../people/leaves.ts'
import { readToken, visible } from '../people/tokens.ts'
import { readWorkload } from '../workloads/workloads.ts'
import { countAside, isAside, lastAdoption, mayConfirm } from './aside.ts'

/** The same however often. A token that has ended stays ended. */
export const confirmToken = (
  context: TenantContext,
  who: Principal,
  id: string,
): Result<Versioned<TokenView>> => {
  const may = mayConfirm(who)
  if (!may.ok) return may
  const row = visible(context, who, id)
  if (!row) return refuse('not-found')
  if (row.revokedAt !== null) return refuse('conflict', { detail: 'This token was revoked.' })
  const at = context.now().toISOString()
  if (isAside(context.db, id))
    transaction(context.db, (tx) => {
      const version = row.version + 1
      tx.update(tables.tokens).set({ version }).where(eq(tables.tokens.id, id)).run()
      leaf(tx, { id, version, from: 'issued', to: 'confirmed', by: who.subject, at })
    })
  const shown = readToken(context, who, id)
  return shown ? ok(shown) : refuse('not-found')
}

export const confirmWorkload = (
  context: TenantContext,
  who: Principal,
  id: string,
): Result<Versioned<WorkloadView>> => {
  const may = mayConfirm(who)
  if (!may.ok) return may
  const { workloads } = tables
  const one = and(eq(workloads.id, id), isNull(workloads.deletedAt))
  const row = context.db.select().from(workloads).where(one).get()
  if (!row) return refuse('not-found')
  const at = context.now().toISOString()
  if (isAside(context.db, id))
    transaction(context.db, (tx) => {
      const version = row.version + 1
      tx.update(workloads).set({ version }).where(eq(workloads.id, id)).run()
      leaf(tx, { id, version, from: 'active', to: 'confirmed', by: who.subject, at })
    })
  return readWorkload(context, id)
}

/** Null: nothing was ever lost. */
export const standingOf = ({ db, now }: TenantContext): RestoreStanding | null => {
  const adopted = lastAdoption(db)
  if (!adopted) return null
  return {
    at: adopted.at,
    words: adopted.reason ?? '',
    setAside: countAside(db, now().toISOString()),
  }
}

/**
 * Members that the Directory does not let into this tenant any more: it was told when they were removed, and this older database
 * was not. Rejects with Outage.
 */
export const unknownMembers = async (context: TenantContext): Promise<string[]> => {
  const { id } = context.tenant()
  const active = eq(tables.members.state, 'active')
  const unknown: string[] = []
  for (const row of context.db.select().from(tables.members).where(active).all()) {
    if (row.identity === null) continue
    try {
      if (!(await directoryStub(context.env).ownTenant(row.identity, id))) unknown.push(row.id)
    } catch (error) {
      throw new Outage('directory', 'does not answer', 2, error)
    }
  }
  return unknown
}
