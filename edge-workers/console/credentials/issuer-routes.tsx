// /t/{tenant}/credentials/issuer.
import { RetireKey, UpdateIssuer } from '../../../schemas/credential.ts'
import { mayDo } from '../../../schemas/principal.ts'
import { ok, type Refusal } from '../../../schemas/result.ts'
import type { Entered } from '../../auth/door.ts'
import type { App, AppContext } from '../../http/context.ts'
import { keyed } from '../../http/idempotency.ts'
import { param } from '../../http/route.ts'
import { keyOf, newKey, onForm, onPage, refusedForm, versionOf } from '../forms.ts'
import { IssuerPage } from './issuer-page.tsx'
import { unfit } from './pieces.tsx'
import { answerSection, rootOf } from './section.tsx'

const PATH = '/t/:tenant/credentials/issuer'

const show = (c: AppContext, door: Entered, refusal?: Refusal): Promise<Response> =>
  answerSection(
    c,
    door,
    { action: 'issuer.read', title: 'Issuer', at: '/issuer', refusal },
    async (who) => {
      const read = await door.tenant.call(door.caller, 'issuer.read', null)
      if (!read.ok) return read
      return ok(
        <IssuerPage
          at={`${rootOf(door.entry.slug)}/issuer`}
          issuer={read.value.value}
          mayWrite={mayDo(who, 'issuer.write')}
          formKey={newKey()}
        />,
      )
    },
  )

const change = onForm(async (c, door, form) => {
  const said = (field: string) => form.get(field)?.trim() ?? ''
  const body = UpdateIssuer.safeParse({
    ...{ name: said('name'), compat: said('compat') },
    linkSchemes: { offer: said('offer'), presentation: said('presentation') },
  })
  if (!body.success)
    return show(
      c,
      door,
      unfit(
        'A name of one line; links begin with a scheme such as haip-vci:// or an https address.',
      ),
    )
  const input = { id: '', ifVersion: versionOf(form), body: body.data }
  const done = await door.tenant.call(door.caller, 'issuer.update', input)
  return done.ok
    ? c.redirect(`${rootOf(door.entry.slug)}/issuer`, 303)
    : refusedForm(c, done.refusal, (why) => show(c, door, why))
})

const rotate = onForm(async (c, door, form) => {
  const sent = keyed(keyOf(form), {}, 'POST issuer/rotate')
  const done = await door.tenant.call(door.caller, 'issuer.rotate', { ...sent, body: null })
  return done.ok
    ? c.redirect(`${rootOf(door.entry.slug)}/issuer`, 303)
    : refusedForm(c, done.refusal, (why) => show(c, door, why))
})

const retire = onForm(async (c, door, form) => {
  const kid = param(c, 'kid')
  const body = RetireKey.safeParse({
    reason: form.get('reason')?.trim() ?? '',
    endsCredentials: form.get('endsCredentials') === 'yes',
  })
  if (!body.success) return show(c, door, unfit('Say in one line why the key ends.'))
  const sent = keyed(keyOf(form), body.data, `POST issuer/keys/${kid}/retire`)
  const done = await door.tenant.call(door.caller, 'issuer.retireKey', { ...sent, id: kid })
  return done.ok
    ? c.redirect(`${rootOf(door.entry.slug)}/issuer`, 303)
    : refusedForm(c, done.refusal, (why) => show(c, door, why))
})

export const registerIssuerPages = (app: App): void => {
  app.get(
    PATH,
    onPage((c, door) => show(c, door)),
  )
  app.post(PATH, change)
  app.post(`${PATH}/rotate`, rotate)
  app.post(`${PATH}/keys/:kid/retire`, retire)
}
