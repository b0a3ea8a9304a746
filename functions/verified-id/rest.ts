// One request to Microsoft Entra Verified ID: its turn, a token of the managed identity, the answer read to the end and of the
// shape that was agreed. Sends nothing twice but what was refused for being too much.
import type * as z from 'zod'
import type { TokenSource } from '../azure/credential.ts'
import type { AzureError } from '../azure/errors.ts'
import { type Bucket, createBucket, type Pace } from './bucket.ts'
import { errorOf, refusal, throttled as throttledFor, unreachable } from './errors.ts'

export const VERIFIED_ID = 'https://verifiedid.did.msidentity.com/v1.0/verifiableCredentials'
/** Each service has an audience of its own. */
export const SCOPES = {
  request: '3db474b9-6a0c-4840-96ac-1fceb342124f/.default',
  admin: '6a8b4b39-c021-437c-b060-5a14a3fd65f3/.default',
} as const
export type Service = keyof typeof SCOPES

export interface RestOptions {
  credential: TokenSource
  fetch: (url: string, init: RequestInit) => Promise<Response>
  now: () => Date
  pace: Pace
  /** Requests of this process; Microsoft publishes no limit. */
  perSecond?: number
  answerWithinMs?: number
  /** Waiting for a turn, and for what a 429 asks for, together. */
  waitAtMostMs?: number
}

export interface Call<T> {
  service: Service
  method: 'GET' | 'POST' | 'PATCH'
  /** Below the base, with a slash in front. */
  path: string
  body?: unknown
  /** Of the answer; absent: it has none that matters (204). */
  shape?: z.ZodType<T>
}
export type Rest = <T>(call: Call<T>) => Promise<T>

const ANSWER_BYTES_AT_MOST = 4 * 1_048_576
const TRIES = 3

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

const parsed = <T>(text: string, shape: z.ZodType<T>, status: number): T => {
  try {
    return shape.parse(JSON.parse(text))
  } catch {
    // A page of somebody in between, or another interface: what it says stays out of errors.
    throw unreachable(status)
  }
}

const tokenFor = async (credential: TokenSource, service: Service): Promise<string> => {
  const given = await credential.getToken(SCOPES[service]).catch((cause: unknown) => {
    throw unreachable(null, cause)
  })
  if (given) return given.token
  throw refusal('denied')
}

/** Throws AzureError and nothing else. */
export const createRest = ({
  credential,
  fetch,
  now,
  pace,
  perSecond = 5,
  answerWithinMs = 10_000,
  waitAtMostMs = 5_000,
}: RestOptions): Rest => {
  // Each service counts for itself.
  const buckets: Record<Service, Bucket> = {
    request: createBucket(perSecond, pace),
    admin: createBucket(perSecond, pace),
  }

  const send = async ({ service, method, path, body }: Call<unknown>) => {
    const token = await tokenFor(credential, service)
    const headers = {
      ...{ accept: 'application/json', authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    try {
      const response = await fetch(`${VERIFIED_ID}${path}`, {
        ...{ method, headers, redirect: 'manual' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(answerWithinMs),
      })
      const retryAfter = response.headers.get('retry-after')
      return { status: response.status, retryAfter, text: await readText(response) }
    } catch (cause) {
      throw unreachable(null, cause)
    }
  }

  const throttled = (bucket: Bucket): AzureError =>
    throttledFor(Math.max(1, Math.ceil(bucket.waitMs() / 1_000)))

  return async (call) => {
    const bucket = buckets[call.service]
    const until = pace.clock() + waitAtMostMs
    for (let tries = 1; ; tries += 1) {
      if (!(await bucket.take(until - pace.clock()))) throw throttled(bucket)
      const answer = await send(call)
      if (answer.status >= 200 && answer.status < 300) {
        bucket.speedUp()
        return call.shape ? parsed(answer.text, call.shape, answer.status) : (undefined as never)
      }
      const error = errorOf(answer, now().getTime())
      const { fault, retryAfterSeconds } = error.fault
      // Whoever refused it for being too much has not done it; of anything else that is not known.
      if (fault === 'throttled') bucket.slowDown(retryAfterSeconds ?? 1)
      if (fault !== 'throttled' || tries >= TRIES) throw error
    }
  }
}
