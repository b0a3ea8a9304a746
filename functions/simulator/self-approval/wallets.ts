// Credentials in the hands of the people of a trace: taken over the API before it begins, and presented in it as wallets do.
import { CompactEncrypt, decodeJwt, importJWK } from 'jose'
import {
  newSigner,
  present,
  type TestSigner,
} from '../../../edge-workers/credentials/presenter.fixture.ts'
import { createHolder } from '../../../edge-workers/routes/wallet/holder.fixture.ts'
import type { CredentialOffer } from '../../../schemas/credential.ts'
import type { RequestObject } from '../../../schemas/oid4vp.ts'
import type { TenantWorld } from '../tenant-world.ts'

export interface InWallet {
  text: string
  key: TestSigner
  /** Of the credential. */
  id: string
}

/** Offered by whoever has this token, who saw its link and its code. */
export const takeCredential = async (
  world: TenantWorld,
  token: string,
  { configuration, member }: { configuration: string; member: string },
): Promise<InWallet> => {
  const insist = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const { status, body: told } = await world.send(method, path, {
      ...{ token },
      ...(body ? { body } : {}),
    })
    if (status >= 300) throw new Error(`${path}: ${status}`)
    return told as T
  }
  const { url } = await insist<{ url: string }>('GET', '/issuer')
  const offered = { configurations: [configuration], member }
  const made = await insist<CredentialOffer>('POST', '/credential-offers', offered)
  const holder = createHolder({ send: world.http, env: world.env }, url, () => new Date())
  const code = holder.codeOf(await holder.fetchOffer(made.uri ?? ''))
  const { body: granted } = await holder.redeem(code, made.txCode)
  const key = await newSigner()
  const own = { privateKey: key.privateKey, jwk: { ...key.publicJwk } }
  const { body } = await holder.request(String(granted.access_token), configuration, [own])
  const [{ credential: text = '' } = {}] = (body.credentials ?? []) as { credential?: string }[]
  const read = await insist<{ credentials: string[] }>('GET', `/issuances/${made.issuance.id}`)
  return { text, key, id: read.credentials[0] ?? '' }
}

/** Presents it for what the link asks; the status that the wallet is told. */
export const presentFor = async (
  { http, env }: TenantWorld,
  uri: string,
  { text, key: holder }: InWallet,
): Promise<number> => {
  const local = (url: string): string => url.replace(env.PUBLIC_URL, '')
  const address = new URL(uri).searchParams.get('request_uri') ?? ''
  const object = decodeJwt(
    await (await http('GET', local(address))).text(),
  ) as unknown as RequestObject
  const { client_id: audience, nonce, state, client_metadata: metadata } = object
  const disclose = ['member', 'tenant']
  const shown = await present(text, { disclose, holder, audience, nonce, now: Date.now() })
  const [id = ''] = object.dcql_query.credentials.map((one) => one.id)
  const [jwk] = metadata.jwks?.keys ?? []
  if (!jwk) throw new Error('nothing to encrypt to')
  const plain = JSON.stringify({ vp_token: { [id]: [shown] }, state })
  const response = await new CompactEncrypt(new TextEncoder().encode(plain))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: jwk.kid })
    .encrypt(await importJWK({ ...jwk }, 'ECDH-ES'))
  const answered = await http('POST', local(object.response_uri), {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: String(new URLSearchParams({ response })),
  })
  return answered.status
}
