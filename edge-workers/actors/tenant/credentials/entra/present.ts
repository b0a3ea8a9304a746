// A presentation that is asked for through Microsoft Entra Verified ID, and what it answers: DCQL as far as Entra can say it
// (driver-limits.ts refuses the rest), and the answer held against what was asked, because Entra compares more loosely than DCQL.
import { asc, eq } from 'drizzle-orm'
import type {
  DcqlCredential,
  DcqlQuery,
  NewPresentationRequest,
  PresentationFault,
} from '../../../../../schemas/presentation.ts'
import { ok, type Refusal, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import {
  type EntraCallback,
  INDEXED_CLAIM,
  type PresentByEntra,
} from '../../../../../schemas/verified-id.ts'
import { selectClaims } from '../../../../credentials/dcql.ts'
import type { JsonObject, JsonValue } from '../../../../credentials/json.ts'
import type { Presented } from '../../../../credentials/verify-presentation.ts'
import type { Db, TenantContext, Tx } from '../../context.ts'
import { issuerOf } from '../issuer/issuer.ts'
import { statusOf } from '../status/change.ts'
import { callbackFor, notConnected, refusedByEntra, verifiedIdOf } from './connect.ts'
import { ensureAuthority } from './contract.ts'
import { type EntraOffered, faultFree } from './offer.ts'

export interface EntraAsking {
  id: string
  query: DcqlQuery
  purpose: string
  faceCheck: NewPresentationRequest['faceCheck'] | null
}

const { credentialConfigurations: configurations, trustedIssuers } = tables

/** `[["VerifiableCredential", "T"]]` and `[["T"]]` are T. */
export const typeOf = ({ meta }: Pick<DcqlCredential, 'meta'>): string | null =>
  meta.type_values?.[0]?.filter((type) => type !== 'VerifiableCredential').at(-1) ?? null

const ownDids = (db: Db | Tx, type: string): string[] =>
  db
    .select()
    .from(configurations)
    .where(eq(configurations.driver, 'entra'))
    .all()
    .flatMap((row) => (row.type === type && row.remote ? [row.remote.did] : []))

/** The tenant's own authority, where it issues this type, and the DIDs of the trust list. */
export const acceptedFor = (db: Db | Tx, type: string): { own: string[]; all: string[] } => {
  const own = [...new Set(ownDids(db, type))]
  const trusted = db
    .select()
    .from(trustedIssuers)
    .where(eq(trustedIssuers.kind, 'did'))
    .orderBy(asc(trustedIssuers.id))
    .all()
    .filter(({ types }) => types.length === 0 || types.includes(type))
  return { own, all: [...new Set([...own, ...trusted.map(({ value }) => value)])] }
}

type Faults = NonNullable<Refusal['errors']>
const MOST_CONSTRAINTS = 64

const credentialsOf = (
  db: Db,
  { query, faceCheck }: EntraAsking,
): Result<PresentByEntra['credentials']> => {
  const errors: Faults = []
  const asked = query.credentials.flatMap((credential, index) => {
    const at = `/dcql_query/credentials/${index}`
    const type = typeOf(credential)
    const acceptedIssuers = type === null ? [] : acceptedFor(db, type).all
    if (type === null || acceptedIssuers.length === 0) {
      const detail = 'No issuer of this type is trusted: put its did:web on the trust list.'
      errors.push({ pointer: `${at}/meta/type_values`, detail })
      return []
    }
    const constraints = (credential.claims ?? []).flatMap(({ path: [claimName], values }) =>
      values ? [{ claimName: String(claimName), values: values.map(String) }] : [],
    )
    return [
      {
        ...{ type, acceptedIssuers, constraints: constraints.slice(0, MOST_CONSTRAINTS) },
        faceCheck: faceCheck ?? null,
      },
    ]
  })
  return faultFree(errors, asked)
}

/** Asks Entra for the request; the caller writes the row. Throws Outage. */
export const presentWithEntra = async (
  context: TenantContext,
  asking: EntraAsking,
): Promise<Result<EntraOffered>> => {
  const ask = verifiedIdOf(context)
  if (!ask) return notConnected(context)
  const credentials = credentialsOf(context.db, asking)
  if (!credentials.ok) return credentials
  const { name: clientName } = await issuerOf(context)
  const authority = await ensureAuthority(context, ask)
  if (!authority.ok) return authority
  const { callback, callbackDigest } = callbackFor(context, asking.id)
  const asked = await ask('present', asking.id, {
    ...{ authority: authority.value.did, clientName, callback, purpose: asking.purpose },
    credentials: credentials.value,
  })
  if (!asked.ok)
    return asked.fault.fault === 'conflict'
      ? refuse('idempotency-key-reused')
      : refusedByEntra(asked.fault, 'presentation request')
  const { requestId, url, expiry } = asked.value
  // Entra alone decides how long its link holds: a shorter time of ours would end nothing there.
  const expiresAt = new Date(expiry * 1_000).toISOString()
  return ok({ remote: { requestId, url }, callbackDigest, expiresAt })
}

type Data = NonNullable<EntraCallback['verifiedCredentialsData']>[number]

const timeOf = (text: string | undefined): string | null =>
  text === undefined || Number.isNaN(Date.parse(text)) ? null : new Date(text).toISOString()
const asText = (value: JsonValue): JsonValue => (typeof value === 'object' ? value : String(value))
const asTexts = (claims: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, asText(value)]))

/** Claims at Entra are texts, so values are compared as such; by DCQL they are equal or not, whatever their case. */
const saidOf = ({ claims = [] }: DcqlCredential, said: JsonObject): JsonObject | null =>
  selectClaims(
    {
      claims: claims.map(({ values, ...claim }) => ({
        ...claim,
        ...(values ? { values: values.map(String) } : {}),
      })),
    },
    asTexts(said),
  )

/** What of the tenant's own database stands against it. */
const ownFault = (db: Db | Tx, { claims }: Data): PresentationFault | null => {
  const id = claims[INDEXED_CLAIM]
  return typeof id === 'string' && statusOf(db, id) === 'invalid' ? 'revoked' : null
}

const judge = (
  context: TenantContext,
  wanted: DcqlCredential,
  { subject = '', verifiedCredentialsData: data = [] }: EntraCallback,
): Presented | PresentationFault => {
  const type = typeOf(wanted) ?? ''
  const { own, all } = acceptedFor(context.db, type)
  const ofType = data.filter((one) => one.type.includes(type))
  const found = ofType.find(({ issuer }) => all.includes(issuer))
  if (!found) return ofType.length > 0 ? 'untrusted-issuer' : 'missing'
  const state = found.credentialState?.revocationStatus
  if (state === undefined) return 'status-unknown'
  if (state !== 'VALID') return 'revoked'
  const isOwn = own.includes(found.issuer)
  const fault = isOwn ? ownFault(context.db, found) : null
  if (fault) return fault
  const expiresAt = timeOf(found.expirationDate)
  // An end that cannot be read may be over.
  if (expiresAt === null && found.expirationDate !== undefined) return 'malformed'
  if (expiresAt !== null && Date.parse(expiresAt) <= context.now().getTime()) return 'expired'
  const claims = saidOf(wanted, found.claims as JsonObject)
  if (!claims) return 'missing'
  return {
    ...{ id: wanted.id, type, issuer: found.issuer, claims, status: 'valid' },
    ...{ issuedAt: timeOf(found.issuanceDate), expiresAt, own: isOwn, status_list: null },
    holder: subject,
  }
}

/** Every credential of the query as it was presented, or the first thing that is wrong with one. */
export const judgePresented = (
  context: TenantContext,
  { credentials }: DcqlQuery,
  callback: EntraCallback,
): { ok: true; presented: Presented[] } | { ok: false; fault: PresentationFault } => {
  const presented: Presented[] = []
  for (const wanted of credentials) {
    const one = judge(context, wanted, callback)
    if (typeof one === 'string') return { ok: false, fault: one }
    presented.push(one)
  }
  return { ok: true, presented }
}
