// What anybody may read of this tenant's issuer: its metadata, its public keys, its root, its types.
import { and, asc, eq } from 'drizzle-orm'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { pemOf } from '../../../../credentials/certificates.ts'
import {
  authorizationServerMetadata,
  issuerMetadata,
  jwtVcIssuerMetadata,
  type PublishedConfiguration,
  typeMetadata,
} from '../../../../credentials/issuer-metadata.ts'
import type { JsonObject } from '../../../../credentials/json.ts'
import { requestKeyOf } from '../../../../credentials/request-encryption.ts'
import { untilWritten } from '../../../database.ts'
import type { Db, TenantContext } from '../../context.ts'
import { configurationOf } from './configurations.ts'
import { didDocument } from './did.ts'
import { derOf, type IssuerRow, issuerOf, issuerUrl, publicKeys, rootOf } from './issuer.ts'
import type { IssuerDocument } from './wallet-contracts.ts'

const { credentialConfigurations } = tables

const published = untilWritten('credential_configurations', (db: Db): PublishedConfiguration[] => {
  const { name, vct, definition, driver, state } = credentialConfigurations
  const rows = db
    .select({ name, vct, definition })
    .from(credentialConfigurations)
    .where(and(eq(driver, 'openid4vci'), eq(state, 'active')))
    .orderBy(asc(name))
    .all()
  return rows.flatMap((row) => (row.vct === null ? [] : [{ ...row, vct: row.vct }]))
})

const metadataOf = async (
  context: TenantContext,
  url: string,
  { name, compat }: IssuerRow,
): Promise<JsonObject> => {
  const { published: requestKey } = await requestKeyOf(
    context.env.PLATFORM_KEY,
    context.tenant().id,
  )
  return issuerMetadata({ url, name, compat, requestKey, configurations: published(context.db) })
}

type Document = JsonObject | string
type Make = (context: TenantContext, url: string, row: IssuerRow) => Document | Promise<Document>
const documents: Record<IssuerDocument, Make> = {
  'credential-issuer': metadataOf,
  'authorization-server': (_, url) => authorizationServerMetadata(url),
  'jwt-vc-issuer': (context, url) => jwtVcIssuerMetadata(url, publicKeys(context)),
  did: (context, url) => didDocument(url, publicKeys(context)),
  root: (context) => pemOf(derOf(rootOf(context.db))),
}

/** The text as it is sent. */
export const issuerDocument = async (
  context: TenantContext,
  what: IssuerDocument,
): Promise<Result<string>> => {
  const row = await issuerOf(context)
  const made = await documents[what](context, issuerUrl(context.env, row.id), row)
  return ok(typeof made === 'string' ? made : JSON.stringify(made))
}

/** `not-found` where the tenant is strict. */
export const draftDocument = async (
  context: TenantContext,
  what: IssuerDocument,
): Promise<Result<string>> => {
  const { compat } = await issuerOf(context)
  return compat === 'draft15' ? issuerDocument(context, what) : refuse('not-found')
}

/** Of withdrawn ones too, for what was issued. `not-found` where the type's address is not one of ours. */
export const typeDocument = async (
  context: TenantContext,
  name: string,
): Promise<Result<JsonObject>> => {
  const { id } = await issuerOf(context)
  const row = configurationOf(context.db, name)
  const own = `${issuerUrl(context.env, id)}/types/${name}`
  return row?.vct === own
    ? ok(typeMetadata({ name, vct: own, definition: row.definition }))
    : refuse('not-found')
}
