// What each tier promises, and how many regions of the catalogue have it.
import { findRegions, tiers } from '../../gitops/regions.ts'
import { Tier } from '../../schemas/place.ts'

export const TierTable = () => (
  <div class="scroll">
    <table>
      <thead>
        <tr>
          <th>Tier</th>
          <th>Regions</th>
          <th>Availability of a month</th>
        </tr>
      </thead>
      <tbody>
        {Tier.options.map((tier) => (
          <tr>
            <td>{tier}</td>
            <td class="mono">{findRegions({ tier }).length}</td>
            <td class="mono">{tiers[tier].availabilityPercent} %</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
