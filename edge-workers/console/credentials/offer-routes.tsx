// /t/{tenant}/credentials/offers. A form goes the way the API's request goes; the PIN is in the answer to the form and nowhere else.
import {
  type CredentialConfigurationView,
  type CredentialOffer,
  NewCredentialOffer,
  RenewCredentialOffer,
} from '../../../schemas/credential.ts'
import { mayDo } from '../../../schemas/principal.ts'
import { ok, type Refusal, type Result } from '../../../schemas/result.ts'
import type { MadeOffer } from '../../actors/tenant/credentials/issuance/contracts.ts'
import type { Entered } from '../../auth/door.ts'
import type { App, AppContext } from '../../http/context.ts'
import { keyed } from '../../http/idempotency.ts'
import { nextLink, readPage } from '../../http/page.ts'
import { refusedPage } from '../answers.tsx'
import { ALL, keyOf, newKey, onForm, onPage, refusedForm } from '../forms.ts'
import { handlesOf, People } from '../people.tsx'
import { claimsOf, NewOfferPage } from './offer-form.tsx'
import { OfferPage, OffersPage } from './offer-pages.tsx'
import { secondsOf, unfit } from './pieces.tsx'
import { answerSection, rootOf } from './section.tsx'

const ROOT = '/t/:tenant/credentials'
const AT = '/offers'
/** Every claim of a configuration. */
const FORM_BYTES = 64_000

const showList = (c: AppContext, door: Entered): Promise<Response> =>
  answerSection(c, door, { action: 'credentials.read', title: 'Offers', at: AT }, async (who) => {
    const { tenant, caller, tenantId, entry } = door
    const page = readPage(c, { tenantId })
    if (!page.ok) return page
    const listed = await tenant.call(caller, 'offers.list', page.value)
    if (!listed.ok) return listed
    const { items, next } = listed.value
    const people = await handlesOf(
      door,
      items.map(({ issuance }) => issuance.member),
    )
    return ok(
      <People.Provider value={people}>
        <OffersPage
          root={rootOf(entry.slug)}
          offers={items}
          next={nextLink(c, { tenantId }, next)}
          mayOffer={mayDo(who, 'credentials.offer')}
        />
      </People.Provider>,
    )
  })

const configurationsNamed = async (
  { tenant, caller }: Entered,
  names: readonly string[],
): Promise<CredentialConfigurationView[]> => {
  const read = await Promise.all(
    names.map((name) => tenant.call(caller, 'configurations.read', name)),
  )
  return read.flatMap((one) => (one.ok ? [one.value.value] : []))
}

interface Said {
  made?: CredentialOffer
  refusal?: Refusal
  typed?: URLSearchParams
}

const showOne = (
  c: AppContext,
  door: Entered,
  id: string,
  { made, refusal, typed = new URLSearchParams() }: Said = {},
): Promise<Response> =>
  answerSection(
    c,
    door,
    { action: 'credentials.read', title: made ? 'Offer made' : 'Offer', at: AT, refusal },
    async (who) => {
      const read = await door.tenant.call(door.caller, 'offers.read', id)
      if (!read.ok) return read
      const offer = read.value.value
      const { configurations, member } = offer.issuance
      return ok(
        <People.Provider value={await handlesOf(door, [member])}>
          <OfferPage
            root={rootOf(door.entry.slug)}
            offer={offer}
            made={made ?? null}
            mayOffer={mayDo(who, 'credentials.offer')}
            configurations={await configurationsNamed(door, configurations)}
            formKey={newKey()}
            typed={typed}
          />
        </People.Provider>,
      )
    },
  )

const showForm = (
  c: AppContext,
  door: Entered,
  name: string,
  { refusal, typed = new URLSearchParams() }: Said = {},
): Promise<Response> =>
  answerSection(
    c,
    door,
    { action: 'credentials.offer', title: 'New offer', at: AT, refusal },
    async () => {
      const { tenant, caller, entry } = door
      const listed = await tenant.call(caller, 'configurations.list', ALL)
      if (!listed.ok) return listed
      const members = await tenant.call(caller, 'members.list', ALL)
      const active = listed.value.items.filter(({ state }) => state === 'active')
      return ok(
        <NewOfferPage
          root={rootOf(entry.slug)}
          configurations={active}
          chosen={active.find((one) => one.name === name) ?? null}
          members={
            members.ok
              ? members.value.items.filter(
                  ({ kind, state }) => kind === 'person' && state === 'active',
                )
              : []
          }
          formKey={newKey()}
          typed={typed}
        />,
      )
    },
  )

const txCodeOf = (form: URLSearchParams) => {
  const length = Number(form.get('pin') ?? '6')
  const hint = form.get('hint')?.trim() ?? ''
  return form.get('pin') === 'none'
    ? false
    : { mode: 'numeric', length, ...(hint === '' ? {} : { description: hint }) }
}

const answerMade = (
  c: AppContext,
  door: Entered,
  result: Result<MadeOffer>,
  refused: (why: Refusal) => Promise<Response>,
): Response | Promise<Response> => {
  if (!result.ok) return refusedForm(c, result.refusal, refused)
  const { replayed: _, ...made } = result.value
  return showOne(c, door, made.id, { made })
}

const create = onForm(async (c, door, form) => {
  const name = form.get('configuration') ?? ''
  const again = (refusal: Refusal) => showForm(c, door, name, { refusal, typed: form })
  const configurations = await configurationsNamed(door, [name])
  const member = form.get('member') ?? ''
  const body = NewCredentialOffer.safeParse({
    ...{ configurations: [name], claims: claimsOf(form, configurations), txCode: txCodeOf(form) },
    ...(member === '' ? {} : { member }),
    ...secondsOf(form),
    deferred: form.get('deferred') === 'on',
  })
  if (!body.success)
    return again(unfit('One line of plain text for the PIN, and values of this form.'))
  const sent = keyed(keyOf(form), body.data, 'POST credential-offers')
  return answerMade(c, door, await door.tenant.call(door.caller, 'offers.create', sent), again)
}, FORM_BYTES)

const renew = onForm(async (c, door, form) => {
  const id = c.req.param('id') ?? ''
  const again = (refusal: Refusal) => showOne(c, door, id, { refusal, typed: form })
  const read = await door.tenant.call(door.caller, 'offers.read', id)
  if (!read.ok) return refusedPage(c, read.refusal)
  const configurations = await configurationsNamed(door, read.value.value.issuance.configurations)
  const body = RenewCredentialOffer.safeParse({
    claims: claimsOf(form, configurations),
    ...secondsOf(form),
  })
  if (!body.success) return again(unfit('Values of this form.'))
  const sent = { id, ...keyed(keyOf(form), body.data, 'POST renew') }
  return answerMade(c, door, await door.tenant.call(door.caller, 'offers.renew', sent), again)
}, FORM_BYTES)

const decide = (name: 'issuances.release' | 'issuances.deny') =>
  onForm(async (c, door) => {
    const id = c.req.param('id') ?? ''
    const { tenant, caller, entry } = door
    const read = await tenant.call(caller, 'offers.read', id)
    const done = read.ok ? await tenant.call(caller, name, read.value.value.issuance.id) : read
    return done.ok
      ? c.redirect(`${rootOf(entry.slug)}/offers/${id}`, 303)
      : refusedForm(c, done.refusal, (refusal) => showOne(c, door, id, { refusal }))
  })

export const registerOfferPages = (app: App): void => {
  app.get(
    `${ROOT}/offers`,
    onPage((c, door) => showList(c, door)),
  )
  app.get(
    `${ROOT}/new-offer`,
    onPage((c, door) => showForm(c, door, c.req.query('configuration') ?? '')),
  )
  app.get(
    `${ROOT}/offers/:id`,
    onPage((c, door) => showOne(c, door, c.req.param('id') ?? '')),
  )
  app.post(`${ROOT}/offers`, create)
  app.post(`${ROOT}/offers/:id/renew`, renew)
  app.post(`${ROOT}/offers/:id/release`, decide('issuances.release'))
  app.post(`${ROOT}/offers/:id/deny`, decide('issuances.deny'))
}
