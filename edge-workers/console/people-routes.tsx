// /t/{tenant}/members and below: people and machines as pages. A form goes the way the API's request goes.
import { NewInvitation } from '../../schemas/invitation.ts'
import { CreateServiceAccount, UpdateMember } from '../../schemas/member.ts'
import { mayDo } from '../../schemas/principal.ts'
import type { Refusal } from '../../schemas/result.ts'
import type { Entered } from '../auth/door.ts'
import type { App, AppContext } from '../http/context.ts'
import { keyed } from '../http/idempotency.ts'
import { nextLink, readPage } from '../http/page.ts'
import { refusedPage } from './answers.tsx'
import { ALL, inWords, keyOf, newKey, onForm, onPage, refusedForm, versionOf } from './forms.ts'
import { answerPageHtml } from './layout.tsx'
import { MemberPage } from './member-page.tsx'
import { MembersPage } from './member-pages.tsx'
import { ownDoor } from './session.ts'

const LIST = '/t/:tenant/members'
const ONE = `${LIST}/:id`

interface Outcome {
  link?: string
  refusal?: Refusal
}

const showMembers = async (
  c: AppContext,
  { tenant, caller, tenantId, entry }: Entered,
  { link, refusal }: Outcome = {},
): Promise<Response> => {
  const page = readPage(c, { tenantId })
  if (!page.ok) return refusedPage(c, page.refusal)
  const who = await tenant.whoAmI(caller, 'members.read')
  if (!who.ok) return refusedPage(c, who.refusal)
  const listed = await tenant.call(caller, 'members.list', page.value)
  if (!listed.ok) return refusedPage(c, listed.refusal)
  const invited = mayDo(who.value, 'members.write')
    ? await tenant.call(caller, 'invitations.list', ALL)
    : null
  const standing = await tenant.call(caller, 'backups.standing', null)
  return answerPageHtml(
    c,
    { title: `Members of ${entry.slug}`, status: refusal ? 409 : 200 },
    <MembersPage
      tenant={entry.slug}
      members={listed.value.items}
      restored={standing.ok ? standing.value : null}
      next={nextLink(c, { tenantId }, listed.value.next)}
      managing={invited?.ok ? { invitations: invited.value.items, formKey: newKey() } : null}
      link={link}
      refused={refusal && inWords(refusal)}
    />,
  )
}

const showMember = async (
  c: AppContext,
  { tenant, caller, entry }: Entered,
  refusal?: Refusal,
): Promise<Response> => {
  const who = await tenant.whoAmI(caller, 'members.read')
  if (!who.ok) return refusedPage(c, who.refusal)
  const read = await tenant.call(caller, 'members.read', c.req.param('id') ?? '')
  if (!read.ok) return refusedPage(c, read.refusal)
  const { value: member, version } = read.value
  return answerPageHtml(
    c,
    { title: member.handle ?? 'Erased member', status: refusal ? 409 : 200 },
    <MemberPage
      tenant={entry.slug}
      member={member}
      version={version}
      manages={mayDo(who.value, 'members.write')}
      self={who.value.subject === member.id}
      refused={refusal && inWords(refusal)}
    />,
  )
}

const rolesOf = (form: URLSearchParams): string[] => form.getAll('roles')
const NO_ROLES: Refusal = { problem: 'invalid-parameters', detail: 'Choose at least one role.' }

const registerLists = (app: App): void => {
  app.get(
    LIST,
    onPage((c, door) => showMembers(c, door)),
  )

  app.post(
    '/t/:tenant/invitations',
    onForm(async (c, door, form) => {
      const body = NewInvitation.safeParse({
        roles: rolesOf(form),
        expiresInHours: Number(form.get('hours')),
      })
      if (!body.success) return showMembers(c, door, { refusal: NO_ROLES })
      const made = await door.tenant.call(
        door.caller,
        'invitations.create',
        keyed(keyOf(form), body.data, 'POST invitations'),
      )
      if (made.ok) return showMembers(c, door, { link: made.value.link })
      return refusedForm(c, made.refusal, (refusal) => showMembers(c, door, { refusal }))
    }),
  )

  app.post(
    '/t/:tenant/invitations/:id/revoke',
    onForm(async (c, door) => {
      const input = { id: c.req.param('id') ?? '', ifVersion: '*' as const, body: null }
      const revoked = await door.tenant.call(door.caller, 'invitations.revoke', input)
      if (revoked.ok) return c.redirect(`/t/${door.entry.slug}/members`, 303)
      return refusedForm(c, revoked.refusal, (refusal) => showMembers(c, door, { refusal }))
    }),
  )

  app.post(
    '/t/:tenant/service-accounts',
    onForm(async (c, door, form) => {
      const body = CreateServiceAccount.safeParse({
        handle: form.get('handle')?.trim(),
        roles: rolesOf(form),
      })
      const refusal: Refusal = {
        problem: 'invalid-parameters',
        detail: 'A name of lower-case letters, digits and hyphens, and at least one role.',
      }
      if (!body.success) return showMembers(c, door, { refusal })
      const made = await door.tenant.call(
        door.caller,
        'service-accounts.create',
        keyed(keyOf(form), body.data, 'POST service-accounts'),
      )
      if (made.ok) return c.redirect(`/t/${door.entry.slug}/members/${made.value.value.id}`, 303)
      return refusedForm(c, made.refusal, (refusal) => showMembers(c, door, { refusal }))
    }),
  )
}

export const registerPeoplePages = (app: App): void => {
  registerLists(app)

  app.get(
    ONE,
    onPage((c, door) => showMember(c, door)),
  )

  app.get(`${ONE}/export`, async (c) => {
    const door = await ownDoor(c)
    if (!door.ok) return refusedPage(c, door.refusal)
    const id = c.req.param('id') ?? ''
    const exported = await door.value.tenant.call(door.value.caller, 'members.export', id)
    if (!exported.ok) return refusedPage(c, exported.refusal)
    return c.body(JSON.stringify(exported.value, null, 2), 200, {
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="personal-data.json"',
    })
  })

  const back = (c: AppContext, { entry }: Entered) =>
    c.redirect(`/t/${entry.slug}/members/${encodeURIComponent(c.req.param('id') ?? '')}`, 303)
  const refused = (c: AppContext, door: Entered, refusal: Refusal) =>
    refusedForm(c, refusal, (why) => showMember(c, door, why))
  const conditional = (c: AppContext, form: URLSearchParams) => ({
    ...{ id: c.req.param('id') ?? '', ifVersion: versionOf(form) },
  })

  app.post(
    `${ONE}/roles`,
    onForm(async (c, door, form) => {
      const body = UpdateMember.safeParse({ roles: rolesOf(form) })
      if (!body.success) return showMember(c, door, NO_ROLES)
      const input = { ...conditional(c, form), body: body.data }
      const done = await door.tenant.call(door.caller, 'members.update', input)
      return done.ok ? back(c, door) : refused(c, door, done.refusal)
    }),
  )

  app.post(
    `${ONE}/remove`,
    onForm(async (c, door, form) => {
      const input = { ...conditional(c, form), body: null }
      const done = await door.tenant.call(door.caller, 'members.remove', input)
      return done.ok ? back(c, door) : refused(c, door, done.refusal)
    }),
  )

  app.post(
    `${ONE}/erase`,
    onForm(async (c, door, form) => {
      if (form.get('sure') !== 'yes') {
        const detail = 'Say that you mean it: it cannot be undone.'
        return showMember(c, door, { problem: 'conflict', detail })
      }
      const self = await door.tenant.whoAmI(door.caller, 'members.erase')
      const input = { ...conditional(c, form), body: null }
      const done = await door.tenant.call(door.caller, 'members.erase', input)
      if (!done.ok) return refused(c, door, done.refusal)
      // Whoever erased himself is no member any more.
      return self.ok && self.value.subject === done.value.value.id
        ? c.redirect('/', 303)
        : back(c, door)
    }),
  )
}
