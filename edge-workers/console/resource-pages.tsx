// What stands for a tenant: the list, and one of it with its price, its availability and its parts.
import { counted } from '../../gitops/counted.ts'
import { rulePath } from '../../gitops/finding.ts'
import { priceText } from '../../gitops/price-text.ts'
import type { Availability } from '../../schemas/availability.ts'
import type { RepositoryDrift } from '../../schemas/drift.ts'
import { mibAsGiB, sizeText } from '../../schemas/quantity.ts'
import type { ResourceView } from '../../schemas/resource.ts'
import { type ObjectInArc, ObjectsInArc } from './azure/resource-objects.tsx'
import { Badge } from './badge.tsx'
import { DriftSection, HandMadeNotice } from './drift.tsx'
import { NextPage, Table } from './table.tsx'

const percent = (value: number | null): string =>
  value === null ? 'not yet measured' : `${value} %`

/** The rule's page with the numbers of this very breach. */
const breachPath = ({ downSeconds, elapsedSeconds, targetPercent }: Availability): string =>
  rulePath({
    rule: 'AVAILABILITY-BREACH',
    numbers: { downSeconds, elapsedSeconds, targetPercent },
  })

export const AvailabilityText = ({ availability }: { availability: Availability }) => (
  <>
    {percent(availability.measuredPercent)} of {availability.month}, {availability.targetPercent} %
    promised ({availability.tier}); down {availability.downSeconds} of {availability.elapsedSeconds}{' '}
    seconds{' '}
    {availability.breached ? (
      <a href={breachPath(availability)}>
        <span class="badge bad">below target</span>
      </a>
    ) : null}
    {availability.simulated ? <span class="badge warn">simulated</span> : null}
  </>
)

const pathOf = (tenant: string, name: string): string => `/t/${tenant}/resources/${name}`

export const ResourcesPage = ({
  tenant,
  resources,
  drift,
  next,
}: {
  tenant: string
  resources: ResourceView[]
  drift: RepositoryDrift | null
  next: string | null
}) => (
  <>
    <div class="row">
      <h1>Resources of {tenant}</h1>
      <a href={`/t/${tenant}/changes`}>Changes</a>
      <a href={`/t/${tenant}/quota`}>Quota</a>
      <a href={`/t/${tenant}/usage`}>Usage</a>
      <a href={`/t/${tenant}/invoices`}>Invoices</a>
    </div>
    <HandMadeNotice tenant={tenant} drift={drift} />
    {resources.length === 0 ? (
      <p>Nothing stands yet.</p>
    ) : (
      <Table stack heads={['Name', 'Kind', 'Health', 'A month', 'Available']}>
        {resources.map(({ name, kind, health, cost, availability, drift: differs }) => (
          <tr>
            <td>
              <a href={pathOf(tenant, name)}>{name}</a>
            </td>
            <td>{kind}</td>
            <td>
              <Badge text={health.state} />{' '}
              {differs === null ? null : <span class="badge warn">drift</span>}
            </td>
            <td>{priceText(cost)}</td>
            <td>
              {availability ? percent(availability.measuredPercent) : '–'}{' '}
              {availability?.breached ? <span class="badge bad">below target</span> : null}
            </td>
          </tr>
        ))}
      </Table>
    )}
    <NextPage href={next} name="More" />
  </>
)

export const ResourcePage = ({
  tenant,
  resource,
  parts,
  inArc,
}: {
  tenant: string
  resource: ResourceView
  parts: ResourceView[]
  inArc: ObjectInArc[]
}) => (
  <>
    <p class="small">
      <a href={`/t/${tenant}/resources`}>Resources</a>
      {resource.parent ? (
        <>
          {' '}
          / <a href={pathOf(tenant, resource.parent)}>{resource.parent}</a>
        </>
      ) : null}
    </p>
    <h1>{resource.name}</h1>
    <dl class="facts">
      <dt>Made from</dt>
      <dd>
        <a href={`/templates/${resource.template.name}`}>{resource.template.name}</a>{' '}
        {resource.template.version}
      </dd>
      <dt>State</dt>
      <dd>{resource.state}</dd>
      <dt>Health</dt>
      <dd>
        <Badge text={resource.health.state} /> {resource.health.message}{' '}
        {resource.health.simulated ? <span class="badge warn">simulated</span> : null}
      </dd>
      <dt>Availability</dt>
      <dd>
        {resource.availability ? (
          <AvailabilityText availability={resource.availability} />
        ) : resource.parent ? (
          'measured of the whole'
        ) : (
          'nothing is promised: nobody described its region'
        )}
      </dd>
      <dt>A month of it</dt>
      <dd>
        {priceText(resource.cost)}
        {resource.cost.leastMinor === null ? null : (
          <span class="soft">
            {' '}
            by <a href="/price-book">{resource.cost.priceBook}</a>, an estimate
          </span>
        )}
      </dd>
      <dt>Change</dt>
      <dd>
        <a href={`/changes/${resource.change}`}>{resource.change}</a>
      </dd>
      <dt>Commit</dt>
      <dd class="mono">{resource.commit}</dd>
    </dl>
    {resource.drift === null ? null : <DriftSection drift={resource.drift} />}
    <ObjectsInArc tenant={tenant} objects={inArc} />
    {parts.length > 0 ? <Parts tenant={tenant} parts={parts} /> : null}
  </>
)

const Parts = ({ tenant, parts }: { tenant: string; parts: ResourceView[] }) => (
  <>
    <h2>Parts</h2>
    <Table stack heads={['Name', 'Kind', 'Site', 'Host', 'Size']}>
      {parts.map(({ name, kind, placement, size }) => (
        <tr>
          <td>
            <a href={pathOf(tenant, name)}>{name}</a>
          </td>
          <td>{kind}</td>
          <td>{placement?.site ?? '–'}</td>
          <td>{placement?.host ?? '–'}</td>
          <td>
            {size
              ? `${counted(size.cores, 'core')}, ${sizeText(mibAsGiB(size.memoryMiB))}, ${size.diskGiB} GiB of disk`
              : '–'}
          </td>
        </tr>
      ))}
    </Table>
  </>
)
