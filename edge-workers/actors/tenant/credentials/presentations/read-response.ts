// What a wallet posted, as the parameters of an answer (OpenID4VP 1.0 §8.1 to §8.3): plain, or encrypted to the key of this one
// request. Nothing is believed of it here but that whoever sent it knew the request.
import {
  EncryptedResponse,
  RESPONSE_BYTES_AT_MOST,
  type ResponseForm,
  VpToken,
} from '../../../../../schemas/oid4vp.ts'
import { decryptJwe, importForAgreement } from '../../../../credentials/jwe.ts'
import { parseJson } from '../../../../http/json.ts'
import type { TenantContext } from '../../context.ts'
import { openText } from '../issuer/secrets.ts'
import { ENCRYPTION_KEY } from './ask.ts'
import type { RequestRow } from './rows.ts'

/** `error`: the wallet, or its holder, declines. */
export interface ReadResponse {
  state: string
  vpToken: VpToken | null
  error: string | null
}

const asJson = (bytes: Uint8Array): unknown => {
  const json = parseJson(bytes)
  return json.ok ? json.value : null
}

/** Exactly one of the two, and the `state` that the request had. */
const oneOf = ({ vp_token: vpToken, error, state }: EncryptedResponse): ReadResponse | null =>
  state === undefined || (vpToken === undefined) === (error === undefined)
    ? null
    : { state, vpToken: vpToken ?? null, error: error ?? null }

const decrypt = async (
  context: TenantContext,
  row: RequestRow,
  jwe: string,
): Promise<ReadResponse | null> => {
  if (row.encryptionKey === null) return null
  const jwk = JSON.parse(await openText(context, ENCRYPTION_KEY, row.encryptionKey))
  // A key of its own is a request of its own.
  const plaintext = await decryptJwe(jwe, {
    ...{ kid: jwk.kid, key: await importForAgreement(jwk), most: RESPONSE_BYTES_AT_MOST },
  })
  const read = plaintext && EncryptedResponse.safeParse(asJson(plaintext))
  return read?.success ? oneOf(read.data) : null
}

const readToken = (text: string): VpToken | undefined =>
  VpToken.safeParse(asJson(new TextEncoder().encode(text))).data

/** Null: it is no answer to this request. Where encryption is asked for, only an error may come without (§8.3.1). */
export const readResponse = async (
  context: TenantContext,
  row: RequestRow,
  form: ResponseForm,
): Promise<ReadResponse | null> => {
  const { vp_token: token, response, error, state } = form
  if ([token, response, error].filter((given) => given !== undefined).length !== 1) return null
  if (response !== undefined) return decrypt(context, row, response)
  if (error !== undefined) return oneOf({ error, state })
  if (row.response === 'direct_post.jwt') return null
  const vpToken = readToken(token ?? '')
  return vpToken ? oneOf({ vp_token: vpToken, state }) : null
}
