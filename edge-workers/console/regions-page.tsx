// The catalogue of regions as a page: tiers with what they promise, then every region, stand-ins marked.
import { latencyMilliseconds, tiers } from '../../gitops/regions.ts'
import type { CatalogueRegion } from '../../schemas/region-catalogue.ts'
import { TierTable } from './tier-table.tsx'

const CHOICES = Object.keys(tiers)

const Row = ({ region }: { region: CatalogueRegion }) => (
  <tr>
    <td class="mono">
      {region.name} {region.standIn ? <span class="badge warn">stand-in</span> : null}
    </td>
    <td>{region.tier}</td>
    <td class="mono">{region.jurisdiction}</td>
    <td class="mono">{region.country}</td>
    <td>
      {region.latency}, up to {latencyMilliseconds[region.latency]} ms
    </td>
    <td class="mono">{region.pairedWith ?? ''}</td>
    <td class="mono">{region.adjacent.join(' ')}</td>
  </tr>
)

export const RegionsPage = ({
  regions,
  tier,
}: {
  regions: CatalogueRegion[]
  tier: string | undefined
}) => (
  <>
    <h1>Regions</h1>
    <p>
      Where an installation could be. What this one has is in{' '}
      <a href="/docs#schema-Region">/v1/regions</a>. Names, countries and pairs are Azure’s, except
      of stand-ins, which nobody has; tiers and latency classes are targets of ours, not
      measurements.
    </p>
    <TierTable />
    <p>
      {[undefined, ...CHOICES].map((choice) => (
        <>
          <a
            href={choice === undefined ? '/regions' : `/regions?tier=${choice}`}
            aria-current={choice === tier ? 'page' : undefined}
          >
            {choice ?? 'all'}
          </a>{' '}
        </>
      ))}
      · {regions.length} regions, {regions.filter(({ standIn }) => standIn).length} of them
      stand-ins
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Region</th>
            <th>Tier</th>
            <th>Jurisdiction</th>
            <th>Country</th>
            <th>Round trip</th>
            <th>Azure’s pair</th>
            <th>Neighbours</th>
          </tr>
        </thead>
        <tbody>
          {regions.map((region) => (
            <Row region={region} />
          ))}
        </tbody>
      </table>
    </div>
  </>
)
