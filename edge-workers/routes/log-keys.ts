// /v1/log/keys: the public keys with which anybody checks a receipt, offline, as a JSON Web Key Set (RFC 7517).
import * as z from 'zod'
import { answerJson } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { addRoute } from '../http/route.ts'

const SigningKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
})
const KeySet = z.strictObject({
  keys: z.array(SigningKey.extend({ alg: z.literal('EdDSA'), use: z.literal('sig') })),
})

/** Named fields only: the private half is in the same JWK and must never come along. */
const publicHalf = (jwk: string): z.infer<typeof KeySet> => {
  const { kty, crv, x, kid } = SigningKey.parse(JSON.parse(jwk))
  return { keys: [{ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }] }
}

export const registerLogKeyRoutes = (app: App): void =>
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/log/keys',
      summary: 'Keys that sign receipts',
      tag: 'About',
      action: 'open',
      answers: { 200: { text: 'The key set.', schema: KeySet, name: 'KeySet' } },
    },
    (c) =>
      answerJson(c, publicHalf(c.env.EDGE_SIGNING_KEY), {
        headers: { 'cache-control': 'public, max-age=300' },
      }),
  )
