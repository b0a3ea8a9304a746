// Results of actors as responses, and the preconditions around them (RFC 9110 §13).
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { PackedResult, Versioned } from '../actors/contracts.ts'
import { sha256Hex } from '../digest.ts'
import { unpack } from '../packed.ts'
import type { AppContext } from './context.ts'
import { answerRefusal } from './problem.ts'

export interface AnswerOptions<T> {
  status?: number
  headers?: Record<string, string>
  /** How the value looks outside; default: as it is. */
  show?: (value: T) => unknown
}

const identity = (value: unknown): unknown => value

const answerText = (
  c: AppContext,
  json: string,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Response =>
  c.body(json, status as ContentfulStatusCode, { 'content-type': 'application/json', ...headers })

export const answerJson = (
  c: AppContext,
  value: unknown,
  options: { status?: number; headers?: Record<string, string> } = {},
): Response => answerText(c, JSON.stringify(value), options)

/** A result as JSON, or its refusal as a problem document. */
export const answer = <T>(
  c: AppContext,
  result: Result<T>,
  { status = 200, headers = {}, show = identity }: AnswerOptions<T> = {},
): Response =>
  result.ok
    ? answerJson(c, show(result.value), { status, headers })
    : answerRefusal(c, result.refusal)

/** A strong entity tag: the version counts every write to the object. */
export const etagOf = (version: number): string => `"v${version}"`

const isRead = ({ req: { method } }: AppContext): boolean => method === 'GET' || method === 'HEAD'

/** If-None-Match compares weakly (RFC 9110 §13.1.2). */
const isFresh = (c: AppContext, etag: string): boolean => {
  const header = c.req.header('if-none-match')
  if (header === undefined || !isRead(c)) return false
  return (
    header.trim() === '*' ||
    header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
  )
}

interface TaggedAnswer {
  status?: number
  headers?: Record<string, string>
  cacheControl?: string | undefined
  json: () => string
}

const sharedHeaders = (etag: string, cacheControl = 'private, no-cache') => ({
  etag,
  'cache-control': cacheControl,
})

/** 304 when the reader already has this version. */
const answerTagged = (
  c: AppContext,
  etag: string,
  { status = 200, headers, cacheControl, json }: TaggedAnswer,
): Response => {
  const shared = sharedHeaders(etag, cacheControl)
  if (isFresh(c, etag)) return c.body(null, 304, shared)
  return answerText(c, json(), { status, headers: { ...shared, ...headers } })
}

/** Like answer, with the version as ETag. What a write answers may hold a secret that is shown once, and is kept by nobody. */
export const answerVersioned = <T>(
  c: AppContext,
  result: Result<Versioned<T>>,
  { status = 200, headers = {}, show = identity }: AnswerOptions<T> = {},
): Response => {
  if (!result.ok) return answerRefusal(c, result.refusal)
  const { value, version } = result.value
  return answerTagged(c, etagOf(version), {
    ...{ status, headers },
    cacheControl: isRead(c) ? undefined : 'no-store',
    json: () => JSON.stringify(show(value)),
  })
}

/** The same for a value that its actor has made text of: it is sent on unread. */
export const answerPacked = (c: AppContext, packed: PackedResult<unknown>): Response => {
  if (typeof packed !== 'string') return answerRefusal(c, packed.refusal)
  const { version, json } = unpack(packed)
  const etag = etagOf(version)
  if (isFresh(c, etag)) return c.body(null, 304, sharedHeaders(etag))
  // Made whole, for the reads that are called most: header by header it costs as much as finding the route.
  return new Response(json, {
    headers: { ...sharedHeaders(etag), 'content-type': 'application/json' },
  })
}

/** For what has no version of its own: the tag is a digest of exactly what is sent. */
export const answerDigested = (
  c: AppContext,
  text: string,
  contentType = 'application/json',
  { cacheControl, headers = {} }: { cacheControl?: string; headers?: Record<string, string> } = {},
): Response =>
  answerTagged(c, `"${sha256Hex(text).slice(0, 32)}"`, {
    headers: { 'content-type': contentType, ...headers },
    cacheControl,
    json: () => text,
  })

const OUR_TAG = /^"v(0|[1-9][0-9]{0,14})"$/

/**
 * The version a write expects. 428 without If-Match. 412 for anything that cannot match strongly: weak tags,
 * tags we never gave. Of several tags none is taken: a write is meant for one version.
 */
export const requireIfMatch = (c: AppContext): Result<number | '*'> => {
  const header = c.req.header('if-match')?.trim()
  if (header === undefined || header === '') return refuse('precondition-required')
  if (header === '*') return ok('*')
  const version = OUR_TAG.exec(header)?.[1]
  return version === undefined ? refuse('precondition-failed') : ok(Number(version))
}
