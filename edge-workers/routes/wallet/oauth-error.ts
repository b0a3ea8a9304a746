// Errors as wallets read them: `{ error, error_description? }` and nothing else (RFC 6749 §5.2, OpenID4VCI 1.0 §8.3.1.2). The
// description is a sentence of ours; nothing that was sent comes back in it.
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod'
import type { AppContext } from '../../http/context.ts'
import type { ShownAnswer } from '../../http/route.ts'

export const OAuthError = z.strictObject({
  error: z.string().describe('A code of the specification.'),
  error_description: z.string().optional(),
})
export type OAuthError = z.infer<typeof OAuthError>

/** For `answers` of a route's page. */
export const oauthErrorAnswer = (text: string): ShownAnswer => ({
  ...{ text, schema: OAuthError, name: 'OAuthError' },
})

interface ErrorOptions {
  /** Default: 400. */
  status?: number
  description?: string | undefined
  headers?: Record<string, string>
}

/** Never cached. */
export const answerOAuthError = (
  c: AppContext,
  error: string,
  { status = 400, description, headers = {} }: ErrorOptions = {},
): Response => {
  const body: OAuthError = {
    error,
    ...(description === undefined ? {} : { error_description: description }),
  }
  return c.body(JSON.stringify(body), status as ContentfulStatusCode, {
    ...{ 'content-type': 'application/json', 'cache-control': 'no-store' },
    ...headers,
  })
}

/**
 * 401 of a protected resource (RFC 6750 §3): without a token only the challenge says what is missing; a token that does not
 * hold is `invalid_token`.
 */
export const answerUnauthorized = (c: AppContext, sent: boolean): Response =>
  answerOAuthError(c, sent ? 'invalid_token' : 'invalid_request', {
    status: 401,
    description: sent ? 'This access token does not hold here.' : 'An access token is missing.',
    headers: { 'www-authenticate': sent ? 'Bearer error="invalid_token"' : 'Bearer' },
  })
