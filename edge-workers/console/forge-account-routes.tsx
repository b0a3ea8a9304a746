// /t/{tenant}/forge-account: one's own account at the forge. /callbacks/forge: where the forge sends browsers back to.
import * as z from 'zod'
import {
  ForgeChallengeId,
  LinkForgeAccount,
  NewForgeChallenge,
} from '../../schemas/forge-account.ts'
import { Slug } from '../../schemas/ids.ts'
import type { Refusal } from '../../schemas/result.ts'
import type { Entered } from '../auth/door.ts'
import { forgeOAuthOf } from '../forge-oauth.ts'
import type { App, AppContext } from '../http/context.ts'
import { keyed } from '../http/idempotency.ts'
import { refusedPage } from './answers.tsx'
import {
  ForgeAccountPage,
  ForgeChallengePage,
  FromForgePage,
  ToForgePage,
} from './forge-account-pages.tsx'
import { inWords, keyOf, newKey, onForm, onPage, refusedForm, versionOf } from './forms.ts'
import { answerPageHtml } from './layout.tsx'

const PAGE = '/t/:tenant/forge-account'
const BAD_LOGIN: Refusal = {
  ...{ problem: 'invalid-parameters', detail: 'A login has letters, digits and hyphens.' },
}

const Back = z.strictObject({
  challenge: ForgeChallengeId,
  binding: z.string().regex(/^[0-9a-f]{64}$/),
  code: z.string().regex(/^[\x21-\x7e]{1,500}$/),
})
const Returned = z.object({
  code: Back.shape.code,
  state: z
    .string()
    .regex(/^[a-z0-9-]{1,40}\.fch_[a-z2-7]{26}\.[0-9a-f]{64}$/)
    .transform((text) => text.split('.') as [string, string, string]),
})

interface Shown {
  refusal?: Refusal
  login?: string
}

const showAccount = async (
  c: AppContext,
  { tenant, caller, entry }: Entered,
  { refusal, login = '' }: Shown = {},
): Promise<Response> => {
  const read = await tenant.call(caller, 'forge-accounts.read', 'me')
  if (!read.ok && read.refusal.problem !== 'not-found') return refusedPage(c, read.refusal)
  const linked = read.ok ? { account: read.value.value, version: read.value.version } : null
  return answerPageHtml(
    c,
    { title: 'Your account at the forge', status: refusal ? 409 : 200 },
    <ForgeAccountPage
      tenant={entry.slug}
      linked={linked}
      offersOAuth={forgeOAuthOf(c.env) !== null}
      formKey={newKey()}
      login={login}
      refused={refusal && inWords(refusal)}
    />,
  )
}

const orRefused = (
  c: AppContext,
  door: Entered,
  refusal: Refusal,
  login?: string,
): Response | Promise<Response> =>
  refusedForm(c, refusal, (why) =>
    showAccount(c, door, { refusal: why, ...(login === undefined ? {} : { login }) }),
  )

const toPage = (c: AppContext, { entry }: Entered): Response =>
  c.redirect(`/t/${entry.slug}/forge-account`, 303)

const askChallenge = onForm(async (c, door, form) => {
  const login = (form.get('login') ?? '').trim()
  const body = NewForgeChallenge.safeParse({ login })
  if (!body.success) return showAccount(c, door, { refusal: BAD_LOGIN, login: login.slice(0, 64) })
  const begun = await door.tenant.call(
    door.caller,
    'forge-accounts.challenge',
    keyed(keyOf(form), body.data, 'POST forge-accounts/challenges'),
  )
  if (!begun.ok) return orRefused(c, door, begun.refusal, login)
  return answerPageHtml(
    c,
    { title: 'Sign this text' },
    <ForgeChallengePage
      tenant={door.entry.slug}
      challenge={begun.value}
      formKey={newKey()}
      refused={undefined}
    />,
  )
})

/** Browsers send the lines of a text field with CRLF, which the armour may have. */
const prove = onForm(async (c, door, form) => {
  const login = form.get('login') ?? ''
  const body = LinkForgeAccount.safeParse({
    ...{ challenge: form.get('challenge'), signature: form.get('signature') },
  })
  if (!body.success) {
    const detail = 'This is not what ssh-keygen -Y sign writes.'
    return orRefused(c, door, { problem: 'invalid-parameters', detail }, login)
  }
  const linked = await door.tenant.call(
    door.caller,
    'forge-accounts.prove',
    keyed(keyOf(form), body.data, 'POST forge-accounts'),
  )
  return linked.ok ? toPage(c, door) : orRefused(c, door, linked.refusal, login)
})

const unlink = onForm(async (c, door, form) => {
  const { tenant, caller } = door
  const input = { id: 'me', ifVersion: versionOf(form), body: null }
  const done = await tenant.call(caller, 'forge-accounts.unlink', input)
  return done.ok ? toPage(c, door) : orRefused(c, door, done.refusal)
})

/** A form's answer may lead to no other origin (form-action): this page does, with a header and a link. */
const authorize = onForm(async (c, door) => {
  const begun = await door.tenant.call(door.caller, 'forge-accounts.authorize', null)
  if (!begun.ok) return orRefused(c, door, begun.refusal)
  const { url } = begun.value
  const headers = { refresh: `0;url=${url}` }
  return answerPageHtml(c, { title: 'To the forge', headers }, <ToForgePage url={url} />)
})

const comeBack = onForm(async (c, door, form) => {
  const back = Back.safeParse(Object.fromEntries(form))
  if (!back.success) return toPage(c, door)
  const { challenge, code, binding } = back.data
  const input = { challenge, code, binding }
  const linked = await door.tenant.call(door.caller, 'forge-accounts.return', input)
  return linked.ok ? toPage(c, door) : orRefused(c, door, linked.refusal)
})

export const registerForgeAccountPages = (app: App): void => {
  app.get(
    PAGE,
    onPage((c, door) => showAccount(c, door)),
  )
  app.post(PAGE, prove)
  app.post(`${PAGE}/challenges`, askChallenge)
  app.post(`${PAGE}/unlink`, unlink)
  app.post(`${PAGE}/authorize`, authorize)
  app.post(`${PAGE}/return`, comeBack)
  // Says nothing and does nothing by itself: whoever it is proves so with the form.
  app.get('/callbacks/forge', (c) => {
    const returned = Returned.safeParse(c.req.query())
    const [tenant = '', challenge = '', binding = ''] = returned.data?.state ?? []
    if (!returned.success || !Slug.safeParse(tenant).success) {
      const detail = 'The forge did not say which account it is. Begin again.'
      return refusedPage(c, { problem: 'conflict', detail })
    }
    const { code } = returned.data
    return answerPageHtml(
      c,
      { title: 'Back from the forge' },
      <FromForgePage tenant={tenant} challenge={challenge} binding={binding} code={code} />,
    )
  })
}
