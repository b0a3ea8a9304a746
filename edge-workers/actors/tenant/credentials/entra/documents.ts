// The DID document of the tenant's authority at Microsoft Entra Verified ID, and the proof that the domain is linked to it: made
// and signed there, served here. Kept for a while in memory, because anybody may ask for them and Entra counts its calls.
import { and, asc, eq } from 'drizzle-orm'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Db, TenantContext } from '../../context.ts'
import { entraDomain, verifiedIdOf } from './connect.ts'
import type { EntraRemote } from './contract.ts'

export type EntraDocumentName = 'did' | 'did-configuration'

const KEPT_MILLISECONDS = 600_000
/** After a failure nobody asks again for so long. */
const FAILED_MILLISECONDS = 30_000

interface Kept {
  text: string | null
  until: number
}
const kept = new WeakMap<object, Map<string, Kept>>()

/** What is served is read anew: a key of the authority has changed. */
export const forgetEntraDocuments = (context: TenantContext): void => {
  kept.delete(context)
}

/** Null: this tenant issues nothing there. */
export const authorityIn = (db: Db): EntraRemote | null => {
  const { driver, name } = tables.credentialConfigurations
  const rows = db
    .select()
    .from(tables.credentialConfigurations)
    .where(and(eq(driver, 'entra')))
    .orderBy(asc(name))
    .all()
  return rows.find(({ remote }) => remote)?.remote ?? null
}

/** The text as it is sent. `not-found` where the tenant has no authority there. Throws Outage where none is at hand. */
export const entraDocument = async (
  context: TenantContext,
  what: EntraDocumentName,
): Promise<Result<string>> => {
  const remote = authorityIn(context.db)
  const ask = verifiedIdOf(context)
  if (!remote || !ask) return refuse('not-found')
  const known = kept.get(context) ?? new Map<string, Kept>()
  kept.set(context, known)
  const now = context.now().getTime()
  const before = known.get(what)
  if (before && before.text !== null && before.until > now) return ok(before.text)
  if (before && before.until > now)
    return refuse('outage', { retryAfterSeconds: FAILED_MILLISECONDS / 1_000 })
  // An old one is better than none: keys there live for months.
  known.set(what, { text: before?.text ?? null, until: now + FAILED_MILLISECONDS })
  const { authorityId } = remote
  const read = await ask('document', `document-${what}-${now}`, {
    ...{ authorityId, what, domainUrl: entraDomain(context) },
  })
  if (!read.ok) return refuse('not-found')
  const text = JSON.stringify(read.value.document)
  known.set(what, { text, until: context.now().getTime() + KEPT_MILLISECONDS })
  return ok(text)
}
