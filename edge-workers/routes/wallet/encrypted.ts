// Requests of wallets that may be encrypted, and answers that are where the wallet asked for it (OpenID4VCI 1.0 §10). Errors never
// are (§8.3.1.2).
import type * as z from 'zod'
import {
  type AskedEncryption,
  ResponseEncryption,
  WALLET_BODY_BYTES,
} from '../../../schemas/oid4vci.ts'
import { decryptJwe, encryptJwe, importForAgreement } from '../../credentials/jwe.ts'
import { ecPublicJwk } from '../../credentials/keys.ts'
import { requestKeyOf } from '../../credentials/request-encryption.ts'
import type { AppContext } from '../../http/context.ts'
import { type Read, readWalletJson, readWalletJwt } from './bodies.ts'
import type { Issuing } from './wallet-route.ts'

/** The JSON of an answer, as it is sent. */
export type Seal = (json: string) => Promise<string>

type Message<T> =
  | { ok: true; value: T; encryption: AskedEncryption; seal: Seal | null }
  | { ok: false; fault: string; error?: 'invalid_encryption_parameters' }

const ENCRYPTED = /^application\/jwt\s*(?:;|$)/i

const decrypted = async <T>(
  c: AppContext,
  { entry }: Issuing,
  schema: z.ZodType<T>,
): Promise<Read<T> & { error?: 'invalid_encryption_parameters' }> => {
  const { published, privateKey } = await requestKeyOf(c.env.PLATFORM_KEY, entry.id)
  const open = (jwe: string) =>
    decryptJwe(jwe, { kid: published.kid, key: privateKey, most: WALLET_BODY_BYTES })
  const read = await readWalletJwt(c, schema, open)
  return (
    read ?? {
      ...{ ok: false, error: 'invalid_encryption_parameters' },
      fault: 'The body does not decrypt: credential_request_encryption of the metadata says how.',
    }
  )
}

const asked = async (
  wish: unknown,
  isEncrypted: boolean,
): Promise<{ encryption: AskedEncryption; seal: Seal | null }> => {
  if (wish === undefined) return { encryption: 'none', seal: null }
  const unfit = { encryption: 'unfit', seal: null } as const
  const read = ResponseEncryption.safeParse(wish)
  const jwk = read.success ? ecPublicJwk(read.data.jwk) : null
  if (!read.success || !jwk) return unfit
  const { enc, alg = read.data.jwk.alg } = read.data
  if (alg === undefined) return unfit
  try {
    const key = await importForAgreement({ ...jwk })
    const { kid } = read.data.jwk
    return {
      encryption: isEncrypted ? 'sealed' : 'open',
      seal: (json) => encryptJwe(json, { key, kid, enc }),
    }
  } catch {
    return unfit
  }
}

/** One object of JSON, in the open or encrypted to the key of this issuer, and what it says of the answer. */
export const readWalletMessage = async <T extends { credential_response_encryption?: unknown }>(
  c: AppContext,
  issuing: Issuing,
  schema: z.ZodType<T>,
): Promise<Message<T>> => {
  const isEncrypted = ENCRYPTED.test(c.req.header('content-type') ?? '')
  const read = isEncrypted ? await decrypted(c, issuing, schema) : await readWalletJson(c, schema)
  if (!read.ok) return read
  const { credential_response_encryption: wish } = read.value
  return { ...read, ...(await asked(wish, isEncrypted)) }
}
