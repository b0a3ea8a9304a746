// Azure Resource Manager by its REST interface: read, list, put, patch, delete, and operations that take their time. Waits as long as
// a Function has; what goes on after that is handed back, to be followed later. Throws AzureError and nothing else.
import * as z from 'zod'
import type { ArmPending, Long } from '../../schemas/arm.ts'
import { AzureError } from '../azure/errors.ts'
import { type Answer, jsonOf, unreachable } from './answers.ts'
import { API_VERSIONS, typeOfPath } from './api-versions.ts'
import { beginningOf, endOfResource, endOfStatus, ownUrl, waitOf } from './operation.ts'
import { ARM, type ArmOptions, createSend, type Method } from './send.ts'

const PAGES_AT_MOST = 100
const Page = z.looseObject({ value: z.array(z.unknown()), nextLink: z.string().nullish() })

const urlOf = (path: string, query: Record<string, string> = {}): string => {
  const url = new URL(path, ARM)
  url.searchParams.set('api-version', API_VERSIONS[typeOfPath(path)])
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

const read = <T>(shape: z.ZodType<T>, { status, text }: Answer): T => {
  const parsed = shape.safeParse(jsonOf(text))
  // A page of somebody in between, or another interface: what it says stays out of errors.
  if (!parsed.success) throw unreachable(status)
  return parsed.data
}
const isAbsent = (error: unknown): boolean =>
  error instanceof AzureError && error.fault.fault === 'absent'
/** Azure forgets operations that are long over, and may deny or not tell of others: the resource says how they went. */
const isUntold = (error: unknown): boolean =>
  error instanceof AzureError && ['absent', 'denied', 'unreachable'].includes(error.fault.fault)

/** Paths begin with /subscriptions/ and are made of checked parts: see paths.ts. */
export interface Arm {
  get<T>(path: string, shape: z.ZodType<T>): Promise<T>
  /** All pages. What does not fit the shape makes the list unreadable: half a list would say that something is gone. */
  list<T>(path: string, shape: z.ZodType<T>): Promise<T[]>
  put<T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<Long<T>>
  patch<T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<Long<T>>
  /** Done where nothing is there any more, also where nothing was. */
  delete(path: string, query?: Record<string, string>): Promise<Long<null>>
  /** Follows an operation that went on. For a DELETE the shape is not asked. */
  resume<T>(pending: ArmPending, shape: z.ZodType<T>): Promise<Long<T>>
}

export const createArm = (options: ArmOptions): Arm => {
  const { pace, now, doneWithinMs = 20_000 } = options
  const send = createSend(options)
  const deadline = () => pace.clock() + doneWithinMs
  const getAt = (url: string, until: number) => send({ method: 'GET', url, until })

  /** One look at it. The answer that ended it, where that is the result itself. */
  const look = async (pending: ArmPending, until: number) => {
    const { method, resource, statusUrl, locationUrl } = pending
    const status = ownUrl(statusUrl, resource)
    const told = status ?? ownUrl(locationUrl, resource)
    if (told !== null) {
      const answer = await getAt(told, until).catch((error: unknown) => {
        if (isUntold(error)) return null
        throw error
      })
      if (answer && status === null) return { ended: answer.status !== 202, answer }
      const end = answer ? endOfStatus(answer) : 'unreadable'
      if (answer && end !== 'unreadable') return { ended: end === 'ended', answer }
    }
    try {
      const answer = await getAt(urlOf(resource), until)
      return { ended: method !== 'DELETE' && endOfResource(answer) === 'ended', answer }
    } catch (error) {
      if (method === 'DELETE' && isAbsent(error)) return { ended: true, answer: null }
      throw error
    }
  }

  const resultOf = async <T>(
    { method, resource }: ArmPending,
    shape: z.ZodType<T>,
    until: number,
  ): Promise<T> => {
    if (method === 'DELETE') return null as T
    return read(shape, await getAt(urlOf(resource), until))
  }

  const follow = async <T>(
    pending: ArmPending,
    shape: z.ZodType<T>,
    { until, waitSeconds }: { until: number; waitSeconds: number },
  ): Promise<Long<T>> => {
    let wait = waitSeconds
    for (;;) {
      // A look takes time as well.
      if (pace.clock() + wait * 1_000 >= until - LOOK_MS)
        return { done: false, pending, retryAfterSeconds: wait }
      if (wait > 0) await pace.sleep(wait * 1_000)
      const { ended, answer } = await look(pending, until)
      if (ended) return { done: true, value: await resultOf(pending, shape, until) }
      wait = answer ? waitOf(answer, now().getTime()) : 1
    }
  }

  const write = async <T>(
    method: Exclude<Method, 'GET'>,
    resource: string,
    { body, query }: { body?: unknown; query?: Record<string, string> },
    shape: z.ZodType<T>,
  ): Promise<Long<T>> => {
    const until = deadline()
    const url = urlOf(resource, query)
    const answer = await send({ method, url, until, ...(body === undefined ? {} : { body }) })
    const pending = beginningOf(method, resource, answer)
    if (pending) {
      const waitSeconds = waitOf(answer, now().getTime())
      return follow(pending, shape, { until, waitSeconds })
    }
    return { done: true, value: method === 'DELETE' ? (null as T) : read(shape, answer) }
  }

  return {
    get: async (path, shape) => read(shape, await getAt(urlOf(path), deadline())),
    async list(path, shape) {
      const until = deadline()
      const items: unknown[] = []
      let next: string | null = urlOf(path)
      for (let pages = 0; next !== null; pages += 1) {
        if (pages >= PAGES_AT_MOST) throw unreachable(null)
        const page: z.infer<typeof Page> = read(Page, await getAt(next, until))
        items.push(...page.value)
        const link: string = page.nextLink ?? ''
        next = link === '' ? null : ownUrl(link, path)
        if (link !== '' && next === null) throw unreachable(null)
      }
      const parsed = z.array(shape).safeParse(items)
      if (!parsed.success) throw unreachable(200)
      return parsed.data
    },
    put: (path, body, shape) => write('PUT', path, { body }, shape),
    patch: (path, body, shape) => write('PATCH', path, { body }, shape),
    delete: (path, query = {}) =>
      write('DELETE', path, { query }, z.null()).catch((error: unknown) => {
        if (isAbsent(error)) return { done: true, value: null }
        throw error
      }),
    resume: (pending, shape) => follow(pending, shape, { until: deadline(), waitSeconds: 0 }),
  }
}
/** Kept back for a look and the reading of the result. */
const LOOK_MS = 2_000
