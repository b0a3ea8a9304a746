// /t/{tenant}/credentials/configurations. A form goes the way the API's request goes.
import { NewCredentialConfiguration } from '../../../schemas/credential.ts'
import { mayDo } from '../../../schemas/principal.ts'
import { ok, type Refusal } from '../../../schemas/result.ts'
import type { Entered } from '../../auth/door.ts'
import type { App, AppContext } from '../../http/context.ts'
import { keyed } from '../../http/idempotency.ts'
import { nextLink, readPage } from '../../http/page.ts'
import { ALL, keyOf, newKey, onForm, onPage, refusedForm, versionOf } from '../forms.ts'
import { CLAIM_ROWS, claimsOf } from './claim-rows.tsx'
import {
  ConfigurationPage,
  ConfigurationsPage,
  NewConfigurationPage,
} from './configuration-pages.tsx'
import { registerEditConfiguration } from './edit-configuration.tsx'
import { titleOf, unfit } from './pieces.tsx'
import { answerSection, rootOf } from './section.tsx'

const ROOT = '/t/:tenant/credentials'
const AT = '/configurations'
const DAY = 86_400
/** Claims, their names and a description. */
const FORM_BYTES = 16_000

export const showConfigurations = (c: AppContext, door: Entered): Promise<Response> =>
  answerSection(
    c,
    door,
    { action: 'configurations.read', title: 'Configurations', at: AT },
    async (who) => {
      const { tenant, caller, tenantId, entry } = door
      const page = readPage(c, { tenantId })
      if (!page.ok) return page
      const listed = await tenant.call(caller, 'configurations.list', page.value)
      if (!listed.ok) return listed
      return ok(
        <ConfigurationsPage
          root={rootOf(entry.slug)}
          configurations={listed.value.items}
          next={nextLink(c, { tenantId }, listed.value.next)}
          mayWrite={mayDo(who, 'configurations.write')}
        />,
      )
    },
  )

const showOne = async (c: AppContext, door: Entered, refusal?: Refusal): Promise<Response> => {
  const name = c.req.param('name') ?? ''
  const read = await door.tenant.call(door.caller, 'configurations.read', name)
  const title = read.ok ? titleOf(read.value.value) : 'Configuration'
  return answerSection(
    c,
    door,
    { action: 'configurations.read', title, at: AT, refusal },
    async (who) =>
      read.ok
        ? ok(
            <ConfigurationPage
              root={rootOf(door.entry.slug)}
              configuration={read.value.value}
              mayWrite={mayDo(who, 'configurations.write')}
              mayOffer={mayDo(who, 'credentials.offer')}
            />,
          )
        : read,
  )
}

const showForm = (
  c: AppContext,
  door: Entered,
  typed = new URLSearchParams(),
  refusal?: Refusal,
): Promise<Response> =>
  answerSection(
    c,
    door,
    { action: 'configurations.write', title: 'New configuration', at: AT, refusal },
    async () => {
      const drivers = await door.tenant.call(door.caller, 'issuer.drivers', ALL)
      if (!drivers.ok) return drivers
      return ok(
        <NewConfigurationPage
          root={rootOf(door.entry.slug)}
          drivers={drivers.value.items}
          formKey={newKey()}
          typed={typed}
        />,
      )
    },
  )

const create = onForm(async (c, door, form) => {
  const said = (field: string) => form.get(field)?.trim() ?? ''
  const body = NewCredentialConfiguration.safeParse({
    ...{
      name: said('name'),
      driver: said('driver') || 'openid4vci',
      claims: claimsOf(form, CLAIM_ROWS),
    },
    ...(said('type') === '' ? {} : { type: said('type') }),
    display: [
      {
        name: said('title'),
        ...(said('description') === '' ? {} : { description: said('description') }),
      },
    ],
    ...{ validitySeconds: Number(said('days')) * DAY, batchSize: Number(said('batch')) },
  })
  if (!body.success)
    return showForm(
      c,
      door,
      form,
      unfit(
        'A name of lower-case letters, digits and hyphens; claims begin with a letter and have letters, digits, - and _; whole numbers.',
      ),
    )
  const sent = keyed(keyOf(form), body.data, 'POST credential-configurations')
  const made = await door.tenant.call(door.caller, 'configurations.create', sent)
  return made.ok
    ? c.redirect(`${rootOf(door.entry.slug)}/configurations/${body.data.name}`, 303)
    : refusedForm(c, made.refusal, (why) => showForm(c, door, form, why))
}, FORM_BYTES)

const withdraw = onForm(async (c, door, form) => {
  const name = c.req.param('name') ?? ''
  const input = { id: name, ifVersion: versionOf(form), body: null }
  const done = await door.tenant.call(door.caller, 'configurations.withdraw', input)
  return done.ok
    ? c.redirect(`${rootOf(door.entry.slug)}/configurations/${name}`, 303)
    : refusedForm(c, done.refusal, (why) => showOne(c, door, why))
})

export const registerConfigurationPages = (app: App): void => {
  app.get(
    `${ROOT}/configurations`,
    onPage((c, door) => showConfigurations(c, door)),
  )
  app.get(
    `${ROOT}/new-configuration`,
    onPage((c, door) => showForm(c, door)),
  )
  app.get(
    `${ROOT}/configurations/:name`,
    onPage((c, door) => showOne(c, door)),
  )
  registerEditConfiguration(app)
  app.post(`${ROOT}/configurations`, create)
  app.post(`${ROOT}/configurations/:name/withdraw`, withdraw)
}
