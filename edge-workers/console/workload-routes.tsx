// /t/{tenant}/workloads: workload identity as a page. A form goes the way the API's request goes.
import { mayDo } from '../../schemas/principal.ts'
import type { Refusal } from '../../schemas/result.ts'
import { CreateWorkload } from '../../schemas/workload.ts'
import type { Entered } from '../auth/door.ts'
import type { App, AppContext } from '../http/context.ts'
import { keyed } from '../http/idempotency.ts'
import { nextLink, readPage } from '../http/page.ts'
import { refusedPage } from './answers.tsx'
import { ALL, inWords, keyOf, newKey, onForm, onPage, refusedForm } from './forms.ts'
import { answerPageHtml } from './layout.tsx'
import { handlesOf, People } from './people.tsx'
import { WorkloadsPage } from './workload-pages.tsx'

const LIST = '/t/:tenant/workloads'

const showWorkloads = async (
  c: AppContext,
  door: Entered,
  refusal?: Refusal,
): Promise<Response> => {
  const { tenant, caller, tenantId, entry } = door
  const page = readPage(c, { tenantId })
  if (!page.ok) return refusedPage(c, page.refusal)
  const who = await tenant.whoAmI(caller, 'workloads.read')
  if (!who.ok) return refusedPage(c, who.refusal)
  const listed = await tenant.call(caller, 'workloads.list', page.value)
  if (!listed.ok) return refusedPage(c, listed.refusal)
  const makes = mayDo(who.value, 'workloads.create')
  const members = makes ? await tenant.call(caller, 'members.list', ALL) : null
  const { items } = listed.value
  const handles = await handlesOf(
    door,
    items.flatMap(({ serviceAccount, createdBy }) => [serviceAccount, createdBy]),
  )
  const machines = members?.ok
    ? members.value.items.filter(({ kind, state }) => kind === 'service' && state === 'active')
    : null
  return answerPageHtml(
    c,
    { title: 'Workloads', status: refusal ? 409 : 200 },
    <People.Provider value={handles}>
      <WorkloadsPage
        tenant={entry.slug}
        publicUrl={c.env.PUBLIC_URL}
        workloads={items}
        next={nextLink(c, { tenantId }, listed.value.next)}
        confirms={who.value.person && mayDo(who.value, 'tokens.confirm')}
        machines={machines}
        scopes={who.value.scopes}
        formKey={newKey()}
        refused={refusal && inWords(refusal)}
      />
    </People.Provider>,
  )
}

/** `name=value` on each line; a value may have more of the sign. Null where a line has none, or names a claim twice. */
const readClaims = (text: string): Record<string, string> | null => {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const pairs = lines.map((line) => /^([^=]+?)\s*=\s*(.+)$/.exec(line))
  const claims = new Map(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']))
  return pairs.includes(null) || claims.size !== lines.length ? null : Object.fromEntries(claims)
}

/** What the form says, as the API's body; fields left empty are left out. */
const readWorkload = (form: URLSearchParams) => {
  const audience = form.get('audience')?.trim() ?? ''
  const scopes = form.getAll('scopes')
  return CreateWorkload.safeParse({
    name: form.get('name')?.trim(),
    serviceAccount: form.get('serviceAccount'),
    issuer: form.get('issuer')?.trim(),
    claims: readClaims(form.get('claims') ?? ''),
    lifetimeSeconds: Number(form.get('lifetimeSeconds') ?? 900),
    ...(audience === '' ? {} : { audience }),
    ...(scopes.length === 0 ? {} : { scopes }),
  })
}

interface Issue {
  code: string
  path: PropertyKey[]
  message: string
}

/** By field, never repeating what was sent; the schema's own words are for programs, but for those it has for this issuer. */
const refusalOf = (issues: readonly Issue[]): Refusal => {
  const [first] = issues
  const field = String(first?.path[0] ?? 'form')
  const isSentence = first?.code === 'custom' && first.message.endsWith('.')
  const words: Record<string, string> = {
    name: 'The name: letters, digits and plain punctuation.',
    claims: isSentence
      ? `The claims do not do. ${first.message}`
      : 'Claims must be written name=value, one a line, each name once: at most ten, with exact values and no wildcards, and not those that every token has (iss, aud, exp, iat, nbf, jti, nonce).',
    issuer: 'The issuer: an https address without query or fragment.',
    audience: 'The audience: printable ASCII without spaces.',
  }
  const known = Object.hasOwn(words, field) ? words[field] : undefined
  return { problem: 'invalid-parameters', detail: known ?? 'Choose from what the form offers.' }
}

export const registerWorkloadPages = (app: App): void => {
  app.get(
    LIST,
    onPage((c, door) => showWorkloads(c, door)),
  )

  app.post(
    LIST,
    onForm(async (c, door, form) => {
      const body = readWorkload(form)
      if (!body.success) return showWorkloads(c, door, refusalOf(body.error.issues))
      const made = await door.tenant.call(
        door.caller,
        'workloads.create',
        keyed(keyOf(form), body.data, 'POST workloads'),
      )
      if (made.ok) return c.redirect(`/t/${door.entry.slug}/workloads`, 303)
      return refusedForm(c, made.refusal, (refusal) => showWorkloads(c, door, refusal))
    }),
  )

  app.post(
    `${LIST}/:id/confirm`,
    onForm(async (c, door) => {
      const id = c.req.param('id') ?? ''
      const confirmed = await door.tenant.call(door.caller, 'workloads.confirm', id)
      if (confirmed.ok) return c.redirect(`/t/${door.entry.slug}/workloads`, 303)
      return refusedForm(c, confirmed.refusal, (refusal) => showWorkloads(c, door, refusal))
    }),
  )

  app.post(
    `${LIST}/:id/delete`,
    onForm(async (c, door) => {
      const input = { id: c.req.param('id') ?? '', ifVersion: '*' as const, body: null }
      const gone = await door.tenant.call(door.caller, 'workloads.delete', input)
      if (gone.ok) return c.redirect(`/t/${door.entry.slug}/workloads`, 303)
      return refusedForm(c, gone.refusal, (refusal) => showWorkloads(c, door, refusal))
    }),
  )
}
