// The parts of a page that show a plan: findings, what it makes, what is destroyed, its files.
import { counted } from '../../gitops/counted.ts'
import { rulePath } from '../../gitops/finding.ts'
import { priceText } from '../../gitops/price-text.ts'
import type { Finding, Plan } from '../../schemas/plan.ts'
import { sizeText } from '../../schemas/quantity.ts'
import { Badge } from './badge.tsx'
import { Asked, CostOfPlan, Order, Residency, WhoApproves } from './plan-consequences.tsx'
import { Capacity, Placement, Quota } from './plan-room.tsx'
import { Table } from './table.tsx'

export const Findings = ({ findings }: { findings: Finding[] }) => (
  <section aria-labelledby="findings">
    <h2 id="findings">Findings</h2>
    {findings.length === 0 ? (
      <p>None.</p>
    ) : (
      <Table stack heads={['Severity', 'Rule', 'What', 'Way out']}>
        {findings.map(({ severity, rule, message, numbers, fix, exception }) => (
          <tr>
            <td>
              <Badge text={severity} />
            </td>
            <td>
              <a href={rulePath({ rule, numbers })}>{rule}</a>
            </td>
            <td>
              {message}
              {exception ? (
                <p class="small">
                  Excused until {exception.expires} by <span class="mono">{exception.name}</span>,
                  owner {exception.owner}: {exception.reason}
                </p>
              ) : null}
            </td>
            <td>{fix}</td>
          </tr>
        ))}
      </Table>
    )}
  </section>
)

export const Consequence = ({ plan }: { plan: Plan }) => (
  <section aria-labelledby="plan">
    <h2 id="plan">The plan</h2>
    <p>
      {counted(plan.totals.vms, 'machine')}, {counted(plan.totals.cores, 'core')},{' '}
      {sizeText(plan.totals.memory)} of memory, {sizeText(plan.totals.disk)} of disk;{' '}
      {priceText(plan.cost.after)} a month.
    </p>
    <Asked plan={plan} />
    <CostOfPlan plan={plan} />
    {plan.capacity.length > 0 ? <Capacity plan={plan} /> : null}
    {plan.placement.length > 0 ? <Placement plan={plan} /> : null}
    <Residency plan={plan} />
    <Quota plan={plan} />
    <Order plan={plan} />
    <WhoApproves plan={plan} />
    {plan.destroys ? (
      <>
        <h3>What is destroyed</h3>
        <ul>
          {plan.destroys.objects.map(({ kind, name, holdsData, replaced }) => (
            <li>
              {kind} <span class="mono">{name}</span>
              {holdsData ? (
                <>
                  {' '}
                  <Badge text="holds data" />
                </>
              ) : null}
              {replaced ? ', replaced by one of the same name: its file is changed' : null}
            </li>
          ))}
        </ul>
      </>
    ) : null}
    <details>
      <summary>{counted(plan.files.length, 'file')}</summary>
      <ul>
        {plan.files.map(({ path, action }) => (
          <li>
            {action} <span class="mono">{path}</span>
          </li>
        ))}
      </ul>
    </details>
  </section>
)
