// What members read of offers and issuances, and what they say of one that waits: issue it, or not.
import { and, desc, eq, lt, or } from 'drizzle-orm'
import type { CredentialOfferView, IssuanceView } from '../../../../../schemas/credential.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Page, PageRequest, Versioned } from '../../../contracts.ts'
import { transaction } from '../../../database.ts'
import { pageOf } from '../../../page.ts'
import type { TenantContext } from '../../context.ts'
import { issuerOf, issuerUrl } from '../issuer/issuer.ts'
import { currentOffer, expireDue } from './expiry.ts'
import {
  findIssuance,
  findOffer,
  isOpen,
  issuanceView,
  linkTo,
  move,
  type OfferRow,
  offerView,
  referenceUrl,
} from './rows.ts'

const { credentialOffers: offers } = tables

const keyOf = ({ createdAt, id }: OfferRow): string => `${createdAt} ${id}`

/** The newest first. */
const pageOfOffers = (context: TenantContext, { limit, after }: PageRequest): OfferRow[] => {
  expireDue(context)
  const [createdAt = '', id = ''] = (after ?? '').split(' ')
  const older = or(
    lt(offers.createdAt, createdAt),
    and(eq(offers.createdAt, createdAt), lt(offers.id, id)),
  )
  return context.db
    .select()
    .from(offers)
    .where(after === null ? undefined : older)
    .orderBy(desc(offers.createdAt), desc(offers.id))
    .limit(limit + 1)
    .all()
}

/** A link is as good as the credential where no code is asked for: only whoever may offer it reads it again. */
const mayHandOn = ({ roles, scopes }: Principal): boolean =>
  scopes.includes('credentials:write') && roles.some((role) => role === 'owner' || role === 'admin')

const uriOf = async (context: TenantContext, who: Principal) => {
  const issuer = await issuerOf(context)
  const url = issuerUrl(context.env, issuer.id)
  return (row: OfferRow): string | null => {
    if (!mayHandOn(who)) return null
    if (row.driver === 'entra') return row.remote?.url ?? null
    const { offer: scheme } = issuer.linkSchemes
    return linkTo(scheme, 'credential_offer_uri', referenceUrl(context, url, row.id))
  }
}

export const listOffers = async (
  context: TenantContext,
  who: Principal,
  page: PageRequest,
): Promise<Result<Page<CredentialOfferView>>> => {
  const uri = await uriOf(context, who)
  const rows = pageOfOffers(context, page)
  return ok(pageOf(rows, page.limit, keyOf, (row) => offerView(context.db, row, uri(row))))
}

export const readOffer = async (
  context: TenantContext,
  who: Principal,
  id: string,
): Promise<Result<Versioned<CredentialOfferView>>> => {
  const uri = await uriOf(context, who)
  const row = currentOffer(context, (on) => findOffer(on, id))
  if (!row) return refuse('not-found')
  return ok({ value: offerView(context.db, row, uri(row)), version: row.version })
}

const versioned = ({ db }: TenantContext, row: OfferRow): Result<Versioned<IssuanceView>> =>
  ok({ value: issuanceView(db, row), version: row.version })

export const listIssuances = (
  context: TenantContext,
  _who: Principal,
  page: PageRequest,
): Result<Page<IssuanceView>> =>
  ok(pageOf(pageOfOffers(context, page), page.limit, keyOf, (row) => issuanceView(context.db, row)))

export const readIssuance = (
  context: TenantContext,
  _who: Principal,
  id: string,
): Result<Versioned<IssuanceView>> => {
  const row = currentOffer(context, (on) => findIssuance(on, id))
  return row ? versioned(context, row) : refuse('not-found')
}

/** From then on the wallet gets it, whether it has asked already or not. Said twice it is the same. */
export const releaseIssuance = (
  context: TenantContext,
  { subject: actor }: Principal,
  id: string,
): Result<Versioned<IssuanceView>> => {
  const row = currentOffer(context, (on) => findIssuance(on, id))
  if (!row) return refuse('not-found')
  if (row.releasedAt !== null) return versioned(context, row)
  if (!row.deferred || !isOpen(row))
    return refuse('wrong-state', { detail: 'Only a deferred issuance that is open is released.' })
  const at = context.now().toISOString()
  const released = transaction(context.db, (tx) =>
    move(tx, row, row.state, { actor, at, reason: 'released', patch: { releasedAt: at } }),
  )
  return versioned(context, released)
}

/** Takes an open offer back, whatever it waits for. Said twice it is the same. */
export const denyIssuance = (
  context: TenantContext,
  { subject: actor }: Principal,
  id: string,
): Result<Versioned<IssuanceView>> => {
  const row = currentOffer(context, (on) => findIssuance(on, id))
  if (!row) return refuse('not-found')
  if (row.state === 'denied') return versioned(context, row)
  if (!isOpen(row))
    return refuse('wrong-state', {
      detail: 'It has ended, or is issued: revoke the credential instead.',
    })
  const at = context.now().toISOString()
  return versioned(
    context,
    transaction(context.db, (tx) => move(tx, row, 'denied', { actor, at })),
  )
}
