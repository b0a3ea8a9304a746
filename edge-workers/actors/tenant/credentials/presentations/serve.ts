// The signed request object, for whoever has its link: as often as it is asked for, until somebody has answered or its time is
// over. The first time is a step: the link was opened by a wallet.
import { EncryptionKey, KEY_AGREEMENT } from '../../../../../schemas/jwe.ts'
import { REQUEST_OBJECT_TYPE } from '../../../../../schemas/oid4vp.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import { clientIdOf, requestObject } from '../../../../credentials/request-object.ts'
import { equalInConstantTime } from '../../../../digest.ts'
import { transaction } from '../../../database.ts'
import type { TenantContext } from '../../context.ts'
import { issuerOf, issuerUrl, signerOf } from '../issuer/issuer.ts'
import { openText } from '../issuer/secrets.ts'
import { ENCRYPTION_KEY } from './ask.ts'
import { digestFor, secretOf } from './request-secrets.ts'
import { findRequest, isOpen, move, type RequestRow } from './rows.ts'

/** What the wallet gets of it: the public members alone. */
const publicKeyOf = async (
  context: TenantContext,
  { encryptionKey }: RequestRow,
): Promise<EncryptionKey | null> => {
  if (encryptionKey === null) return null
  const { d: _, ...publicJwk } = JSON.parse(await openText(context, ENCRYPTION_KEY, encryptionKey))
  return EncryptionKey.parse({ ...publicJwk, alg: KEY_AGREEMENT, use: 'enc' })
}

const isLinked = (context: TenantContext, { id }: RequestRow, linkDigest: string): boolean =>
  equalInConstantTime(linkDigest, digestFor(context, 'link', secretOf(context, 'link', id)))

/** Refuses with `not-found`, whatever is wrong. `walletNonce` comes back in it (OpenID4VP 1.0 §5.10). */
export const serveRequest = async (
  context: TenantContext,
  { id, linkDigest, walletNonce }: { id: string; linkDigest: string; walletNonce: string | null },
): Promise<Result<{ object: string }>> => {
  const row = findRequest(context.db, id)
  const now = context.now()
  if (row?.driver !== 'openid4vci' || !isOpen(row, now)) return refuse('not-found')
  if (!isLinked(context, row, linkDigest)) return refuse('not-found')
  const issuer = await issuerOf(context)
  const signer = await signerOf(context)
  const payload = requestObject({
    ...{ clientId: clientIdOf(signer.certificateDer), clientName: issuer.name },
    ...{ issuer: issuerUrl(context.env, issuer.id), id, response: row.response },
    ...{ nonce: row.nonce, state: secretOf(context, 'state', id), query: row.query },
    ...{ encryptionKey: await publicKeyOf(context, row), walletNonce },
    now: Math.floor(now.getTime() / 1_000),
    until: Math.floor(Date.parse(row.expiresAt) / 1_000),
  })
  const object = await signer.sign({ typ: REQUEST_OBJECT_TYPE, withX5c: true }, payload)
  const standing = findRequest(context.db, id)
  if (!standing || !isOpen(standing, context.now())) return refuse('not-found')
  if (standing.state === 'pending') {
    const step = { actor: 'wallet', at: context.now().toISOString() }
    transaction(context.db, (tx) => move(tx, standing, 'retrieved', step))
    context.changed()
  }
  return ok({ object })
}
