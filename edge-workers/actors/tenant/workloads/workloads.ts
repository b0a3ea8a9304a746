// Workloads: which tokens of which issuer are as good as a secret of a service account. Made by whoever may make the account's
// tokens; deleted with every token that came of it.
import { and, asc, count, eq, gt, inArray, isNull } from 'drizzle-orm'
import { isRoot, type Principal, type Role, scopesOf } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { WORKLOADS_AT_MOST, type WorkloadView } from '../../../../schemas/workload.ts'
import { findIssuer } from '../../../auth/oidc/issuers.ts'
import { base32, deriveKey, hmacSha256 } from '../../../digest.ts'
import { publicAddress } from '../../../public-address.ts'
import type { Page, PageRequest, Versioned } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import { byId, pageOf } from '../../page.ts'
import { isAside } from '../backup/aside.ts'
import type { Db, TenantContext, Tx } from '../context.ts'
import { endToken } from '../people/end-token.ts'
import { formsOfKey } from '../people/erasures.ts'
import { leaf } from '../people/leaves.ts'
import { findMember, mayManage } from '../people/members.ts'
import type { WorkloadOperations } from './contracts.ts'

export type WorkloadRow = typeof tables.workloads.$inferSelect
type Input<Name extends keyof WorkloadOperations> = WorkloadOperations[Name]['input']

const view = (db: Db | Tx, row: WorkloadRow): WorkloadView => {
  const { id, name, issuer, audience, claims, scopes, lifetimeSeconds, createdAt, createdBy } = row
  return {
    ...{ id, name, serviceAccount: row.memberId, issuer, audience, claims, scopes },
    ...{ lifetimeSeconds, createdAt, createdBy, setAside: isAside(db, id) },
  }
}
const versioned = (db: Db | Tx, row: WorkloadRow): Versioned<WorkloadView> => ({
  value: view(db, row),
  version: row.version,
})

const invalid = (pointer: string, detail: string): Result<never> =>
  refuse('invalid-parameters', { errors: [{ pointer, detail }] })

/** Asked again right before every call. */
export const judgeAddress = ({ env }: Pick<TenantContext, 'env'>, address: string): Result<URL> =>
  publicAddress(address, {
    pointer: '/issuer',
    own: [env.PUBLIC_URL, env.BACK_OFFICE_URL, env.FORGE_API_URL, env.FORGE_WEB_URL],
  })

/** One of the operators' own, or an address that anybody may call, written as tokens of it would say it. */
const judgeIssuer = (context: TenantContext, issuer: string): Result<null> => {
  if (findIssuer(context.env, issuer)?.issuer === issuer) return ok(null)
  const address = judgeAddress(context, issuer)
  if (!address.ok) return address
  return address.value.href === issuer || address.value.href === `${issuer}/`
    ? ok(null)
    : invalid('/issuer', 'Must be written in its canonical form, as the issuer’s tokens say it.')
}

/** Id and audience of a workload are the same for the same key, whoever asks how often. */
const workloadIdOf = (context: TenantContext, key: string): string => {
  const secret = deriveKey(context.env.PLATFORM_KEY, 'workload-id')
  return `wkl_${base32(hmacSha256(secret, `${context.tenant().id}\u0000${key}`), 20)}`
}

export const defaultAudience = (context: TenantContext): string =>
  `${context.env.PUBLIC_URL}/v1/tenants/${context.tenant().slug}`

export const createWorkload = (
  context: TenantContext,
  who: Principal,
  { key, fingerprint, body }: Input<'workloads.create'>,
): Result<Versioned<WorkloadView>> => {
  const account = findMember(context.db, body.serviceAccount)
  if (account?.kind !== 'service' || account.state !== 'active')
    return invalid('/serviceAccount', 'Must name a service account of this tenant.')
  if (!mayManage(who, account)) return refuse('forbidden')
  const most = scopesOf(...(account.roles as Role[]))
  const covers = (scope: (typeof most)[number]) => isRoot(who) || who.scopes.includes(scope)
  const scopes = [...new Set(body.scopes ?? most.filter(covers))]
  const tooMuch = scopes.findIndex((scope) => !most.includes(scope))
  if (tooMuch >= 0)
    return invalid(`/scopes/${tooMuch}`, 'The service account does not have this scope.')
  if (scopes.length === 0 || !scopes.every(covers))
    return refuse('forbidden', { detail: 'This credential does not have all of these scopes.' })
  const issuer = judgeIssuer(context, body.issuer)
  if (!issuer.ok) return issuer
  return transaction(context.db, (tx): Result<Versioned<WorkloadView>> => {
    const { workloads } = tables
    const earlier = tx
      .select()
      .from(workloads)
      .where(inArray(workloads.idempotencyKey, formsOfKey(context, key)))
      .get()
    if (earlier?.deletedAt) return refuse('conflict', { detail: 'This workload was deleted.' })
    if (earlier)
      return earlier.fingerprint === fingerprint
        ? ok(versioned(tx, earlier))
        : refuse('idempotency-key-reused')
    const [counted] = tx
      .select({ n: count() })
      .from(workloads)
      .where(isNull(workloads.deletedAt))
      .all()
    if (counted && counted.n >= WORKLOADS_AT_MOST)
      return refuse('conflict', { detail: `A tenant has at most ${WORKLOADS_AT_MOST} workloads.` })
    const at = context.now().toISOString()
    const [row] = tx
      .insert(workloads)
      .values({
        ...{ id: workloadIdOf(context, key), name: body.name, memberId: account.id },
        ...{ issuer: body.issuer, audience: body.audience ?? defaultAudience(context) },
        ...{ claims: body.claims, scopes, lifetimeSeconds: body.lifetimeSeconds },
        ...{ createdAt: at, createdBy: who.subject, version: 1, idempotencyKey: key, fingerprint },
      })
      .returning()
      .all()
    if (!row) throw new Error('the workload was not written')
    leaf(tx, {
      ...{ id: row.id, version: 1, from: 'absent', to: 'active', by: who.subject, at },
      about: [account.id],
    })
    return ok(versioned(tx, row))
  })
}

const find = ({ db }: TenantContext, id: string): WorkloadRow | undefined =>
  db
    .select()
    .from(tables.workloads)
    .where(and(eq(tables.workloads.id, id), isNull(tables.workloads.deletedAt)))
    .get()

export const readWorkload = (
  context: TenantContext,
  id: string,
): Result<Versioned<WorkloadView>> => {
  const row = find(context, id)
  return row ? ok(versioned(context.db, row)) : refuse('not-found')
}

export const listWorkloads = (
  { db }: TenantContext,
  { limit, after }: PageRequest,
): Page<WorkloadView> => {
  const { workloads } = tables
  const rows = db
    .select()
    .from(workloads)
    .where(and(isNull(workloads.deletedAt), gt(workloads.id, after ?? '')))
    .orderBy(asc(workloads.id))
    .limit(limit + 1)
    .all()
  return pageOf(rows, limit, byId, (row) => view(db, row))
}

/** Takes effect at once: every token that was exchanged for it ends in the same transaction. */
export const deleteWorkload = (
  context: TenantContext,
  who: Principal,
  { id, ifVersion }: Input<'workloads.delete'>,
): Result<Versioned<WorkloadView>> => {
  const row = find(context, id)
  if (!row) return refuse('not-found')
  if (ifVersion !== '*' && ifVersion !== row.version) return refuse('precondition-failed')
  const at = context.now().toISOString()
  const version = row.version + 1
  return transaction(context.db, (tx) => {
    const { tokens, workloads } = tables
    const live = and(eq(tokens.workload, id), isNull(tokens.revokedAt))
    for (const token of tx.select().from(tokens).where(live).all())
      endToken(tx, token, { by: who.subject, at })
    tx.update(workloads).set({ deletedAt: at, version }).where(eq(workloads.id, id)).run()
    leaf(tx, { id, version, from: 'active', to: 'deleted', by: who.subject, at })
    return ok({ value: view(tx, row), version })
  })
}
