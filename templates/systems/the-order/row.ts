// A row of the_order: what it is when nothing else is said. GB and TB are the source's; where it mixes them in one
// range, the larger unit stands.
import type { ComponentKind, SystemComponent } from '../../../schemas/system.ts'
import { count } from '../size.ts'

export const SOURCE = 'Deployment Requirements Scope, section 5'
export const SUMMARY = `${SOURCE} and resource summary 5`
const RESIDENCY = 'West Europe, no US regions'

type Row = Pick<SystemComponent, 'id' | 'title'> & Partial<SystemComponent>

/** What a row does not say: one of it, rendered, within the cluster, after nothing. */
export const row =
  (kind: ComponentKind, common: Partial<SystemComponent> = {}) =>
  (own: Row): SystemComponent => ({
    kind,
    basis: 'rendered',
    count: count(1),
    dependsOn: [],
    phase: null,
    exposure: 'none',
    residency: RESIDENCY,
    builtFrom: [],
    source: SOURCE,
    ...common,
    ...own,
  })

export const azure = row('azure', { exposure: 'private' })
