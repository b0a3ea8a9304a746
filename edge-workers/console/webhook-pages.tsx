// Webhooks as pages: where the tenant's systems are told, one endpoint with what became of telling it, the dead to replay.
import {
  DELIVERY_DAYS,
  type DeliveryView,
  EVENT_FILTERS,
  type WebhookView,
} from '../../schemas/webhook.ts'
import { Refused } from './refused.tsx'
import { NextPage, Table } from './table.tsx'
import { TenantLink } from './tenant-link.tsx'
import { countOf, minute } from './text.tsx'

export interface Said {
  /** Of a webhook just made or rotated. */
  secret?: string | undefined
  refused?: string | undefined
}

/** Just made: it is derived again whenever something is signed, and shown in no other answer. */
const Secret = ({ secret }: { secret: string }) => (
  <section class="note good" role="status">
    <p>
      <strong>The signing secret is shown once.</strong> Give it to the receiver: libraries of{' '}
      <a href="https://www.standardwebhooks.com">Standard Webhooks</a> take it as it is.
    </p>
    <pre class="secret">{secret}</pre>
  </section>
)

const Notices = ({ secret, refused }: Said) => (
  <>
    <Refused words={refused} />
    {secret === undefined ? null : <Secret secret={secret} />}
  </>
)

const State = ({ webhook: { enabled } }: { webhook: WebhookView }) => (
  <span class={`badge ${enabled ? 'good' : 'warn'}`}>{enabled ? 'enabled' : 'disabled'}</span>
)

const asked = ({ events }: WebhookView): string => (events.length === 0 ? 'all' : events.join(', '))

const CreateForm = ({ at, formKey }: { at: string; formKey: string }) => (
  <form method="post" action={at} class="card form">
    <input type="hidden" name="key" value={formKey} />
    <p>
      <label for="url">Address</label>
      <input
        id="url"
        name="url"
        type="url"
        required
        maxlength={2048}
        size={60}
        placeholder="https://hooks.example.com/phoenix"
        autocomplete="off"
      />
    </p>
    <p>
      <label for="description">What it is for</label>
      <input id="description" name="description" maxlength={200} size={60} autocomplete="off" />
    </p>
    <details>
      <summary>Events: all, or those chosen here</summary>
      <fieldset>
        <div class="choices">
          {EVENT_FILTERS.map((type) => (
            <label class="choice">
              <input type="checkbox" name="events" value={type} />{' '}
              <code>{type.replace('phoenix.', '')}</code>
            </label>
          ))}
        </div>
      </fieldset>
    </details>
    <button type="submit">Make the webhook</button>
  </form>
)

export interface WebhooksPageProps extends Said {
  tenant: string
  webhooks: WebhookView[]
  next: string | null
  mayWrite: boolean
  formKey: string
}

export const WebhooksPage = (props: WebhooksPageProps) => {
  const { tenant, webhooks, next, mayWrite, formKey } = props
  const at = `/t/${tenant}/webhooks`
  return (
    <>
      <TenantLink tenant={tenant} />
      <h1>Webhooks</h1>
      <Notices {...props} />
      {webhooks.length === 0 ? (
        <p>There are none yet.</p>
      ) : (
        <Table heads={['Address', 'For', 'Events', 'State']} stack>
          {webhooks.map((webhook) => (
            <tr>
              <td>
                <a class="mono" href={`${at}/${webhook.id}`}>
                  {webhook.url}
                </a>
              </td>
              <td>{webhook.description}</td>
              <td class="small">{asked(webhook)}</td>
              <td>
                <State webhook={webhook} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      <NextPage href={next} name="More webhooks" />
      <p class="small soft">
        Every step is sent as a signed CloudEvent. It may come twice, with the same{' '}
        <code>webhook-id</code>; order is not promised.
      </p>
      {mayWrite ? (
        <>
          <h2>New webhook</h2>
          <CreateForm at={at} formKey={formKey} />
        </>
      ) : null}
    </>
  )
}

const TONE: Record<DeliveryView['state'], string> = { waiting: '', delivered: 'good', dead: 'bad' }

const outcomeOf = (delivery: DeliveryView): string => {
  const { state, attempts, lastStatus, lastError, nextAttemptAt } = delivery
  return [
    countOf(attempts, 'attempt'),
    lastError?.replaceAll('-', ' '),
    lastStatus === null ? null : String(lastStatus),
    state === 'waiting' && nextAttemptAt !== null ? `next ${minute(nextAttemptAt)}` : null,
  ]
    .filter(Boolean)
    .join(', ')
}

const Deliveries = ({
  at,
  deliveries,
  mayReplay,
}: {
  at: string
  deliveries: DeliveryView[]
  mayReplay: boolean
}) => (
  <Table heads={['Event', 'State', 'Outcome', 'Made', '']} stack>
    {deliveries.map((delivery) => (
      <tr>
        <td>
          {delivery.type}
          <br />
          <code class="soft small">{delivery.id}</code>
        </td>
        <td>
          <span class={`badge ${TONE[delivery.state]}`}>{delivery.state}</span>
        </td>
        <td class="small">{outcomeOf(delivery)}</td>
        <td class="small">{minute(delivery.createdAt)}</td>
        <td>
          {mayReplay && delivery.state !== 'waiting' ? (
            <form method="post" action={`${at}/deliveries/${delivery.id}/replay`}>
              <button type="submit" class="quiet">
                Replay
              </button>
            </form>
          ) : null}
        </td>
      </tr>
    ))}
  </Table>
)

const Action = ({
  action,
  formKey,
  name,
  tone = 'quiet',
}: {
  action: string
  formKey: string
  name: string
  tone?: string
}) => (
  <form method="post" action={action}>
    <input type="hidden" name="key" value={formKey} />
    <button type="submit" class={tone}>
      {name}
    </button>
  </form>
)

export interface WebhookPageProps extends Said {
  tenant: string
  webhook: WebhookView
  last: DeliveryView[]
  dead: DeliveryView[]
  mayWrite: boolean
  formKey: string
}

export const WebhookPage = (props: WebhookPageProps) => {
  const { tenant, webhook, last, dead, mayWrite, formKey } = props
  const at = `/t/${tenant}/webhooks/${webhook.id}`
  const mayReplay = mayWrite && webhook.enabled
  return (
    <>
      <p class="small">
        <a href={`/t/${tenant}/webhooks`}>Webhooks</a>
      </p>
      <h1>
        {webhook.description || 'Webhook'} <State webhook={webhook} />
      </h1>
      <Notices {...props} />
      {webhook.disabledReason === null ? null : (
        <p class="note warn">Phoenix switched it off: {webhook.disabledReason}.</p>
      )}
      <dl class="facts">
        <dt>Address</dt>
        <dd>
          <code>{webhook.url}</code>
        </dd>
        <dt>Events</dt>
        <dd>{asked(webhook)}</dd>
        <dt>Since</dt>
        <dd>{minute(webhook.createdAt)}</dd>
        {webhook.previousSecretUntil === null ? null : (
          <>
            <dt>Earlier secret signs until</dt>
            <dd>{minute(webhook.previousSecretUntil)}</dd>
          </>
        )}
      </dl>
      {mayWrite ? (
        <div class="row">
          {webhook.enabled ? (
            <Action action={`${at}/test`} formKey={formKey} name="Send a test" tone="" />
          ) : null}
          <Action action={`${at}/rotate-secret`} formKey={formKey} name="Rotate the secret" />
          {webhook.enabled ? (
            <Action action={`${at}/disable`} formKey={formKey} name="Disable" />
          ) : (
            <Action action={`${at}/enable`} formKey={formKey} name="Enable" />
          )}
          <Action action={`${at}/delete`} formKey={formKey} name="Delete" tone="danger" />
        </div>
      ) : null}
      {dead.length === 0 ? null : (
        <>
          <h2 id="dead">Dead</h2>
          <p class="small soft">
            Not tried again by itself.{' '}
            {webhook.enabled ? '' : 'Enable the webhook to replay what it missed.'}
          </p>
          <Deliveries at={at} deliveries={dead} mayReplay={mayReplay} />
        </>
      )}
      <h2 id="last">Last deliveries</h2>
      {last.length === 0 ? (
        <p>None yet.</p>
      ) : (
        <Deliveries at={at} deliveries={last} mayReplay={mayReplay} />
      )}
      <p class="small soft">Deliveries are forgotten after {DELIVERY_DAYS} days.</p>
    </>
  )
}
