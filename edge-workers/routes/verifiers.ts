// /log/verify-log.mjs and the auditor beside it: for whoever wants to check the log without a checkout of ours. Their digests are
// on the page of the log; somebody who has them from elsewhere asks by them, and gets those bytes or nothing.
import * as z from 'zod'
import { refuse } from '../../schemas/result.ts'
import { answerDigested } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute } from '../http/route.ts'
import { type Verifier, verifiers } from '../verifiers.ts'

const TYPE = 'text/javascript; charset=utf-8'
const Query = z.strictObject({
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'A SHA-256 in hexadecimal.')
    .optional()
    .describe('Only these bytes: they may be kept for ever.'),
})

const serve = (app: App, { name, text, digest, href }: Verifier): void =>
  addRoute(
    app,
    {
      ...{ method: 'get', path: href, summary: `Fetch ${name}`, tag: 'Log', action: 'open' },
      description: `One file for plain Node, which needs no network: its first lines say how. SHA-256 \`${digest}\`.`,
      query: Query,
      answers: { 200: { text: 'The file.', contentType: TYPE } },
      problems: ['not-found'],
    },
    (c) => {
      const query = readQuery(c, Query)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const { sha256 } = query.value
      if (sha256 !== undefined && sha256 !== digest)
        return answerRefusal(c, refuse('not-found').refusal)
      const cacheControl =
        sha256 === undefined ? 'public, max-age=300' : 'public, max-age=31536000, immutable'
      return answerDigested(c, text, TYPE, { cacheControl })
    },
  )

export const registerVerifierRoutes = (app: App): void => {
  for (const verifier of verifiers) serve(app, verifier)
}
