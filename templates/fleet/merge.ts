// What a group of a fleet becomes when some of its regions are brought forward; the others stay as they stand.
// Regions that get the same are one variant, whatever the order in which they came.
import { canonicalJson } from '../../schemas/canonical-json.ts'
import {
  FleetGroupParameters,
  type FleetRollout,
  type FleetVariant,
  type FleetWave,
} from '../../schemas/fleet.ts'
import { mergePatch } from '../../schemas/merge-patch.ts'

type Wanted = Pick<FleetRollout, 'version' | 'parameters' | 'overrides'>

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))

/** What a region is to get: the fleet's parameters with its own override, keys in order. */
export const parametersOf = (
  { parameters, overrides }: Pick<Wanted, 'parameters' | 'overrides'>,
  region: string,
): Record<string, unknown> =>
  JSON.parse(
    canonicalJson(
      Object.hasOwn(overrides, region) ? mergePatch(parameters, overrides[region]) : parameters,
    ),
  )

export const mergeGroup = (
  standing: unknown,
  fleet: string,
  rollout: Wanted & Pick<FleetRollout, 'template'>,
  { regions }: Pick<FleetWave, 'regions'>,
): FleetGroupParameters => {
  const read = FleetGroupParameters.safeParse(standing)
  const variants = new Map<string, FleetVariant>()
  const add = ({ version, parameters, regions: some }: FleetVariant): void => {
    const key = canonicalJson([version, parameters])
    const known = variants.get(key)?.regions ?? {}
    variants.set(key, { version, parameters, regions: { ...known, ...some } })
  }
  for (const variant of read.success ? read.data.variants : []) {
    const rest = Object.entries(variant.regions).filter(
      ([region]) => !Object.hasOwn(regions, region),
    )
    if (rest.length > 0) add({ ...variant, regions: Object.fromEntries(rest) })
  }
  const { version } = rollout
  for (const [region, cluster] of Object.entries(regions)) {
    // A region stays on its cluster: where it stands elsewhere, the planner says so.
    add({ version, parameters: parametersOf(rollout, region), regions: { [region]: cluster } })
  }
  const first = ({ regions: some }: FleetVariant): string => Object.keys(some)[0] ?? ''
  return {
    fleet,
    template: rollout.template,
    variants: [...variants.values()]
      .map((variant) => ({ ...variant, regions: sorted(variant.regions) }))
      .sort((a, b) => (first(a) < first(b) ? -1 : 1)),
  }
}
