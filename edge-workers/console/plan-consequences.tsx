// The parts of a page that show what a plan means beyond the machines: cost, where everything would be, order, approval.
import { residencyRows } from '../../gitops/plan-body/consequences.ts'
import { phaseAround, waveText } from '../../gitops/plan-body/order.ts'
import { priceText, quantityText } from '../../gitops/price-text.ts'
import type { Plan } from '../../schemas/plan.ts'
import { Table } from './table.tsx'

export const CostOfPlan = ({ plan: { cost } }: { plan: Plan }) => (
  <>
    <h3>Cost</h3>
    <dl class="facts">
      <dt>A month now</dt>
      <dd>{priceText(cost.now)}</dd>
      <dt>A month after</dt>
      <dd>{priceText(cost.after)}</dd>
      <dt>Difference</dt>
      <dd>{priceText(cost.difference)}</dd>
      {cost.after.leastMinor === null ? null : (
        <>
          <dt>Price book</dt>
          <dd>
            <span class="mono">{cost.after.priceBook}</span>: an estimate, not an offer
          </dd>
        </>
      )}
    </dl>
    {cost.lines.length > 0 ? (
      <details>
        <summary>{cost.lines.length} lines</summary>
        <Table heads={['What', 'Quantity', 'Price a month']}>
          {cost.lines.map(({ what, price, ...line }) => (
            <tr>
              <td>{what}</td>
              <td>{quantityText(line)}</td>
              <td>{priceText(price)}</td>
            </tr>
          ))}
        </Table>
      </details>
    ) : null}
  </>
)

const TONE = { allowed: 'good', denied: 'bad', unknown: 'warn' } as const

export const Residency = ({ plan }: { plan: Plan }) => {
  const rows = residencyRows(plan)
  return rows.length === 0 ? null : (
    <>
      <h3>Residency</h3>
      <Table heads={['What', 'As', 'Where', 'Jurisdiction', '']}>
        {rows.map(({ what, kind, place, jurisdiction, verdict, simulated }) => (
          <tr>
            <td>{what.join(', ')}</td>
            <td>{kind}</td>
            <td class="mono">{place ?? 'nobody says'}</td>
            <td>
              {jurisdiction?.toUpperCase() ?? 'nobody says'}
              {simulated ? ' (stand-in)' : ''}
            </td>
            <td>
              <span class={`badge ${TONE[verdict]}`}>{verdict}</span>
            </td>
          </tr>
        ))}
      </Table>
    </>
  )
}

export const Order = ({ plan }: { plan: Plan }) => {
  const around = phaseAround(plan)
  const waves = [...new Set(plan.targets.map(({ wave }) => wave))].sort((a, b) => a - b)
  return (
    <>
      <h3>Order</h3>
      {around ? (
        <p>
          Phase {around.number} of {around.of} of {around.system}: {around.title}.{' '}
          {around.before.length === 0
            ? 'It waits on no other phase.'
            : `Opened because these were healthy: ${around.before.join(', ')}.`}{' '}
          {around.next.length === 0
            ? 'No phase waits on it.'
            : `Waiting until this is healthy: ${around.next.join(', ')}.`}
        </p>
      ) : null}
      {waves.length === 0 ? (
        <p>No cluster applies anything: Phoenix keeps this itself.</p>
      ) : (
        <ul>
          {waves.flatMap((wave, index) =>
            plan.targets
              .filter((target) => target.wave === wave)
              .map(({ path, cluster, engine }) => (
                <li>
                  wave {wave}: <span class="mono">{path}</span> on {cluster} (
                  {waveText(engine, waves[index - 1])})
                </li>
              )),
          )}
        </ul>
      )}
    </>
  )
}

export const WhoApproves = ({ plan: { reviewers } }: { plan: Plan }) => (
  <>
    <h3>Who must approve</h3>
    <p>
      {reviewers.needed === 1 ? 'One person' : `${reviewers.needed} people`} with the role{' '}
      {reviewers.roles.join(' or ')}, never the requester: {reviewers.why.join('; ')}.
    </p>
  </>
)

export const Asked = ({ plan: { asked = [] } }: { plan: Plan }) =>
  asked.length === 0 ? null : (
    <>
      <h3>What was asked</h3>
      <Table heads={['Parameter', 'Now', 'After']}>
        {asked.map(({ parameter, before, after }) => (
          <tr>
            <td class="mono">{parameter === '' ? '/' : parameter}</td>
            <td>{before ?? ''}</td>
            <td>{after ?? <em>removed</em>}</td>
          </tr>
        ))}
      </Table>
    </>
  )
