// /t/{tenant}/settings: what owners set, and the end of a tenant. A form goes the way the API's request goes.

import { Digest } from '../../schemas/ids.ts'
import { mayDo } from '../../schemas/principal.ts'
import type { Refusal } from '../../schemas/result.ts'
import type { Entered } from '../auth/door.ts'
import type { App, AppContext } from '../http/context.ts'
import { unpackResult } from '../packed.ts'
import { refusedPage } from './answers.tsx'
import { inWords, onForm, onPage, refusedForm, versionOf } from './forms.ts'
import { answerPageHtml } from './layout.tsx'
import { readSettings } from './settings-form.ts'
import { SettingsPage } from './settings-page.tsx'

const PATH = '/t/:tenant/settings'

interface Asked {
  /** Of the form of the settings. */
  refusal?: Refusal | null
  /** Of the part that ends the tenant, which says it there: the reader lands at that part. */
  refusalHere?: Refusal | null
  preview?: boolean
}

const show = async (
  c: AppContext,
  { tenant, caller }: Entered,
  { refusal = null, refusalHere = null, preview = false }: Asked = {},
): Promise<Response> => {
  const [read, who, outside] = await Promise.all([
    unpackResult(tenant.readTenant(caller)),
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
  const ending = refusalHere ?? (asked && !asked.ok ? asked.refusal : null)
  // Without that part on the page there is no place for it but the top.
  const top = refusal ?? (mayDelete ? null : ending)
  return answerPageHtml(
    c,
    { title: `Settings of ${value.slug}`, status: top || ending ? 409 : 200 },
    <SettingsPage
      tenant={value}
      version={version}
      outside={outside.ok ? outside.value : []}
      mayEdit={value.state === 'active' && who.value.roles.includes('owner')}
      mayDelete={mayDelete}
      deletion={asked?.ok ? asked.value.value : null}
      refused={top && inWords(top)}
      refusedHere={ending && inWords(ending)}
      saved={c.req.query('saved') !== undefined}
    />,
  )
}

const refused = (c: AppContext, door: Entered, refusal: Refusal) =>
  refusedForm(c, refusal, (why) => show(c, door, { refusal: why }))
const refusedHere = (c: AppContext, door: Entered, refusal: Refusal) =>
  refusedForm(c, refusal, (why) => show(c, door, { refusalHere: why }))

export const registerSettingsPages = (app: App): void => {
  app.get(
    PATH,
    onPage((c, door) => show(c, door, { preview: c.req.query('delete') === 'preview' })),
  )

  app.post(
    PATH,
    onForm(async (c, door, form) => {
      const wanted = readSettings(form)
      const done = wanted.ok
        ? await door.tenant.updateTenant(door.caller, versionOf(form), wanted.value)
        : wanted
      return done.ok
        ? c.redirect(`/t/${door.entry.slug}/settings?saved`, 303)
        : refused(c, door, done.refusal)
    }),
  )

  app.post(
    `${PATH}/delete`,
    onForm(async (c, door, form) => {
      if (form.get('slug') !== door.entry.slug) {
        const detail = 'The name that was typed is not the tenant’s: nothing was deleted.'
        return refusedHere(c, door, { problem: 'confirm-required', detail })
      }
      const done = await door.tenant.call(door.caller, 'tenant.delete', {
        ...{ ifVersion: versionOf(form), validateOnly: false },
        confirm: Digest.safeParse(form.get('confirm')).data ?? null,
      })
      if (!done.ok) return refusedHere(c, door, done.refusal)
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
        : refusedHere(c, door, done.refusal)
    }),
  )
}
