// What one piece of work may spend at the forge. The whole of it is paid for with its first request, so that it is not
// stopped half way; what comes on top is paid for one by one. And what the forge says of its limits on the way back.
import { type HttpFailure, limitOf } from '../../../gitops/forges/github-answers.ts'
import type { Result } from '../../../schemas/result.ts'
import { throwIfOutage } from '../outage.ts'
import { type Cost, CREDIT_SECONDS, type Said } from './limits.ts'

export interface Budget {
  pay: (cost: Cost) => Promise<Result<null>>
  heed: (said: Said) => Promise<void>
}

/** With so many requests left of the forge's own count, whatever else uses the credential is left the rest. */
const NEARLY_SPENT = 50
const READS = new Set(['GET', 'HEAD'])

/**
 * A fetch that pays before it asks.
 * Throws Outage, with the seconds until there is room, when the budget is spent; nothing has left then.
 */
export const spending = (
  fetch: typeof globalThis.fetch,
  budget: Budget,
  whole: Cost,
): typeof fetch => {
  let credit: Cost | null = null
  let until = 0
  const pay = async (cost: Cost): Promise<void> => throwIfOutage(await budget.pay(cost))
  return async (input, init) => {
    const kind = READS.has(init?.method ?? 'GET') ? 'reads' : 'writes'
    if (credit === null) {
      await pay(whole)
      credit = { ...whole }
      until = Date.now() + CREDIT_SECONDS * 1000
    }
    if (credit[kind] > 0 && Date.now() < until) credit[kind] -= 1
    else await pay({ writes: 0, reads: 0, [kind]: 1 })
    const response = await fetch(input, init)
    await listen(response, budget)
    return response
  }
}

/** The forge's count is one for all repositories behind the credential: it is told where all of them pay. */
const listen = async (response: Response, budget: Budget): Promise<void> => {
  const { status, headers } = response
  if (status === 403 || status === 429) {
    // Its words are needed: GitHub tells a secondary limit from a denial by nothing else, where it gives no time.
    const data: unknown = await response
      .clone()
      .json()
      .catch(() => null)
    const failure: HttpFailure = {
      status,
      response: { headers: Object.fromEntries(headers), data },
    }
    const limited = limitOf(failure)
    if (limited !== null) await budget.heed({ refused: limited.said })
    return
  }
  const remaining = headers.get('x-ratelimit-remaining')
  const reset = Number(headers.get('x-ratelimit-reset'))
  if (remaining !== null && Number(remaining) < NEARLY_SPENT && Number.isSafeInteger(reset))
    await budget.heed({ lowUntil: reset })
}
