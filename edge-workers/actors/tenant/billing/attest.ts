// Attestations: a person puts his party's name to the digest of an issued invoice. One of each party, nobody for two; as many as
// the invoice says make it settled. Whoever attested stays the one who did, whatever becomes of his membership.
import { and, eq, ne } from 'drizzle-orm'
import { PLATFORM_SLUG } from '../../../../schemas/ids.ts'
import {
  type AttestInvoice,
  type InvoiceView,
  type Party,
  parties,
  partiesOf,
} from '../../../../schemas/invoice.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { couldBeOnePersons } from '../../../auth/one-person.ts'
import { equalInConstantTime } from '../../../digest.ts'
import { transaction } from '../../database.ts'
import { findTenant, tenantStub } from '../../stubs.ts'
import { record, type TenantContext, type Tx } from '../context.ts'
import type { BillingOperations } from './contracts.ts'
import {
  attestationsOf,
  type InvoiceRow,
  invoiceId,
  issuedRow,
  readInvoice,
  readMonth,
} from './invoices.ts'

type Input = BillingOperations['invoices.attest']['input']

/** The party that somebody speaks for: the one named, or the only one that his roles allow. */
const partyOf = ({ roles }: Principal, { party }: AttestInvoice): Result<Party> => {
  const possible = partiesOf(roles)
  const [only] = party === undefined ? possible : possible.filter((one) => one === party)
  if (only === undefined) return refuse('forbidden', { detail: 'Your roles are of another party.' })
  return party === undefined && possible.length > 1
    ? refuse('invalid-parameters', {
        errors: [{ pointer: '/party', detail: 'Your roles are of several parties: name one.' }],
      })
    : ok(only)
}

const identityHere = ({ db }: TenantContext, memberId: string): string | null =>
  db
    .select({ identity: tables.members.identity })
    .from(tables.members)
    .where(eq(tables.members.id, memberId))
    .get()?.identity ?? null

/** Of a member of the operators' own tenant, where this is that tenant. */
export const identityOfOperator = (
  context: TenantContext,
  who: Principal,
  memberId: string,
): Result<string | null> =>
  who.credential === 'phoenix' && context.tenant().slug === PLATFORM_SLUG
    ? ok(identityHere(context, memberId))
    : refuse('not-found')

/** Who somebody is at the identity provider: here he has one pseudonym, as an operator another. Null: nothing is known. */
const identityOf = async (
  context: TenantContext,
  party: string,
  memberId: string,
): Promise<string | null> => {
  if (party !== 'platform') return identityHere(context, memberId)
  const entry = await findTenant(context.env, PLATFORM_SLUG)
  if (!entry) return null
  if (entry.id === context.tenant().id) return identityHere(context, memberId)
  const reached = tenantStub(context.env, entry.jurisdiction, entry.id)
  if (!reached.ok) return null
  const principal: Principal = {
    ...{ tenantId: context.tenant().id, credential: 'phoenix', subject: 'phoenix', person: false },
    ...{ roles: ['operator'], scopes: ['billing:write'], behind: [] },
  }
  const caller = { kind: 'principal' as const, principal }
  const read = await reached.value.stub.call(caller, 'invoices.identity-of-operator', memberId)
  return read.ok ? read.value : null
}

/** Whether somebody has attested for another party already, under this pseudonym or another, or could have. */
const spokeForAnother = async (
  context: TenantContext,
  who: Principal,
  party: Party,
  month: string,
): Promise<boolean> => {
  const { attestations: rows } = tables
  const others = context.db
    .select({ party: rows.party, by: rows.memberId, behind: rows.behind })
    .from(rows)
    .where(and(eq(rows.month, month), ne(rows.party, party)))
    .all()
  // An operator's own member of this tenant stands behind him.
  const own = { by: who.subject, behind: who.behind }
  if (others.some((other) => couldBeOnePersons(other, own))) return true
  const identity = others.length === 0 ? null : await identityOf(context, party, who.subject)
  if (identity === null) return false
  for (const other of others)
    if ((await identityOf(context, other.party, other.by)) === identity) return true
  return false
}

interface Attesting {
  row: InvoiceRow
  party: Party
  by: string
  behind: string[]
  at: string
}

/** The attestation, and the settlement when it was the last that was needed: events, leaves and rows in one go. */
const write = (tx: Tx, { row, party, by, behind, at }: Attesting): void => {
  const { month, digest, document, settledAt } = row
  tx.insert(tables.attestations).values({ month, party, digest, memberId: by, behind, at }).run()
  const count = attestationsOf(tx, month).length
  const settles = settledAt === null && count >= document.attestationsNeeded
  const state = settledAt === null ? 'issued' : 'settled'
  const attested = row.version + 1
  record(tx, {
    ...{ changeId: invoiceId(month), version: attested, from: state, to: 'attested' },
    ...{ reason: `${party} ${digest}`, actor: by, at },
  })
  if (settles) {
    record(tx, {
      ...{ changeId: invoiceId(month), version: attested + 1, from: 'issued', to: 'settled' },
      ...{ reason: `${count} of ${parties.length} ${digest}`, actor: 'phoenix', at },
    })
  }
  tx.update(tables.invoices)
    .set(settles ? { version: attested + 1, settledAt: at } : { version: attested })
    .where(eq(tables.invoices.month, month))
    .run()
}

/** What is known of it now; refuses what cannot be attested by this person for this party. */
const judge = (
  { db }: TenantContext,
  { subject }: Principal,
  party: Party,
  { month, body }: Input,
): Result<{ row: InvoiceRow; already: boolean }> => {
  const row = issuedRow(db, month)
  if (!row) return refuse('conflict', { detail: 'This invoice is a draft: nobody attests it yet.' })
  if (!equalInConstantTime(body.digest, row.digest))
    return refuse('conflict', { detail: 'This is not the digest of the issued invoice.' })
  const taken = attestationsOf(db, month).find((one) => one.party === party)
  return taken && taken.by !== subject
    ? refuse('conflict', { detail: 'Somebody has attested for this party already.' })
    : ok({ row, already: taken !== undefined })
}

/** Keys of two people are two keys; the same key for something else is refused. */
const isOtherUse = ({ db }: TenantContext, commandKey: string, { fingerprint }: Input): boolean => {
  const { commands } = tables
  const earlier = db.select().from(commands).where(eq(commands.key, commandKey)).get()
  return earlier !== undefined && earlier.fingerprint !== fingerprint
}

export const attestInvoice = async (
  context: TenantContext,
  who: Principal,
  input: Input,
): Promise<Result<InvoiceView>> => {
  const { month, key, fingerprint, body } = input
  if (!who.person) return refuse('forbidden', { detail: 'Only people attest.' })
  const read = readMonth(month)
  if (!read.ok) return read
  const party = partyOf(who, body)
  if (!party.ok) return party
  const commandKey = `${who.subject} ${key}`
  if (isOtherUse(context, commandKey, input)) return refuse('idempotency-key-reused')
  const first = judge(context, who, party.value, input)
  if (!first.ok) return first
  const seen = attestationsOf(context.db, month).length
  if (await spokeForAnother(context, who, party.value, month))
    return refuse('separation-of-duties', {
      detail:
        'Nobody attests for two parties, nor by a credential that he made for another: come with one that is yours alone.',
    })
  const at = context.now().toISOString()
  const done = transaction(context.db, (tx): Result<{ changed: boolean }> => {
    const now = judge(context, who, party.value, input)
    if (!now.ok) return now
    // Somebody else attested while it was asked who is who.
    if (attestationsOf(tx, month).length !== seen) return ok({ changed: true })
    if (!now.value.already) {
      const { subject: by, behind } = who
      write(tx, { row: now.value.row, party: party.value, by, behind, at })
    }
    const sent = { key: commandKey, fingerprint, changeId: invoiceId(month), at }
    tx.insert(tables.commands).values(sent).onConflictDoNothing().run()
    return ok({ changed: false })
  })
  if (!done.ok) return done
  // Ends: there are as many attestations as parties at most.
  if (done.value.changed) return attestInvoice(context, who, input)
  context.changed()
  return readInvoice(context, month)
}
