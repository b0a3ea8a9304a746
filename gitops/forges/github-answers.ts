// GitHub's answers as our three: absent is an answer, denied is Denied, and everything that leaves the outcome unknown is an
// Outage with the seconds to stay away. A page of a proxy or half a body is no answer, whatever its status says.
import { GitSha } from '../../schemas/ids.ts'
import type { ForgeAccount } from '../../schemas/ports.ts'
import { Denied, Outage } from '../../schemas/result.ts'

/** How long to stay away when GitHub limits us without saying for how long. */
const LIMITED_SECONDS = 60
export const PAGE = 100
/** Pages that are read of one list at most. */
const MAX_PAGES = 20

export interface HttpFailure {
  status: number
  response?: { headers?: Record<string, string | undefined>; data?: unknown }
}
const isHttpFailure = (error: unknown): error is HttpFailure =>
  typeof error === 'object' &&
  error !== null &&
  'status' in error &&
  typeof error.status === 'number'

/** Whole seconds; null when the header is absent or a date. */
const secondsOf = (header: string | undefined): number | null =>
  header !== undefined && /^[0-9]{1,6}$/.test(header) ? Math.max(1, Number(header)) : null

/** GitHub's words for a secondary limit: it may come as 403 without a time, and is then told from a denial by them alone. */
const SECONDARY = /secondary rate limit|abuse detection/i
const saysSecondary = (data: unknown): boolean =>
  typeof data === 'object' &&
  data !== null &&
  'message' in data &&
  typeof data.message === 'string' &&
  SECONDARY.test(data.message.slice(0, 1_000))

/**
 * Null when this failure is not about the number of requests; else the seconds until GitHub takes them again, where it
 * says so (docs.github.com, rate limits for the REST API: `retry-after` first, then `x-ratelimit-reset`).
 */
export const limitOf = ({ status, response }: HttpFailure): { said: number | null } | null => {
  const headers = response?.headers ?? {}
  const spent = headers['x-ratelimit-remaining'] === '0'
  const retryAfter = secondsOf(headers['retry-after'])
  const limited = spent || retryAfter !== null || saysSecondary(response?.data)
  if (status !== 429 && !(status === 403 && limited)) return null
  const reset = Number(headers['x-ratelimit-reset']) - Math.floor(Date.now() / 1000)
  return { said: retryAfter ?? (spent && reset > 0 ? reset : null) }
}

/** 401, 403 and 451 are denied; 429, a rate-limited 403 and 5xx are unreachable for a while. */
const classify = (error: unknown): Error => {
  // Not an answer of HTTP at all, or one that is not what the API answers: a proxy's page, half a body.
  if (error instanceof Outage) return error
  if (!isHttpFailure(error)) return new Outage('forge', 'does not answer', undefined, error)
  // Nothing left: our own budget was spent, or the answer was no answer. Octokit wraps what a fetch throws.
  const { cause } = error as { cause?: unknown }
  if (cause instanceof Outage || cause instanceof Denied) return cause
  const limited = limitOf(error)
  if (limited !== null) {
    return new Outage('forge', 'limits the rate of requests', limited.said ?? LIMITED_SECONDS)
  }
  if (error.status >= 500) {
    const seconds = secondsOf(error.response?.headers?.['retry-after']) ?? undefined
    return new Outage('forge', `answers ${error.status}`, seconds)
  }
  if (error.status === 401 || error.status === 403 || error.status === 451)
    return new Denied('forge', `answers ${error.status}`)
  return new Error(`forge: unexpected answer ${error.status}`)
}

/**
 * One call, its body included, within so many milliseconds. A redirect is not followed: it would carry a write to where
 * nobody sent it, and a repository that was renamed or given away is not the tenant's any more until an operator says so.
 */
export const within =
  (fetch: typeof globalThis.fetch, milliseconds: number): typeof fetch =>
  async (input, init) => {
    const signal = AbortSignal.timeout(milliseconds)
    const response = await fetch(input, { ...init, signal, redirect: 'manual' })
    const elsewhere = response.status === 0 || (response.status >= 300 && response.status < 400)
    if (elsewhere) throw new Outage('forge', 'sends us elsewhere', LIMITED_SECONDS)
    return response
  }

/** Runs a call and reads its answer; a status named in `answers` is an answer and not a failure. */
export const call = async <T, A = never>(
  run: () => Promise<T>,
  answers: Record<number, A> = {},
): Promise<T | A> => {
  try {
    return await run()
  } catch (error) {
    if (isHttpFailure(error) && Object.hasOwn(answers, error.status))
      return answers[error.status] as A
    throw classify(error)
  }
}

/**
 * An id out of an answer. Octokit gives text, or nothing, where a body is not the JSON that it says it is, and
 * half an answer must never become half a change.
 */
export const shaOf = (value: unknown): GitSha => GitSha.parse(value)

/** An account out of an answer, with the same caution. */
export const accountOf = (raw: { login?: unknown; id?: unknown } | null): ForgeAccount => {
  const { login, id } = raw ?? {}
  if (typeof login !== 'string' || login === '' || !Number.isSafeInteger(id))
    throw new TypeError('an answer that is no account')
  return { login, account: id as number }
}

/** Only people can make it shorter. */
export const TOO_LONG = 'has a list that is too long to be read whole'
export const TOO_LONG_SECONDS = 600

/**
 * All pages of a list.
 * Throws when there are more than `most` of 100: a part of a list would be taken for the whole.
 */
export const allPages = async <T>(
  read: (page: number) => Promise<T[]>,
  most = MAX_PAGES,
): Promise<T[]> => {
  const all: T[] = []
  for (let page = 1; page <= most; page += 1) {
    const items = await read(page)
    if (!Array.isArray(items)) throw new TypeError('an answer that is no list')
    all.push(...items)
    if (items.length < PAGE) return all
  }
  throw new Outage('forge', TOO_LONG, TOO_LONG_SECONDS)
}

/**
 * A list whose answers say themselves whether there is more (RFC 8288, `rel="next"`): what GitHub may send whole at once.
 * Throws when there are more than 20 pages.
 */
export const followed = async <T>(
  read: (page: number) => Promise<{ data: T[]; headers: { link?: string | undefined } }>,
): Promise<T[]> => {
  const all: T[] = []
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { data, headers } = await read(page)
    if (!Array.isArray(data)) throw new TypeError('an answer that is no list')
    all.push(...data)
    if (!headers.link?.includes('rel="next"')) return all
  }
  throw new Outage('forge', TOO_LONG, TOO_LONG_SECONDS)
}
