// The pages of rollouts: a tenant's list, and one rollout with its phases in order, whom each waits on, and the forms in
// which people report and order. Complete without a script; with one it reloads its parts as events arrive.
import { summarySentence } from '../../gitops/fleet/summary.ts'
import { priceText } from '../../gitops/price-text.ts'
import { mayDo, type Principal } from '../../schemas/principal.ts'
import type { Refusal } from '../../schemas/result.ts'
import type { RolloutSummary, RolloutView } from '../../schemas/rollout.ts'
import { Badge } from './badge.tsx'
import { Person } from './people.tsx'
import { RolloutGraph } from './rollout-graph.tsx'
import { Phase, Prerequisite, type RefusedForm, type Shown } from './rollout-phases.tsx'
import { NextPage, Table } from './table.tsx'
import { countOf } from './text.tsx'

export const RolloutsPage = ({
  tenant,
  rollouts,
  next,
}: {
  tenant: string
  rollouts: RolloutSummary[]
  next: string | null
}) => (
  <>
    <p class="small">
      <a href={`/t/${tenant}/changes`}>Changes of {tenant}</a>
    </p>
    <h1>Rollouts of {tenant}</h1>
    {rollouts.length === 0 ? (
      <p>
        No system has been asked for yet. <a href="/templates">The systems there are</a>, each with
        a request to send.
      </p>
    ) : (
      <Table stack heads={['System', 'State', 'Phases', 'Requester', 'Asked']}>
        {rollouts.map(({ id, name, system, state, phases, requester, createdAt }) => (
          <tr>
            <td>
              <a href={`/t/${tenant}/rollouts/${id}`}>{name}</a>{' '}
              <span class="soft small">
                {system.name} {system.version}
              </span>
            </td>
            <td>
              <Badge text={state} />
            </td>
            <td>
              {phases.filter((phase) => phase.state === 'healthy').length} of {phases.length}{' '}
              healthy
            </td>
            <td>
              <Person id={requester} />
            </td>
            <td class="small">{createdAt?.slice(0, 16).replace('T', ' ')} UTC</td>
          </tr>
        ))}
      </Table>
    )}
    <NextPage href={next} name="Older rollouts" />
  </>
)

const ORDERS: Partial<Record<RolloutView['state'], ('pause' | 'resume' | 'abort')[]>> = {
  running: ['pause', 'abort'],
  paused: ['resume', 'abort'],
  failed: ['resume', 'abort'],
}
const LABELS = { pause: 'Pause', resume: 'Resume', abort: 'Abort' } as const

/** Where on our pages something is done that the API does at an address. */
const placeOf = (how: string): string | null => {
  const [, change] = /\/changes\/(\w+)$/.exec(how) ?? []
  if (change) return `/changes/${change}`
  const [, phase, task] = /\/phases\/([^/]+)\/tasks\/([^/]+)$/.exec(how) ?? []
  if (phase) return `#task-${phase}-${task}`
  const [, prerequisite] = /\/prerequisites\/([^/]+)$/.exec(how) ?? []
  return prerequisite ? `#prerequisite-${prerequisite}` : null
}

/** What has a button right here needs no link. */
const Deed = ({ how, what }: { how: string; what: string }) => {
  const place = placeOf(how)
  return place === null ? <span>{what}</span> : <a href={place}>{what}</a>
}

const Orders = ({ rollout, who, at }: Shown) => (
  <section class="card" aria-labelledby="next">
    <h2 id="next">Who must act</h2>
    {rollout.next.length === 0 ? (
      <p>Nobody: this rollout is over.</p>
    ) : (
      <ul>
        {rollout.next
          .filter(({ how }) => rollout.state !== 'running' || !/\/(pause|abort)$/.test(how))
          .map(({ who: whom, what, how }) => (
            <li>
              <strong>{whom}</strong>: <Deed how={how} what={what} />
            </li>
          ))}
      </ul>
    )}
    {mayDo(who, 'rollouts.order') ? (
      <div class="row">
        {(ORDERS[rollout.state] ?? []).map((order) => (
          <form method="post" action={`${at}/${order}`}>
            {order === 'abort' ? (
              <label class="small">
                <input type="checkbox" required /> For good: what is not merged is withdrawn
              </label>
            ) : null}
            <button type="submit" class={order === 'resume' ? '' : 'quiet'}>
              {LABELS[order]}
            </button>
          </form>
        ))}
      </div>
    ) : null}
    <p class="small soft">
      You are <Person id={who.subject} />, {who.roles.join(', ')}.
    </p>
  </section>
)

const Facts = ({ rollout }: { rollout: RolloutView }) => (
  <section class="card" aria-labelledby="facts">
    <h2 id="facts">Where it stands</h2>
    <dl class="facts">
      <dt>State</dt>
      <dd>
        <Badge text={rollout.state} /> {rollout.reason === rollout.state ? null : rollout.reason}
      </dd>
      <dt>System</dt>
      <dd>
        <a href={`/templates/${rollout.system.name}`}>{rollout.system.title}</a>{' '}
        {rollout.system.version}
      </dd>
      <dt>Requester</dt>
      <dd>
        <Person id={rollout.requester} />
      </dd>
      <dt>Asked</dt>
      <dd>{rollout.createdAt?.slice(0, 16).replace('T', ' ')} UTC</dd>
      <dt>Healthy</dt>
      <dd>
        {rollout.phases.filter(({ state }) => state === 'healthy').length} of{' '}
        {countOf(rollout.phases.length, 'phase')}
      </dd>
      {rollout.fleet ? (
        <>
          <dt>Regions</dt>
          <dd>{summarySentence(rollout.fleet)}</dd>
        </>
      ) : null}
      <dt>A month now</dt>
      <dd>{priceText(rollout.cost.now)}</dd>
      <dt>A month after</dt>
      <dd>
        {priceText(rollout.cost.after)}; difference {priceText(rollout.cost.difference)}
      </dd>
    </dl>
  </section>
)

const Refused = ({ refusal: { detail, errors = [] } }: { refusal: Refusal }) => (
  <div class="note bad" role="alert">
    <p>{errors.length > 0 ? 'Nothing was recorded: what was sent does not fit.' : detail}</p>
    {errors.length > 0 ? (
      <ul>
        {errors.map((error) => (
          <li>
            <span class="mono">{error.pointer}</span> {error.detail}
          </li>
        ))}
      </ul>
    ) : null}
  </div>
)

const More = ({ rollout }: { rollout: RolloutView }) => (
  <section aria-labelledby="more">
    <h2 id="more">What was asked</h2>
    <details>
      <summary>Parameters with every default</summary>
      <pre>{JSON.stringify(rollout.parameters, null, 2)}</pre>
    </details>
    <p class="small soft">
      As text, with a token: <span class="mono">GET {rollout.links.runbook}</span>
      {Object.entries(rollout.links)
        .filter(([, address]) => address.includes('/documents/'))
        .map(([, address]) => (
          <>
            , <span class="mono">GET {address}</span>
          </>
        ))}
    </p>
  </section>
)

export const RolloutPage = ({
  rollout,
  who,
  refused,
}: {
  rollout: RolloutView
  who: Principal
  refused: RefusedForm | null
}) => {
  const at = `/t/${rollout.tenant}/rollouts/${rollout.id}`
  const shown: Shown = { rollout, who, at, refused }
  return (
    <div data-follow={`${at}/events`}>
      <p class="small">
        <a href={`/t/${rollout.tenant}/rollouts`}>Rollouts of {rollout.tenant}</a>
      </p>
      <h1>
        Rollout of <span class="mono">{rollout.name}</span>
      </h1>
      {refused ? <Refused refusal={refused.refusal} /> : null}
      <div class="grid">
        <Orders {...shown} />
        <Facts rollout={rollout} />
      </div>
      <section aria-labelledby="phases">
        <h2 id="phases">Phases</h2>
        <RolloutGraph graph={rollout.graph} />
        <ol class="rail">
          {rollout.phases.map((phase) => (
            <Phase phase={phase} shown={shown} />
          ))}
        </ol>
      </section>
      {rollout.prerequisites.length > 0 ? (
        <section aria-labelledby="prerequisites">
          <h2 id="prerequisites">From outside</h2>
          <ul class="tiles">
            {rollout.prerequisites.map((row) => (
              <Prerequisite row={row} shown={shown} />
            ))}
          </ul>
        </section>
      ) : null}
      <More rollout={rollout} />
    </div>
  )
}
