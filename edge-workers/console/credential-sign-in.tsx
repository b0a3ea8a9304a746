// Signing in with a credential: begun on the sign-in page, ended on a page that only the browser that began it can read.
import { setCookie } from 'hono/cookie'
import { PresentationRequestId } from '../../schemas/credential.ts'
import { Slug } from '../../schemas/ids.ts'
import type { TenantApi, TenantEntry } from '../actors/contracts.ts'
import { findTenantNow, tenantStub } from '../actors/stubs.ts'
import type { SignInPage as Shown } from '../actors/tenant/credentials/powers/sign-in.ts'
import { browserDigest, callerDigest, ensureBrowser } from '../auth/presentation-cookie.ts'
import { cookieOf, drop, nameOf } from '../auth/session-cookie.ts'
import type { App, AppContext } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { readForm, refusedPage } from './answers.tsx'
import { wordsOf } from './holder/frame.tsx'
import { State, TimeLeft, WalletLink } from './holder/pieces.tsx'
import type { Messages } from './languages/en.ts'
import { answerPageHtml } from './layout.tsx'
import { isOwnForm, localPath } from './session.ts'
import { showSignIn, takeSession } from './sign-in-routes.tsx'

const NEXT = 'phoenix_next'
const NEXT_SECONDS = 900
const LOOK_AGAIN_SECONDS = '5'
/** Of no tenant: a name that nobody has is answered after the same steps. */
const NOBODY = 'ten_eu_nobody'

interface Reached {
  entry: TenantEntry
  tenant: Pick<TenantApi, 'wallet'>
}
const reach = async (c: AppContext, slug: string): Promise<Reached | null> => {
  const entry = Slug.safeParse(slug).success ? await findTenantNow(c.env, slug) : null
  const reached = entry && tenantStub(c.env, entry.jurisdiction, entry.id)
  return entry && reached?.ok ? { entry, tenant: reached.value.stub } : null
}

const begin = async (c: AppContext): Promise<Response> => {
  if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
  const form = await readForm(c)
  const next = localPath(form.get('next') ?? undefined)
  const slug = (form.get('tenant') ?? '').trim().toLowerCase()
  const mode = form.get('mode') === 'same-device' ? 'same-device' : 'cross-device'
  const found = await reach(c, slug)
  const tenantId = found?.entry.id ?? NOBODY
  const begun = await found?.tenant.wallet('powers.begin-sign-in', {
    ...{ browserDigest: ensureBrowser(c, tenantId), callerDigest: callerDigest(c, tenantId), mode },
  })
  if (begun && !begun.ok && begun.refusal.problem === 'rate-limited')
    return showSignIn(c, next, 'busy', begun.refusal.retryAfterSeconds)
  if (!begun?.ok) return showSignIn(c, next, 'credential')
  setCookie(c, nameOf(c, NEXT), next, {
    ...{ httpOnly: true, sameSite: 'Lax', path: '/', maxAge: NEXT_SECONDS },
    secure: c.env.PUBLIC_URL.startsWith('https:'),
  })
  return c.redirect(`/sign-in/credential/${slug}/${begun.value.id}`, 303)
}

const OVER: Partial<Record<Shown['state'], readonly [string, string]>> = {
  verified: ['This sign-in is over', 'It was used, or it was too long ago.'],
  rejected: ['This did not work', 'What the wallet presented signs nobody in here.'],
  expired: ['Time is over', 'Nobody presented a credential in time.'],
}

const Presenting = ({ shown, words, now }: { shown: Shown; words: Messages; now: Date }) => {
  const over = OVER[shown.state]
  if (over)
    return (
      <>
        <h1>Sign in with a credential</h1>
        <State words={over} tone="warn" />
        {shown.fault ? <p class="soft small">{`${words.technical} ${shown.fault}`}</p> : null}
        <p>
          <a class="button" href="/sign-in">
            Begin again
          </a>
        </p>
      </>
    )
  return (
    <>
      <h1>Sign in with a credential</h1>
      <p>
        {shown.verifier} asks for your <strong>phoenix-member</strong> credential, and of it for
        your pseudonym only. Whoever presents it signs in <strong>this browser</strong>.
      </p>
      {shown.mode === 'cross-device' ? (
        <p class="note warn">
          Scan this code only from the page that you opened yourself: whoever sends you such a code
          wants to be signed in as you.
        </p>
      ) : null}
      {shown.uri === null ? (
        <p>Your wallet has answered: come back by the address that it opens.</p>
      ) : (
        <WalletLink uri={shown.uri} alt="Link for your wallet as a QR code" words={words} />
      )}
      <TimeLeft at={shown.expiresAt} now={now} words={words} />
      <p class="small soft">This page looks again by itself.</p>
    </>
  )
}

const show = async (c: AppContext): Promise<Response> => {
  const { tenant: slug = '', request: id = '' } = c.req.param() as Record<string, string>
  const found = PresentationRequestId.safeParse(id).success ? await reach(c, slug) : null
  const read = await found?.tenant.wallet('powers.sign-in', {
    ...{ id, browserDigest: browserDigest(c, found.entry.id) },
  })
  if (!read?.ok) return refusedPage(c, { problem: 'not-found' })
  const { signedIn, state } = read.value
  if (signedIn) {
    await takeSession(c, signedIn.session, signedIn.label ?? undefined)
    const next = localPath(cookieOf(c, nameOf(c, NEXT)))
    drop(c, NEXT)
    return c.redirect(next, 303)
  }
  const isOpen = state === 'pending' || state === 'retrieved'
  return answerPageHtml(
    c,
    { title: 'Sign in', headers: isOpen ? { refresh: LOOK_AGAIN_SECONDS } : {} },
    <Presenting shown={read.value} words={wordsOf(c)} now={c.get('clock')()} />,
  )
}

export const registerCredentialSignIn = (app: App): void => {
  app.post('/sign-in/credential', begin)
  app.get('/sign-in/credential/:tenant/:request', show)
}
