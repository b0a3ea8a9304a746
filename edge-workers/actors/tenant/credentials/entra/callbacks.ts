// What Microsoft's request service tells of a request, one step at a time. It signs nothing, so every callback is known by the key
// of its request: compared in constant time, and whatever does not fit is as if it were not there. Steps go forward only, and a
// repeat is no step.
import type { IssuanceState } from '../../../../../schemas/credential.ts'
import { type PresentationFault, presentationMoves } from '../../../../../schemas/presentation.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import type { EntraCallback } from '../../../../../schemas/verified-id.ts'
import { equalInConstantTime } from '../../../../digest.ts'
import { transaction } from '../../../database.ts'
import type { TenantContext, Tx } from '../../context.ts'
import { MEMBER_ENDED } from '../issuance/expiry.ts'
import { findOffer, isOpen, move, type OfferRow } from '../issuance/rows.ts'
import { configurationOf } from '../issuer/configurations.ts'
import { revokeLater } from '../powers/due.ts'
import {
  findRequest,
  move as moveRequest,
  type RequestRow,
  sealPresented,
} from '../presentations/rows.ts'
import { settle } from '../presentations/settle.ts'
import { findCredential } from '../status/change.ts'
import { keepCredential } from '../status/positions.ts'
import { credentialIdOf } from './offer.ts'
import { judgePresented } from './present.ts'

/** As the log has it: the wallet acted, and Entra told us. */
const ACTOR = 'wallet'

interface Told {
  keyDigest: string
  callback: EntraCallback
}
type Proved = Pick<OfferRow | RequestRow, 'driver' | 'callbackDigest' | 'remote'>

const NOBODY = 'x'.repeat(43)
const isProved = (row: Proved | undefined, { keyDigest, callback }: Told): boolean => {
  // Compared in any case: how long it takes says nothing about whether there is such a request.
  const same = equalInConstantTime(keyDigest, row?.callbackDigest ?? NOBODY)
  return same && row?.driver === 'entra' && row.remote?.requestId === callback.requestId
}

/** Words of ours for those of the service: its texts may repeat what was sent. */
const errors: Record<string, { code: string; detail: string }> = {
  fetch_contract_error: {
    code: 'contract-unavailable',
    detail: 'Entra Verified ID could not read the contract.',
  },
  issuance_service_error: {
    code: 'claims-not-taken',
    detail: 'Entra Verified ID could not validate what it was asked to issue.',
  },
}
const UNSPECIFIED = {
  code: 'wallet-failed',
  detail:
    'The wallet or Entra Verified ID broke it off: the code was wrong, or the holder declined.',
}
const errorIn = ({ error: { message = '' } = {} }: EntraCallback) =>
  (Object.hasOwn(errors, message) ? errors[message] : undefined) ?? UNSPECIFIED

/** The credential is out, whatever the offer has become meanwhile: without a record nobody could revoke it. */
const keepIssued = (context: TenantContext, tx: Tx, row: OfferRow, at: string): boolean => {
  const id = credentialIdOf(context, row.id)
  if (findCredential(tx, id)) return false
  const [name = ''] = row.configurations
  const seconds = configurationOf(tx, name)?.definition.validitySeconds ?? 0
  keepCredential(tx, {
    ...{ id, configuration: name, driver: 'entra', offerId: row.id, member: row.member },
    ...{ list: null, position: null, holder: null, kid: null, actor: ACTOR, issuedAt: at },
    expiresAt: new Date(Date.parse(at) + seconds * 1_000).toISOString(),
  })
  return true
}

const ERASED = { claims: null, holderKeys: null } as const

const takeIssued = (context: TenantContext, tx: Tx, row: OfferRow, at: string): void => {
  const isNew = keepIssued(context, tx, row, at)
  if (isNew && row.error?.code === MEMBER_ENDED)
    revokeLater(tx, credentialIdOf(context, row.id), at)
  if (isOpen(row)) move(tx, row, 'issued', { actor: ACTOR, at, patch: ERASED })
  else if (isNew)
    move(tx, row, row.state, { actor: ACTOR, at, reason: 'issued after its end', patch: ERASED })
}

type OfferStep = (
  context: TenantContext,
  tx: Tx,
  row: OfferRow,
  at: string,
  told: EntraCallback,
) => void
const offerSteps: Record<string, OfferStep> = {
  request_retrieved: (_, tx, row, at) => {
    if (row.state === 'created') move(tx, row, 'retrieved', { actor: ACTOR, at })
  },
  issuance_successful: takeIssued,
  issuance_error: (_, tx, row, at, told) => {
    const to: IssuanceState = 'failed'
    const error = errorIn(told)
    if (isOpen(row)) move(tx, row, to, { actor: ACTOR, at, reason: error.code, patch: { error } })
  },
}

const takeOffer = (context: TenantContext, told: Told): Result<null> => {
  const { state: id, requestStatus } = told.callback
  const row = findOffer(context.db, id)
  if (!row || !isProved(row, told)) return refuse('not-found')
  const take = Object.hasOwn(offerSteps, requestStatus) ? offerSteps[requestStatus] : undefined
  if (take) {
    transaction(context.db, (tx) =>
      take(context, tx, row, context.now().toISOString(), told.callback),
    )
    context.changed()
  }
  return ok(null)
}

const reject = (context: TenantContext, id: string, fault: PresentationFault): void => {
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    const row = findRequest(tx, id)
    if (row && presentationMoves[row.state].includes('rejected'))
      moveRequest(tx, row, 'rejected', { actor: ACTOR, at, reason: fault, patch: { fault } })
    return null
  })
}

/** A photo of 1 MB in base64, which is what Entra puts into a credential. Sealed it has to fit into a row, which has 2 MB. */
const PRESENTED_BYTES_AT_MOST = 1_450_000
const byteLength = (value: unknown): number =>
  new TextEncoder().encode(JSON.stringify(value)).byteLength

const takePresented = async (
  context: TenantContext,
  row: RequestRow,
  callback: EntraCallback,
): Promise<void> => {
  if (presentationMoves[row.state].length === 0) return
  const first = judgePresented(context, row.query, callback)
  if (!first.ok) return reject(context, row.id, first.fault)
  if (byteLength(first.presented) > PRESENTED_BYTES_AT_MOST)
    return reject(context, row.id, 'too-large')
  const sealed = { presented: await sealPresented(context, first.presented), evidence: null }
  // Revoked, or taken off the trust list, while it was sealed.
  const again = judgePresented(context, row.query, callback)
  if (!again.ok) return reject(context, row.id, again.fault)
  settle(context, row, { presented: again.presented, sealed, actor: ACTOR })
}

const takeRequest = async (context: TenantContext, told: Told): Promise<Result<null>> => {
  const { callback } = told
  const row = findRequest(context.db, callback.state)
  if (!row || !isProved(row, told)) return refuse('not-found')
  const at = context.now().toISOString()
  if (callback.requestStatus === 'request_retrieved' && row.state === 'pending')
    transaction(context.db, (tx) => moveRequest(tx, row, 'retrieved', { actor: ACTOR, at }))
  if (callback.requestStatus === 'presentation_verified')
    await takePresented(context, row, callback)
  // Its texts are for people: the wallet declined, or had nothing that Entra took.
  if (callback.requestStatus === 'presentation_error') reject(context, row.id, 'denied-by-wallet')
  context.changed()
  return ok(null)
}

/** Every refusal is `not-found`: no such request, another key, another request id. */
export const takeCallback = (
  context: TenantContext,
  told: Told,
): Result<null> | Promise<Result<null>> => {
  const { state } = told.callback
  if (state.startsWith('ofr_')) return takeOffer(context, told)
  if (state.startsWith('prq_')) return takeRequest(context, told)
  isProved(undefined, told)
  return refuse('not-found')
}
