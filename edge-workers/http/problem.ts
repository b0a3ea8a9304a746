// Refusals and errors as problem documents (RFC 9457). The only place where either becomes a response.
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod'
import { rulePath } from '../../gitops/finding.ts'
import { Finding } from '../../schemas/plan.ts'
import { type ProblemName, problems } from '../../schemas/problems.ts'
import type { Refusal } from '../../schemas/result.ts'
import { framesOf } from '../frames.ts'
import type { AppContext } from './context.ts'

export const Problem = z.strictObject({
  type: z.url(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** The request id, also in X-Request-Id. */
  instance: z.string(),
  errors: z
    .array(
      z.strictObject({
        pointer: z.string(),
        detail: z.string(),
        rule: z.string().optional(),
        /** The rule's limits. */
        numbers: z.record(z.string(), z.number()).optional(),
        /** The page that explains the rule with these numbers. */
        url: z.url().optional(),
      }),
    )
    .optional(),
  /** `url`: the page that explains a finding with its own numbers. */
  findings: z.array(Finding.extend({ url: z.url() })).optional(),
  /** Of the token endpoint only: what an OAuth 2.0 client reads (RFC 6749 §5.2), as extension members. */
  error: z.string().optional(),
  error_description: z.string().optional(),
})
export type Problem = z.infer<typeof Problem>

const explained =
  ({ env }: AppContext) =>
  (found: Finding) => ({ ...found, url: `${env.PUBLIC_URL}${rulePath(found)}` })

const explainedError =
  ({ env }: AppContext) =>
  (error: NonNullable<Refusal['errors']>[number]) => {
    const { rule, numbers } = error
    if (rule === undefined) return error
    const path = rulePath({ rule, ...(numbers ? { numbers } : {}) })
    return { ...error, url: `${env.PUBLIC_URL}${path}` }
  }

/** A refusal on the wire: type, title, status, detail, instance, and where they help errors[] and findings[]. */
export const answerRefusal = (
  c: AppContext,
  refusal: Refusal,
  more: Pick<Problem, 'error' | 'error_description'> = {},
): Response => {
  const { problem, detail, errors, findings, retryAfterSeconds } = refusal
  const { status, title, wayOut } = problems[problem]
  const body: Problem = {
    type: `${c.env.PUBLIC_URL}/problems/${problem}`,
    title,
    status,
    detail: detail ?? wayOut,
    instance: c.get('requestId'),
    ...(errors && errors.length > 0 ? { errors: errors.map(explainedError(c)) } : {}),
    ...(findings && findings.length > 0 ? { findings: findings.map(explained(c)) } : {}),
    ...more,
  }
  if (retryAfterSeconds !== undefined) {
    c.header('retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds))))
  }
  if (problem === 'unauthenticated') {
    const sent = c.req.header('authorization') !== undefined
    c.header('www-authenticate', `Bearer realm="phoenix"${sent ? ', error="invalid_token"' : ''}`)
  }
  c.get('counters').add('phoenix_problems_total', { problem })
  return c.body(JSON.stringify(body), status as ContentfulStatusCode, {
    'content-type': 'application/problem+json',
  })
}

/** What the runtime and other actors hang on an error; class and prototype do not survive RPC. */
interface RemoteError extends Error {
  port?: unknown
  retryAfterSeconds?: unknown
  overloaded?: unknown
  retryable?: unknown
  durableObjectReset?: unknown
}

const PROBLEM_OF_STATUS: Record<number, ProblemName> = {
  400: 'malformed-request',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
}

const refusalOf = (error: RemoteError): Refusal => {
  if (error instanceof HTTPException) {
    return { problem: PROBLEM_OF_STATUS[error.status] ?? 'internal' }
  }
  if (error.name === 'Outage') {
    const seconds = typeof error.retryAfterSeconds === 'number' ? error.retryAfterSeconds : 5
    return { problem: 'outage', retryAfterSeconds: seconds }
  }
  // The installation's own credential was refused somewhere: the caller can only wait for the operator.
  if (error.name === 'Denied') return { problem: 'outage', retryAfterSeconds: 60 }
  // An overloaded object must not be asked again at once; one that was reset may.
  if (error.overloaded === true) return { problem: 'outage', retryAfterSeconds: 30 }
  if (error.retryable === true || error.durableObjectReset === true) {
    return { problem: 'outage', retryAfterSeconds: 2 }
  }
  return { problem: 'internal' }
}

/** The door for everything thrown: one log line with the request id, one problem document. */
export const answerError = (error: Error, c: AppContext): Response => {
  const refusal = refusalOf(error)
  const { port } = error as RemoteError
  if (refusal.problem === 'internal' || refusal.problem === 'outage') {
    c.get('counters').add('phoenix_errors_total', { error: error.name })
    console.error(
      JSON.stringify({
        ...{ level: 'error', event: 'request-failed' },
        trace: `${c.get('traceparent')}`.slice(3, 35),
        requestId: c.get('requestId'),
        error: error.name,
        problem: refusal.problem,
        ...(typeof port === 'string' ? { port } : {}),
        frames: framesOf(error),
      }),
    )
  }
  return answerRefusal(c, refusal)
}
