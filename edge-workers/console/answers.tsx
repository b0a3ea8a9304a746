// What the console's routes share: forms, the page of a refusal, the way to sign in, and event streams for a page.
import { problems } from '../../schemas/problems.ts'
import type { Refusal } from '../../schemas/result.ts'
import { dropSession, readSession } from '../auth/session-cookie.ts'
import { isStanding } from '../auth/sessions.ts'
import { readBody } from '../http/body.ts'
import type { AppContext } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { answerPageHtml } from './layout.tsx'
import { callerOf, doorOfChange, sessionDoor } from './session.ts'

const MAX_FORM_BYTES = 2_000

/** A form of text fields; anything else is no form of ours. */
export const readForm = async (
  c: AppContext,
  maxBytes: number = MAX_FORM_BYTES,
): Promise<URLSearchParams> => {
  const body = await readBody(c, maxBytes)
  return new URLSearchParams(body.ok ? new TextDecoder().decode(body.value) : '')
}

/** A cookie whose session has ended goes, or the page would greet somebody who is not in. */
const toSignIn = async (c: AppContext): Promise<Response> => {
  const session = readSession(c)
  if (session && !(await isStanding(c, callerOf(session)))) dropSession(c)
  return c.redirect(`/sign-in?next=${encodeURIComponent(c.req.path)}`, 303)
}

export const refusedPage = (c: AppContext, { problem, detail }: Refusal) => {
  if (problem === 'unauthenticated') return toSignIn(c)
  const { status, title, wayOut } = problems[problem]
  return answerPageHtml(
    c,
    { title, status: status === 404 || status === 403 || status === 401 ? status : 409 },
    <>
      <h1>{title}</h1>
      <p>{detail ?? wayOut}</p>
      <p>
        <a href="/">Back</a>
      </p>
    </>,
  )
}

/** The events of a change or of a rollout, for whoever the cookie says. */
export const answerEvents = async (c: AppContext, id: string): Promise<Response> => {
  const door = await (c.req.param('tenant') === undefined ? doorOfChange(c, id) : sessionDoor(c))
  if (!door.ok) return answerRefusal(c, door.refusal)
  const last = Number(c.req.header('last-event-id') ?? 0)
  const after = Number.isSafeInteger(last) && last > 0 ? last : 0
  const stream = await door.value.tenant.follow(door.value.caller, id, after)
  if (!stream.ok) return answerRefusal(c, stream.refusal)
  return c.body(stream.value, 200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
  })
}
