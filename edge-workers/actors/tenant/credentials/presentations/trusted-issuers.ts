// The tenant's trust list: of whom presentations are taken beside its own issuer. A root certificate, the address of an issuer
// that publishes its keys, or a DID for the driver `entra`.
import { and, asc, count, eq, gt } from 'drizzle-orm'
import type { NewTrustedIssuer, TrustedIssuerView } from '../../../../../schemas/credential.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { fromBase64url } from '../../../../base64.ts'
import { authorityUntil } from '../../../../credentials/certificates.ts'
import { base32, deriveKey, hmacSha256 } from '../../../../digest.ts'
import { publicAddress } from '../../../../public-address.ts'
import type { Page, PageRequest, Versioned } from '../../../contracts.ts'
import { transaction } from '../../../database.ts'
import { byId, pageOf } from '../../../page.ts'
import type { TenantContext } from '../../context.ts'
import type { Conditional, Keyed } from '../../operation-inputs.ts'
import { isSpent, spendKey } from '../../people/spent-keys.ts'
import { derOf, issuerIdOf, issuerOf, issuerUrl, noteIssuer, rootOf } from '../issuer/issuer.ts'
import { isNeighbour } from './neighbours.ts'

const { trustedIssuers } = tables
type Row = typeof trustedIssuers.$inferSelect

/** Each is judged with every presentation of another. */
export const TRUSTED_AT_MOST = 100
const PEM = /^\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/
/** https://www.w3.org/TR/did-core, did:web alone. */
const DID = /^did:web:[A-Za-z0-9.-]+(?:%3A[0-9]{1,5})?(?::[A-Za-z0-9._~%-]+)*$/

/** One certificate (RFC 7468); null for anything else. */
export const derOfPem = (pem: string): Uint8Array | null => {
  const [, body] = PEM.exec(pem) ?? []
  if (body === undefined) return null
  try {
    return fromBase64url(body.replace(/\s/g, ''))
  } catch {
    return null
  }
}

const wrong = (detail: string): Result<never> =>
  refuse('invalid-parameters', { errors: [{ pointer: '/value', detail }] })

const judgeRoot = (context: TenantContext, value: string): Result<string> => {
  const der = derOfPem(value)
  const until = der && authorityUntil(der)
  if (!der || !until) return wrong('Must be one certificate of an authority, in PEM.')
  if (until <= context.now()) return wrong('This certificate has ended.')
  const own = derOf(rootOf(context.db))
  return own.length === der.length && own.every((byte, at) => byte === der[at])
    ? wrong('This tenant’s own issuer is trusted as it is.')
    : ok(value.trim())
}

const judgeAddress = (context: TenantContext, value: string): Result<string> => {
  const { env } = context
  if (value === issuerUrl(env, issuerIdOf(context)))
    return wrong('This tenant’s own issuer is trusted as it is.')
  if (isNeighbour(env, value)) return ok(value)
  const address = publicAddress(value, { pointer: '/value', own: [env.PUBLIC_URL] })
  if (!address.ok) return address
  const { search, port } = address.value
  if (search !== '' || port !== '') return wrong('Must have neither a query nor a port.')
  return ok(value)
}

/** The value as it is kept: byte for byte what `iss` says, where it is an address. */
const judge = (context: TenantContext, { kind, value }: NewTrustedIssuer): Result<string> => {
  if (kind === 'x509') return judgeRoot(context, value)
  if (kind === 'jwt-vc-issuer') return judgeAddress(context, value)
  return value.length <= 500 && DID.test(value) ? ok(value) : wrong('Must be a did:web.')
}

const view = (row: Row): TrustedIssuerView => ({
  ...{ id: row.id, name: row.name, kind: row.kind, value: row.value, types: row.types },
  ...{ createdAt: row.createdAt, version: row.version },
})
const versioned = (row: Row): Result<Versioned<TrustedIssuerView>> =>
  ok({ value: view(row), version: row.version })

const find = ({ db }: TenantContext, id: string): Row | undefined =>
  db.select().from(trustedIssuers).where(eq(trustedIssuers.id, id)).get()

const idFor = ({ env, tenant }: TenantContext, key: string): string => {
  const seed = `${tenant().id}\u0000${key}`
  return `tri_${base32(hmacSha256(deriveKey(env.PLATFORM_KEY, 'trusted-issuer'), seed), 26)}`
}

export const createTrusted = async (
  context: TenantContext,
  who: Principal,
  { key: sent, fingerprint, body }: Keyed<NewTrustedIssuer>,
): Promise<Result<Versioned<TrustedIssuerView>>> => {
  await issuerOf(context)
  const key = `${who.subject} ${sent}`
  const earlier = find(context, idFor(context, key))
  if (earlier)
    return earlier.fingerprint === fingerprint
      ? versioned(earlier)
      : refuse('idempotency-key-reused')
  if (isSpent(context, 'trusted-issuer', key))
    return refuse('conflict', { detail: 'This trusted issuer was taken off the list.' })
  const value = judge(context, body)
  if (!value.ok) return value
  const all = context.db.select({ rows: count() }).from(trustedIssuers).get()?.rows ?? 0
  if (all >= TRUSTED_AT_MOST)
    return refuse('conflict', { detail: `A tenant trusts ${TRUSTED_AT_MOST} issuers at most.` })
  const { kind } = body
  const same = and(eq(trustedIssuers.kind, kind), eq(trustedIssuers.value, value.value))
  if (context.db.select().from(trustedIssuers).where(same).get())
    return refuse('conflict', { detail: 'This issuer is on the list.' })
  const at = context.now().toISOString()
  const row = transaction(context.db, (tx) => {
    const [made] = tx
      .insert(trustedIssuers)
      .values({
        ...{ id: idFor(context, key), idempotencyKey: key, fingerprint, name: body.name, kind },
        ...{ value: value.value, types: body.types, createdAt: at, createdBy: who.subject },
        version: 1,
      })
      .returning()
      .all()
    if (!made) throw new Error('the trusted issuer was not written')
    noteIssuer(tx, { to: 'trusts', actor: who.subject, at, reason: made.id })
    return made
  })
  return versioned(row)
}

export const listTrusted = (
  { db }: TenantContext,
  _who: Principal,
  { limit, after }: PageRequest,
): Result<Page<TrustedIssuerView>> => {
  const rows = db
    .select()
    .from(trustedIssuers)
    .where(gt(trustedIssuers.id, after ?? ''))
    .orderBy(asc(trustedIssuers.id))
    .limit(limit + 1)
    .all()
  return ok(pageOf(rows, limit, byId, view))
}

export const readTrusted = (
  context: TenantContext,
  _who: Principal,
  id: string,
): Result<Versioned<TrustedIssuerView>> => {
  const row = find(context, id)
  return row ? versioned(row) : refuse('not-found')
}

/** From now on nothing of it is taken. What was verified before stays as it was. */
export const endTrusted = (
  context: TenantContext,
  who: Principal,
  { id, ifVersion }: Conditional<null>,
): Result<null> => {
  const row = find(context, id)
  if (!row) return refuse('not-found')
  if (ifVersion !== '*' && ifVersion !== row.version) return refuse('precondition-failed')
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    tx.delete(trustedIssuers).where(eq(trustedIssuers.id, id)).run()
    spendKey(context, tx, { kind: 'trusted-issuer', key: row.idempotencyKey })
    noteIssuer(tx, { to: 'distrusts', actor: who.subject, at, reason: id })
    return null
  })
  return ok(null)
}
