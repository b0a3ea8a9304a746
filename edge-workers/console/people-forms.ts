// What the forms about people and tokens share: the reader's own tenant, keys that make a form sent twice one request, and a
// refusal in words.
import { IdempotencyKey } from '../../schemas/ids.ts'
import { problems } from '../../schemas/problems.ts'
import { type Refusal, type Result, refuse } from '../../schemas/result.ts'
import type { Entered } from '../auth/door.ts'
import type { AppContext } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { readForm, refusedPage } from './answers.tsx'
import { isOwnForm, sessionDoor } from './session.ts'

/** All scopes and a key. */
const MAX_BYTES = 8_000
const SHOWN_AT_MOST = 200

/** A page of a list that is short in every tenant we know of. */
export const ALL = { limit: SHOWN_AT_MOST, after: null }

export const doorOf = async (c: AppContext): Promise<Result<Entered>> => {
  const door = await sessionDoor(c)
  return !door.ok || c.req.param('tenant') === door.value.entry.slug ? door : refuse('not-found')
}

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
  [detail ?? errors?.map((error) => error.detail).join(' ') ?? problems[problem].title].join(' ')

/** Refusals that leave no page to go back to. */
export const endsThePage = ({ problem }: Refusal): boolean =>
  problem === 'unauthenticated' || problem === 'not-found' || problem === 'outage'

/** A form of ours, sent by somebody who may come in. */
export const onForm =
  (
    run: (c: AppContext, door: Entered, form: URLSearchParams) => Response | Promise<Response>,
  ): ((c: AppContext) => Promise<Response>) =>
  async (c) => {
    if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
    const door = await doorOf(c)
    if (!door.ok) return refusedPage(c, door.refusal)
    return run(c, door.value, await readForm(c, MAX_BYTES))
  }
