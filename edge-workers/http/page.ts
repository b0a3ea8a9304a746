// Lists in pages. A cursor is opaque and bound to its tenant, its route and its filter by an HMAC: nobody can make or move one.
import * as z from 'zod'
import { canonicalJson } from '../../schemas/canonical-json.ts'
import { pointerOf, toErrors } from '../../schemas/issues.ts'
import { ok, type Refused, type Result, refuse } from '../../schemas/result.ts'
import type { Page, PageRequest } from '../actors/contracts.ts'
import { fromBase64url, toBase64url } from '../base64.ts'
import { deriveKey, equalInConstantTime, hmacSha256 } from '../digest.ts'
import { answerJson } from './answer.ts'
import type { AppContext } from './context.ts'
import { answerRefusal } from './problem.ts'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200
const PAGING = ['limit', 'cursor']

/** What a cursor belongs to. `tenantId`: of the tenant whose list it is, or of the caller for lists of the platform. */
export interface ListScope {
  tenantId: string
  filter?: Record<string, string | undefined>
}

const sealOf = (c: AppContext, { tenantId, filter = {} }: ListScope, after: string): string =>
  toBase64url(
    hmacSha256(
      deriveKey(c.env.PLATFORM_KEY, 'cursor'),
      canonicalJson([tenantId, c.req.path, filter, after]),
    ).slice(0, 16),
  )

const makeCursor = (c: AppContext, scope: ListScope, after: string): string =>
  `${toBase64url(new TextEncoder().encode(after))}.${sealOf(c, scope, after)}`

const openCursor = (c: AppContext, scope: ListScope, cursor: string): string | null => {
  const [, position, seal] = /^([A-Za-z0-9_-]{1,700})\.([A-Za-z0-9_-]{22})$/.exec(cursor) ?? []
  if (position === undefined || seal === undefined) return null
  try {
    const after = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      fromBase64url(position),
    )
    return equalInConstantTime(seal, sealOf(c, scope, after)) ? after : null
  } catch {
    return null
  }
}

/** Of these parameters; their names stand where a body has pointers. */
export const refuseQuery = (names: readonly string[], detail: string): Refused =>
  refuse('invalid-parameters', {
    detail,
    errors: names.map((name) => ({ pointer: pointerOf([name]), detail })),
  })

/** Query parameters other than limit and cursor, each at most once, on the allow-list that `schema` (a strictObject) is. */
export const readQuery = <T>(c: AppContext, schema: z.ZodType<T>): Result<T> => {
  const all = Object.entries(c.req.queries())
  const twice = all.find(([, values]) => values.length > 1)
  if (twice) return refuseQuery([twice[0]], 'A query parameter is given twice.')
  const query = all
    .filter(([name]) => !PAGING.includes(name))
    .map(([name, [value]]) => [name, value])
  const parsed = schema.safeParse(Object.fromEntries(query))
  return parsed.success
    ? ok(parsed.data)
    : refuse('invalid-parameters', {
        detail: 'The query does not fit; pointers name its parameters.',
        errors: toErrors(parsed.error.issues, '', schema),
      })
}

export const NO_FILTER = z.strictObject({})

/** `limit` and `cursor` of the query. 422 for a limit out of range and for a cursor that is not of this very list. */
export const readPage = (c: AppContext, scope: ListScope): Result<PageRequest> => {
  const limitText = c.req.query('limit')
  const limit = limitText === undefined ? DEFAULT_LIMIT : Number(limitText)
  if (
    (limitText !== undefined && !/^[0-9]{1,3}$/.test(limitText)) ||
    limit < 1 ||
    limit > MAX_LIMIT
  ) {
    return refuseQuery(
      ['limit'],
      `The query parameter limit is a whole number from 1 to ${MAX_LIMIT}.`,
    )
  }
  const cursor = c.req.query('cursor')
  if (cursor === undefined) return ok({ limit, after: null })
  const after = openCursor(c, scope, cursor)
  return after === null
    ? refuseQuery(['cursor'], 'This cursor is not one of this list: start again without it.')
    : ok({ limit, after })
}

/** Address of the next page, relative to the installation; null on the last one. */
export const nextLink = (c: AppContext, scope: ListScope, next: string | null): string | null => {
  if (next === null) return null
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(scope.filter ?? {})) {
    if (value !== undefined) query.set(name, value)
  }
  const limit = c.req.query('limit')
  if (limit !== undefined) query.set('limit', limit)
  query.set('cursor', makeCursor(c, scope, next))
  return `${c.req.path}?${query}`
}

/** `{ items, next }`, and the same link as a header (RFC 8288). */
export const answerPage = <T>(
  c: AppContext,
  result: Result<Page<T>>,
  { show = (item) => item, ...scope }: ListScope & { show?: (item: T) => unknown },
): Response => {
  if (!result.ok) return answerRefusal(c, result.refusal)
  const next = nextLink(c, scope, result.value.next)
  return answerJson(
    c,
    { items: result.value.items.map(show), next },
    next === null ? {} : { headers: { link: `<${next}>; rel="next"` } },
  )
}
