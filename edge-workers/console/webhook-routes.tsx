// /t/{tenant}/webhooks: webhooks as pages. A form goes the way the API's request goes.
import { mayDo } from '../../schemas/principal.ts'
import type { Refusal, Result } from '../../schemas/result.ts'
import { CreateWebhook, RotateWebhookSecret } from '../../schemas/webhook.ts'
import type { Entered } from '../auth/door.ts'
import type { App, AppContext } from '../http/context.ts'
import { keyed } from '../http/idempotency.ts'
import { nextLink, readPage } from '../http/page.ts'
import { refusedPage } from './answers.tsx'
import { inWords, keyOf, newKey, onForm, onPage, refusedForm } from './forms.ts'
import { answerPageHtml } from './layout.tsx'
import { WebhookPage, WebhooksPage } from './webhook-pages.tsx'

const LIST = '/t/:tenant/webhooks'
const ONE = `${LIST}/:id`
const LAST = { limit: 20, after: null }

interface Outcome {
  secret?: string
  refusal?: Refusal
}

const showList = async (
  c: AppContext,
  { tenant, caller, tenantId, entry }: Entered,
  { secret, refusal }: Outcome = {},
): Promise<Response> => {
  const page = readPage(c, { tenantId })
  if (!page.ok) return refusedPage(c, page.refusal)
  const who = await tenant.whoAmI(caller, 'webhooks.read')
  if (!who.ok) return refusedPage(c, who.refusal)
  const listed = await tenant.call(caller, 'webhooks.list', page.value)
  if (!listed.ok) return refusedPage(c, listed.refusal)
  return answerPageHtml(
    c,
    { title: 'Webhooks', status: refusal ? 409 : 200 },
    <WebhooksPage
      tenant={entry.slug}
      webhooks={listed.value.items}
      next={nextLink(c, { tenantId }, listed.value.next)}
      mayWrite={mayDo(who.value, 'webhooks.write')}
      formKey={newKey()}
      secret={secret}
      refused={refusal && inWords(refusal)}
    />,
  )
}

const showOne = async (
  c: AppContext,
  { tenant, caller, entry }: Entered,
  { secret, refusal }: Outcome = {},
): Promise<Response> => {
  const id = c.req.param('id') ?? ''
  const who = await tenant.whoAmI(caller, 'webhooks.read')
  if (!who.ok) return refusedPage(c, who.refusal)
  const list = (state: 'dead' | null) =>
    tenant.call(caller, 'webhooks.deliveries', { id, page: LAST, state })
  const [read, last, dead] = await Promise.all([
    tenant.call(caller, 'webhooks.read', id),
    list(null),
    list('dead'),
  ])
  if (!read.ok) return refusedPage(c, read.refusal)
  if (!last.ok) return refusedPage(c, last.refusal)
  if (!dead.ok) return refusedPage(c, dead.refusal)
  const { value } = read.value
  return answerPageHtml(
    c,
    { title: value.description || 'Webhook', status: refusal ? 409 : 200 },
    <WebhookPage
      tenant={entry.slug}
      webhook={value}
      last={last.value.items}
      dead={dead.value.items}
      mayWrite={mayDo(who.value, 'webhooks.write')}
      formKey={newKey()}
      secret={secret}
      refused={refusal && inWords(refusal)}
    />,
  )
}

type Act = (
  door: Entered,
  id: string,
  form: URLSearchParams,
  c: AppContext,
) => Promise<Result<unknown>>

const set =
  (enabled: boolean): Act =>
  ({ tenant, caller }, id) =>
    tenant.call(caller, 'webhooks.update', { id, ifVersion: '*', body: { enabled } })

/** What leads back to the page of the webhook. */
const ACTS: Record<string, Act> = {
  enable: set(true),
  disable: set(false),
  test: ({ tenant, caller }, id, form) =>
    tenant.call(caller, 'webhooks.test', { id, key: keyOf(form) }),
  'deliveries/:delivery/replay': ({ tenant, caller }, id, _form, c) =>
    tenant.call(caller, 'webhooks.replay', { id, delivery: c.req.param('delivery') ?? '' }),
}

const create = onForm(async (c, door, form) => {
  const body = CreateWebhook.safeParse({
    url: form.get('url')?.trim(),
    description: form.get('description')?.trim() ?? '',
    events: form.getAll('events'),
  })
  const refusal: Refusal = {
    problem: 'invalid-parameters',
    detail: 'An address, one line of what it is for, and events of this list.',
  }
  if (!body.success) return showList(c, door, { refusal })
  const made = await door.tenant.call(
    door.caller,
    'webhooks.create',
    keyed(keyOf(form), body.data, 'POST webhooks'),
  )
  return made.ok
    ? showList(c, door, { secret: made.value.value.secret })
    : refusedForm(c, made.refusal, (why) => showList(c, door, { refusal: why }))
})

const rotate = onForm(async (c, door, form) => {
  const body = RotateWebhookSecret.parse({})
  const rotated = await door.tenant.call(door.caller, 'webhooks.rotate-secret', {
    id: c.req.param('id') ?? '',
    ...keyed(keyOf(form), body, 'POST rotate-secret'),
  })
  return rotated.ok
    ? showOne(c, door, { secret: rotated.value.value.secret })
    : refusedForm(c, rotated.refusal, (why) => showOne(c, door, { refusal: why }))
})

const remove = onForm(async (c, door) => {
  const input = { id: c.req.param('id') ?? '', ifVersion: '*' as const, body: null }
  const gone = await door.tenant.call(door.caller, 'webhooks.delete', input)
  return gone.ok
    ? c.redirect(`/t/${door.entry.slug}/webhooks`, 303)
    : refusedForm(c, gone.refusal, (why) => showOne(c, door, { refusal: why }))
})

export const registerWebhookPages = (app: App): void => {
  app.get(
    LIST,
    onPage((c, door) => showList(c, door)),
  )
  app.get(
    ONE,
    onPage((c, door) => showOne(c, door)),
  )
  app.post(LIST, create)
  app.post(`${ONE}/rotate-secret`, rotate)
  app.post(`${ONE}/delete`, remove)
  for (const [path, act] of Object.entries(ACTS)) {
    app.post(
      `${ONE}/${path}`,
      onForm(async (c, door, form) => {
        const id = c.req.param('id') ?? ''
        const done = await act(door, id, form, c)
        return done.ok
          ? c.redirect(`/t/${door.entry.slug}/webhooks/${id}`, 303)
          : refusedForm(c, done.refusal, (why) => showOne(c, door, { refusal: why }))
      }),
    )
  }
}
