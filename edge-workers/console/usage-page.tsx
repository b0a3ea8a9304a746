// What a tenant has used in a month: its records, and their sums in hours.
import type { UsagePage as Usage, UsageRecord } from '../../schemas/usage.ts'
import { BillingLinks } from './billing-links.tsx'
import { Table } from './table.tsx'
import { countOf } from './text.tsx'

const minute = (at: string): string => at.slice(0, 16).replace('T', ' ')
const hoursText = (hours: number): string =>
  hours.toLocaleString('en-US', { maximumFractionDigits: 2 })

const sizeText = ({ vms, cores, memoryMiB, diskGiB }: UsageRecord['size']): string =>
  vms === 0
    ? 'no machines'
    : `${countOf(vms, 'VM')}, ${countOf(cores, 'core')}, ${memoryMiB} MiB, ${diskGiB} GiB`

const ChangeLink = ({ id }: { id: string }) => (
  <>
    <br />
    <a href={`/changes/${id}`} class="small">
      by this change
    </a>
  </>
)

const Records = ({ tenant, items }: { tenant: string; items: UsageRecord[] }) => (
  <Table stack heads={['Resource', 'Kind', 'Size', 'Place', 'From', 'To']}>
    {items.map(({ resource, kind, size, site, region, start, stop, startedBy, stoppedBy }) => (
      <tr>
        <td>
          <a href={`/t/${tenant}/resources/${resource}`}>{resource}</a>
        </td>
        <td>{kind}</td>
        <td>{sizeText(size)}</td>
        <td>{[site, region].filter((place) => place !== null).join(', ') || '—'}</td>
        <td>
          {minute(start)}
          <ChangeLink id={startedBy} />
        </td>
        <td>
          {stop === null ? <span class="badge good">stands</span> : minute(stop)}
          {stoppedBy === null ? null : <ChangeLink id={stoppedBy} />}
        </td>
      </tr>
    ))}
  </Table>
)

export const UsagePage = ({
  tenant,
  month,
  usage: { items, totals, next },
}: {
  tenant: string
  month: string
  usage: Usage
}) => (
  <>
    <BillingLinks tenant={tenant} here="usage" />
    <h1>Usage in {month}</h1>
    <form method="get" action={`/t/${tenant}/usage`} class="row unprinted">
      <label for="month">Month</label>
      <input id="month" name="month" value={month} size={8} pattern="20[0-9]{2}-[0-9]{2}" />
      <button type="submit" class="quiet">
        Show
      </button>
    </form>
    <dl class="facts">
      <dt>Machines</dt>
      <dd>{hoursText(totals.vmHours)} hours</dd>
      <dt>Cores</dt>
      <dd>{hoursText(totals.coreHours)} core-hours</dd>
      <dt>Memory</dt>
      <dd>{hoursText(totals.memoryMiBHours)} MiB-hours</dd>
      <dt>Disk</dt>
      <dd>{hoursText(totals.diskGiBHours)} GiB-hours</dd>
    </dl>
    <p class="soft small">
      From the promotion of a change until the next one, or until its removal was applied; sums of
      the month, until now. Times are UTC.
    </p>
    {items.length === 0 ? (
      <p>Nothing stood in this month.</p>
    ) : (
      <Records tenant={tenant} items={items} />
    )}
    {next ? (
      <p class="unprinted">
        <a href={next}>Next page</a>
      </p>
    ) : null}
  </>
)
