// /t/{tenant}/settings: what owners set, and the end of a tenant. A form goes the way the API's request goes.

import { Digest } from '../../schemas/ids.ts'
import { mayDo } from '../../schemas/principal.ts'
import type { Refusal } from '../../schemas/result.ts'
import type { Entered } from '../auth/door.ts'
import type { App, AppContext } from '../http/context.ts'
import { unpackResult } from '../packed.ts'
import { refusedPage } from './answers.tsx'
import { answerPageHtml } from './layout.tsx'
import { doorOf, endsThePage, inWords, onForm, versionOf } from './people-forms.ts'
import { readSettings } from './settings-form.ts'
import { SettingsPage } from './settings-page.tsx'

const PATH = '/t/:tenant/settings'

const show = async (
  c: AppContext,
  { tenant, caller }: Entered,
  { refusal = null, preview = false }: { refusal?: Refusal | null; preview?: boolean } = {},
): Promise<Response> => {
  const [read, who, outside] = await Promise.all([
    tenant.readTenant(caller).then(unpackResult),
    tenant.whoAmI(caller, 'tenant.read'),
    tenant.call(caller, 'tenant.outside', null),
  ])
  if (!read.ok) return refusedPage(c, read.refusal)
  if (!who.ok) return refusedPage(c, who.refusal)
  const { value, version } = read.value
  const mayDelete = mayDo(who.value, 'tenant.delete')
  const asked =
    preview && mayDelete
      ? await tenant.call(caller, 'tenant.delete', {
          ifVersion: '*',
          confirm: null,
          validateOnly: true,
        })
      : null
  const refused = refusal ?? (asked && !asked.ok ? asked.refusal : null)
  return answerPageHtml(
    c,
    { title: `Settings of ${value.slug}`, status: refused ? 409 : 200 },
    <SettingsPage
      tenant={value}
      version={version}
      outside={outside.ok ? outside.value : []}
      mayEdit={value.state === 'active' && who.value.roles.includes('owner')}
      mayDelete={mayDelete}
      deletion={asked?.ok ? asked.value.value : null}
      refused={refused && inWords(refused)}
      saved={c.req.query('saved') !== undefined}
    />,
  )
}

const refusedForm = (c: AppContext, door: Entered, refusal: Refusal) =>
  endsThePage(refusal) ? refusedPage(c, refusal) : show(c, door, { refusal })

export const registerSettingsPages = (app: App): void => {
  app.get(PATH, async (c) => {
    const door = await doorOf(c)
    return door.ok
      ? show(c, door.value, { preview: c.req.query('delete') === 'preview' })
      : refusedPage(c, door.refusal)
  })

  app.post(
    PATH,
    onForm(async (c, door, form) => {
      const wanted = readSettings(form)
      const done = wanted.ok
        ? await door.tenant.updateTenant(door.caller, versionOf(form), wanted.value)
        : wanted
      return done.ok
        ? c.redirect(`/t/${door.entry.slug}/settings?saved`, 303)
        : refusedForm(c, door, done.refusal)
    }),
  )

  app.post(
    `${PATH}/delete`,
    onForm(async (c, door, form) => {
      if (form.get('slug') !== door.entry.slug) {
        const detail = 'The name that was typed is not the tenant’s: nothing was deleted.'
        return refusedForm(c, door, { problem: 'confirm-required', detail })
      }
      const done = await door.tenant.call(door.caller, 'tenant.delete', {
        ...{ ifVersion: versionOf(form), validateOnly: false },
        confirm: Digest.safeParse(form.get('confirm')).data ?? null,
      })
      if (!done.ok) return refusedForm(c, door, done.refusal)
      const id = done.value.value.change?.id
      return c.redirect(id ? `/changes/${id}` : `/t/${door.entry.slug}/settings`, 303)
    }),
  )

  app.post(
    `${PATH}/restore`,
    onForm(async (c, door) => {
      const done = await door.tenant.call(door.caller, 'tenant.restore', null)
      return done.ok
        ? c.redirect(`/t/${door.entry.slug}/settings`, 303)
        : refusedForm(c, door, done.refusal)
    }),
  )
}
