// Links accounts at the forge to members, and takes links apart. What came from the forge by an account that is not linked any
// more counts for nothing, at once; what an account has said before it was linked is read again and counts from now on.
import { eq, inArray } from 'drizzle-orm'
import type { LinkForgeAccount } from '../../../../schemas/forge-account.ts'
import {
  FORGE_ACCOUNT_NAMESPACE,
  type ForgeAccountView,
} from '../../../../schemas/forge-account.ts'
import type { ForgeAccount } from '../../../../schemas/ports.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { type SshVerdict, verifySshSignature } from '../../../auth/ssh-signature/verify.ts'
import type { Versioned } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import { isApproved, liveApprovals, voidApproval } from '../approvals.ts'
import { enqueue, step, type TenantContext, type Tx } from '../context.ts'
import type { Conditional, Keyed } from '../operation-inputs.ts'
import { leaf } from '../people/leaves.ts'
import { findMember, mayManage } from '../people/members.ts'
import { accountOfMember, accountPseudonyms, type ForgeAccountRow, othersWith } from './accounts.ts'
import {
  type ChallengeRow,
  challengeText,
  findChallenge,
  isOpen,
  mayLink,
  useChallenge,
} from './challenges.ts'
import { standBehind } from './pushers.ts'
import { takeTry } from './tries.ts'

/** The version that its ETag shows: a proof made anew is another one. */
export const accountView = (row: ForgeAccountRow): Versioned<ForgeAccountView> => ({
  value: {
    ...{ member: row.memberId, login: row.login, method: row.method, provedAt: row.provedAt },
  },
  version: Date.parse(row.provedAt),
})

const WORDS: Record<Exclude<SshVerdict, 'valid'>, string> = {
  malformed: 'This is not what ssh-keygen -Y sign writes.',
  'other-namespace': `The signature was made for another purpose: sign with -n ${FORGE_ACCOUNT_NAMESPACE}.`,
  unsupported: 'Sign with a key of type ed25519, ecdsa (P-256) or rsa (2,048 bits or more, SHA-2).',
  'unknown-key': 'The forge shows no such key of this account: add it there, or sign with another.',
  invalid: 'The signature is not of the text of this challenge.',
}

const wrong = (pointer: string, detail: string): Result<never> =>
  refuse('invalid-parameters', { errors: [{ pointer, detail }] })

/** By a signature of a key that the forge shows for the account. */
export const proveBySignature = async (
  context: TenantContext,
  who: Principal,
  input: Keyed<LinkForgeAccount>,
): Promise<Result<Versioned<ForgeAccountView>>> => {
  const may = mayLink(who)
  if (!may.ok) return may
  // With a blank between them: no key and no member's id has one.
  const key = `${who.subject} ${input.key}`
  const { commands } = tables
  const earlier = context.db.select().from(commands).where(eq(commands.key, key)).get()
  if (earlier && earlier.fingerprint !== input.fingerprint) return refuse('idempotency-key-reused')
  const proved = await checkSignature(context, who, input.body)
  if (!proved.ok) return proved
  const at = context.now().toISOString()
  const row = { key, fingerprint: input.fingerprint, changeId: who.subject, at }
  context.db.insert(commands).values(row).onConflictDoNothing().run()
  return proved
}

const checkSignature = async (
  context: TenantContext,
  who: Principal,
  body: LinkForgeAccount,
): Promise<Result<Versioned<ForgeAccountView>>> => {
  const challenge = ownChallenge(context, who, body.challenge, 'signature')
  if (!challenge.ok) return challenge
  const { login } = challenge.value
  const done = madeBy(context, challenge.value)
  if (done) return ok(accountView(done))
  if (login === null || !isOpen(challenge.value, context.now()))
    return wrong('/challenge', 'The challenge was used or has expired: ask for another.')
  const proof = {
    message: challengeText(context, challenge.value),
    namespace: FORGE_ACCOUNT_NAMESPACE,
  }
  // What no key could make good is refused before the forge is asked, and it is not asked as often as somebody likes.
  const form = await verifySshSignature(body.signature, { ...proof, keys: [] })
  if (form !== 'valid' && form !== 'unknown-key') return wrong('/signature', WORDS[form])
  const paced = takeTry(context, who.subject)
  if (!paced.ok) return paced
  const shown = await context.repository().keysOf(context.tenant().repository, login)
  if (!shown.ok) return shown
  if (shown.value === null) return wrong('/challenge', 'The forge has no such account.')
  const verdict = await verifySshSignature(body.signature, { ...proof, keys: shown.value.keys })
  if (verdict !== 'valid') return wrong('/signature', WORDS[verdict])
  return link(context, who, challenge.value, shown.value)
}

/** A challenge of this member's own; those of others are none. */
export const ownChallenge = (
  { db }: TenantContext,
  who: Principal,
  id: string,
  method: ChallengeRow['method'],
): Result<ChallengeRow> => {
  const row = findChallenge(db, id)
  return row?.memberId === who.subject && row.method === method
    ? ok(row)
    : wrong('/challenge', 'There is no such challenge of yours: ask for one.')
}

/** The link that a challenge has made already, if it still is as it was then: a repeat has the same result. */
export const madeBy = (
  { db }: TenantContext,
  { memberId, usedAt }: ChallengeRow,
): ForgeAccountRow | null => {
  const row = accountOfMember(db, memberId)
  return row && usedAt !== null && row.provedAt === usedAt ? row : null
}

/** The proof has been brought: everything in one transaction, which looks once more at what may have changed meanwhile. */
export const link = async (
  context: TenantContext,
  who: Principal,
  challenge: ChallengeRow,
  proved: ForgeAccount,
): Promise<Result<Versioned<ForgeAccountView>>> => {
  const now = context.now()
  const at = now.toISOString()
  const linked = transaction(context.db, (tx): Result<ForgeAccountRow> => {
    const member = findMember(tx, who.subject)
    if (member?.state !== 'active' || member.kind !== 'person') return refuse('unauthenticated')
    if (proved.login.toLowerCase() === context.env.FORGE_APP_LOGIN.toLowerCase())
      return refuse('forbidden', { detail: 'This is Phoenix’s own account.' })
    const others = othersWith(tx, who.subject, proved)
    // Under this login the forge now has another account than the one that was proved then.
    const gone = others.filter(({ account }) => account !== null && account !== proved.account)
    if (gone.length < others.length)
      return refuse('conflict', { detail: 'The account is linked to another member.' })
    if (!useChallenge(tx, challenge, now))
      return wrong('/challenge', 'The challenge was used or has expired: ask for another.')
    for (const row of gone) cut(tx, row, { by: 'phoenix', at })
    const before = accountOfMember(tx, who.subject)
    const row = {
      ...{ memberId: who.subject, login: proved.login.toLowerCase(), account: proved.account },
      ...{ method: challenge.method, provedAt: at },
    }
    const { forgeAccounts: rows } = tables
    tx.insert(rows).values(row).onConflictDoUpdate({ target: rows.memberId, set: row }).run()
    if (before && isAnother(before, row)) voidReviews(tx, who.subject, at)
    note(tx, who.subject, {
      by: who.subject,
      at,
      from: before ? 'linked' : 'unlinked',
      to: 'linked',
    })
    standBehind(tx, who.subject, accountPseudonyms(context, proved), at)
    for (const { id } of openChanges(tx)) enqueue(tx, 'observe-reviews', id, now.getTime())
    return ok(row)
  })
  context.changed()
  await context.arm()
  return linked.ok ? ok(accountView(linked.value)) : linked
}

const isAnother = (before: ForgeAccountRow, now: ForgeAccountRow): boolean =>
  before.login !== now.login || (before.account !== null && before.account !== now.account)

const openChanges = (tx: Tx) =>
  tx
    .select()
    .from(tables.changes)
    .where(inArray(tables.changes.state, ['proposed', 'approved']))
    .all()

/** His reviews at the forge are somebody's whom we do not know any more. What he approved here stays. */
const voidReviews = (tx: Tx, memberId: string, at: string): void => {
  const reason = 'the approver’s account at the forge is no longer linked'
  for (const change of openChanges(tx)) {
    const lost = liveApprovals(tx, change).filter(
      ({ subject, source }) => subject === memberId && source === 'forge',
    )
    if (lost.length === 0) continue
    for (const approval of lost) voidApproval(tx, approval, at, reason)
    const next = isApproved(tx, change) ? change.state : 'proposed'
    step(tx, change, next, { actor: 'phoenix', at, reason, work: ['gate'] })
  }
}

interface Noted {
  by: string
  at: string
  from: string
  to: string
}

/** The member's row shows the link, so its version counts it too. */
const note = (tx: Tx, memberId: string, { by, at, from, to }: Noted): void => {
  const member = findMember(tx, memberId)
  if (!member) return
  const version = member.version + 1
  tx.update(tables.members).set({ version }).where(eq(tables.members.id, memberId)).run()
  leaf(tx, { id: memberId, version, from, to, by, at, about: ['forge-account'] })
}

/** Takes the link apart, and what came by it. */
export const cut = (
  tx: Tx,
  { memberId }: ForgeAccountRow,
  { by, at }: { by: string; at: string },
): void => {
  tx.delete(tables.forgeAccounts).where(eq(tables.forgeAccounts.memberId, memberId)).run()
  voidReviews(tx, memberId, at)
  note(tx, memberId, { by, at, from: 'linked', to: 'unlinked' })
}

const idOf = (who: Principal, name: string): string => (name === 'me' ? who.subject : name)

export const readAccount = (
  { db }: TenantContext,
  who: Principal,
  name: string,
): Result<Versioned<ForgeAccountView>> => {
  const row = accountOfMember(db, idOf(who, name))
  return row ? ok(accountView(row)) : refuse('not-found')
}

/** One's own; those of others by whoever manages them. It takes power away and gives none: no proof is asked for. */
export const unlink = async (
  context: TenantContext,
  who: Principal,
  { id, ifVersion }: Conditional<null>,
): Promise<Result<Versioned<ForgeAccountView>>> => {
  if (!who.person) return refuse('forbidden', { detail: 'Only people have accounts at the forge.' })
  const memberId = idOf(who, id)
  const row = accountOfMember(context.db, memberId)
  const member = findMember(context.db, memberId)
  if (!row || !member) return refuse('not-found')
  if (memberId !== who.subject && !mayManage(who, member))
    return refuse('forbidden', { detail: 'This is another member’s account.' })
  const before = accountView(row)
  if (ifVersion !== '*' && ifVersion !== before.version) return refuse('precondition-failed')
  const at = context.now().toISOString()
  transaction(context.db, (tx) => cut(tx, row, { by: who.subject, at }))
  context.changed()
  await context.arm()
  return ok(before)
}
