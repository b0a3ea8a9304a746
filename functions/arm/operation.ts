// A long-running operation of Azure Resource Manager: where it is followed, and when it is over. Source: Microsoft's resource
// provider contract, asynchronous operations (Azure-AsyncOperation, Operation-Location, Location, provisioningState, Retry-After).
import * as z from 'zod'
import type { ArmPending } from '../../schemas/arm.ts'
import { retryAfterOf } from '../azure/errors.ts'
import { type Answer, errorOfOperation, jsonOf } from './answers.ts'
import { ARM } from './send.ts'

const Provisioned = z.looseObject({
  properties: z.looseObject({ provisioningState: z.string().nullish() }).nullish(),
})
const Status = z.looseObject({ status: z.string(), error: z.unknown().optional() })

const ENDS = new Set(['succeeded', 'failed', 'canceled'])
const isEnd = (state: string): boolean => ENDS.has(state.toLowerCase())
const failed = (state: string): boolean => isEnd(state) && state.toLowerCase() !== 'succeeded'

const subscriptionPath = (path: string): string =>
  /^\/subscriptions\/[^/]+\//i.exec(path)?.[0].toLowerCase() ?? '/none/'

/** An address that an answer gave: null unless it leads to the same subscription of the same host. */
export const ownUrl = (text: string | null, resource: string): string | null => {
  const url = text === null ? null : URL.parse(text, ARM)
  if (!url || url.origin !== ARM || url.username !== '' || url.password !== '') return null
  return url.pathname.toLowerCase().startsWith(subscriptionPath(resource)) ? url.href : null
}

const WAIT_SECONDS = 2
/** Seconds; `now` in milliseconds since 1970. */
export const waitOf = ({ headers }: Answer, now: number): number =>
  Math.max(1, retryAfterOf(headers.get('retry-after'), now) ?? WAIT_SECONDS)

const provisioningOf = (text: string): string | null =>
  Provisioned.safeParse(jsonOf(text)).data?.properties?.provisioningState ?? null

/** What the answer to the request itself says: null where it is over. Throws AzureError where it ended and was not done. */
export const beginningOf = (
  method: ArmPending['method'],
  resource: string,
  answer: Answer,
): ArmPending | null => {
  const { headers, status, text } = answer
  const statusUrl =
    ownUrl(headers.get('azure-asyncoperation'), resource) ??
    ownUrl(headers.get('operation-location'), resource)
  const locationUrl = ownUrl(headers.get('location'), resource)
  const pending = { method, resource, statusUrl, locationUrl }
  if (statusUrl !== null || status === 202) return pending
  // A 201 may name the resource that it made.
  const state = method === 'DELETE' ? null : provisioningOf(text)
  if (state !== null && failed(state)) throw errorOfOperation(state, null)
  return state === null || isEnd(state) ? null : { ...pending, locationUrl: null }
}

/** Of Azure-AsyncOperation and Operation-Location: a body with a status. Null: it goes on. Throws AzureError as above. */
export const endOfStatus = ({ text }: Answer): 'ended' | 'unreadable' | null => {
  const { data } = Status.safeParse(jsonOf(text))
  if (!data) return 'unreadable'
  if (failed(data.status)) throw errorOfOperation(data.status, data.error)
  return isEnd(data.status) ? 'ended' : null
}

/** Of the resource itself: over where its state is an end, or where it has none. */
export const endOfResource = ({ text }: Answer): 'ended' | null => {
  const state = provisioningOf(text)
  if (state !== null && failed(state)) throw errorOfOperation(state, null)
  return state === null || isEnd(state) ? 'ended' : null
}
