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

/** `keysOf`: of one tenant. */
export const credentialKeyHandlers = (
  keysOf: (tenant: string) => CredentialKeys,
): { make: HttpHandler; sign: HttpHandler } => ({
  async make(request, context) {
    const { sub } = verifiedClaims(context)
    const asked = MakeCredentialKey.safeParse(await readJson(request))
    if (!asked.success) return problem(400, 'Bad Request')
    const { kid, publicJwk } = await keysOf(sub).make(asked.data.name)
    return { jsonBody: { kid, publicJwk } satisfies z.infer<typeof MakeCredentialKeyAnswer> }
  },
  async sign(request, context) {
    const { sub } = verifiedClaims(context)
    const asked = SignCredential.safeParse(await readJson(request))
    if (!asked.success) return problem(400, 'Bad Request')
    const data = new Uint8Array(Buffer.from(asked.data.data, 'base64url'))
    const made = await keysOf(sub).sign({ kid: asked.data.kid, sealed: null }, data)
    const signature = made && Buffer.from(made).toString('base64url')
    return { jsonBody: { signature } satisfies z.infer<typeof SignCredentialAnswer> }
  },
})
