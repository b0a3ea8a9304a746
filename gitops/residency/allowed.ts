// Where a plan's things may be: what the tenant allows, less what the system denies. Pure.
import type { Residency, SystemResidency } from '../../schemas/residency.ts'

export interface Circle {
  residency: Residency
  system: SystemResidency | undefined
}

export interface Where {
  /** Names by which the place is known: its site, its region. */
  names: readonly string[]
  jurisdiction: string
}

/** Who forbids it, in words; null where nobody does. */
export const forbids = ({ residency, system }: Circle, { names, jurisdiction }: Where) => {
  const listed = (list: readonly string[]) => names.some((name) => list.includes(name))
  if (system?.deny.some((one) => one === jurisdiction)) return 'the system denies its jurisdiction'
  if (system?.allow && !system.allow.some((one) => one === jurisdiction))
    return 'the system does not allow its jurisdiction'
  if (!residency.allow.some((one) => one === jurisdiction))
    return 'the tenant does not allow its jurisdiction'
  if (listed(residency.denyRegions ?? [])) return 'the tenant denies this region'
  if (residency.regions && !listed(residency.regions)) return 'the tenant allows other regions only'
  return null
}

/** Jurisdictions that both allow. */
export const allowedBy = ({ residency, system }: Circle): Residency['allow'] =>
  residency.allow.filter(
    (one) => !system?.deny.includes(one) && (system?.allow?.includes(one) ?? true),
  )
