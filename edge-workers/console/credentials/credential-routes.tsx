// /t/{tenant}/credentials: what was issued. A form goes the way the API's request goes.
import {
  ChangeCredentialStatus,
  CredentialFilter,
  CredentialStatus,
} from '../../../schemas/credential.ts'
import { mayDo } from '../../../schemas/principal.ts'
import { ok, type Refusal } from '../../../schemas/result.ts'
import type { Entered } from '../../auth/door.ts'
import { reasonText } from '../../credentials/reason-class.ts'
import type { App, AppContext } from '../../http/context.ts'
import { keyed } from '../../http/idempotency.ts'
import { nextLink, readPage } from '../../http/page.ts'
import { defined } from '../../routes/change-door.ts'
import { ALL, keyOf, newKey, onForm, onPage, refusedForm } from '../forms.ts'
import { handlesOf, People } from '../people.tsx'
import { showConfigurations } from './configuration-routes.tsx'
import { CredentialPage, CredentialsPage } from './credential-pages.tsx'
import { unfit } from './pieces.tsx'
import { answerSection, rootOf } from './section.tsx'

const ROOT = '/t/:tenant/credentials'
const ONE = `${ROOT}/issued/:id`
const VERB: Record<CredentialStatus, string> = {
  ...{ invalid: 'revoke', suspended: 'suspend', valid: 'reinstate' },
}

/** Fields that were left empty ask for nothing. */
const filterOf = (c: AppContext) =>
  CredentialFilter.safeParse(
    Object.fromEntries(
      ['configuration', 'member', 'status'].flatMap((name) => {
        const value = c.req.query(name)?.trim() ?? ''
        return value === '' ? [] : [[name, value]]
      }),
    ),
  )

const showList = async (c: AppContext, door: Entered): Promise<Response> => {
  const { tenant, caller, tenantId, entry } = door
  const who = await tenant.whoAmI(caller, 'configurations.read')
  // Who holds what is not everybody's; what is issued is.
  if (who.ok && !mayDo(who.value, 'credentials.read')) return showConfigurations(c, door)
  const parsed = filterOf(c)
  const filter = parsed.data ?? {}
  const refusal = parsed.success ? undefined : unfit('There is no such filter.')
  return answerSection(
    c,
    door,
    { action: 'credentials.read', title: 'Credentials', at: '', refusal },
    async () => {
      const scope = { tenantId, filter }
      const page = readPage(c, scope)
      if (!page.ok) return page
      const [listed, configurations] = await Promise.all([
        tenant.call(caller, 'credentials.list', { ...page.value, filter: defined(filter) }),
        tenant.call(caller, 'configurations.list', ALL),
      ])
      if (!listed.ok) return listed
      if (!configurations.ok) return configurations
      const { items, next } = listed.value
      const people = await handlesOf(
        door,
        items.map(({ member }) => member),
      )
      return ok(
        <People.Provider value={people}>
          <CredentialsPage
            root={rootOf(entry.slug)}
            credentials={items}
            filter={filter}
            names={configurations.value.items.map(({ name }) => name)}
            next={nextLink(c, scope, next)}
          />
        </People.Provider>,
      )
    },
  )
}

const showOne = (c: AppContext, door: Entered, refusal?: Refusal): Promise<Response> =>
  answerSection(
    c,
    door,
    { action: 'credentials.read', title: 'Credential', at: '', refusal },
    async (who) => {
      const { tenant, caller, entry } = door
      const read = await tenant.call(caller, 'credentials.read', c.req.param('id') ?? '')
      if (!read.ok) return read
      const credential = read.value.value
      const [drivers, issuance] = await Promise.all([
        tenant.call(caller, 'issuer.drivers', ALL),
        tenant.call(caller, 'issuances.read', credential.issuance),
      ])
      if (!drivers.ok) return drivers
      return ok(
        <People.Provider value={await handlesOf(door, [credential.member, credential.changedBy])}>
          <CredentialPage
            root={rootOf(entry.slug)}
            credential={credential}
            abilities={drivers.value.items.find(({ driver }) => driver === credential.driver)}
            mayChange={mayDo(who, 'credentials.status')}
            offer={issuance.ok ? issuance.value.value.offer : null}
            formKey={newKey()}
          />
        </People.Provider>,
      )
    },
  )

const change = onForm(async (c, door, form) => {
  const id = c.req.param('id') ?? ''
  const to = CredentialStatus.safeParse(form.get('to'))
  const reason = reasonText(form.get('code') ?? 'other', form.get('note')?.trim() ?? '')
  const body = ChangeCredentialStatus.safeParse({ reason })
  if (!to.success || !body.success)
    return showOne(c, door, unfit('A status of this form, and one line of plain text.'))
  const sent = keyed(keyOf(form), body.data, `POST credentials/${id}/${VERB[to.data]}`)
  const { tenant, caller, entry } = door
  const done = await tenant.call(caller, 'credentials.change', { ...sent, id, to: to.data })
  return done.ok
    ? c.redirect(`${rootOf(entry.slug)}/issued/${id}`, 303)
    : refusedForm(c, done.refusal, (why) => showOne(c, door, why))
})

export const registerIssuedPages = (app: App): void => {
  app.get(
    ROOT,
    onPage((c, door) => showList(c, door)),
  )
  app.get(
    ONE,
    onPage((c, door) => showOne(c, door)),
  )
  app.post(`${ONE}/status`, change)
}
