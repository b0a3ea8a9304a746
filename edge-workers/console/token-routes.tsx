// /t/{tenant}/tokens: API tokens as a page. A form goes the way the API's request goes.
import { mayDo } from '../../schemas/principal.ts'
import type { Refusal } from '../../schemas/result.ts'
import { CreateToken, RotateToken } from '../../schemas/token.ts'
import type { Entered } from '../auth/door.ts'
import type { App, AppContext } from '../http/context.ts'
import { fingerprint, keyed } from '../http/idempotency.ts'
import { nextLink, readPage } from '../http/page.ts'
import { refusedPage } from './answers.tsx'
import { ALL, inWords, keyOf, newKey, onForm, onPage, refusedForm } from './forms.ts'
import { answerPageHtml } from './layout.tsx'
import { handlesOf, People } from './people.tsx'
import { TokensPage } from './token-pages.tsx'

const LIST = '/t/:tenant/tokens'
const DAY_MILLISECONDS = 86_400_000

interface Outcome {
  token?: string
  refusal?: Refusal
}

const showTokens = async (
  c: AppContext,
  door: Entered,
  { token, refusal }: Outcome = {},
): Promise<Response> => {
  const { tenant, caller, tenantId, entry } = door
  const page = readPage(c, { tenantId })
  if (!page.ok) return refusedPage(c, page.refusal)
  const who = await tenant.whoAmI(caller, 'tokens.read')
  if (!who.ok) return refusedPage(c, who.refusal)
  const listed = await tenant.call(caller, 'tokens.list', page.value)
  if (!listed.ok) return refusedPage(c, listed.refusal)
  const runs = mayDo(who.value, 'members.write')
  const members = runs ? await tenant.call(caller, 'members.list', ALL) : null
  const standing = await tenant.call(caller, 'backups.standing', null)
  const { items } = listed.value
  const handles = await handlesOf(
    door,
    items.map(({ member }) => member),
  )
  const machines = members?.ok
    ? members.value.items.filter(({ kind, state }) => kind === 'service' && state === 'active')
    : []
  return answerPageHtml(
    c,
    { title: 'API tokens', status: refusal ? 409 : 200 },
    <People.Provider value={handles}>
      <TokensPage
        tenant={entry.slug}
        tokens={[...items].sort((a, b) => b.createdAt.localeCompare(a.createdAt))}
        next={nextLink(c, { tenantId }, listed.value.next)}
        scopes={who.value.scopes}
        machines={machines}
        self={caller.kind === 'principal' ? null : who.value.subject}
        now={c.get('clock')().toISOString()}
        formKey={newKey()}
        confirms={who.value.person && mayDo(who.value, 'tokens.confirm')}
        restored={standing.ok ? standing.value : null}
        revoked={c.req.query('revoked') !== undefined && c.req.method === 'GET'}
        token={token}
        refused={refusal && inWords(refusal)}
      />
    </People.Provider>,
  )
}

/** What the form says, as the API's body; fields left empty are left out. */
const readToken = (c: AppContext, form: URLSearchParams) => {
  const days = Number(form.get('days') ?? 0)
  const scopes = form.getAll('scopes')
  const end = new Date(c.get('clock')().getTime() + days * DAY_MILLISECONDS)
  return CreateToken.safeParse({
    name: form.get('name')?.trim(),
    ...(form.get('member') ? { member: form.get('member') } : {}),
    ...(scopes.length > 0 ? { scopes } : {}),
    ...(days > 0 && days <= 3650 ? { expiresAt: end.toISOString() } : {}),
  })
}

export const registerTokenPages = (app: App): void => {
  app.get(
    LIST,
    onPage((c, door) => showTokens(c, door)),
  )

  app.post(
    LIST,
    onForm(async (c, door, form) => {
      const body = readToken(c, form)
      const refusal: Refusal = {
        problem: 'invalid-parameters',
        detail: 'A name of letters, digits and plain punctuation, and scopes of this list.',
      }
      if (!body.success) return showTokens(c, door, { refusal })
      // Its end is counted from now, so a form sent again would not be the same request: the form's own fields are.
      const made = await door.tenant.call(door.caller, 'tokens.create', {
        ...{ key: keyOf(form), body: body.data },
        fingerprint: fingerprint([...form].sort().map(String), 'POST tokens form'),
      })
      if (made.ok) return showTokens(c, door, { token: made.value.token })
      return refusedForm(c, made.refusal, (refusal) => showTokens(c, door, { refusal }))
    }),
  )

  app.post(
    `${LIST}/:id/rotate`,
    onForm(async (c, door, form) => {
      const body = RotateToken.parse({})
      const made = await door.tenant.call(door.caller, 'tokens.rotate', {
        id: c.req.param('id') ?? '',
        ...keyed(keyOf(form), body, 'POST tokens rotate'),
      })
      if (made.ok) return showTokens(c, door, { token: made.value.token })
      return refusedForm(c, made.refusal, (refusal) => showTokens(c, door, { refusal }))
    }),
  )

  app.post(
    `${LIST}/:id/confirm`,
    onForm(async (c, door) => {
      const confirmed = await door.tenant.call(
        door.caller,
        'tokens.confirm',
        c.req.param('id') ?? '',
      )
      if (confirmed.ok) return c.redirect(`/t/${door.entry.slug}/tokens`, 303)
      return refusedForm(c, confirmed.refusal, (refusal) => showTokens(c, door, { refusal }))
    }),
  )

  app.post(
    `${LIST}/:id/revoke`,
    onForm(async (c, door) => {
      const input = { id: c.req.param('id') ?? '', ifVersion: '*' as const, body: null }
      const revoked = await door.tenant.call(door.caller, 'tokens.revoke', input)
      if (revoked.ok) return c.redirect(`/t/${door.entry.slug}/tokens?revoked`, 303)
      return refusedForm(c, revoked.refusal, (refusal) => showTokens(c, door, { refusal }))
    }),
  )
}
