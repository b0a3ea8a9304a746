// One request to Azure Resource Manager: its turn under the subscription's limits, a token of the managed identity, the answer read
// to its end. Sends nothing twice but what was refused for being too much, and nothing anywhere but to its own host.
import type { TokenSource } from '../azure/credential.ts'
import { type Bucket, createBucket, type Pace } from '../verified-id/bucket.ts'
import { type Answer, errorOf, refusal, throttled, unreachable } from './answers.ts'

export const ARM = 'https://management.azure.com'
export const ARM_SCOPE = 'https://management.azure.com/.default'

export interface ArmOptions {
  credential: TokenSource
  fetch: (url: string, init: RequestInit) => Promise<Response>
  now: () => Date
  pace: Pace
  /** One request, from its first byte to the last of its answer. */
  answerWithinMs?: number
  /** All that one call does together: a Function answers before the edge stops waiting. */
  doneWithinMs?: number
}

export type Method = 'GET' | 'PUT' | 'PATCH' | 'DELETE'
export interface Sent {
  method: Method
  url: string
  body?: unknown
  /** On the clock of the pace. */
  until: number
}
export type Send = (sent: Sent) => Promise<Answer>

const ANSWER_BYTES_AT_MOST = 8 * 1_048_576
const TRIES = 3
/** Half of what one principal may ask of one subscription (Microsoft: request limits of Azure Resource Manager), by method. */
const PER_SECOND: Record<Method, number> = { GET: 12, PUT: 5, PATCH: 5, DELETE: 5 }
const BUCKETS_AT_MOST = 10_000

const readText = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > ANSWER_BYTES_AT_MOST) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const NO_IDENTITY = new Set(['CredentialUnavailableError', 'AuthenticationRequiredError'])
/** Denied: Azure has no such identity for us. Anything else at the identity's endpoint passes. */
const tokenError = (cause: unknown): Error => {
  const { name, statusCode } = (cause ?? {}) as { name?: string; statusCode?: number }
  const isRefused = statusCode !== undefined && statusCode >= 400 && statusCode < 500
  return NO_IDENTITY.has(name ?? '') || (isRefused && statusCode !== 429)
    ? refusal('denied')
    : unreachable(null, cause)
}

/** A token for Azure Resource Manager. Throws AzureError. */
export const armToken = async (credential: TokenSource) => {
  const given = await credential.getToken(ARM_SCOPE).catch((cause: unknown) => {
    throw tokenError(cause)
  })
  if (given) return given
  throw refusal('denied')
}

const subscriptionOf = (url: string): string =>
  /^\/subscriptions\/([^/]+)/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? ''

/** Throws AzureError for whatever is no 2xx. */
export const createSend = ({
  credential,
  fetch,
  now,
  pace,
  answerWithinMs = 10_000,
}: ArmOptions): Send => {
  const buckets = new Map<string, Bucket>()
  const bucketFor = ({ method, url }: Sent): Bucket => {
    const kind = method === 'PATCH' ? 'PUT' : method
    const name = `${subscriptionOf(url)} ${kind}`
    const bucket = buckets.get(name) ?? createBucket(PER_SECOND[kind], pace)
    if (buckets.size >= BUCKETS_AT_MOST) buckets.clear()
    buckets.set(name, bucket)
    return bucket
  }

  const once = async ({ method, url, body, until }: Sent): Promise<Answer> => {
    const { token } = await armToken(credential)
    const headers = {
      ...{ accept: 'application/json', authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const withinMs = Math.max(1, Math.min(answerWithinMs, until - pace.clock()))
    try {
      const response = await fetch(url, {
        ...{ method, headers, redirect: 'manual' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(withinMs),
      })
      return { status: response.status, headers: response.headers, text: await readText(response) }
    } catch (cause) {
      throw unreachable(null, cause)
    }
  }

  return async (sent) => {
    if (new URL(sent.url).origin !== ARM) throw refusal('refused', 'url')
    const bucket = bucketFor(sent)
    for (let tries = 1; ; tries += 1) {
      if (!(await bucket.take(sent.until - pace.clock()))) throw throttled(bucket.waitMs() / 1_000)
      const answer = await once(sent)
      if (answer.status >= 200 && answer.status < 300) {
        bucket.speedUp()
        return answer
      }
      const error = errorOf(answer, now().getTime())
      const { fault, retryAfterSeconds } = error.fault
      // Whoever refused it for being too much has not done it; of anything else that is not known.
      if (fault === 'throttled') bucket.slowDown(retryAfterSeconds ?? 1)
      if (fault !== 'throttled' || tries >= TRIES) throw error
    }
  }
}
