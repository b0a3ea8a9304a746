// What a member is asked to sign, to prove that an account is his. A challenge names the installation, the tenant, the member, the
// account and the time: a signature of it proves that one thing, once.
import { eq, lt } from 'drizzle-orm'
import {
  FORGE_ACCOUNT_NAMESPACE,
  type ForgeChallenge,
  type NewForgeChallenge,
} from '../../../../schemas/forge-account.ts'
import { mayDo, type Principal, type Role, scopesOf } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { base32, deriveKey, hmacSha256 } from '../../../digest.ts'
import { transaction } from '../../database.ts'
import type { TenantContext, Tx } from '../context.ts'
import type { Keyed } from '../operation-inputs.ts'

export type ChallengeRow = typeof tables.forgeChallenges.$inferSelect

const LIFETIME_MILLISECONDS = 900_000
/** A repeat of its request is answered as long as this after a challenge has expired; then it is forgotten, with its login. */
const KEPT_MILLISECONDS = 86_400_000
/** Of one member, at a time. */
const MOST_OPEN = 20

/**
 * People only. What an account may do counts as its member's, so the credential that links one has to be able to do it:
 * a token that may not approve gives nobody the power to.
 */
export const mayLink = (who: Principal): Result<null> => {
  if (!who.person) return refuse('forbidden', { detail: 'Only people have accounts at the forge.' })
  const { roles } = who
  const approves = mayDo({ roles, scopes: scopesOf(...(roles as Role[])) }, 'changes.approve')
  return approves && !who.scopes.includes('changes:approve')
    ? refuse('forbidden', {
        detail: 'Who links an account of an approver needs the scope changes:approve.',
      })
    : ok(null)
}

export const challengeText = (
  { env, tenant }: TenantContext,
  { id, memberId, login, expiresAt }: ChallengeRow,
): string =>
  [
    'This account of the forge is mine.',
    `Installation: ${env.PUBLIC_URL}`,
    `Tenant: ${tenant().id}`,
    `Member: ${memberId}`,
    `Account: ${login ?? ''}`,
    `Challenge: ${id}`,
    `Until: ${expiresAt}`,
    '',
  ].join('\n')

/** A word of a shell; nothing in the text is beyond letters, digits and plain signs but what operators configured. */
const quoted = (line: string): string => `'${line.replaceAll("'", `'\\''`)}'`

const view = (context: TenantContext, row: ChallengeRow): ForgeChallenge => {
  const text = challengeText(context, row)
  const lines = text.trimEnd().split('\n').map(quoted).join(' \\\n  ')
  const file = 'phoenix-challenge.txt'
  return {
    ...{ id: row.id, text, namespace: FORGE_ACCOUNT_NAMESPACE, expiresAt: row.expiresAt },
    commands: [
      `printf '%s\\n' \\\n  ${lines} \\\n  > ${file}`,
      `ssh-keygen -Y sign -n ${FORGE_ACCOUNT_NAMESPACE} -f ~/.ssh/id_ed25519 ${file}`,
      `cat ${file}.sig`,
    ],
  }
}

export const isOpen = (row: ChallengeRow, now: Date): boolean =>
  row.usedAt === null && Date.parse(row.expiresAt) > now.getTime()

interface Begin {
  /** Names it: the same for the same key. */
  name: string
  login: string | null
  method: ChallengeRow['method']
}

/** Makes a challenge, or finds the one that was made under this name. */
export const beginChallenge = (
  context: TenantContext,
  who: Principal,
  { name, login, method }: Begin,
): Result<ChallengeRow> => {
  const key = deriveKey(context.env.PLATFORM_KEY, 'forge-challenge')
  const parts = [context.tenant().id, who.subject, method, name]
  const id = `fch_${base32(hmacSha256(key, parts.join('\u0000')), 26)}`
  const { forgeChallenges: rows } = tables
  const now = context.now()
  return transaction(context.db, (tx): Result<ChallengeRow> => {
    const forgotten = new Date(now.getTime() - KEPT_MILLISECONDS).toISOString()
    tx.delete(rows).where(lt(rows.expiresAt, forgotten)).run()
    const earlier = findChallenge(tx, id)
    if (earlier) return earlier.login === login ? ok(earlier) : refuse('idempotency-key-reused')
    const own = tx.select().from(rows).where(eq(rows.memberId, who.subject)).all()
    if (own.filter((row) => isOpen(row, now)).length >= MOST_OPEN)
      return refuse('conflict', {
        detail: 'Too many challenges are open: use one of them, or wait until they have expired.',
      })
    const expiresAt = new Date(now.getTime() + LIFETIME_MILLISECONDS).toISOString()
    const row = { id, memberId: who.subject, login, method, expiresAt, usedAt: null }
    tx.insert(rows).values(row).run()
    return ok(row)
  })
}

export const findChallenge = (db: TenantContext['db'] | Tx, id: string): ChallengeRow | undefined =>
  db.select().from(tables.forgeChallenges).where(eq(tables.forgeChallenges.id, id)).get()

/** Once: false when somebody else was there before, or it is over. */
export const useChallenge = (tx: Tx, { id }: ChallengeRow, now: Date): boolean => {
  const { forgeChallenges: rows } = tables
  const row = findChallenge(tx, id)
  if (!row || !isOpen(row, now)) return false
  tx.update(rows).set({ usedAt: now.toISOString() }).where(eq(rows.id, id)).run()
  return true
}

export const createChallenge = (
  context: TenantContext,
  who: Principal,
  { key, body }: Keyed<NewForgeChallenge>,
): Result<ForgeChallenge> => {
  const may = mayLink(who)
  if (!may.ok) return may
  const begun = beginChallenge(context, who, {
    ...{ name: key, login: body.login.toLowerCase(), method: 'signature' },
  })
  return begun.ok ? ok(view(context, begun.value)) : begun
}
