// A month's invoice: what stood, for how long, at which price, and what goes back for promises not kept. A draft until it is
// issued; from then on it never changes, and parties attest its digest until it counts as settled.
import * as z from 'zod'
import { Availability, CreditTable, Month } from './availability.ts'
import { ChangeId, Digest } from './ids.ts'
import type { Role } from './principal.ts'
import { Price } from './quantity.ts'
import { InvoiceAttestations } from './tenant.ts'

/** Who can stand behind an invoice: its tenant, an auditor of it, the platform. */
export const parties = ['tenant', 'auditor', 'platform'] as const
export const Party = z.enum(parties)
export type Party = z.infer<typeof Party>

const ROLES_OF_PARTY: Record<Party, readonly Role[]> = {
  tenant: ['owner', 'admin'],
  auditor: ['auditor'],
  platform: ['operator'],
}
/** The parties that somebody of these roles can speak for. */
export const partiesOf = (roles: readonly Role[]): Party[] =>
  parties.filter((party) => ROLES_OF_PARTY[party].some((role) => roles.includes(role)))

/** Of the parties, where operators have not said otherwise. */
export const INVOICE_ATTESTATIONS = 2

export const InvoiceLine = z.strictObject({
  resource: z.string(),
  /** The change that made it so. */
  change: ChangeId,
  what: z.string(),
  quantity: z.number().nullable(),
  upTo: z.number().optional(),
  unit: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  seconds: z.int().min(0),
  /** For these seconds; the book's prices are for a month of 730 hours. */
  price: Price,
  /** The least of the price is 0 by rounding alone: it is more than nothing. */
  roundedToZero: z.literal(true).optional(),
})
export type InvoiceLine = z.infer<typeof InvoiceLine>

export const CreditLine = z.strictObject({
  resource: z.string(),
  percent: z.number(),
  targetPercent: z.number(),
  measuredPercent: z.number(),
  downSeconds: z.int(),
  /** Negative. */
  price: Price,
  simulated: z.boolean(),
})
export type CreditLine = z.infer<typeof CreditLine>

export const Invoice = z.strictObject({
  schema: z.literal('phoenix.invoice/v1'),
  /** An issued document is another than its draft, to the digest. */
  state: z.enum(['draft', 'issued']),
  tenant: z.string(),
  month: Month,
  from: z.iso.datetime(),
  /** The end of the month, or the moment of asking. */
  to: z.iso.datetime(),
  /** Whether the month is over. */
  complete: z.boolean(),
  lines: z.array(InvoiceLine),
  availability: z.array(Availability.extend({ resource: z.string() })),
  credits: z.array(CreditLine),
  creditTable: CreditTable.pick({ name: true, version: true, date: true, standIn: true }),
  /** Of lines and credits, for each currency. */
  totals: z.array(
    z.strictObject({ currency: z.string(), leastMinor: z.int(), mostMinor: z.int() }),
  ),
  /** Currencies whose sum is beyond what can be said exactly (2^53 - 1 minor units): they have no total. */
  uncounted: z.array(z.string()),
  /** Lines and credits that have no price and are in no total. */
  unpriced: z.int(),
  /** Books that priced it. */
  priceBooks: z.array(z.string()),
  /** What in it is simulated or stand-in data, in words. */
  simulated: z.array(z.string()),
  /** How many of the parties must attest it; in an issued one for good. */
  attestationsNeeded: InvoiceAttestations,
  /** Of all of the above. */
  digest: Digest,
})
export type Invoice = z.infer<typeof Invoice>

export const Attestation = z.strictObject({
  party: Party,
  /** Pseudonym of the person. */
  by: z.string(),
  at: z.iso.datetime(),
  digest: Digest,
})
export type Attestation = z.infer<typeof Attestation>

export const InvoiceState = z.enum(['draft', 'issued', 'settled'])
export type InvoiceState = z.infer<typeof InvoiceState>

export const InvoiceSummary = z.strictObject({
  month: Month,
  state: InvoiceState,
  /** Null for a draft, which changes with what it is made from. */
  digest: Digest.nullable(),
  issuedAt: z.iso.datetime().nullable(),
  settledAt: z.iso.datetime().nullable(),
  attestations: z.array(Attestation),
  attestationsNeeded: InvoiceAttestations,
})
export type InvoiceSummary = z.infer<typeof InvoiceSummary>

export const InvoiceView = InvoiceSummary.extend({ document: Invoice })
export type InvoiceView = z.infer<typeof InvoiceView>

export const AttestInvoice = z.strictObject({
  /** Of the issued document, as it was read. */
  digest: Digest,
  /** Only for who could speak for several; absent: the one that one's roles allow. */
  party: Party.optional(),
})
export type AttestInvoice = z.infer<typeof AttestInvoice>
