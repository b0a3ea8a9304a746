// /freeze: whether every promotion is frozen, for anybody who is in; operators freeze and vote here, the way the API does.
import { type FreezeView, SetFreeze } from '../../schemas/freeze.ts'
import { mayDo, type Principal } from '../../schemas/principal.ts'
import { problems } from '../../schemas/problems.ts'
import { type Result, refuse } from '../../schemas/result.ts'
import { identityAtPlatform } from '../auth/door.ts'
import { readSession } from '../auth/session-cookie.ts'
import type { App, AppContext } from '../http/context.ts'
import { keyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { readFreezeFor, setFreezeFor, voteToLift } from '../routes/freeze.ts'
import { readForm, refusedPage } from './answers.tsx'
import { forgetFreeze } from './freeze-banner.tsx'
import { answerPageHtml } from './layout.tsx'
import { Refused } from './refused.tsx'
import { callerOf, isOwnForm, sessionDoor } from './session.ts'

/** An operator, if the reader is one by any of his tenants. */
const reader = async (c: AppContext): Promise<Result<Principal>> => {
  const session = readSession(c)
  if (session) return identityAtPlatform(c, callerOf(session), 'catalogue.read')
  const door = await sessionDoor(c)
  return door.ok ? door.value.tenant.whoAmI(door.value.caller, 'catalogue.read') : door
}

const State = ({ freeze }: { freeze: FreezeView }) =>
  freeze.frozen ? (
    <>
      <p>
        <strong>Frozen</strong> since {freeze.since}. Reason: {freeze.reason}
      </p>
      <p>
        {freeze.lifts.length} of {freeze.liftsNeeded} operators want it lifted.
      </p>
      <p class="soft">
        Asking, approving and merging go on. What is merged waits: <code>live</code> of no
        repository moves. Within five minutes of the last vote it goes on by itself.
      </p>
    </>
  ) : (
    <p>Nothing is frozen: what is merged lawfully is promoted.</p>
  )

const Forms = (props: { freeze: FreezeView; version: number; who: Principal }) => {
  const { freeze, version, who } = props
  if (!freeze.frozen) {
    return mayDo(who, 'freeze.set') ? (
      <form method="post" action="/freeze" class="form">
        <label>
          Reason, shown to every tenant
          <input name="reason" required maxlength={500} />
        </label>
        <button type="submit">Freeze every promotion</button>
      </form>
    ) : null
  }
  return mayDo(who, 'freeze.lift') && who.person ? (
    <form method="post" action="/freeze/lift" class="form">
      <input type="hidden" name="version" value={String(version)} />
      <button type="submit">Vote to lift it</button>
    </form>
  ) : null
}

const showFreeze = async (c: AppContext, who: Principal, refusal: string | null) => {
  const { value, version } = await readFreezeFor(c.env, who)
  return answerPageHtml(
    c,
    { title: 'Freeze', status: refusal === null ? 200 : 409 },
    <>
      <h1>Freeze of promotions</h1>
      <Refused words={refusal} />
      <State freeze={value} />
      <Forms freeze={value} version={version} who={who} />
    </>,
  )
}

const freezeByForm = async (c: AppContext, who: Principal): Promise<Result<unknown>> => {
  if (!mayDo(who, 'freeze.set')) return refuse('forbidden')
  const body = SetFreeze.safeParse({ reason: (await readForm(c)).get('reason') ?? '' })
  if (!body.success)
    return refuse('invalid-parameters', { detail: 'Say why, in 1 to 500 letters.' })
  const asked = keyed(`console:${crypto.randomUUID()}`, body.data, 'PUT freeze')
  return setFreezeFor(c.env, who, asked)
}

const liftByForm = async (c: AppContext, who: Principal): Promise<Result<unknown>> => {
  if (!mayDo(who, 'freeze.lift')) return refuse('forbidden')
  const version = (await readForm(c)).get('version') ?? ''
  return /^\d{1,9}$/.test(version)
    ? voteToLift(c.env, who, Number(version))
    : refuse('precondition-required')
}

export const registerFreezePages = (app: App): void => {
  app.get('/freeze', async (c) => {
    const who = await reader(c)
    return who.ok ? showFreeze(c, who.value, null) : refusedPage(c, who.refusal)
  })
  const forms = { '/freeze': freezeByForm, '/freeze/lift': liftByForm } as const
  for (const [address, act] of Object.entries(forms)) {
    app.post(address, async (c) => {
      if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
      const who = await reader(c)
      if (!who.ok) return refusedPage(c, who.refusal)
      const done = await act(c, who.value)
      forgetFreeze(c)
      if (done.ok) return c.redirect('/freeze', 303)
      const { problem, detail } = done.refusal
      return showFreeze(c, who.value, detail ?? problems[problem].wayOut)
    })
  }
}
