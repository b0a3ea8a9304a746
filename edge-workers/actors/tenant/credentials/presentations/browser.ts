// The holder's page and the browser it is in. A request on one device belongs to the browser that began it: the first that opens
// its page. What a wallet answered counts when that very browser comes back with the code that only the wallet was told
// (OpenID4VP 1.0 §8.2, §13.3): whoever was sent somebody else's link signs nobody else in.
import type { PresentationFault, PresentationState } from '../../../../../schemas/presentation.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { equalInConstantTime } from '../../../../digest.ts'
import { among, transaction } from '../../../database.ts'
import type { TenantContext } from '../../context.ts'
import { issuerOf } from '../issuer/issuer.ts'
import { wayBackOf } from '../powers/way-back.ts'
import { askedView } from './ask.ts'
import { secretOf } from './request-secrets.ts'
import {
  bareView,
  findRequest,
  isLate,
  isOpen,
  move,
  openPresented,
  type RequestRow,
} from './rows.ts'
import { settle } from './settle.ts'
import type { PresentationPage } from './wallet-contracts.ts'

const NOT_FOUND = refuse('not-found')

const isSame = (digest: string | null, kept: string | null): boolean =>
  digest !== null && kept !== null && equalInConstantTime(digest, kept)

/** The request behind a page's address; undefined: whoever asks does not know its secret. */
const ofPage = ({ db }: TenantContext, id: string, pageDigest: string): RequestRow | undefined => {
  const row = findRequest(db, id)
  return row && isSame(pageDigest, row.pageDigest) ? row : undefined
}

const namesOf = ({ db }: TenantContext, { query }: RequestRow): PresentationPage['names'] => {
  const { credentialConfigurations: configurations } = tables
  const asked = query.credentials.flatMap(({ meta }) => meta.vct_values ?? [])
  const found = db.select().from(configurations).where(among(configurations.vct, asked)).all()
  return Object.fromEntries(found.map(({ vct, definition }) => [vct ?? '', definition.display]))
}

/** For the page, without anything that was presented. */
export const readPage = async (
  context: TenantContext,
  {
    id,
    pageDigest,
    browserDigest,
  }: { id: string; pageDigest: string; browserDigest: string | null },
): Promise<Result<PresentationPage>> => {
  const row = ofPage(context, id, pageDigest)
  if (!row) return NOT_FOUND
  const issuer = await issuerOf(context)
  const { uri, simulated } = await askedView(context, row)
  const begun = row.sessionDigest !== null
  const here = isSame(browserDigest, row.sessionDigest)
  // The link of another browser's request is not shown: it would end there.
  const mayAnswer = isOpen(row, context.now()) && (row.mode === 'cross-device' || here || !begun)
  return ok({
    request: bareView(row, context.now()),
    verifier: issuer.name,
    names: namesOf(context, row),
    uri: mayAnswer ? uri : null,
    simulated,
    answered: row.responseCodeDigest !== null,
    browser: row.mode === 'cross-device' ? 'any' : here ? 'here' : begun ? 'another' : 'none',
  })
}

/** Binds a request on one device to this browser; another one's stays where it is. */
export const beginInBrowser = (
  context: TenantContext,
  { id, pageDigest, browserDigest }: { id: string; pageDigest: string; browserDigest: string },
): Result<{ bound: boolean }> => {
  const row = ofPage(context, id, pageDigest)
  if (!row) return NOT_FOUND
  if (row.mode === 'cross-device') return ok({ bound: false })
  if (row.sessionDigest !== null) return ok({ bound: isSame(browserDigest, row.sessionDigest) })
  if (!isOpen(row, context.now())) return ok({ bound: false })
  const at = context.now().toISOString()
  transaction(context.db, (tx) =>
    move(tx, row, row.state, {
      ...{ actor: 'browser', at, reason: 'begun in a browser' },
      patch: { sessionDigest: browserDigest },
    }),
  )
  context.changed()
  return ok({ bound: true })
}

export interface Returned {
  state: PresentationState
  fault: PresentationFault | null
  /** Path of where it goes on; of its own page with the secret, for whoever came back began it. */
  page: string
}

/** Every refusal is `not-found`: a code that is old, another's, or of another browser. A repeat says the same again. */
export const returnInBrowser = async (
  context: TenantContext,
  {
    id,
    codeDigest,
    browserDigest,
  }: { id: string; codeDigest: string; browserDigest: string | null },
): Promise<Result<Returned>> => {
  const row = findRequest(context.db, id)
  if (!row || !isSame(codeDigest, row.responseCodeDigest)) return NOT_FOUND
  if (!isSame(browserDigest, row.sessionDigest)) return NOT_FOUND
  const waiting = row.state === 'retrieved' && !isLate(row, context.now())
  if (waiting && row.presented !== null) {
    const presented = await openPresented(context, row.presented)
    const sealed = { presented: row.presented, evidence: row.evidence }
    settle(context, row, { presented, sealed, actor: 'browser' })
    await context.arm()
  }
  const standing = findRequest(context.db, id)
  if (!standing) return NOT_FOUND
  const { state, fault } = bareView(standing, context.now())
  const issuer = await issuerOf(context)
  const own = `/presentations/${issuer.id}/${id}/${secretOf(context, 'page', id)}`
  const page = wayBackOf(context, standing) ?? own
  return ok({ state, fault, page })
}
