// The tenant as an issuer: made when it is first needed, with a root certificate and a key that signs. What it signs carries its
// certificate; its keys rotate without a break for what was issued.
import { and, eq, gt, or, sql } from 'drizzle-orm'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { fromBase64url, toBase64, toBase64url } from '../../../../base64.ts'
import { makeLeaf, makeRoot } from '../../../../credentials/certificates.ts'
import type { JsonObject } from '../../../../credentials/json.ts'
import type { EcPublicJwk } from '../../../../credentials/keys.ts'
import { base32, deriveKey, hmacSha256 } from '../../../../digest.ts'
import type { Env } from '../../../../env.ts'
import { statement, transaction } from '../../../database.ts'
import { directoryStub } from '../../../stubs.ts'
import { type Db, record, type TenantContext, type Tx } from '../../context.ts'
import { addBuiltIns } from './configurations.ts'
import { newKeysOf, signWith } from './keys.ts'

export type IssuerRow = typeof tables.issuer.$inferSelect
export type IssuerKeyRow = typeof tables.issuerKeys.$inferSelect

const YEAR = 31_557_600_000
/** Milliseconds. Leaves end before it. */
const ROOT_LASTS = 30 * YEAR
/** A credential of ten years carries this certificate, and verifies until its own end. */
const LEAF_LASTS = 11 * YEAR
const LEAF_LASTS_STILL = 10 * YEAR
/** Clocks of verifiers are behind ours, a little. */
const SKEW_MILLISECONDS = 300_000

/** Credential issuer identifier (OpenID4VCI 1.0 §12.2.1): byte for byte what metadata and `iss` say. */
export const issuerUrl = (env: Pick<Env, 'PUBLIC_URL'>, issuerId: string): string =>
  `${env.PUBLIC_URL}/i/${issuerId}`

/** The same for the same tenant, always; without the platform's key nobody sees which tenant. */
export const issuerIdOf = ({ env, tenant }: Pick<TenantContext, 'env' | 'tenant'>): string =>
  base32(hmacSha256(deriveKey(env.PLATFORM_KEY, 'issuer-id'), tenant().id), 26)

const theIssuer = statement((db: Db | Tx) => db.select().from(tables.issuer).prepare())
export const readIssuer = (db: Db | Tx): IssuerRow | undefined => theIssuer(db).get()

/** One step of the issuer in the log; its version counts up. The words are those of schemas/webhook.ts. */
export const noteIssuer = (
  tx: Tx,
  {
    to,
    actor,
    at,
    reason = null,
    patch = {},
  }: {
    to: 'changed' | 'rotated' | 'key_retired' | 'configured' | 'withdrawn' | 'trusts' | 'distrusts'
    actor: string
    at: string
    reason?: string | null
    patch?: {
      [Column in 'name' | 'compat' | 'linkSchemes' | 'keptBy']?: IssuerRow[Column] | undefined
    }
  },
): IssuerRow => {
  const [row] = tx
    .update(tables.issuer)
    .set({ ...patch, updatedAt: at, version: sql`${tables.issuer.version} + 1` })
    .returning()
    .all()
  if (!row) throw new Error('a step of an issuer that was never made')
  const { id, version } = row
  record(tx, { changeId: `isr_${id}`, version, from: 'made', to, reason, actor, at })
  return row
}

const { issuerKeys } = tables
const theRoot = statement((db: Db | Tx) =>
  db.select().from(issuerKeys).where(eq(issuerKeys.use, 'root')).prepare(),
)
const thoseThatVerify = statement((db: Db | Tx) =>
  db
    .select()
    .from(issuerKeys)
    .where(
      and(
        eq(issuerKeys.use, 'sign'),
        or(
          eq(issuerKeys.state, 'current'),
          and(
            eq(issuerKeys.state, 'previous'),
            gt(issuerKeys.verifiesUntil, sql.placeholder('now')),
          ),
        ),
      ),
    )
    .prepare(),
)

/** Those whose signatures count: the current one first, and each before it until all that it signed has ended. */
export const verifyingKeys = ({ db, now }: KeysContext): IssuerKeyRow[] =>
  thoseThatVerify(db)
    .all({ now: now().toISOString() })
    .sort((a, b) => Number(b.state === 'current') - Number(a.state === 'current'))
type KeysContext = Pick<TenantContext, 'db' | 'now'>

export const rootOf = (db: Db | Tx): IssuerKeyRow => {
  const root = theRoot(db).get()
  if (!root) throw new Error('an issuer without a root')
  return root
}

export const derOf = ({ certificate }: Pick<IssuerKeyRow, 'certificate'>): Uint8Array =>
  fromBase64url(certificate)

/** Public keys that credentials of this issuer verify with. Call `issuerOf` first. */
export const publicKeys = (context: KeysContext): { kid: string; jwk: EcPublicJwk }[] =>
  verifyingKeys(context).map(({ kid, publicJwk }) => ({ kid, jwk: publicJwk }))

type NewKey = Pick<IssuerKeyRow, 'kid' | 'publicJwk' | 'sealed'>
const endOf = (now: Date, lasts: number): Date =>
  // Certificates count in seconds.
  new Date(Math.floor((now.getTime() + lasts) / 1_000) * 1_000)

/** Columns of the row that say what it is certified as: under the root, for as long as leaves last. */
export const certify = async (
  context: TenantContext,
  key: NewKey,
  { name, root, url }: { name: string; root: NewKey & { certificate: string }; url: string },
): Promise<Pick<IssuerKeyRow, 'certificate' | 'certificateUntil'>> => {
  const now = context.now()
  const until = endOf(now, LEAF_LASTS)
  const made = await makeLeaf({
    ...{ publicJwk: key.publicJwk, name, until, url, root: derOf(root) },
    from: endOf(now, -SKEW_MILLISECONDS),
    sign: signWith(context, root),
  })
  return { certificate: toBase64(made), certificateUntil: until.toISOString() }
}

const certifyRoot = async (context: TenantContext, key: NewKey, name: string) => {
  const now = context.now()
  const until = endOf(now, ROOT_LASTS)
  const made = await makeRoot({
    ...{ publicJwk: key.publicJwk, name: `${[...name].slice(0, 55).join('')} root`, until },
    from: endOf(now, -SKEW_MILLISECONDS),
    sign: signWith(context, key),
  })
  return { ...key, certificate: toBase64(made), certificateUntil: until.toISOString() }
}

export const insertKey = (
  tx: Tx,
  key: NewKey & Pick<IssuerKeyRow, 'certificate' | 'certificateUntil' | 'use'>,
  at: string,
): void => {
  tx.insert(tables.issuerKeys)
    .values({ ...key, state: 'current', createdAt: at, retiredAt: null, verifiesUntil: null })
    .run()
}

const makeIssuer = async (context: TenantContext): Promise<IssuerRow> => {
  const id = issuerIdOf(context)
  const { id: tenantId, name } = context.tenant()
  // First: an issuer that the Directory does not know is one that nobody finds.
  await directoryStub(context.env).keepIssuer(id, tenantId)
  const keys = newKeysOf(context)
  const root = await certifyRoot(context, await keys.make('root'), name)
  const first = await keys.make('sign-1')
  const url = issuerUrl(context.env, id)
  const certified = await certify(context, first, { name, root, url })
  const at = context.now().toISOString()
  const row = transaction(context.db, (tx) => {
    const meanwhile = readIssuer(tx)
    if (meanwhile) return meanwhile
    const [made] = tx
      .insert(tables.issuer)
      .values({
        ...{ id, name, compat: 'strict', keptBy: keys.abilities.keptBy },
        linkSchemes: { offer: 'openid-credential-offer://', presentation: 'openid4vp://' },
        ...{ createdAt: at, updatedAt: at, version: 1 },
      })
      .returning()
      .all()
    if (!made) throw new Error('the issuer was not written')
    insertKey(tx, { ...root, use: 'root' }, at)
    insertKey(tx, { ...first, ...certified, use: 'sign' }, at)
    addBuiltIns(tx, url, at)
    const step = { from: 'none', to: 'made', reason: null, actor: 'phoenix', at }
    record(tx, { changeId: `isr_${id}`, version: 1, ...step })
    return made
  })
  await context.arm()
  return row
}

/** The tenant's issuer; the first call makes it, its root, its first key and the built-in configurations. Throws Outage. */
export const issuerOf = async (context: TenantContext): Promise<IssuerRow> =>
  readIssuer(context.db) ?? makeIssuer(context)

export interface Signer {
  kid: string
  /** The certificate of the key in base64 of its DER, without the root (HAIP 1.0 §6.1.1). */
  x5c: string[]
  certificateDer: Uint8Array
  publicJwk: EcPublicJwk
  /** Compact JWS by ES256 (RFC 7515 §7.1); its header has `kid`, and `x5c` where that is asked for. */
  sign(header: { typ: string; withX5c: boolean }, payload: object): Promise<string>
}

const encode = (value: object): string =>
  toBase64url(new TextEncoder().encode(JSON.stringify(value)))

const signerWith = (context: TenantContext, key: IssuerKeyRow): Signer => {
  const { kid, publicJwk } = key
  const x5c = [key.certificate]
  const sign = signWith(context, key)
  return {
    ...{ kid, x5c, publicJwk, certificateDer: derOf(key) },
    async sign({ typ, withX5c }, payload) {
      const header: JsonObject = { alg: 'ES256', typ, kid, ...(withX5c ? { x5c } : {}) }
      const signed = `${encode(header)}.${encode(payload)}`
      return `${signed}.${toBase64url(await sign(new TextEncoder().encode(signed)))}`
    },
  }
}

/** The same key under a new certificate, long before credentials would outlive the one it has. */
const certifiedAgain = async (context: TenantContext, key: IssuerKeyRow): Promise<IssuerKeyRow> => {
  const left = Date.parse(key.certificateUntil) - context.now().getTime()
  if (left >= LEAF_LASTS_STILL) return key
  const { id, name } = await issuerOf(context)
  const url = issuerUrl(context.env, id)
  const certified = await certify(context, key, { name, root: rootOf(context.db), url })
  const at = context.now().toISOString()
  return transaction(context.db, (tx) => {
    const { kid, certificateUntil } = key
    const [row] = tx
      .update(tables.issuerKeys)
      .set(certified)
      .where(
        and(
          eq(tables.issuerKeys.kid, kid),
          // Of two that come at once, one does it.
          eq(tables.issuerKeys.certificateUntil, certificateUntil),
        ),
      )
      .returning()
      .all()
    if (!row) return { ...key, ...certified }
    noteIssuer(tx, { to: 'changed', actor: 'phoenix', at, reason: 'its key was certified again' })
    return row
  })
}

/** What signs for this tenant now. Throws Outage where the Functions keep its keys and do not answer. */
export const signerOf = async (context: TenantContext): Promise<Signer> => {
  await issuerOf(context)
  const [current] = verifyingKeys(context)
  if (current?.state !== 'current') throw new Error('an issuer without a key')
  return signerWith(context, await certifiedAgain(context, current))
}

const stateOf = statement((tx: Tx) =>
  tx
    .select({ state: issuerKeys.state })
    .from(issuerKeys)
    .where(eq(issuerKeys.kid, sql.placeholder('kid')))
    .prepare(),
)
/** Whether no other has taken its place since it signed. */
export const isCurrent = (tx: Tx, { kid }: Pick<Signer, 'kid'>): boolean =>
  stateOf(tx).get({ kid })?.state === 'current'
