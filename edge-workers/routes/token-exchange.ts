// POST /v1/token: a token of another issuer for a short one of ours (RFC 8693). Whoever is refused learns nothing of the tenant:
// one that does not exist, one without workloads, another issuer, other claims are one answer.
import * as z from 'zod'
import { Slug, TenantId } from '../../schemas/ids.ts'
import { problems } from '../../schemas/problems.ts'
import { ok, type Refusal, type Result, refuse } from '../../schemas/result.ts'
import { findTenant, tenantStub } from '../actors/stubs.ts'
import type { ExchangedToken, TokenExchange } from '../actors/tenant/workloads/contracts.ts'
import { MAX_JWT_CHARACTERS, readJwt } from '../auth/oidc/jwt-form.ts'
import { answerJson } from '../http/answer.ts'
import { readBody } from '../http/body.ts'
import type { App, AppContext } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute } from '../http/route.ts'

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
const TYPE = 'urn:ietf:params:oauth:token-type:'
const ACCESS_TOKEN = `${TYPE}access_token`
const SUBJECT_TYPES = [`${TYPE}jwt`, `${TYPE}id_token`] as const
const MAX_BYTES = 16_384
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i

/** RFC 8693 §2.1; what we know of it. */
const ExchangeForm = z.object({
  grant_type: z.literal(GRANT),
  subject_token: z.string().min(1).max(MAX_JWT_CHARACTERS).describe('A signed JWT.'),
  subject_token_type: z.enum(SUBJECT_TYPES),
  audience: z
    .string()
    .max(300)
    .optional()
    .describe('Slug or id of the tenant, or its address in this API.'),
  resource: z.string().max(300).optional().describe('The same, for clients that send this one.'),
  scope: z
    .string()
    .max(1_000)
    // RFC 6749 §3.3.
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/)
    .optional()
    .describe('Absent: all that the workload has.'),
  requested_token_type: z.literal(ACCESS_TOKEN).optional(),
})
type ExchangeForm = z.infer<typeof ExchangeForm>
const KNOWN = [...Object.keys(ExchangeForm.shape), 'actor_token', 'actor_token_type']

/** RFC 8693 §2.2.1. */
const ExchangeAnswer = z.strictObject({
  access_token: z.string(),
  issued_token_type: z.literal(ACCESS_TOKEN),
  token_type: z.literal('Bearer'),
  /** Seconds; never beyond the end of the token that was brought. */
  expires_in: z.int(),
  scope: z.string(),
})

/** The codes of RFC 6749 §5.2 and RFC 8693 §2.2.2, by what is wrong. */
const CODES: Partial<Record<Refusal['problem'], string>> = {
  'scope-refused': 'invalid_scope',
  outage: 'temporarily_unavailable',
}
const BY_PARAMETER: Record<string, string> = {
  grant_type: 'unsupported_grant_type',
  audience: 'invalid_target',
  resource: 'invalid_target',
  scope: 'invalid_scope',
}

type Read<T> = Result<T> | { ok: false; refusal: Refusal; error: string }

const unsupported = (parameter: string, detail: string): Read<never> => ({
  ok: false,
  refusal: { problem: 'unsupported-exchange', detail: `${parameter}: ${detail}` },
  error: BY_PARAMETER[parameter] ?? 'invalid_request',
})

const readForm = async (c: AppContext): Promise<Read<ExchangeForm>> => {
  if (!FORM_TYPE.test(c.req.header('content-type') ?? ''))
    return refuse('unsupported-media-type', {
      detail: 'The body must be application/x-www-form-urlencoded.',
    })
  const body = await readBody(c, MAX_BYTES)
  if (!body.ok)
    return body.refusal.problem === 'payload-too-large'
      ? refuse('payload-too-large', { detail: 'The body is larger than 16 KiB.' })
      : body
  const form = new URLSearchParams(new TextDecoder().decode(body.value))
  const twice = KNOWN.find((name) => form.getAll(name).length > 1)
  if (twice !== undefined) return unsupported(twice, 'may be given once.')
  if (form.has('actor_token')) return unsupported('actor_token', 'nobody acts for another here.')
  // Parameters without a value count as left out (RFC 6749 §3.2).
  const given = [...form].filter(([name, value]) => KNOWN.includes(name) && value !== '')
  const parsed = ExchangeForm.safeParse(Object.fromEntries(given))
  if (parsed.success) return ok(parsed.data)
  const [parameter = 'grant_type'] = parsed.error.issues.map(({ path }) => String(path[0]))
  return unsupported(parameter, 'is missing, or not one of the values that the reference names.')
}

/** Null for what names no tenant, or more than one thing. */
const tenantNamed = (c: AppContext, { audience, resource }: ExchangeForm): string | null => {
  const named = audience ?? resource
  if (named === undefined || (audience !== undefined && resource !== undefined)) return null
  const base = `${c.env.PUBLIC_URL}/v1/tenants/`
  const name = named.startsWith(base) ? named.slice(base.length) : named
  return Slug.safeParse(name).success || TenantId.safeParse(name).success ? name : null
}

/** The token and everything about the tenant: one refusal for all of it. */
const exchange = async (
  c: AppContext,
  tenantName: string,
  input: TokenExchange,
): Promise<Result<ExchangedToken>> => {
  // What is no JWT at all costs nobody a look-up.
  if (readJwt(input.subjectToken) === null) return refuse('exchange-refused')
  const entry = await findTenant(c.env, tenantName)
  const reached = entry && tenantStub(c.env, entry.jurisdiction, entry.id)
  return reached?.ok ? reached.value.stub.exchangeToken(input) : refuse('exchange-refused')
}

const answerExchange = async (c: AppContext): Promise<Response> => {
  c.header('cache-control', 'no-store')
  const refused = (refusal: Refusal, error = CODES[refusal.problem] ?? 'invalid_request') => {
    const { problem, detail } = refusal
    return answerRefusal(c, refusal, {
      error,
      error_description: detail ?? problems[problem].wayOut,
    })
  }
  const form = await readForm(c)
  if (!form.ok) return refused(form.refusal, 'error' in form ? form.error : undefined)
  const name = tenantNamed(c, form.value)
  if (name === null) {
    const problem = 'unsupported-exchange'
    const detail = 'Name one tenant, as audience or as resource.'
    return refused({ problem, detail }, 'invalid_target')
  }
  const { subject_token: subjectToken, scope } = form.value
  const exchanged = await exchange(c, name, { subjectToken, scopes: scope?.split(' ') ?? null })
  if (!exchanged.ok) return refused(exchanged.refusal)
  const { token, expiresInSeconds, scopes } = exchanged.value
  return answerJson(c, {
    ...{ access_token: token, issued_token_type: ACCESS_TOKEN, token_type: 'Bearer' },
    ...{ expires_in: expiresInSeconds, scope: scopes.join(' ') },
  } satisfies z.infer<typeof ExchangeAnswer>)
}

export const registerTokenExchangeRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/token',
      summary: 'Exchange a workload’s token',
      description:
        'OAuth 2.0 Token Exchange (RFC 8693). The token of a program that the tenant trusts (see workloads) for a short API token of the service account. A person’s own token, of an issuer that people sign in with here, is none of a program and is not taken. It ends when the token that was brought ends, or sooner. A repeat gives the same token as long as half of its life is left. Errors are problem documents with the members `error` and `error_description` of RFC 6749 §5.2; a token that is not taken is `invalid_request`, as RFC 8693 §2.2.2 has it, whatever is wrong with it and whether the tenant exists or not.',
      tag: 'Workload identity',
      action: 'proof',
      body: ExchangeForm,
      bodyName: 'TokenExchange',
      bodyType: 'application/x-www-form-urlencoded',
      answers: { 200: { text: 'The token.', schema: ExchangeAnswer, name: 'ExchangedToken' } },
      problems: ['exchange-refused', 'unsupported-exchange', 'scope-refused'],
    },
    answerExchange,
  )
}
