// /invitations/{invitation}: where the link leads. Whoever is not signed in learns nothing from it, not even whether it is one.
import type { Acceptance } from '../../schemas/invitation.ts'
import { AcceptInvitationBody } from '../../schemas/invitation.ts'
import { Email, PersonName } from '../../schemas/member.ts'
import { takeInvitation } from '../auth/invitation.ts'
import type { Claims } from '../auth/oidc/authorization-code.ts'
import { dropProfile, readProfile, readSession, type Session } from '../auth/session-cookie.ts'
import { isStanding } from '../auth/sessions.ts'
import { toHandle } from '../handle.ts'
import type { App, AppContext } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { readForm, refusedPage } from './answers.tsx'
import { inWords } from './forms.ts'
import { answerPageHtml } from './layout.tsx'
import { Refused } from './refused.tsx'
import { callerOf, isOwnForm } from './session.ts'

const PATH = '/invitations/:invitation'

const SignInFirst = ({ next }: { next: string }) => (
  <>
    <h1>You are invited</h1>
    <p>Sign in first, with the account that you want to be known by. Then you see what it is.</p>
    <p>
      <a class="button" href={`/sign-in?next=${encodeURIComponent(next)}`}>
        Sign in
      </a>
    </p>
  </>
)

const Spent = () => (
  <>
    <h1>This invitation cannot be used</h1>
    <p>
      It was used, it has ended, it was taken back, or the link is not complete. Ask whoever sent it
      for another one.
    </p>
  </>
)

interface OfferProps {
  path: string
  offer: Acceptance
  says: Claims
  refused?: string | undefined
}

const Offer = ({ path, offer, says, refused }: OfferProps) => (
  <>
    <h1>Join {offer.name}</h1>
    <Refused words={refused} />
    <p>
      You would be <strong>{offer.roles.join(', ')}</strong> in <code>{offer.tenant}</code>.
    </p>
    <form method="post" action={path} class="card form">
      <h3>What its members see of you</h3>
      <p class="small soft">
        You may leave any of it empty. Name and address are kept sealed; you can have all of it
        exported, and erased.
      </p>
      <p>
        <label for="handle">Handle</label>
        <input id="handle" name="handle" value={says.handle ?? ''} maxlength={255} />
      </p>
      <p>
        <label for="name">Name, for owners and admins</label>
        <input id="name" name="name" value={says.name ?? ''} maxlength={120} autocomplete="name" />
      </p>
      <p>
        <label for="email">E-mail address, for owners and admins</label>
        <input
          id="email"
          name="email"
          type="email"
          value={says.email ?? ''}
          maxlength={254}
          autocomplete="email"
        />
      </p>
      <button type="submit">Accept the invitation</button>
    </form>
  </>
)

/** The wish is said again to whoever typed it, and is a handle by its form. */
const OtherHandle = (props: { tenant: string; wanted: string; handle: string }) => (
  <>
    <h1>You are a member of {props.tenant}</h1>
    <p class="note" role="status">
      Your handle here is <strong>{props.handle}</strong>: another member has, or had,{' '}
      <strong>{props.wanted}</strong>, and a handle belongs to one member only.
    </p>
    <p>
      <a class="button" href={`/t/${props.tenant}`}>
        Go to {props.tenant}
      </a>
    </p>
  </>
)

const standing = async (c: AppContext): Promise<Session | null> => {
  const session = readSession(c)
  return session && (await isStanding(c, callerOf(session))) ? session : null
}

const show = async (
  c: AppContext,
  { identity }: Session,
  says: Claims,
  refused?: string,
): Promise<Response> => {
  const invitation = c.req.param('invitation') ?? ''
  const offer = await takeInvitation(c, { invitation, identity, validateOnly: true })
  if (!offer.ok) {
    return offer.refusal.problem === 'not-found'
      ? answerPageHtml(c, { title: 'Invitation', status: 404 }, <Spent />)
      : refusedPage(c, offer.refusal)
  }
  if (offer.value.member !== null) return c.redirect(`/t/${offer.value.tenant}`, 303)
  return answerPageHtml(
    c,
    { title: `Join ${offer.value.name}`, status: refused === undefined ? 200 : 422 },
    <Offer path={c.req.path} offer={offer.value} says={says} refused={refused} />,
  )
}

/** Of what the identity provider says, what a member can have. */
const fitting = ({ handle, name, email }: Claims): Claims => {
  const short = toHandle(handle ?? name ?? '')
  return {
    ...(short === null ? {} : { handle: short }),
    ...(name !== undefined && PersonName.safeParse(name).success ? { name } : {}),
    ...(email !== undefined && Email.safeParse(email).success ? { email } : {}),
  }
}

/** What was typed; empty fields say nothing. */
const said = (form: URLSearchParams): Claims =>
  Object.fromEntries(
    ['handle', 'name', 'email'].flatMap((field) => {
      const value = form.get(field)?.trim() ?? ''
      return value === '' ? [] : [[field, value]]
    }),
  )

export const registerInvitationPages = (app: App): void => {
  app.get(PATH, async (c) => {
    const session = await standing(c)
    return session
      ? show(c, session, fitting(await readProfile(c, session)))
      : answerPageHtml(c, { title: 'Invitation' }, <SignInFirst next={c.req.path} />)
  })

  app.post(PATH, async (c) => {
    if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
    const session = await standing(c)
    if (!session) return refusedPage(c, { problem: 'unauthenticated' })
    const says = said(await readForm(c))
    const invitation = c.req.param('invitation') ?? ''
    const body = AcceptInvitationBody.safeParse({ ...says, invitation })
    if (!body.success) {
      const words =
        'A handle has lower-case letters, digits and hyphens; a name has letters and plain punctuation; an address is one.'
      return show(c, session, says, words)
    }
    const { identity } = session
    const taken = await takeInvitation(c, { ...body.data, identity, validateOnly: false })
    if (taken.ok) {
      dropProfile(c)
      const { tenant, handle } = taken.value
      return handle === null || says.handle === undefined || handle === says.handle
        ? c.redirect(`/t/${tenant}`, 303)
        : answerPageHtml(
            c,
            { title: 'Welcome' },
            <OtherHandle tenant={tenant} wanted={says.handle} handle={handle} />,
          )
    }
    if (taken.refusal.problem === 'not-found' || taken.refusal.problem === 'outage')
      return show(c, session, says)
    return show(c, session, says, inWords(taken.refusal))
  })
}
