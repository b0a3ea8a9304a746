// What is wrong with the settings that owners send: regions that nobody knows or that operators do not allow, rules of
// approval that contradict each other or that nothing here could keep.
import { contradictory } from '../../../../gitops/approval-rules.ts'
import { forbids } from '../../../../gitops/residency/allowed.ts'
import { knownRegion } from '../../../../gitops/residency/regions.ts'
import type { Jurisdiction } from '../../../../schemas/ids.ts'
import type { Residency } from '../../../../schemas/residency.ts'
import type { TenantSettings } from '../../../../schemas/tenant-settings.ts'
import type { TenantContext } from '../context.ts'
import { limitsOf } from '../settings.ts'

export interface Fault {
  pointer: string
  detail: string
}

const AT = '/settings'
export const settingsFaults = async (
  context: TenantContext,
  settings: TenantSettings | undefined,
): Promise<Fault[]> =>
  settings === undefined
    ? []
    : [
        ...(await regionFaults(context, settings.allowedRegions ?? [])),
        ...ruleFaults(settings.approvals ?? []),
      ]

const ruleFaults = (rules: NonNullable<TenantSettings['approvals']>): Fault[] => [
  ...rules.flatMap(({ roles = [], kinds = [] }, index) => [
    ...(new Set(roles).size < roles.length
      ? [{ pointer: `${AT}/approvals/${index}/roles`, detail: 'Each role once.' }]
      : []),
    ...(new Set(kinds).size < kinds.length
      ? [{ pointer: `${AT}/approvals/${index}/kinds`, detail: 'Each kind once.' }]
      : []),
  ]),
  ...contradictory(rules).map((index) => ({
    pointer: `${AT}/approvals/${index}/roles`,
    detail: 'With the rules before it no role is left that could approve: name a common one.',
  })),
]

const regionFaults = async (context: TenantContext, names: string[]): Promise<Fault[]> => {
  if (names.length === 0) return []
  const tenant = context.tenant()
  const jurisdiction = tenant.jurisdiction as Jurisdiction
  const residency: Residency = limitsOf(tenant.quota).residency ?? { allow: [jurisdiction] }
  const { regions } = await context.inventory().snapshot({ tenantId: tenant.id, resource: '' })
  return names.flatMap((name, index) => {
    const pointer = `${AT}/allowedRegions/${index}`
    const known = knownRegion(name, regions)
    if (!known) return [{ pointer, detail: 'No region of this name is known.' }]
    if (names.indexOf(name) < index) return [{ pointer, detail: 'Each region once.' }]
    const where = { names: [name], jurisdiction: known.jurisdiction }
    return forbids({ residency, system: undefined }, where) === null
      ? []
      : [{ pointer, detail: 'The operators do not allow this region to the tenant.' }]
  })
}
