// /v1/log/keys: the public keys with which anybody checks a receipt, offline, as a JSON Web Key Set (RFC 7517), and every key
// that ever signed a checkpoint. Readers of the set pass over members that they do not know (RFC 7517 §5).
import * as z from 'zod'
import { LogKey } from '../../schemas/log.ts'
import { logStub } from '../actors/stubs.ts'
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
  /** Those that sign now come last. */
  checkpointKeys: z.array(
    LogKey.extend({
      /** Where the platform’s log has the key; null: not yet. */
      leafIndex: z.int().min(0).nullable(),
    }),
  ),
})

/** Named fields only: the private half is in the same JWK and must never come along. */
const publicHalf = (jwk: string): Pick<z.infer<typeof KeySet>, 'keys'> => {
  const { kty, crv, x, kid } = SigningKey.parse(JSON.parse(jwk))
  return { keys: [{ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }] }
}

export const registerLogKeyRoutes = (app: App): void =>
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/log/keys',
      summary: 'Keys that sign receipts and checkpoints',
      description:
        '`keys` is the JSON Web Key Set for receipts. `checkpointKeys` is every key that ever signed a checkpoint, with the time from which and until which it did: an old note is checked with the key that signed it. Each is a leaf of the platform’s log, at `leafIndex`. `simulated`: a stand-in on a laptop holds it.',
      tag: 'Log',
      action: 'open',
      answers: { 200: { text: 'The key set.', schema: KeySet, name: 'KeySet' } },
    },
    async (c) => {
      const checkpointKeys = await logStub(c.env).knownKeys()
      const set = { ...publicHalf(c.env.EDGE_SIGNING_KEY), checkpointKeys }
      return answerJson(c, set, { headers: { 'cache-control': 'public, max-age=300' } })
    },
  )
