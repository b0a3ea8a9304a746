// The DID document of the tenant's authority at Microsoft Entra Verified ID: made there, served here. Kept for a while in memory,
// because anybody may ask for it and Entra counts its calls.
import { asc, eq } from 'drizzle-orm'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Db, TenantContext } from '../../context.ts'
import { hostUrl, verifiedIdOf } from './connect.ts'
import type { EntraRemote } from './contract.ts'

const KEPT_MILLISECONDS = 600_000
/** After a failure nobody asks again for so long. */
const FAILED_MILLISECONDS = 30_000

interface Kept {
  text: string | null
  until: number
}
const kept = new WeakMap<object, Kept>()

/** What is served is read anew: a key of the authority has changed. */
export const forgetEntraDocument = (context: TenantContext): void => {
  kept.delete(context)
}

/** Null: this tenant issues nothing there. */
export const authorityIn = (db: Db): EntraRemote | null => {
  const { driver, name } = tables.credentialConfigurations
  const rows = db
    .select()
    .from(tables.credentialConfigurations)
    .where(eq(driver, 'entra'))
    .orderBy(asc(name))
    .all()
  return rows.find(({ remote }) => remote)?.remote ?? null
}

/** The text as it is sent. `not-found` where the tenant has no authority there. Throws Outage where none is at hand. */
export const entraDocument = async (context: TenantContext): Promise<Result<string>> => {
  const remote = authorityIn(context.db)
  const ask = verifiedIdOf(context)
  if (!remote || !ask) return refuse('not-found')
  const now = context.now().getTime()
  const before = kept.get(context)
  if (before && before.text !== null && before.until > now) return ok(before.text)
  if (before && before.until > now)
    return refuse('outage', { retryAfterSeconds: FAILED_MILLISECONDS / 1_000 })
  // An old one is better than none: keys there live for months.
  kept.set(context, { text: before?.text ?? null, until: now + FAILED_MILLISECONDS })
  const { authorityId } = remote
  const read = await ask('document', `document-did-${now}`, {
    ...{ authorityId, what: 'did', domainUrl: hostUrl(context) },
  })
  if (!read.ok) return refuse('not-found')
  const text = JSON.stringify(read.value.document)
  kept.set(context, { text, until: context.now().getTime() + KEPT_MILLISECONDS })
  return ok(text)
}
