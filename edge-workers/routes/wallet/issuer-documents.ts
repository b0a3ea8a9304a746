// What anybody may read of an issuer: its metadata, public keys, root, types and status lists. Nothing here takes a credential.
import { accepts } from 'hono/accepts'
import * as z from 'zod'
import { Slug } from '../../../schemas/ids.ts'
import type { IssuerDocument } from '../../actors/tenant/credentials/issuer/wallet-contracts.ts'
import { LIST_TTL_SECONDS } from '../../actors/tenant/credentials/status/lists.ts'
import { STATUS_LIST_MEDIA } from '../../credentials/status-list.ts'
import { answerDigested } from '../../http/answer.ts'
import type { App, AppContext } from '../../http/context.ts'
import { answerRefusal } from '../../http/problem.ts'
import { param } from '../../http/route.ts'
import { addWalletRoute, type Issuing } from './wallet-route.ts'

const TAG = 'Issuer, for wallets'
/** After a rotation every verifier has the new keys within a minute. */
const KEPT = 'public, max-age=60'

interface DocumentRow {
  path: string
  what: IssuerDocument
  summary: string
  description?: string
  contentType?: string
  call?: 'issuer.draft-document'
}

const rows: DocumentRow[] = [
  {
    path: '/.well-known/openid-credential-issuer/i/{issuer}',
    what: 'credential-issuer',
    summary: 'Credential issuer metadata (OpenID4VCI 1.0 §12.2)',
    description:
      'With `Accept: application/jwt` the same as a JWT by the issuer’s key, with its certificate in `x5c` (§12.2.3).',
  },
  {
    path: '/.well-known/oauth-authorization-server/i/{issuer}',
    what: 'authorization-server',
    summary: 'Authorization server metadata (RFC 8414)',
  },
  {
    path: '/.well-known/jwt-vc-issuer/i/{issuer}',
    what: 'jwt-vc-issuer',
    summary: 'Public keys of the issuer (SD-JWT VC §4)',
  },
  // Draft 15 appends what OpenID4VCI 1.0 puts between host and path.
  ...(['openid-credential-issuer', 'oauth-authorization-server'] as const).map(
    (name): DocumentRow => ({
      path: `/i/{issuer}/.well-known/${name}`,
      what: name === 'openid-credential-issuer' ? 'credential-issuer' : 'authorization-server',
      summary: `${name}, where wallets of draft 15 look for it`,
      call: 'issuer.draft-document',
    }),
  ),
  { path: '/i/{issuer}/did.json', what: 'did', summary: 'The issuer as did:web' },
  {
    path: '/i/{issuer}/root.pem',
    what: 'root',
    summary: 'Root certificate of the issuer',
    contentType: 'application/pem-certificate-chain',
  },
]

const SIGNED = 'application/jwt'
/** Only whoever asks for it gets it: others expect JSON (OpenID4VCI 1.0 §12.2.2). */
const wantsSigned = (c: AppContext): boolean =>
  accepts(c, {
    ...{ header: 'Accept', supports: ['application/json', SIGNED] },
    default: 'application/json',
  }) === SIGNED

const answerSigned = async (c: AppContext, { tenant }: Issuing): Promise<Response> => {
  const read = await tenant.wallet('issuer.signed-metadata', null)
  if (!read.ok) return answerRefusal(c, read.refusal)
  c.header('vary', 'accept')
  return answerDigested(c, read.value, SIGNED, { cacheControl: KEPT })
}

const Document = z.record(z.string(), z.json())
const POSITIVE = /^[1-9][0-9]{0,8}$/

export const registerIssuerDocumentRoutes = (app: App): void => {
  for (const row of rows) {
    const { path, what, summary, description, contentType = 'application/json', call } = row
    const json = contentType === 'application/json'
    addWalletRoute(
      app,
      {
        ...{ method: 'get', path, summary, tag: TAG, action: 'open' },
        ...(description === undefined ? {} : { description }),
        answers: {
          200: { text: 'The document.', contentType, ...(json ? { schema: Document } : {}) },
        },
      },
      async (c, issuing) => {
        const { tenant } = issuing
        const isMetadata = what === 'credential-issuer' && call === undefined
        if (isMetadata && wantsSigned(c)) return answerSigned(c, issuing)
        const read = await tenant.wallet(call ?? 'issuer.document', what)
        if (!read.ok) return answerRefusal(c, read.refusal)
        // Of what is there alone: what is not looks like any other unknown address.
        if (isMetadata) c.header('vary', 'accept')
        return answerDigested(c, read.value, contentType, { cacheControl: KEPT })
      },
    )
  }

  addWalletRoute(
    app,
    {
      method: 'get',
      path: '/i/{issuer}/types/{name}',
      summary: 'Metadata of a credential type (SD-JWT VC §5)',
      description: 'At the address that `vct` is in the credential, for types of this issuer.',
      tag: TAG,
      action: 'open',
      answers: { 200: { text: 'The type.', schema: Document } },
    },
    async (c, { tenant }) => {
      const name = Slug.safeParse(param(c, 'name'))
      if (!name.success) return answerRefusal(c, { problem: 'not-found' })
      const read = await tenant.wallet('issuer.type', name.data)
      if (!read.ok) return answerRefusal(c, read.refusal)
      const text = JSON.stringify(read.value)
      return answerDigested(c, text, 'application/json', { cacheControl: KEPT })
    },
  )

  addWalletRoute(
    app,
    {
      method: 'get',
      path: '/i/{issuer}/status-lists/{list}',
      summary: 'A status list (draft-ietf-oauth-status-list)',
      description:
        'Two bits for each of 131,072 positions: valid, invalid, suspended. Signed, with its certificate; a change is in it at once.',
      tag: TAG,
      action: 'open',
      answers: { 200: { text: 'The status list token.', contentType: STATUS_LIST_MEDIA } },
    },
    async (c, { tenant }) => {
      const list = param(c, 'list')
      if (!POSITIVE.test(list)) return answerRefusal(c, { problem: 'not-found' })
      const read = await tenant.wallet('status.list', Number(list))
      const cacheControl = `public, max-age=${LIST_TTL_SECONDS}`
      return read.ok
        ? answerDigested(c, read.value, STATUS_LIST_MEDIA, { cacheControl })
        : answerRefusal(c, read.refusal)
    },
  )
}
