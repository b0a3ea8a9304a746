// The parts of a page that show room: bars per host, where each machine goes and why, the quota.
import { bar, measuresOf, quotaWords, reasonsOf } from '../../gitops/plan-body/capacity.ts'
import type { Plan } from '../../schemas/plan.ts'
import { mibAsGiB, sizeText } from '../../schemas/quantity.ts'
import { Table } from './table.tsx'

export const Capacity = ({ plan }: { plan: Plan }) => (
  <>
    <h3>Capacity</h3>
    <p class="soft">
      Yours on each host: <span class="mono">█</span> stays, <span class="mono">▓</span> comes,{' '}
      <span class="mono">▒</span> goes, <span class="mono">·</span> is not yours. Whether it fits
      counts everybody.
    </p>
    <Table
      heads={['Host', '', 'Yours', { number: 'Now' }, { number: 'After' }, { number: 'Of' }, '']}
    >
      {plan.capacity.flatMap((row) =>
        measuresOf(row).map(({ what, unit, now, after, of }, index) => (
          <tr>
            <td class="mono">{index === 0 ? row.host : ''}</td>
            <td>{what}</td>
            <td class="mono" aria-hidden="true">
              {bar(now, after, of)}
            </td>
            <td class="number">
              {now}
              {unit}
            </td>
            <td class="number">
              {after}
              {unit}
            </td>
            <td class="number">
              {of}
              {unit}
            </td>
            <td>
              {index === 0 ? (
                <span class={`badge ${row.fits ? 'good' : 'bad'}`}>
                  {row.fits ? 'fits' : 'does not fit'}
                </span>
              ) : null}
            </td>
          </tr>
        )),
      )}
    </Table>
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
  </>
)

export const Placement = ({ plan }: { plan: Plan }) => (
  <>
    <h3>Placement</h3>
    <Table
      heads={[
        'Machine',
        'Role',
        'Host',
        { number: 'Cores' },
        { number: 'Memory' },
        { number: 'Disk' },
        'Address',
      ]}
    >
      {plan.placement.map((vm) => (
        <tr>
          <td class="mono">{vm.name}</td>
          <td>{vm.role}</td>
          <td>{vm.host}</td>
          <td class="number">{vm.cores}</td>
          <td class="number">{sizeText(mibAsGiB(vm.memoryMiB))}</td>
          <td class="number">{vm.diskGiB} GiB</td>
          <td class="mono">{vm.address}</td>
        </tr>
      ))}
    </Table>
    <ul>
      {reasonsOf(plan.placement).map(({ why, names }) => (
        <li>
          <span class="mono">{names.join(', ')}</span>: {why}
        </li>
      ))}
    </ul>
  </>
)

export const Quota = ({ plan }: { plan: Plan }) => (
  <>
    <h3>Quota</h3>
    <Table
      heads={[
        'Kind',
        { number: 'Limit' },
        { number: 'Used' },
        { number: 'Held by open changes' },
        { number: 'Asked' },
        '',
      ]}
    >
      {plan.quota.map((line) => {
        const { what, limit, used, reserved, asked } = quotaWords(line)
        return (
          <tr>
            <td>{what}</td>
            <td class="number">{limit}</td>
            <td class="number">{used}</td>
            <td class="number">{reserved}</td>
            <td class="number">{asked}</td>
            <td>
              <span class={`badge ${line.fits ? 'good' : 'bad'}`}>
                {line.fits ? 'fits' : 'exceeded'}
              </span>
            </td>
          </tr>
        )
      })}
    </Table>
  </>
)
