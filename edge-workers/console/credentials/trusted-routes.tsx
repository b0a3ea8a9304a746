// /t/{tenant}/credentials/trusted-issuers: of whom presentations are taken beside the tenant's own issuer.
import { NewTrustedIssuer, type TrustedIssuerView } from '../../../schemas/credential.ts'
import { mayDo } from '../../../schemas/principal.ts'
import { ok, type Refusal } from '../../../schemas/result.ts'
import type { Entered } from '../../auth/door.ts'
import type { App, AppContext } from '../../http/context.ts'
import { keyed } from '../../http/idempotency.ts'
import { nextLink, readPage } from '../../http/page.ts'
import { keyOf, newKey, onForm, onPage, refusedForm, versionOf } from '../forms.ts'
import { NextPage, Table } from '../table.tsx'
import { Act, Key, unfit } from './pieces.tsx'
import { answerSection, rootOf } from './section.tsx'

const ROOT = '/t/:tenant/credentials/trusted-issuers'
const AT = '/trusted-issuers'
/** A certificate, escaped. */
const FORM_BYTES = 32_000

const KINDS: Record<TrustedIssuerView['kind'], string> = {
  x509: 'root certificate',
  'jwt-vc-issuer': 'address with its keys',
  did: 'DID, of entra',
}

const Form = ({ at, formKey, typed }: { at: string; formKey: string; typed: URLSearchParams }) => (
  <form method="post" action={at} class="card form">
    <Key value={formKey} />
    <p>
      <label for="name">Name</label>
      <input
        id="name"
        name="name"
        value={typed.get('name') ?? ''}
        required
        maxlength={100}
        size={40}
      />
    </p>
    <p>
      <label for="kind">Known by</label>
      <select id="kind" name="kind">
        {Object.entries(KINDS).map(([kind, words]) => (
          <option value={kind} selected={typed.get('kind') === kind}>
            {words}
          </option>
        ))}
      </select>
    </p>
    <p>
      <label for="value">Certificate (PEM), address or DID</label>
      <textarea id="value" name="value" rows={6} cols={66} class="mono" required>
        {typed.get('value') ?? ''}
      </textarea>
    </p>
    <p>
      <label for="types">Types that are taken of it, one on each line; none: all</label>
      <textarea id="types" name="types" rows={2} cols={66} class="mono">
        {typed.get('types') ?? ''}
      </textarea>
    </p>
    <button type="submit">Trust it</button>
  </form>
)

/** A certificate is long, and its name says which it is. */
const shortOf = ({ kind, value }: TrustedIssuerView): string =>
  kind === 'x509' ? 'X.509 certificate' : value

const List = (props: { at: string; issuers: TrustedIssuerView[]; mayWrite: boolean }) => (
  <Table heads={['Issuer', 'Known by', 'Types', '']} stack>
    {props.issuers.map((one) => (
      <tr>
        <td>{one.name}</td>
        <td class="small">
          {KINDS[one.kind]}
          <br />
          <code>{shortOf(one)}</code>
        </td>
        <td class="mono small">{one.types.length === 0 ? 'all' : one.types.join(', ')}</td>
        <td>
          {props.mayWrite ? (
            <Act
              action={`${props.at}/${one.id}/delete`}
              name="Trust it no longer"
              tone="danger"
              fields={{ version: String(one.version) }}
            />
          ) : null}
        </td>
      </tr>
    ))}
  </Table>
)

const show = (
  c: AppContext,
  door: Entered,
  { refusal, typed = new URLSearchParams() }: { refusal?: Refusal; typed?: URLSearchParams } = {},
): Promise<Response> =>
  answerSection(
    c,
    door,
    { action: 'presentations.read', title: 'Trusted issuers', at: AT, refusal },
    async (who) => {
      const { tenant, caller, tenantId, entry } = door
      const page = readPage(c, { tenantId })
      if (!page.ok) return page
      const listed = await tenant.call(caller, 'trusted-issuers.list', page.value)
      if (!listed.ok) return listed
      const { items, next } = listed.value
      const at = `${rootOf(entry.slug)}${AT}`
      const mayWrite = mayDo(who, 'presentations.write')
      return ok(
        <>
          <p class="soft">
            Presentations are taken of your own issuer, and of these. What was verified before stays
            as it was.
          </p>
          {items.length === 0 ? <p>There are none yet.</p> : null}
          {items.length === 0 ? null : <List at={at} issuers={items} mayWrite={mayWrite} />}
          <NextPage href={nextLink(c, { tenantId }, next)} name="More" />
          {mayWrite ? (
            <>
              <h2>Trust an issuer</h2>
              <Form at={at} formKey={newKey()} typed={typed} />
            </>
          ) : null}
        </>,
      )
    },
  )

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

const create = onForm(async (c, door, form) => {
  const body = NewTrustedIssuer.safeParse({
    ...{ name: form.get('name')?.trim(), kind: form.get('kind') },
    // Forms send their lines with CR LF (HTML §4.10.21.4).
    value: form.get('value')?.replaceAll('\r\n', '\n').trim(),
    types: linesOf(form.get('types') ?? ''),
  })
  if (!body.success)
    return show(c, door, {
      refusal: unfit('A name of one line, what it is known by, and its value.'),
      typed: form,
    })
  const sent = keyed(keyOf(form), body.data, 'POST trusted-issuers')
  const made = await door.tenant.call(door.caller, 'trusted-issuers.create', sent)
  return made.ok
    ? c.redirect(`${rootOf(door.entry.slug)}${AT}`, 303)
    : refusedForm(c, made.refusal, (refusal) => show(c, door, { refusal, typed: form }))
}, FORM_BYTES)

const remove = onForm(async (c, door, form) => {
  const input = { id: c.req.param('id') ?? '', ifVersion: versionOf(form), body: null }
  const gone = await door.tenant.call(door.caller, 'trusted-issuers.delete', input)
  return gone.ok
    ? c.redirect(`${rootOf(door.entry.slug)}${AT}`, 303)
    : refusedForm(c, gone.refusal, (refusal) => show(c, door, { refusal }))
})

export const registerTrustedPages = (app: App): void => {
  app.get(
    ROOT,
    onPage((c, door) => show(c, door)),
  )
  app.post(ROOT, create)
  app.post(`${ROOT}/:id/delete`, remove)
}
