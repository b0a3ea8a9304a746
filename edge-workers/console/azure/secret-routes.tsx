// /t/{tenant}/secrets and /keys as pages. A form goes the way the API's request goes.
import { mayDo, type Principal } from '../../../schemas/principal.ts'
import type { Refusal, Result } from '../../../schemas/result.ts'
import { CreateKey, PurgeSecret, PutSecret } from '../../../schemas/secret-view.ts'
import { SECRET_VALUE_BYTES_AT_MOST, VaultName } from '../../../schemas/vault.ts'
import type { Entered } from '../../auth/door.ts'
import { isLaptop } from '../../env.ts'
import type { App, AppContext } from '../../http/context.ts'
import { fingerprint, keyed } from '../../http/idempotency.ts'
import { nextLink, readPage } from '../../http/page.ts'
import { refusedPage } from '../answers.tsx'
import { ALL, inWords, keyOf, newKey, onForm, onPage, refusedForm, versionOf } from '../forms.ts'
import { answerPageHtml } from '../layout.tsx'
import { KeyPage, SecretPage, SecretsPage } from './secret-pages.tsx'

const SECRETS = '/t/:tenant/secrets'
const KEYS = '/t/:tenant/keys'
/** A value may be escaped three times its length. */
const FORM_BYTES = SECRET_VALUE_BYTES_AT_MOST * 3 + 4_000
const GENERATED = { alphabet: 'base64url', length: 43 } as const

const invalid = (detail: string): Refusal => ({ problem: 'invalid-parameters', detail })
const NAME = invalid('The name: 1 to 63 lower-case letters, digits and hyphens.')

const showAll = async (c: AppContext, door: Entered, refusal?: Refusal): Promise<Response> => {
  const { tenant, caller, tenantId, entry } = door
  const page = readPage(c, { tenantId })
  if (!page.ok) return refusedPage(c, page.refusal)
  const [who, secrets, keys] = await Promise.all([
    tenant.whoAmI(caller, 'secrets.read'),
    tenant.call(caller, 'secrets.list', page.value),
    tenant.call(caller, 'keys.list', ALL),
  ])
  if (!who.ok) return refusedPage(c, who.refusal)
  if (!secrets.ok) return refusedPage(c, secrets.refusal)
  if (!keys.ok) return refusedPage(c, keys.refusal)
  return answerPageHtml(
    c,
    { title: 'Secrets and keys', status: refusal ? 422 : 200 },
    <SecretsPage
      tenant={entry.slug}
      secrets={secrets.value.items}
      keys={keys.value.items}
      next={nextLink(c, { tenantId }, secrets.value.next)}
      formKey={mayDo(who.value, 'secrets.write') ? newKey() : null}
      simulated={isLaptop(c.env)}
      refused={refusal && inWords(refusal)}
    />,
  )
}

const nameOf = (c: AppContext): string => c.req.param('name') ?? ''
const maySee = (who: Principal) => ({
  formKey: mayDo(who, 'secrets.write') ? newKey() : null,
  mayPurge: mayDo(who, 'secrets.purge') && who.person,
})
const versionsIn = <T,>(listed: Result<{ versions: T[] }>): T[] | null =>
  listed.ok ? listed.value.versions : null

const showSecret = async (c: AppContext, door: Entered, refusal?: Refusal): Promise<Response> => {
  const { tenant, caller, entry } = door
  const [who, read, versions] = await Promise.all([
    tenant.whoAmI(caller, 'secrets.read'),
    tenant.call(caller, 'secrets.read', nameOf(c)),
    tenant.call(caller, 'secrets.versions', nameOf(c)),
  ])
  if (!who.ok) return refusedPage(c, who.refusal)
  if (!read.ok) return refusedPage(c, read.refusal)
  const { value: secret, version } = read.value
  return answerPageHtml(
    c,
    { title: secret.name, status: refusal ? 409 : 200 },
    <SecretPage
      {...{ tenant: entry.slug, secret, version, versions: versionsIn(versions) }}
      {...maySee(who.value)}
      refused={refusal && inWords(refusal)}
    />,
  )
}

const showKey = async (c: AppContext, door: Entered, refusal?: Refusal): Promise<Response> => {
  const { tenant, caller, entry } = door
  const [who, read, versions] = await Promise.all([
    tenant.whoAmI(caller, 'secrets.read'),
    tenant.call(caller, 'keys.read', nameOf(c)),
    tenant.call(caller, 'keys.versions', nameOf(c)),
  ])
  if (!who.ok) return refusedPage(c, who.refusal)
  if (!read.ok) return refusedPage(c, read.refusal)
  const { value: vaultKey, version } = read.value
  return answerPageHtml(
    c,
    { title: vaultKey.name, status: refusal ? 409 : 200 },
    <KeyPage
      {...{ tenant: entry.slug, vaultKey, version, versions: versionsIn(versions) }}
      {...maySee(who.value)}
      refused={refusal && inWords(refusal)}
    />,
  )
}

/** A text area sends line ends as CR LF; what was pasted had LF. */
const valueIn = (form: URLSearchParams): string | undefined =>
  form.get('value')?.replaceAll('\r\n', '\n') || undefined

type Acts = Record<
  string,
  (door: Entered, id: string, form: URLSearchParams) => Promise<Result<unknown>>
>

const alone = (form: URLSearchParams, id: string, what: string) => ({
  ...{ id, key: keyOf(form), body: null, fingerprint: fingerprint(null, what) },
})
const purged = (form: URLSearchParams) =>
  PurgeSecret.safeParse({ confirm: form.get('confirm') }).data ?? { confirm: '-' }

const secretActs: Acts = {
  rotate: ({ tenant, caller }, id, form) => {
    const value = valueIn(form)
    const body = value === undefined ? {} : { value }
    return tenant.call(caller, 'secrets.rotate', { id, ...keyed(keyOf(form), body, 'rotate') })
  },
  disable: ({ tenant, caller }, id, form) =>
    tenant.call(caller, 'secrets.update', {
      ...{ id, ifVersion: versionOf(form), body: { enabled: false } },
    }),
  enable: ({ tenant, caller }, id, form) =>
    tenant.call(caller, 'secrets.update', {
      ...{ id, ifVersion: versionOf(form), body: { enabled: true } },
    }),
  delete: ({ tenant, caller }, id, form) =>
    tenant.call(caller, 'secrets.delete', { id, ifVersion: versionOf(form), body: null }),
  recover: ({ tenant, caller }, id, form) =>
    tenant.call(caller, 'secrets.recover', alone(form, id, 'recover')),
  purge: ({ tenant, caller }, id, form) =>
    tenant.call(caller, 'secrets.purge', { id, ...keyed(keyOf(form), purged(form), 'purge') }),
}

const keyActs: Acts = {
  rotate: ({ tenant, caller }, id, form) =>
    tenant.call(caller, 'keys.rotate', alone(form, id, 'rotate')),
  disable: ({ tenant, caller }, id, form) =>
    tenant.call(caller, 'keys.update', {
      ...{ id, ifVersion: versionOf(form), body: { enabled: false } },
    }),
  enable: ({ tenant, caller }, id, form) =>
    tenant.call(caller, 'keys.update', {
      ...{ id, ifVersion: versionOf(form), body: { enabled: true } },
    }),
  delete: ({ tenant, caller }, id, form) =>
    tenant.call(caller, 'keys.delete', { id, ifVersion: versionOf(form), body: null }),
  recover: ({ tenant, caller }, id, form) =>
    tenant.call(caller, 'keys.recover', alone(form, id, 'recover')),
  purge: ({ tenant, caller }, id, form) =>
    tenant.call(caller, 'keys.purge', { id, ...keyed(keyOf(form), purged(form), 'purge') }),
}

const addActs = (
  app: App,
  path: string,
  acts: Acts,
  show: (c: AppContext, door: Entered, refusal?: Refusal) => Promise<Response>,
): void => {
  app.get(
    `${path}/:name`,
    onPage((c, door) => show(c, door)),
  )
  app.post(
    `${path}/:name/:act`,
    onForm(async (c, door, form) => {
      const name = c.req.param('act') ?? ''
      const act = Object.hasOwn(acts, name) ? acts[name] : undefined
      if (!act) return refusedPage(c, { problem: 'not-found' })
      const done = await act(door, nameOf(c), form)
      if (!done.ok) return refusedForm(c, done.refusal, (refusal) => show(c, door, refusal))
      const at = `/t/${door.entry.slug}`
      const gone = name === 'purge'
      return c.redirect(gone ? `${at}/secrets` : c.req.path.replace(/\/[a-z]+$/, ''), 303)
    }, FORM_BYTES),
  )
}

export const registerSecretPages = (app: App): void => {
  app.get(
    SECRETS,
    onPage((c, door) => showAll(c, door)),
  )
  addActs(app, SECRETS, secretActs, showSecret)
  addActs(app, KEYS, keyActs, showKey)

  app.post(
    SECRETS,
    onForm(async (c, door, form) => {
      const name = VaultName.safeParse(form.get('name'))
      if (!name.success) return showAll(c, door, NAME)
      const value = valueIn(form)
      const days = form.get('rotateDays') ?? ''
      const body = PutSecret.safeParse({
        ...(value === undefined ? { generate: GENERATED } : { value }),
        ...(days === '' ? {} : { rotateDays: Number(days) }),
      })
      if (!body.success)
        return showAll(c, door, invalid('A value of at most 25,600 bytes; days from 1 to 3,650.'))
      const asked = keyed(keyOf(form), body.data, 'PUT secrets')
      const set = await door.tenant.call(door.caller, 'secrets.put', { id: name.data, ...asked })
      if (set.ok) return c.redirect(`/t/${door.entry.slug}/secrets/${name.data}`, 303)
      return refusedForm(c, set.refusal, (refusal) => showAll(c, door, refusal))
    }, FORM_BYTES),
  )
  app.post(
    KEYS,
    onForm(async (c, door, form) => {
      const body = CreateKey.safeParse({ name: form.get('name'), kind: form.get('kind') })
      if (!body.success) return showAll(c, door, NAME)
      const asked = keyed(keyOf(form), body.data, 'POST keys')
      const made = await door.tenant.call(door.caller, 'keys.create', asked)
      if (made.ok) return c.redirect(`/t/${door.entry.slug}/keys/${body.data.name}`, 303)
      return refusedForm(c, made.refusal, (refusal) => showAll(c, door, refusal))
    }),
  )
}
