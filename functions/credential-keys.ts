// Keys of issuers, where the Functions keep them: whoever the request's token names reaches his own. A private key never leaves.
import type { HttpHandler, HttpResponseInit } from '@azure/functions'
import type * as z from 'zod'
import type { CredentialKeys } from '../schemas/ports.ts'
import {
  MakeCredentialKey,
  type MakeCredentialKeyAnswer,
  SignCredential,
  type SignCredentialAnswer,
} from '../schemas/wire.ts'
import { AzureError } from './azure/errors.ts'
import { verifiedClaims } from './verify-request.ts'

const problem = (status: number, title: string): HttpResponseInit => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({ type: 'about:blank', title, status }),
})

const readJson = async (request: { text(): Promise<string> }): Promise<unknown> => {
  try {
    return JSON.parse(await request.text())
  } catch {
    return undefined
  }
}

type KeysOf = (tenant: string) => CredentialKeys

/** What the vault would not do is an outage to whoever asked: he has another key nowhere. */
const answer =
  <T>(
    make: () => KeysOf | null,
    shape: z.ZodType<T>,
    work: (keys: CredentialKeys, asked: T) => Promise<HttpResponseInit>,
  ): HttpHandler =>
  async (request, context) => {
    const { sub } = verifiedClaims(context)
    const asked = shape.safeParse(await readJson(request))
    if (!asked.success) return problem(400, 'Bad Request')
    const keysOf = make()
    if (!keysOf) return problem(404, 'Not Found')
    try {
      return await work(keysOf(sub), asked.data)
    } catch (error) {
      if (!(error instanceof AzureError)) throw error
      const line = { level: 'warn', event: 'credential-key-failed', error: error.message }
      context.warn(JSON.stringify(line))
      return problem(503, 'Service Unavailable')
    }
  }

/** `make`: the keys of one tenant; null: these Functions keep none. */
export const credentialKeyHandlers = (
  make: () => KeysOf | null,
): { make: HttpHandler; sign: HttpHandler } => ({
  make: answer(make, MakeCredentialKey, async (keys, { name }) => {
    const { kid, publicJwk } = await keys.make(name)
    return { jsonBody: { kid, publicJwk } satisfies z.infer<typeof MakeCredentialKeyAnswer> }
  }),
  sign: answer(make, SignCredential, async (keys, { kid, data }) => {
    const bytes = new Uint8Array(Buffer.from(data, 'base64url'))
    const made = await keys.sign({ kid, sealed: null }, bytes)
    const signature = made && Buffer.from(made).toString('base64url')
    return { jsonBody: { signature } satisfies z.infer<typeof SignCredentialAnswer> }
  }),
})
