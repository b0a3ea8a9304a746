// /t/{tenant}/credentials/configurations/{name}/edit. The form shows the first name and description; what a configuration says in
// other languages, its colours and its logo stay as they are.
import {
  type CredentialConfigurationView,
  UpdateCredentialConfiguration,
} from '../../../schemas/credential.ts'
import { ok, type Refusal } from '../../../schemas/result.ts'
import type { Entered } from '../../auth/door.ts'
import type { App, AppContext } from '../../http/context.ts'
import { refusedPage } from '../answers.tsx'
import { onForm, onPage, refusedForm, versionOf } from '../forms.ts'
import { ClaimRows, claimsOf, fieldsOfClaims } from './claim-rows.tsx'
import { ShownFields, titleOf, unfit } from './pieces.tsx'
import { answerSection, rootOf } from './section.tsx'

const PATH = '/t/:tenant/credentials/configurations/:name/edit'
const DAY = 86_400
const FREE_ROWS = 3
const CLAIMS_AT_MOST = 64
/** Every claim that there may be, with its name. */
const FORM_BYTES = 64_000

const rowsFor = ({ claims }: Pick<CredentialConfigurationView, 'claims'>): number =>
  Math.min(CLAIMS_AT_MOST, claims.length + FREE_ROWS)

const EditPage = (props: {
  root: string
  configuration: CredentialConfigurationView
  /** Null: as it is. */
  typed: URLSearchParams | null
}) => {
  const { root, configuration: one, typed } = props
  const [first] = one.display
  const is: Record<string, string> = {
    ...{ title: titleOf(one), description: first?.description ?? '' },
    ...{ days: String(one.validitySeconds / DAY), batch: String(one.batchSize) },
    ...fieldsOfClaims(one.claims),
  }
  const value = (field: string) => (typed ? (typed.get(field) ?? '') : (is[field] ?? ''))
  return (
    <form method="post" action={`${root}/configurations/${one.name}/edit`} class="card form">
      <input type="hidden" name="version" value={String(one.version)} />
      <ShownFields value={value} />
      {one.builtIn ? (
        <p class="soft small">What it says of its holder is the platform’s own.</p>
      ) : (
        <ClaimRows rows={rowsFor(one)} value={value} />
      )}
      <p>
        <label for="days">Valid for, in days</label>
        <input id="days" name="days" type="number" step="any" min={0} value={value('days')} />
      </p>
      {one.builtIn || one.driver === 'entra' ? null : (
        <p>
          <label for="batch">Copies that a wallet may fetch at once</label>
          <input id="batch" name="batch" type="number" min={1} max={20} value={value('batch')} />
        </p>
      )}
      <button type="submit">Save</button>
      <p class="small soft">What was issued stays as it is; the next ones are as it says here.</p>
    </form>
  )
}

const show = async (
  c: AppContext,
  door: Entered,
  { refusal, typed = null }: { refusal?: Refusal; typed?: URLSearchParams | null } = {},
): Promise<Response> => {
  const read = await door.tenant.call(door.caller, 'configurations.read', c.req.param('name') ?? '')
  const title = read.ok ? `Change ${titleOf(read.value.value)}` : 'Configuration'
  const section = { action: 'configurations.write', title, at: '/configurations', refusal } as const
  return answerSection(c, door, section, async () =>
    read.ok
      ? ok(
          <EditPage
            root={rootOf(door.entry.slug)}
            configuration={read.value.value}
            typed={typed}
          />,
        )
      : read,
  )
}

/** What the form says of it. A field that the form does not have for it stays as it is. */
const wantedOf = (form: URLSearchParams, before: CredentialConfigurationView) => {
  const said = (field: string) => form.get(field)?.trim() ?? ''
  const [first, ...others] = before.display
  const { description: _, ...rest } = first ?? {}
  const described = said('description') === '' ? {} : { description: said('description') }
  return UpdateCredentialConfiguration.safeParse({
    display: [{ ...rest, name: said('title'), ...described }, ...others],
    validitySeconds: Math.round(Number(said('days')) * DAY),
    ...(before.builtIn ? {} : { claims: claimsOf(form, rowsFor(before), before.claims) }),
    ...(before.builtIn || form.get('batch') === null ? {} : { batchSize: Number(said('batch')) }),
  })
}

const save = onForm(async (c, door, form) => {
  const name = c.req.param('name') ?? ''
  const again = (refusal: Refusal) => show(c, door, { refusal, typed: form })
  const read = await door.tenant.call(door.caller, 'configurations.read', name)
  if (!read.ok) return refusedPage(c, read.refusal)
  const wanted = wantedOf(form, read.value.value)
  if (!wanted.success)
    return again(
      unfit(
        'One line of plain text; claims begin with a letter and have letters, digits, - and _; at least five minutes, at most ten years.',
      ),
    )
  const input = { id: name, ifVersion: versionOf(form), body: wanted.data }
  const done = await door.tenant.call(door.caller, 'configurations.update', input)
  return done.ok
    ? c.redirect(`${rootOf(door.entry.slug)}/configurations/${name}`, 303)
    : refusedForm(c, done.refusal, again)
}, FORM_BYTES)

export const registerEditConfiguration = (app: App): void => {
  app.get(
    PATH,
    onPage((c, door) => show(c, door)),
  )
  app.post(PATH, save)
}
