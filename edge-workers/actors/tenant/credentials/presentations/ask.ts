// Asks for a presentation: for a tenant's own system, for somebody who signs in, for an approval. Everything that a wallet is sent
// later is decided here, once; what is secret about it is derived, and the key that the answer is encrypted to is of this request
// alone.
import { eq } from 'drizzle-orm'
import { exportJWK, generateKeyPair } from 'jose'
import type { CredentialDriver } from '../../../../../schemas/credential.ts'
import type {
  ApprovalSubject,
  DcqlQuery,
  NewPresentationRequest,
  PresentationKind,
  PresentationRequest,
} from '../../../../../schemas/presentation.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { commitNonce } from '../../../../credentials/approval-nonce.ts'
import { queryFaults } from '../../../../credentials/dcql.ts'
import { ecPublicJwk, thumbprintOf } from '../../../../credentials/keys.ts'
import { clientIdOf, freshNonce, linkOf } from '../../../../credentials/request-object.ts'
import { base32, deriveKey, hmacSha256 } from '../../../../digest.ts'
import { transaction } from '../../../database.ts'
import { enqueue, record, type TenantContext } from '../../context.ts'
import { isSpent } from '../../people/spent-keys.ts'
import { isSimulated } from '../entra/abilities.ts'
import type { EntraOffered } from '../entra/offer.ts'
import { presentWithEntra } from '../entra/present.ts'
import { issuerOf, issuerUrl, signerOf } from '../issuer/issuer.ts'
import { sealText } from '../issuer/secrets.ts'
import { digestFor, referenceOf, secretOf } from './request-secrets.ts'
import { findRequest, type RequestRow, requestView } from './rows.ts'

export interface PresentationWish {
  kind: PresentationKind
  /** Of an approval: what its nonce commits to. */
  about: ApprovalSubject | null
  query: DcqlQuery
  /** Shown to the holder. */
  purpose: string
  mode: RequestRow['mode']
  response: RequestRow['response']
  /** How long it may be answered. */
  seconds: number
  /** Pseudonym; `browser` for somebody who is not known yet. */
  createdBy: string
  /** Idempotency-Key, with whose it is; null: each call asks anew. */
  key: string | null
  fingerprint: string
  /** Of the browser that began it (`digestFor … 'browser'`); null: the first that opens the page of a same-device request. */
  sessionDigest: string | null
  callerDigest?: string | null
  /** Absent: this installation asks itself. */
  driver?: CredentialDriver
  /** Of `entra` alone. */
  faceCheck?: NewPresentationRequest['faceCheck']
}

export const ENCRYPTION_KEY = 'presentation-key'

/** P-256 for ECDH-ES (RFC 7518 §4.6): the private JWK, sealed. */
const makeEncryptionKey = async (context: TenantContext): Promise<string> => {
  const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
  const { kty, crv, x, y, d } = await exportJWK(pair.privateKey)
  const publicJwk = ecPublicJwk({ kty, crv, x, y })
  if (!publicJwk) throw new Error('a key of another kind was made')
  const kid = thumbprintOf(publicJwk)
  return sealText(context, ENCRYPTION_KEY, JSON.stringify({ ...publicJwk, d, kid }))
}

const idFor = ({ env, tenant }: TenantContext, key: string | null): string => {
  const seed =
    key === null
      ? crypto.getRandomValues(new Uint8Array(32))
      : hmacSha256(
          deriveKey(env.PLATFORM_KEY, 'presentation-request'),
          `${tenant().id}\u0000${key}`,
        )
  return `prq_${base32(seed, 26)}`
}

/** As the answer to whoever asked, and to his repeats. */
export const askedView = async (
  context: TenantContext,
  row: RequestRow,
): Promise<PresentationRequest> => {
  const issuer = await issuerOf(context)
  const { certificateDer } = await signerOf(context)
  const page = `${context.env.PUBLIC_URL}/presentations/${issuer.id}/${row.id}`
  const own = linkOf({
    ...{ scheme: issuer.linkSchemes.presentation, clientId: clientIdOf(certificateDer) },
    ...{ issuer: issuerUrl(context.env, issuer.id), reference: referenceOf(context, row.id) },
  })
  return {
    ...(await requestView(context, row)),
    uri: row.driver === 'entra' ? (row.remote?.url ?? '') : own,
    page: `${page}/${secretOf(context, 'page', row.id)}`,
    // Wallets are the holders' own, on a laptop too; only Entra is a stand-in there.
    simulated: row.driver === 'entra' && isSimulated(context.env),
  }
}

const repeated = async (
  context: TenantContext,
  row: RequestRow,
  fingerprint: string,
): Promise<Result<PresentationRequest>> =>
  row.fingerprint === fingerprint
    ? ok(await askedView(context, row))
    : refuse('idempotency-key-reused')

/** Refuses a query that cannot be asked, with pointers. A repeat of `key` gives the request that it made. Throws Outage. */
export const askPresentation = async (
  context: TenantContext,
  wish: PresentationWish,
): Promise<Result<PresentationRequest>> => {
  const { presentationRequests: requests } = tables
  const { key, fingerprint } = wish
  const earlier = () =>
    key === null
      ? undefined
      : context.db.select().from(requests).where(eq(requests.idempotencyKey, key)).get()
  const before = earlier()
  if (before) return repeated(context, before, fingerprint)
  if (key !== null && isSpent(context, 'presentation', key))
    return refuse('conflict', { detail: 'This request has ended, and was forgotten.' })
  const errors = queryFaults(wish.query)
  if (errors.length > 0) return refuse('invalid-parameters', { errors })
  await issuerOf(context)
  const remote = wish.driver === 'entra' ? await askEntra(context, wish) : null
  if (remote && !remote.ok) return remote
  const encryptionKey =
    !remote && wish.response === 'direct_post.jwt' ? await makeEncryptionKey(context) : null
  // Somebody may have asked with the same key meanwhile.
  const meanwhile = earlier()
  if (meanwhile) return repeated(context, meanwhile, fingerprint)
  const row = insert(context, wish, encryptionKey, remote?.value ?? null)
  context.changed()
  await context.arm()
  return ok(await askedView(context, row))
}

/** The id is the key's, so that it can be asked for again after a crash. */
const askEntra = (context: TenantContext, wish: PresentationWish): Promise<Result<EntraOffered>> =>
  presentWithEntra(context, {
    ...{ id: idFor(context, wish.key), query: wish.query, purpose: wish.purpose },
    faceCheck: wish.faceCheck ?? null,
  })

const insert = (
  context: TenantContext,
  { about, createdBy, seconds, key, ...wish }: PresentationWish,
  encryptionKey: string | null,
  entra: EntraOffered | null,
): RequestRow => {
  const id = idFor(context, key)
  const now = context.now()
  const at = now.toISOString()
  const expiresAt = entra?.expiresAt ?? new Date(now.getTime() + seconds * 1_000).toISOString()
  return transaction(context.db, (tx) => {
    tx.insert(tables.presentationRequests)
      .values({
        ...{ id, idempotencyKey: key, fingerprint: wish.fingerprint, kind: wish.kind, about },
        ...{ remote: entra?.remote ?? null, callbackDigest: entra?.callbackDigest ?? null },
        ...{
          driver: entra ? 'entra' : 'openid4vci',
          purpose: wish.purpose,
          mode: wish.mode,
          query: wish.query,
        },
        ...{ response: wish.response, state: 'pending', encryptionKey, createdBy },
        nonce: about ? commitNonce(about) : freshNonce(),
        stateDigest: digestFor(context, 'state', secretOf(context, 'state', id)),
        pageDigest: digestFor(context, 'page', secretOf(context, 'page', id)),
        ...{ sessionDigest: wish.sessionDigest, callerDigest: wish.callerDigest ?? null },
        ...{ expiresAt, createdAt: at, updatedAt: at },
        version: 1,
      })
      .run()
    const step = { from: 'none', to: 'pending', reason: null, actor: createdBy, at }
    record(tx, { changeId: id, version: 1, ...step })
    enqueue(tx, 'presentation', id, Date.parse(expiresAt))
    const row = findRequest(tx, id)
    if (!row) throw new Error('the request was not written')
    return row
  })
}
