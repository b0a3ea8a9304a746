// Whom this tenant believes, for the verifier: its own issuer by its own database, and the issuers of its trust list. What a
// credential's status is: of its own from the database as it is at this moment, of others from where they publish it.
import { and, asc, eq, sql } from 'drizzle-orm'
import { Outage } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import {
  type FoundIssuer,
  findListKey,
  type OwnIssuer,
  type Trust,
} from '../../../../credentials/issuer-key.ts'
import { statusIn } from '../../../../credentials/read-status-list.ts'
import { clientIdOfText } from '../../../../credentials/request-object.ts'
import type { StatusWord } from '../../../../credentials/status-list.ts'
import type { Presented, ReadStatus } from '../../../../credentials/verify-presentation.ts'
import { statement } from '../../../database.ts'
import type { Db, TenantContext, Tx } from '../../context.ts'
import { issuerUrl, readIssuer, verifyingKeys } from '../issuer/issuer.ts'
import { readForeignKeys, readForeignList } from './foreign.ts'
import { derOfPem } from './trusted-issuers.ts'

const { credentials, trustedIssuers } = tables

const allTrusted = statement((db: Db | Tx) =>
  db.select().from(trustedIssuers).orderBy(asc(trustedIssuers.id)).prepare(),
)

interface Kept {
  name: string
  trust: Trust
  ownIssuer: OwnIssuer
}
/** The same objects while the rows are the same: chains and keys that were judged are kept beside them. */
const kept = new WeakMap<object, Kept>()

/** Of the present rows. Call `issuerOf` first. */
export const trustOf = (context: TenantContext): Pick<Kept, 'trust' | 'ownIssuer'> => {
  const { db, env, now } = context
  const rows = allTrusted(db).all()
  const keys = verifyingKeys(context).map(({ kid, publicJwk }) => ({ kid, publicJwk }))
  const name = JSON.stringify([rows.map(({ id, version }) => [id, version]), keys])
  const before = kept.get(context)
  if (before?.name === name) return before
  const tenantId = context.tenant().id
  const of = (kind: (typeof rows)[number]['kind']) => rows.filter((row) => row.kind === kind)
  const made: Kept = {
    name,
    ownIssuer: { url: issuerUrl(env, readIssuer(db)?.id ?? ''), keys },
    trust: {
      roots: of('x509').flatMap(({ id, types, value }) => {
        const der = derOfPem(value)
        return der ? [{ id, types, der }] : []
      }),
      addresses: of('jwt-vc-issuer').map(({ id, types, value }) => ({ id, types, url: value })),
      readKeys: (url, kid) => readForeignKeys(env, now, { tenantId, url, kid }),
    },
  }
  kept.set(context, made)
  return made
}

/** What `aud` of a key binding may be: the verifier by any of its certificates that hold (OpenID4VP 1.0 §5.9.3). */
export const clientIdsOf = (context: TenantContext): string[] =>
  verifyingKeys(context).map(({ certificate }) => clientIdOfText(certificate))

const atPosition = statement((db: Db | Tx) =>
  db
    .select({ id: credentials.id, status: credentials.status })
    .from(credentials)
    .where(
      and(
        eq(credentials.list, sql.placeholder('list')),
        eq(credentials.position, sql.placeholder('position')),
      ),
    )
    .prepare(),
)

/** The credential of this tenant's own that stands at this place of its lists; undefined: there is none. */
export const ownCredentialAt = (
  context: TenantContext,
  on: Db | Tx,
  { uri, idx }: { uri: string; idx: number },
): { id: string; status: StatusWord } | undefined => {
  const base = `${trustOf(context).ownIssuer.url}/status-lists/`
  const list = uri.startsWith(base) ? uri.slice(base.length) : ''
  if (!/^(?:0|[1-9][0-9]{0,8})$/.test(list)) return undefined
  return atPosition(on).get({ list: Number(list), position: idx })
}

/** Whether one of its own among these has ended since it was looked at, or its issuer is trusted no more: in the transaction that counts. */
export const endedSince = (
  context: TenantContext,
  tx: Tx,
  presented: readonly Presented[],
): 'revoked' | 'suspended' | 'untrusted-issuer' | null => {
  const anchors = new Set(
    allTrusted(tx)
      .all()
      .map(({ id }) => id),
  )
  for (const { own, anchor, status_list: place } of presented) {
    if (!own && anchor !== undefined && !anchors.has(anchor)) return 'untrusted-issuer'
    const status = own && place ? ownCredentialAt(context, tx, place)?.status : 'valid'
    if (status === 'suspended') return 'suspended'
    if (status !== 'valid') return 'revoked'
  }
  return null
}

const readForeign = async (
  context: TenantContext,
  { uri, idx, issuer }: { uri: string; idx: number; issuer: FoundIssuer },
) => {
  const { env, now } = context
  // A list is of one issuer: another below the same root spoils nothing of it.
  const anchor = `${issuer.anchor} ${issuer.iss ?? ''}`
  const tenantId = context.tenant().id
  const keyOf = (header: Parameters<typeof findListKey>[0]['header']) =>
    findListKey({ header, ...trustOf(context), now: now().getTime() }, issuer)
  try {
    const list = await readForeignList(env, now, { tenantId, uri, anchor, keyOf })
    return list && statusIn(list, idx)
  } catch (error) {
    if (error instanceof Outage) return 'unreachable'
    throw error
  }
}

/** A credential of this tenant's own says so by its issuer, and no list of anybody else speaks for it. */
export const statusReader =
  (context: TenantContext): ReadStatus =>
  async (question) =>
    question.issuer.own
      ? (ownCredentialAt(context, context.db, question)?.status ?? null)
      : readForeign(context, question)
