// A form of settings as the settings it means. Empty fields are settings that are not there; what is wrong the actor says.
import * as z from 'zod'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import { DisplayName } from '../../schemas/tenant.ts'
import { TenantSettings } from '../../schemas/tenant-settings.ts'

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
      credential: form.get(`credential.${index}`) === 'on' ? true : undefined,
    }),
  ]
}

/** Rules that a form is read for; the page has room for one more than there are. */
export const MOST_RULES = 20
/** As the schema has them. */
export const DAYS_AT_MOST = { grace: 365, ended: 3650 }
const Wanted = z.strictObject({ name: DisplayName, settings: TenantSettings })
export type Wanted = z.infer<typeof Wanted>

/** By field: the schema's own words are for programs. */
const WORDS: Record<string, string> = {
  name: 'The name: letters, digits and plain punctuation, at most 80 characters.',
  allowedRegions: 'The regions: names of regions, one a line.',
  approvals: 'The rules: a whole number of approvals from 1 to 10, or none for no rule.',
  retention: `The days: whole numbers, at most ${DAYS_AT_MOST.grace} between deletion and erasure, ${DAYS_AT_MOST.ended} for what has ended.`,
}

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
  const [first, second] = wanted.error.issues[0]?.path.map(String) ?? []
  const field = first === 'settings' ? second : first
  const known = Object.hasOwn(WORDS, field ?? '') ? WORDS[field ?? ''] : undefined
  return refuse('invalid-parameters', { detail: known ?? 'Choose from what the form offers.' })
}
