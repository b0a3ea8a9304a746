// /t/{tenant}/arc/machines: machines in Azure Arc as pages. A form goes the way the API's request goes.
import {
  type ArcMachineView,
  CreateArcMachine,
  type OnboardingLink,
} from '../../../schemas/arc-machine.ts'
import { mayDo } from '../../../schemas/principal.ts'
import type { Refusal } from '../../../schemas/result.ts'
import type { Entered } from '../../auth/door.ts'
import { isLaptop } from '../../env.ts'
import type { App, AppContext } from '../../http/context.ts'
import { keyed } from '../../http/idempotency.ts'
import { nextLink, readPage } from '../../http/page.ts'
import { refusedPage } from '../answers.tsx'
import { inWords, keyOf, newKey, onForm, onPage, refusedForm, versionOf } from '../forms.ts'
import { answerPageHtml } from '../layout.tsx'
import { registerArcLinkPages } from './link-routes.tsx'
import { MachinePage, MachinesPage } from './machines-page.tsx'

const LIST = '/t/:tenant/arc/machines'
const ONE = `${LIST}/:id`

const showList = async (c: AppContext, door: Entered, refusal?: Refusal): Promise<Response> => {
  const { tenant, caller, tenantId, entry } = door
  const page = readPage(c, { tenantId })
  if (!page.ok) return refusedPage(c, page.refusal)
  const [who, listed, scope, readBack] = await Promise.all([
    tenant.whoAmI(caller, 'arc.read'),
    tenant.call(caller, 'arc-machines.list', page.value),
    tenant.call(caller, 'azure-scope.read', null),
    tenant.call(caller, 'arc-machines.read-back', null),
  ])
  if (!who.ok) return refusedPage(c, who.refusal)
  if (!listed.ok) return refusedPage(c, listed.refusal)
  if (!readBack.ok) return refusedPage(c, readBack.refusal)
  return answerPageHtml(
    c,
    { title: 'Azure Arc: machines', status: refusal ? 409 : 200 },
    <MachinesPage
      tenant={entry.slug}
      machines={listed.value.items}
      next={nextLink(c, { tenantId }, listed.value.next)}
      scope={scope.ok ? scope.value : null}
      {...readBack.value}
      simulated={isLaptop(c.env)}
      formKey={mayDo(who.value, 'arc.write') ? newKey() : null}
      refused={refusal && inWords(refusal)}
    />,
  )
}

const LINKED = new Set<ArcMachineView['state']>(['waiting', 'downloaded', 'expired'])
const mayHaveLink = ({ state, remote }: ArcMachineView): boolean =>
  LINKED.has(state) && (state !== 'expired' || remote === null)
const isLeaving = ({ state }: ArcMachineView): boolean =>
  state === 'removing' || state === 'removed'

const showOne = async (
  c: AppContext,
  { tenant, caller, entry }: Entered,
  id: string,
  { refusal, link }: { refusal?: Refusal; link?: OnboardingLink | null } = {},
): Promise<Response> => {
  const [who, read] = await Promise.all([
    tenant.whoAmI(caller, 'arc.read'),
    tenant.call(caller, 'arc-machines.read', id),
  ])
  if (!who.ok) return refusedPage(c, who.refusal)
  if (!read.ok) return refusedPage(c, read.refusal)
  const { value, version } = read.value
  return answerPageHtml(
    c,
    { title: value.name, status: refusal ? 409 : 200 },
    <MachinePage
      tenant={entry.slug}
      machine={value}
      version={version}
      simulated={isLaptop(c.env)}
      link={link ?? undefined}
      linkKey={mayDo(who.value, 'arc.write') && mayHaveLink(value) ? newKey() : null}
      mayRemove={mayDo(who.value, 'arc.remove') && !isLeaving(value)}
      refused={refusal && inWords(refusal)}
    />,
  )
}

/** `name=value`, one a line. What is no pair becomes a name that the schema refuses. */
const tagsIn = (form: URLSearchParams): Record<string, string> =>
  Object.fromEntries(
    (form.get('tags') ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => {
        const at = line.indexOf('=')
        return at < 0 ? ['', line] : [line.slice(0, at).trim(), line.slice(at + 1).trim()]
      }),
  )

const WORDS: Record<string, string> = {
  name: 'The name: up to 54 letters, digits and ._- with a letter or digit at both ends.',
  about: 'Its host or resource: a name of this tenant’s, as the pages show it.',
  tags: 'Tags: up to ten lines of name=value; names of letters, digits and ._- that do not begin with microsoft, azure, windows or phoenix; values without , = " and \\.',
}

const create = onForm(async (c, door, form) => {
  const about = form.get('about')?.trim() ?? ''
  const body = CreateArcMachine.safeParse({
    ...{ name: form.get('name')?.trim(), kind: form.get('kind'), tags: tagsIn(form) },
    ...(about === '' ? {} : { about }),
  })
  if (!body.success) {
    const field = String(body.error.issues[0]?.path[0])
    const detail = Object.hasOwn(WORDS, field) ? WORDS[field] : undefined
    const known = detail ?? 'Choose from what the form offers.'
    return showList(c, door, { problem: 'invalid-parameters', detail: known })
  }
  const input = keyed(keyOf(form), body.data, 'POST arc/machines')
  const made = await door.tenant.call(door.caller, 'arc-machines.create', input)
  if (!made.ok) return refusedForm(c, made.refusal, (refusal) => showList(c, door, refusal))
  const { machine, link } = made.value.value
  return showOne(c, door, machine.id, { link })
})

const renew = onForm(async (c, door, form) => {
  const id = c.req.param('id') ?? ''
  const input = { ...keyed(keyOf(form), {}, 'POST arc/machines/links'), id }
  const made = await door.tenant.call(door.caller, 'arc-machines.link', input)
  return made.ok
    ? showOne(c, door, id, { link: made.value.value.link })
    : refusedForm(c, made.refusal, (refusal) => showOne(c, door, id, { refusal }))
})

const remove = onForm(async (c, door, form) => {
  const id = c.req.param('id') ?? ''
  const input = { id, ifVersion: versionOf(form), body: null }
  const gone = await door.tenant.call(door.caller, 'arc-machines.remove', input)
  return gone.ok
    ? c.redirect(`/t/${door.entry.slug}/arc/machines/${id}`, 303)
    : refusedForm(c, gone.refusal, (refusal) => showOne(c, door, id, { refusal }))
})

export const registerArcMachinePages = (app: App): void => {
  registerArcLinkPages(app)
  app.get(
    LIST,
    onPage((c, door) => showList(c, door)),
  )
  app.get(
    ONE,
    onPage((c, door) => showOne(c, door, c.req.param('id') ?? '')),
  )
  app.post(LIST, create)
  app.post(`${ONE}/links`, renew)
  app.post(`${ONE}/remove`, remove)
}
