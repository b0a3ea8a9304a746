// A wallet's answer: read, verified, and settled once. What is not an answer to this very request changes nothing, so nobody ends
// a request that he does not know. An answer that is one ends it: verified, or rejected with the word of what was wrong; only
// where somebody else had to be asked and did not answer may the same be sent again.
import type { ResponseForm } from '../../../../../schemas/oid4vp.ts'
import type { PresentationFault } from '../../../../../schemas/presentation.ts'
import { ok, type Result } from '../../../../../schemas/result.ts'
import { verifyAnswer } from '../../../../credentials/verify-answer.ts'
import type { Presented } from '../../../../credentials/verify-presentation.ts'
import { equalInConstantTime } from '../../../../digest.ts'
import { transaction } from '../../../database.ts'
import type { TenantContext } from '../../context.ts'
import { issuerOf } from '../issuer/issuer.ts'
import { sealText } from '../issuer/secrets.ts'
import { type ReadResponse, readResponse } from './read-response.ts'
import { digestFor, makeResponseCode } from './request-secrets.ts'
import { findRequest, isOpen, move, type RequestRow, sealPresented } from './rows.ts'
import { EVIDENCE, settle } from './settle.ts'
import { clientIdsOf, statusReader, trustOf } from './trust.ts'

export interface Answered {
  /** Null: taken. */
  fault: PresentationFault | null
  /** Where the browser goes on, in the flow on one device. */
  redirectUri: string | null
}
const refused = (fault: PresentationFault): Result<Answered> => ok({ fault, redirectUri: null })

/** Where the wallet sends the browser. It knows what to do with the code only where the request was begun. */
const wayBack = async (
  context: TenantContext,
  { id, mode }: RequestRow,
): Promise<{ digest: string | null; uri: string | null }> => {
  if (mode === 'cross-device') return { digest: null, uri: null }
  const issuer = await issuerOf(context)
  const code = makeResponseCode()
  const path = `/presentations/${issuer.id}/${id}/return?response_code=${code}`
  return {
    digest: digestFor(context, 'response-code', code),
    uri: `${context.env.PUBLIC_URL}${path}`,
  }
}

const isMeant = (context: TenantContext, row: RequestRow, { state }: ReadResponse): boolean =>
  equalInConstantTime(digestFor(context, 'state', state), row.stateDigest)

/** Ends it with a word. Nothing where it has ended meanwhile. */
const reject = async (
  context: TenantContext,
  row: RequestRow,
  fault: PresentationFault,
): Promise<Result<Answered>> => {
  const { digest, uri } = await wayBack(context, row)
  const step = { actor: 'wallet', at: context.now().toISOString(), reason: fault }
  const moved = transaction(context.db, (tx) => {
    const standing = findRequest(tx, row.id)
    if (!standing || !isOpen(standing, context.now())) return null
    return move(tx, standing, 'rejected', {
      ...step,
      patch: { fault, responseCodeDigest: digest, presented: null },
    })
  })
  if (!moved) return refused('wrong-request')
  context.changed()
  // That the holder declines was understood (OpenID4VP 1.0 §8.2).
  return fault === 'denied-by-wallet' ? ok({ fault: null, redirectUri: uri }) : refused(fault)
}

/** On one device it counts when the browser that began it comes back; until then it is kept, and nobody else answers. */
const awaitBrowser = async (
  context: TenantContext,
  row: RequestRow,
  sealed: { presented: string; evidence: string | null },
): Promise<Result<Answered>> => {
  const { digest, uri } = await wayBack(context, row)
  const at = context.now().toISOString()
  const moved = transaction(context.db, (tx) => {
    const standing = findRequest(tx, row.id)
    if (!standing || !isOpen(standing, context.now())) return null
    return move(tx, standing, 'retrieved', {
      ...{ actor: 'wallet', at, reason: 'answered; the browser has to come back' },
      patch: { ...sealed, responseCodeDigest: digest },
    })
  })
  context.changed()
  return moved ? ok({ fault: null, redirectUri: uri }) : refused('wrong-request')
}

const take = async (
  context: TenantContext,
  row: RequestRow,
  { presented, response }: { presented: Presented[]; response: ReadResponse },
): Promise<Result<Answered>> => {
  const evidence =
    row.kind === 'approval'
      ? await sealText(context, EVIDENCE, JSON.stringify(response.vpToken))
      : null
  const sealed = { presented: await sealPresented(context, presented), evidence }
  if (row.mode === 'same-device') return awaitBrowser(context, row, sealed)
  const settled = settle(context, row, { presented, sealed, actor: 'wallet' })
  return settled.ok ? ok({ fault: settled.fault, redirectUri: null }) : refused('wrong-request')
}

/** Never says whether there is such a request: what is no answer to it and what is none at all are one. */
export const answerRequest = async (
  context: TenantContext,
  { id, form }: { id: string; form: ResponseForm },
): Promise<Result<Answered>> => {
  const row = findRequest(context.db, id)
  if (row?.driver !== 'openid4vci' || !isOpen(row, context.now())) return refused('wrong-request')
  const response = await readResponse(context, row, form)
  if (!response || !isMeant(context, row, response)) return refused('wrong-request')
  if (response.vpToken === null) return reject(context, row, 'denied-by-wallet')
  await issuerOf(context)
  const verified = await verifyAnswer({
    ...{ token: response.vpToken, query: row.query, nonce: row.nonce },
    ...{ audience: clientIdsOf(context), now: context.now().getTime() },
    ...{ ...trustOf(context), readStatus: statusReader(context) },
  })
  if (verified.ok) return take(context, row, { presented: verified.presented, response })
  return verified.later ? refused(verified.fault) : reject(context, row, verified.fault)
}
