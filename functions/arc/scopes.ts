// The second lock on where the Functions act for a tenant. The first is the edge's: one place for each tenant, set by operators, and
// no two tenants in one. This one is the Functions' own setting: it holds against an edge that is mistaken or taken over.
import * as z from 'zod'
import { type AzurePlace, placeKey } from '../../schemas/arm.ts'
import { refusal } from '../arm/answers.ts'

const Places = z.record(z.string(), z.array(z.string().regex(/^[^/]+\/[^/]+$/)))
/** `subscription/group` with {tenant} in the place of the tenant's id. */
const Pattern = z.string().regex(/^[^/{}]+\/[^/{}]*\{tenant\}[^/{}]*$/)
const Setting = z.union([Places, Pattern])

/** Throws AzureError `denied` where this tenant has nothing to do there. */
export type ScopeLock = (tenant: string, place: AzurePlace) => void

const parsed = (text: string): z.infer<typeof Setting> => {
  try {
    return Setting.parse(JSON.parse(text))
  } catch {
    throw new Error('ARC_SCOPES is not the JSON of places by tenant, or of one pattern')
  }
}

/** `setting`: JSON. Absent or empty: the edge's lock alone. Throws for one that cannot be read. */
export const scopeLock = (setting: string | undefined): ScopeLock => {
  if (!setting) return () => undefined
  const scopes = parsed(setting)
  const placesOf = (tenant: string): string[] => {
    if (typeof scopes === 'string') return [scopes.replace('{tenant}', () => tenant)]
    return Object.hasOwn(scopes, tenant) ? (scopes[tenant] ?? []) : []
  }
  return (tenant, place) => {
    const allowed = placesOf(tenant).some((one) => one.toLowerCase() === placeKey(place))
    if (!allowed) throw refusal('denied', 'ARC_SCOPES')
  }
}
