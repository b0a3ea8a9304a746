// Where a placed machine stands: its site and host, looked up in the inventory the plan read.
import type { Host, Site } from '../../schemas/place.ts'
import type { VmPlacement } from '../../schemas/plan.ts'

export interface Place {
  site: Site
  host: Host
}

/** @throws {Error} when the plan placed a machine outside the sites it was given: a defect, not input. */
export const placeOf = (sites: readonly Site[], vm: VmPlacement): Place => {
  const site = sites.find(({ name }) => name === vm.site)
  const host = site?.hosts.find(({ name }) => name === vm.host)
  if (!site || !host) throw new Error('a machine was placed outside the sites of the plan')
  return { site, host }
}

/** The machines in the order they were asked for. @throws {Error} when one has no place. */
export const placed = (
  names: readonly string[],
  placement: readonly VmPlacement[],
): VmPlacement[] =>
  names.map((name) => {
    const vm = placement.find((candidate) => candidate.name === name)
    if (!vm) throw new Error('a machine of the demand has no place')
    return vm
  })
