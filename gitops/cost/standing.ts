// What stands of a resource before a change and after it, as far as it can have a price. Pure.
// Only of this one resource: what the rest of the repository holds costs the same before and after.
import type { Plan, VmPlacement } from '../../schemas/plan.ts'
import type { Snapshot } from '../../schemas/snapshot.ts'
import type { Manifest, RenderInput, Template } from '../../schemas/template.ts'
import { findTemplate } from '../../templates/index.ts'
import { render } from '../render.ts'
import { isCountedFile } from './azure.ts'
import type { Standing, TierOf } from './lines.ts'

type Input = Omit<RenderInput<unknown>, 'guardsLifted'>

/** As the version that made it rendered it; nothing is rendered where Git has no file of a kind with a price. */
export const standsNow = (
  template: Template,
  input: Input,
  { existing, standing, sites }: Pick<Snapshot, 'existing' | 'standing' | 'sites'>,
): Standing | null => {
  if (!existing) return null
  const { placement, parameters, identities, guardsLifted } = existing
  if (!standing.some(({ path }) => isCountedFile(path))) return { placement, objects: [] }
  const made = findTemplate(existing.template, existing.templateVersion) ?? template
  const { objects } = render(made, {
    ...input,
    ...{ parameters, placement, identities, guardsLifted },
    sites: sites.filter(({ name }) => placement.some(({ site }) => site === name)),
  })
  return { placement, objects: objects.map(({ manifest }) => manifest) }
}

/** While the guards of a removal are lifted everything stands; after its second half nothing does. */
export const standsAfter = (
  phase: Plan['phase'],
  placement: readonly VmPlacement[],
  objects: readonly { manifest: Manifest }[],
): Standing | null =>
  phase === 'remove' ? null : { placement, objects: objects.map(({ manifest }) => manifest) }

/** By what the operators said of the regions; a site in a region that nobody described has no tier. */
export const tiersOf = ({ sites, regions }: Pick<Snapshot, 'sites' | 'regions'>): TierOf => {
  const tiers = new Map(regions.map(({ name, tier }) => [name, tier]))
  const of = new Map(sites.map(({ name, region }) => [name, tiers.get(region)]))
  return (site) => of.get(site)
}
