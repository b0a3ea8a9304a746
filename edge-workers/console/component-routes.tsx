// /t/{tenant}/components: hardware as pages. A form goes the way the API's request goes.
import type * as z from 'zod'
import {
  COMPONENT_MOVES,
  type ComponentFilter,
  ComponentKind,
  ComponentState,
  RegisterComponent,
  StepComponent,
} from '../../schemas/component.ts'
import { mayDo } from '../../schemas/principal.ts'
import type { Refusal } from '../../schemas/result.ts'
import type { Entered } from '../auth/door.ts'
import type { App, AppContext } from '../http/context.ts'
import { keyed } from '../http/idempotency.ts'
import { nextLink, readPage } from '../http/page.ts'
import { defined } from '../routes/change-door.ts'
import { refusedPage } from './answers.tsx'
import { ComponentPage, ComponentsPage } from './component-pages.tsx'
import { inWords, keyOf, newKey, onForm, onPage, refusedForm, versionOf } from './forms.ts'
import { answerPageHtml } from './layout.tsx'
import { handlesOf, People } from './people.tsx'

const LIST = '/t/:tenant/components'

/** An empty choice of the form is none, and so is one that there is not. */
const chosen = (c: AppContext): ComponentFilter =>
  defined({
    state: ComponentState.safeParse(c.req.query('state')).data,
    kind: ComponentKind.safeParse(c.req.query('kind')).data,
  })

const showComponents = async (
  c: AppContext,
  door: Entered,
  refusal?: Refusal,
): Promise<Response> => {
  const { tenant, caller, tenantId, entry } = door
  const filter = chosen(c)
  const scope = { tenantId, filter }
  const page = readPage(c, scope)
  if (!page.ok) return refusedPage(c, page.refusal)
  const input = { ...page.value, filter }
  const [who, listed] = await Promise.all([
    tenant.whoAmI(caller, 'components.read'),
    tenant.call(caller, 'components.list', input),
  ])
  if (!who.ok) return refusedPage(c, who.refusal)
  if (!listed.ok) return refusedPage(c, listed.refusal)
  return answerPageHtml(
    c,
    { title: 'Hardware', status: refusal ? 409 : 200 },
    <ComponentsPage
      tenant={entry.slug}
      components={listed.value.items}
      filter={filter}
      next={nextLink(c, scope, listed.value.next)}
      formKey={mayDo(who.value, 'components.write') ? newKey() : null}
      refused={refusal && inWords(refusal)}
    />,
  )
}

const showComponent = async (
  c: AppContext,
  door: Entered,
  refusal?: Refusal,
): Promise<Response> => {
  const { tenant, caller, entry } = door
  const [who, read] = await Promise.all([
    tenant.whoAmI(caller, 'components.read'),
    tenant.call(caller, 'components.read', c.req.param('id') ?? ''),
  ])
  if (!who.ok) return refusedPage(c, who.refusal)
  if (!read.ok) return refusedPage(c, read.refusal)
  const { value, version } = read.value
  const actors = value.history.map(({ actor }) => actor)
  const mayStep = mayDo(who.value, 'components.write') && COMPONENT_MOVES[value.state].length > 0
  return answerPageHtml(
    c,
    { title: `${value.manufacturer} ${value.model}`, status: refusal ? 409 : 200 },
    <People.Provider value={await handlesOf(door, actors)}>
      <ComponentPage
        tenant={entry.slug}
        component={value}
        version={version}
        formKey={mayStep ? newKey() : null}
        who={who.value}
        refused={refusal && inWords(refusal)}
      />
    </People.Provider>,
  )
}

/** Digests, one a line or between blanks. */
const evidenceIn = (form: URLSearchParams): string[] =>
  (form.get('evidence') ?? '').split(/\s+/).filter((digest) => digest !== '')

const WORDS: Record<string, string> = {
  evidence: 'Evidence: at most twenty digests, each sha256: and 64 hex digits.',
  site: 'The site: its name, as Regions shows it.',
  host: 'The host: a DNS label of at most 63 characters.',
}

/** By field, never repeating what was sent; the schema's own words are for programs. */
const refusalOf = (error: z.ZodError): Refusal => {
  const field = String(error.issues[0]?.path[0] ?? 'form')
  const known = Object.hasOwn(WORDS, field) ? WORDS[field] : undefined
  const named = ['manufacturer', 'model', 'serial', 'custodian'].includes(field)
    ? `The ${field === 'serial' ? 'serial number' : field}: one line of plain text.`
    : 'Choose from what the form offers.'
  return { problem: 'invalid-parameters', detail: known ?? named }
}

const stepIn = (form: URLSearchParams) => {
  const to = form.get('to')
  const text = (name: string) => form.get(name)?.trim() ?? ''
  const fields: Record<string, object> = {
    transferred: { custodian: text('custodian') },
    deployed: { site: text('site'), host: text('host') },
    retired: { reason: form.get('reason') },
  }
  const own = to !== null && Object.hasOwn(fields, to) ? fields[to] : {}
  return StepComponent.safeParse({ to, ...own, evidence: evidenceIn(form) })
}

export const registerComponentPages = (app: App): void => {
  app.get(
    LIST,
    onPage((c, door) => showComponents(c, door)),
  )
  app.get(
    `${LIST}/:id`,
    onPage((c, door) => showComponent(c, door)),
  )

  app.post(
    LIST,
    onForm(async (c, door, form) => {
      const body = RegisterComponent.safeParse({
        ...{ kind: form.get('kind'), manufacturer: form.get('manufacturer') },
        ...{ model: form.get('model'), serial: form.get('serial'), evidence: evidenceIn(form) },
      })
      if (!body.success) return showComponents(c, door, refusalOf(body.error))
      const input = keyed(keyOf(form), body.data, 'POST components')
      const made = await door.tenant.call(door.caller, 'components.register', input)
      if (made.ok) return c.redirect(`/t/${door.entry.slug}/components/${made.value.value.id}`, 303)
      return refusedForm(c, made.refusal, (refusal) => showComponents(c, door, refusal))
    }),
  )

  app.post(
    `${LIST}/:id/steps`,
    onForm(async (c, door, form) => {
      const body = stepIn(form)
      if (!body.success) return showComponent(c, door, refusalOf(body.error))
      const id = c.req.param('id') ?? ''
      const asked = keyed(keyOf(form), body.data, 'POST components/steps')
      const taken = await door.tenant.call(door.caller, 'components.step', {
        ...{ ...asked, id, ifVersion: versionOf(form) },
      })
      if (taken.ok) return c.redirect(`/t/${door.entry.slug}/components/${id}`, 303)
      return refusedForm(c, taken.refusal, (refusal) => showComponent(c, door, refusal))
    }),
  )
}
