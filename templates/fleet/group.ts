// Template fleet-group: some regions of a fleet as one resource on several clusters. It renders nothing itself: each region
// gets another template, under the fleet's name. A rollout of the system fleet makes and keeps it.
import { FleetGroupParameters, type FleetVariant } from '../../schemas/fleet.ts'
import { pointerOf, toErrors } from '../../schemas/issues.ts'
import type { Part, Template } from '../../schemas/template.ts'
import { findFlyable, flyable } from './flyable.ts'

export const FLEET_GROUP = 'fleet-group'

const partsOf = ({ fleet, template: name, variants }: FleetGroupParameters): Part[] =>
  variants.flatMap(({ version, parameters: asked, regions }) => {
    const template = findFlyable(name, version)
    if (!template) throw new Error('a fleet of a template that is not published')
    const parameters = template.parameters.parse(asked)
    return Object.entries(regions).map(([region, cluster]) => ({
      ...{ region, cluster, name: fleet, template, parameters },
    }))
  })

/** What keeps a variant from being read: its version, a cluster of its own, or its template's own word. */
const faultsOf = (fleet: string, name: string, variant: FleetVariant, index: number) => {
  const at = (...path: (string | number)[]) => pointerOf(['parameters', 'variants', index, ...path])
  const template = findFlyable(name, variant.version)
  if (!template) return [{ pointer: at('version'), detail: 'This version cannot fly in a fleet.' }]
  if ('cluster' in variant.parameters) {
    const detail = 'In a fleet the region says which cluster it is.'
    return [{ pointer: at('parameters', 'cluster'), detail }]
  }
  const parsed = template.parameters.safeParse(variant.parameters)
  return parsed.success
    ? (template.unfit?.(fleet, parsed.data) ?? [])
    : toErrors(parsed.error.issues, at('parameters'), template.parameters)
}

export const fleetGroup: Template<FleetGroupParameters> = {
  name: FLEET_GROUP,
  version: '1.0.0',
  title: 'Group of a fleet',
  description: 'Some regions of a fleet; a rollout of the system fleet asks for it in its turn.',
  kind: 'system-phase',
  parameters: FleetGroupParameters,
  examples: [],
  renders: [...new Set(flyable.flatMap(({ renders }) => renders))],
  rules: [...new Set(flyable.flatMap(({ rules = [] }) => rules))],
  cluster: ({ variants: [first] }) => Object.values(first?.regions ?? {})[0],
  unfit: (_, { fleet, template, variants }) =>
    findFlyable(template)
      ? variants.flatMap((variant, index) => faultsOf(fleet, template, variant, index))
      : [{ pointer: '/parameters/template', detail: 'This template cannot fly in a fleet.' }],
  // Of all clusters together; each namespace has a quota of its own, against which each part is held.
  demand: (_, parameters) => ({
    vms: [],
    sites: [],
    pods: partsOf(parameters).flatMap(
      ({ name, template, parameters: own }) => template.demand(name, own).pods ?? [],
    ),
  }),
  findings: () => [],
  render: () => [],
  parts: partsOf,
}
