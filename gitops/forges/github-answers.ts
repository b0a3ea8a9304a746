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

interface HttpFailure {
  status: number
  response?: { headers?: Record<string, string | undefined> }
}
const isHttpFailure = (error: unknown): error is HttpFailure =>
  typeof error === 'object' &&
  error !== null &&
  'status' in error &&
  typeof error.status === 'number'

/** Whole seconds; null when the header is absent or a date. */
const secondsOf = (header: string | undefined): number | null =>
  header !== undefined && /^[0-9]{1,6}$/.test(header) ? Math.max(1, Number(header)) : null

/** Seconds until GitHub takes requests again; null when this failure is not about their number. */
const limitOf = ({ status, response }: HttpFailure): number | null => {
  const headers = response?.headers ?? {}
  const spent = headers['x-ratelimit-remaining'] === '0'
  const retryAfter = secondsOf(headers['retry-after'])
  if (status !== 429 && !(status === 403 && (spent || retryAfter !== null))) return null
  const reset = Number(headers['x-ratelimit-reset']) - Math.floor(Date.now() / 1000)
  return retryAfter ?? (spent && reset > 0 ? reset : LIMITED_SECONDS)
}

/** 401, 403 and 451 are denied; 429, a rate-limited 403 and 5xx are unreachable for a while. */
const classify = (error: unknown): Error => {
  // Not an answer of HTTP at all, or one that is not what the API answers: a proxy's page, half a body.
  if (!isHttpFailure(error)) return new Outage('forge', 'does not answer', undefined, error)
  const limited = limitOf(error)
  if (limited !== null) return new Outage('forge', 'limits the rate of requests', limited)
  if (error.status >= 500) {
    const seconds = secondsOf(error.response?.headers?.['retry-after']) ?? undefined
    return new Outage('forge', `answers ${error.status}`, seconds)
  }
  if (error.status === 401 || error.status === 403 || error.status === 451)
    return new Denied('forge', `answers ${error.status}`)
  return new Error(`forge: unexpected answer ${error.status}`)
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

/**
 * All pages of a list.
 * Throws when there are more than 20 of 100: a part of a list would be taken for the whole.
 */
export const allPages = async <T>(read: (page: number) => Promise<T[]>): Promise<T[]> => {
  const all: T[] = []
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const items = await read(page)
    if (!Array.isArray(items)) throw new TypeError('an answer that is no list')
    all.push(...items)
    if (items.length < PAGE) return all
  }
  throw new Error('forge: a list is too long to be read whole')
}
