// A tenant's quota as bars: what stands, what open changes would add, what is left.
import type { QuotaUse, QuotaView } from '../../schemas/quota.ts'
import { BillingLinks } from './billing-links.tsx'
import { Table } from './table.tsx'

const WORDS = {
  vms: ['Machines', ''],
  cores: ['Cores', ''],
  memoryMiB: ['Memory', ' MiB'],
  diskGiB: ['Disk', ' GiB'],
} as const

const numberText = (value: number): string => value.toLocaleString('en-US')

const Swatch = ({ of }: { of: 'used' | 'reserved' }) => (
  <svg class="bar swatch" viewBox="0 0 6 6" aria-hidden="true">
    <rect class={of} width="6" height="6" />
  </svg>
)

/** A hundred units long, or as long as what is asked for where that is more than the limit. */
const Bar = ({ limit, used, reserved, kind }: QuotaUse) => {
  const whole = Math.max(limit, used + reserved, 1)
  const at = (value: number): string => ((100 * value) / whole).toFixed(2)
  const label = `${numberText(used)} used and ${numberText(reserved)} reserved of ${numberText(limit)}`
  return (
    <svg
      class="bar"
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${WORDS[kind][0]}: ${label}`}
    >
      <rect class="whole" width="100" height="6" />
      <rect class="used" width={at(used)} height="6" />
      <rect class="reserved" x={at(used)} width={at(reserved)} height="6" />
      {used + reserved > limit ? (
        <rect class="over" x={at(limit)} y="4" width={at(used + reserved - limit)} height="2" />
      ) : null}
    </svg>
  )
}

const Reservations = ({ reservedBy, unit }: Pick<QuotaUse, 'reservedBy'> & { unit: string }) => (
  <ul class="plain small">
    {reservedBy.map(({ change, amount }) => (
      <li>
        <a href={`/changes/${change}`}>
          <span class="mono">{change}</span>
        </a>
        : {numberText(amount)}
        {unit}
      </li>
    ))}
  </ul>
)

const Source = ({ source }: Pick<QuotaView, 'source'>) =>
  source.kind === 'operators' ? (
    <p class="soft">Set by the operators when they made the tenant, or later without a change.</p>
  ) : (
    <p class="soft">
      {source.removed
        ? 'As the operators first set it, since its record was taken away by change '
        : 'Set in the operators’ repository by change '}
      <span class="mono">{source.change}</span>.
    </p>
  )

export const QuotaPage = ({ quota }: { quota: QuotaView }) => (
  <>
    <BillingLinks tenant={quota.tenant} here="quota" />
    <h1>Quota of {quota.tenant}</h1>
    <p>
      <Swatch of="used" /> Used is what stands. <Swatch of="reserved" /> Reserved is what open
      changes would add: whoever is merged first gets it.
    </p>
    <Table
      stack
      heads={[
        'Kind',
        'Share',
        { number: 'Used' },
        { number: 'Reserved' },
        { number: 'Limit' },
        { number: 'Available' },
      ]}
    >
      {quota.items.map((item) => {
        const [word, unit] = WORDS[item.kind]
        return (
          <tr>
            <td>
              {word}
              <span class="soft small">{unit}</span>
            </td>
            <td>
              <Bar {...item} />
              {item.reservedBy.length > 0 ? (
                <Reservations reservedBy={item.reservedBy} unit={unit} />
              ) : null}
            </td>
            <td class="number">{numberText(item.used)}</td>
            <td class="number">{numberText(item.reserved)}</td>
            <td class="number">{numberText(item.limit)}</td>
            <td class="number">
              {numberText(item.available)}
              {item.used + item.reserved > item.limit ? (
                <>
                  {' '}
                  <span class="badge warn">not for all</span>
                </>
              ) : null}
            </td>
          </tr>
        )
      })}
    </Table>
    <Source source={quota.source} />
  </>
)
