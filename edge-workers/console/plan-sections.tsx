// The parts of a page that show a plan: findings, host loss, capacity, placement, what is destroyed.
import { rulePath } from '../../gitops/finding.ts'
import { priceText } from '../../gitops/price-text.ts'
import type { Finding, Plan } from '../../schemas/plan.ts'
import { sizeText } from '../../schemas/quantity.ts'
import { Badge } from './badge.tsx'

export const Findings = ({ findings }: { findings: Finding[] }) => (
  <section aria-labelledby="findings">
    <h2 id="findings">Findings</h2>
    {findings.length === 0 ? (
      <p>None.</p>
    ) : (
      <div class="scroll">
        <table class="stack">
          <thead>
            <tr>
              <th>Severity</th>
              <th>Rule</th>
              <th>What</th>
              <th>Way out</th>
            </tr>
          </thead>
          <tbody>
            {findings.map(({ severity, rule, message, numbers, fix }) => (
              <tr>
                <td>
                  <Badge text={severity} />
                </td>
                <td>
                  <a href={rulePath({ rule, numbers })}>{rule}</a>
                </td>
                <td>{message}</td>
                <td>{fix}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )}
  </section>
)

export const Consequence = ({ plan }: { plan: Plan }) => (
  <section aria-labelledby="plan">
    <h2 id="plan">The plan</h2>
    <p>
      {plan.totals.vms} machines, {plan.totals.cores} cores, {sizeText(plan.totals.memory)} of
      memory, {sizeText(plan.totals.disk)} of disk; {priceText(plan.cost.after)} a month.
    </p>
    {plan.hostLoss.length > 0 ? (
      <>
        <h3>With one host lost</h3>
        <ul>
          {plan.hostLoss.map(({ text }) => (
            <li>{text}</li>
          ))}
        </ul>
      </>
    ) : null}
    {plan.capacity.length > 0 ? <Capacity plan={plan} /> : null}
    {plan.placement.length > 0 ? <Placement plan={plan} /> : null}
    <Quota plan={plan} />
    {plan.destroys ? (
      <>
        <h3>What is destroyed</h3>
        <ul>
          {plan.destroys.objects.map(({ kind, name, holdsData }) => (
            <li>
              {kind} <span class="mono">{name}</span>
              {holdsData ? (
                <>
                  {' '}
                  <Badge text="holds data" />
                </>
              ) : null}
            </li>
          ))}
        </ul>
      </>
    ) : null}
    <details>
      <summary>{plan.files.length} files</summary>
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

const Capacity = ({ plan }: { plan: Plan }) => (
  <>
    <h3>Capacity</h3>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Host</th>
            <th>Size</th>
            <th>Yours now</th>
            <th>Yours after</th>
            <th></th>
          </tr>
        </thead>
        <tbody>
          {plan.capacity.map(({ host, size, yoursBefore, yoursAfter, fits }) => (
            <tr>
              <td>{host}</td>
              <td>
                {size.cores} cores ×{size.cpuOvercommit}, {sizeText(size.memory)}
              </td>
              <td>
                {yoursBefore.cores} cores, {sizeText(yoursBefore.memory)}
              </td>
              <td>
                {yoursAfter.cores} cores, {sizeText(yoursAfter.memory)}
              </td>
              <td>
                <span class={`badge ${fits ? 'good' : 'bad'}`}>
                  {fits ? 'fits' : 'does not fit'}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </>
)

const Placement = ({ plan }: { plan: Plan }) => (
  <>
    <h3>Placement</h3>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Machine</th>
            <th>Role</th>
            <th>Host</th>
            <th class="number">Cores</th>
            <th class="number">Memory</th>
            <th class="number">Disk</th>
            <th>Address</th>
          </tr>
        </thead>
        <tbody>
          {plan.placement.map((vm) => (
            <tr>
              <td class="mono">{vm.name}</td>
              <td>{vm.role}</td>
              <td>{vm.host}</td>
              <td class="number">{vm.cores}</td>
              <td class="number">{vm.memoryMiB / 1024} GiB</td>
              <td class="number">{vm.diskGiB} GiB</td>
              <td class="mono">{vm.address}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </>
)

const Quota = ({ plan }: { plan: Plan }) => (
  <>
    <h3>Quota</h3>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Kind</th>
            <th class="number">Limit</th>
            <th class="number">Used</th>
            <th class="number">Reserved by open changes</th>
            <th class="number">Asked</th>
            <th></th>
          </tr>
        </thead>
        <tbody>
          {plan.quota.map(({ kind, limit, used, reserved, asked, fits }) => (
            <tr>
              <td>{kind}</td>
              <td class="number">{limit}</td>
              <td class="number">{used}</td>
              <td class="number">{reserved}</td>
              <td class="number">{asked}</td>
              <td>
                <span class={`badge ${fits ? 'good' : 'bad'}`}>{fits ? 'fits' : 'exceeded'}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </>
)
