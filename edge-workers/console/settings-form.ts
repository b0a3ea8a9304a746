// A form of settings as the settings it means. Empty fields are settings that are not there; what is wrong the actor says.
import * as z from 'zod'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import { DisplayName } from '../../schemas/tenant.ts'
import { TenantSettings } from '../../schemas/tenant-settings.ts'

/** Rules that a form has room for; a tenant may have more by the API, and then sees them all. */
export const SPARE_RULES = 2

const textOf = (form: URLSearchParams, name: string): string => (form.get(name) ?? '').trim()

const numberOf = (form: URLSearchParams, name: string): number | undefined => {
  const text = textOf(form, name)
  return text === '' ? undefined : Number(text)
}

const without = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

const ruleAt = (form: URLSearchParams, index: number): Record<string, unknown>[] => {
  const approvals = numberOf(form, `approvals.${index}`)
  if (approvals === undefined) return []
  const kinds = form.getAll(`kinds.${index}`)
  const roles = form.getAll(`roles.${index}`)
  return [
    without({
      approvals,
      kinds: kinds.length === 0 ? undefined : kinds,
      roles: roles.length === 0 ? undefined : roles,
    }),
  ]
}

const MOST_RULES = 20
const Wanted = z.strictObject({ name: DisplayName, settings: TenantSettings })
export type Wanted = z.infer<typeof Wanted>

export const readSettings = (form: URLSearchParams): Result<Wanted> => {
  const regions = textOf(form, 'regions')
    .split(/[\s,]+/)
    .filter((name) => name !== '')
  const rules = Array.from({ length: MOST_RULES }, (_, index) => ruleAt(form, index)).flat()
  const retention = without({
    graceDays: numberOf(form, 'graceDays'),
    endedDays: numberOf(form, 'endedDays'),
  })
  const wanted = Wanted.safeParse({
    name: textOf(form, 'name'),
    settings: without({
      allowedRegions: regions.length === 0 ? undefined : regions,
      approvals: rules.length === 0 ? undefined : rules,
      retention: Object.keys(retention).length === 0 ? undefined : retention,
    }),
  })
  if (wanted.success) return ok(wanted.data)
  const [issue] = wanted.error.issues
  const field = issue?.path.join(' › ') ?? ''
  return refuse('invalid-parameters', { detail: `${field}: ${issue?.message ?? 'not possible'}` })
}
