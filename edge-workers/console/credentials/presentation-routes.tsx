// /t/{tenant}/credentials/presentations. A form goes the way the API's request goes.
import type { CredentialConfigurationView } from '../../../schemas/credential.ts'
import { NewPresentationRequest, type PresentationRequest } from '../../../schemas/presentation.ts'
import { mayDo } from '../../../schemas/principal.ts'
import { ok, type Refusal } from '../../../schemas/result.ts'
import type { Entered } from '../../auth/door.ts'
import type { App, AppContext } from '../../http/context.ts'
import { keyed } from '../../http/idempotency.ts'
import { parseJson } from '../../http/json.ts'
import { nextLink, readPage } from '../../http/page.ts'
import { ALL, keyOf, newKey, onForm, onPage, refusedForm } from '../forms.ts'
import { secondsOf, unfit } from './pieces.tsx'
import { NewRequestPage, RequestPage, RequestsPage } from './presentation-pages.tsx'
import { answerSection, rootOf } from './section.tsx'

const ROOT = '/t/:tenant/credentials'
const AT = '/presentations'
/** A query of every size that the API takes in practice. */
const FORM_BYTES = 64_000

const showList = (c: AppContext, door: Entered): Promise<Response> =>
  answerSection(
    c,
    door,
    { action: 'presentations.read', title: 'Presentation requests', at: AT },
    async (who) => {
      const { tenant, caller, tenantId, entry } = door
      const page = readPage(c, { tenantId })
      if (!page.ok) return page
      const listed = await tenant.call(caller, 'presentations.list', page.value)
      if (!listed.ok) return listed
      return ok(
        <RequestsPage
          root={rootOf(entry.slug)}
          requests={listed.value.items}
          next={nextLink(c, { tenantId }, listed.value.next)}
          mayAsk={mayDo(who, 'presentations.write')}
        />,
      )
    },
  )

const showOne = (
  c: AppContext,
  door: Entered,
  id: string,
  made: PresentationRequest | null = null,
): Promise<Response> =>
  answerSection(
    c,
    door,
    { action: 'presentations.read', title: 'Presentation request', at: AT },
    async () => {
      const read = await door.tenant.call(door.caller, 'presentations.read', id)
      return read.ok ? ok(<RequestPage request={read.value.value} made={made} />) : read
    },
  )

const showForm = (
  c: AppContext,
  door: Entered,
  name: string | undefined,
  { refusal, typed = new URLSearchParams() }: { refusal?: Refusal; typed?: URLSearchParams } = {},
): Promise<Response> =>
  answerSection(
    c,
    door,
    { action: 'presentations.write', title: 'Ask for a presentation', at: AT, refusal },
    async () => {
      const listed = await door.tenant.call(door.caller, 'configurations.list', ALL)
      if (!listed.ok) return listed
      const { items } = listed.value
      const chosen = items.find((one) => one.name === name)
      return ok(
        <NewRequestPage
          root={rootOf(door.entry.slug)}
          configurations={items}
          chosen={name === '' ? null : chosen}
          formKey={newKey()}
          typed={typed}
        />,
      )
    },
  )

const queryFrom = ({ name, vct, type, format }: CredentialConfigurationView, claims: string[]) => ({
  credentials: [
    {
      ...{ id: name, format },
      meta: vct === null ? { type_values: [[type]] } : { vct_values: [vct] },
      ...(claims.length === 0
        ? {}
        : { claims: claims.map((claim) => ({ path: claim.split('.') })) }),
    },
  ],
})

/** Null: no JSON. */
const typedQuery = (form: URLSearchParams): unknown => {
  const parsed = parseJson(new TextEncoder().encode(form.get('query') ?? ''))
  return parsed.ok ? parsed.value : null
}

const create = onForm(async (c, door, form) => {
  const { tenant, caller } = door
  const name = form.get('configuration') ?? ''
  const again = (refusal: Refusal) => showForm(c, door, name, { refusal, typed: form })
  const read = name === '' ? null : await tenant.call(caller, 'configurations.read', name)
  if (read && !read.ok) return refusedForm(c, read.refusal, again)
  const body = NewPresentationRequest.safeParse({
    dcql_query: read ? queryFrom(read.value.value, form.getAll('claim')) : typedQuery(form),
    driver: read?.value.value.driver ?? 'openid4vci',
    ...{ purpose: form.get('purpose')?.trim(), mode: form.get('mode') ?? 'cross-device' },
    ...secondsOf(form),
  })
  if (!body.success)
    return again(unfit('One line of purpose; a DCQL query as OpenID4VP 1.0 has it, in JSON.'))
  const sent = keyed(keyOf(form), body.data, 'POST presentation-requests')
  const made = await tenant.call(caller, 'presentations.create', sent)
  return made.ok
    ? showOne(c, door, made.value.value.id, made.value.value)
    : refusedForm(c, made.refusal, again)
}, FORM_BYTES)

export const registerRequestPages = (app: App): void => {
  app.get(
    `${ROOT}/presentations`,
    onPage((c, door) => showList(c, door)),
  )
  app.get(
    `${ROOT}/new-presentation`,
    onPage((c, door) => showForm(c, door, c.req.query('configuration'))),
  )
  app.get(
    `${ROOT}/presentations/:id`,
    onPage((c, door) => showOne(c, door, c.req.param('id') ?? '')),
  )
  app.post(`${ROOT}/presentations`, create)
}
