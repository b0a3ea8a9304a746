// What pages with forms share: the way in, keys that make a form sent twice one request, and a refusal in words on the page that
// the form was on.
import { IdempotencyKey } from '../../schemas/ids.ts'
import { problems } from '../../schemas/problems.ts'
import type { Refusal } from '../../schemas/result.ts'
import type { Entered } from '../auth/door.ts'
import type { AppContext } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { readForm, refusedPage } from './answers.tsx'
import { isOwnForm, ownDoor } from './session.ts'

/** All scopes and a key. */
const MAX_BYTES = 8_000
const SHOWN_AT_MOST = 200

/** A page of a list that is short in every tenant we know of. */
export const ALL = { limit: SHOWN_AT_MOST, after: null }

/** Of a form that makes something: sent again, it makes nothing new. */
export const newKey = (): string => `console:${crypto.randomUUID()}`
export const keyOf = (form: URLSearchParams): string =>
  IdempotencyKey.safeParse(form.get('key')).data ?? newKey()

/** The version of what the page showed. Without one nothing is overwritten: none is version 0. */
export const versionOf = (form: URLSearchParams): number => {
  const version = Number(form.get('version') ?? 0)
  return Number.isSafeInteger(version) ? version : 0
}

export const inWords = ({ problem, detail, errors }: Refusal): string =>
  detail ?? errors?.map((error) => error.detail).join(' ') ?? problems[problem].title

/** Refusals that leave no page to go back to. */
const endsThePage = ({ problem }: Refusal): boolean =>
  problem === 'unauthenticated' || problem === 'not-found' || problem === 'outage'

/** The page that the form was on once more, saying why. */
export const refusedForm = (
  c: AppContext,
  refusal: Refusal,
  show: (refusal: Refusal) => Promise<Response>,
): Response | Promise<Response> => (endsThePage(refusal) ? refusedPage(c, refusal) : show(refusal))

/** A page of a tenant, for whoever may come in. */
export const onPage =
  (show: (c: AppContext, door: Entered) => Promise<Response>) =>
  async (c: AppContext): Promise<Response> => {
    const door = await ownDoor(c)
    return door.ok ? show(c, door.value) : refusedPage(c, door.refusal)
  }

/** A form of ours, sent by somebody who may come in. */
export const onForm =
  (
    run: (c: AppContext, door: Entered, form: URLSearchParams) => Response | Promise<Response>,
    maxBytes = MAX_BYTES,
  ): ((c: AppContext) => Promise<Response>) =>
  async (c) => {
    if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
    const door = await ownDoor(c)
    if (!door.ok) return refusedPage(c, door.refusal)
    return run(c, door.value, await readForm(c, maxBytes))
  }
