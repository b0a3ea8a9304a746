// Findings of many clusters as people read them: the same is said once, with how often.
import { canonicalJson } from '../../schemas/canonical-json.ts'
import type { Finding, Plan } from '../../schemas/plan.ts'
import { type Names, withoutNames } from './normal.ts'

/** A finding about one region. */
export interface Told {
  found: Finding
  names: Names
}

/** Of findings that differ in nothing but their file and the names of region and cluster one stays, without them. */
export const said = (findings: Told[]): Finding[] => {
  const told = new Map<string, { first: Finding; general: Finding; times: number }>()
  for (const { found, names } of findings) {
    const { file: _file, ...rest } = found
    const general = { ...rest, message: withoutNames(found.message, names) ?? found.message }
    const key = canonicalJson(general)
    const known = told.get(key)
    if (known) known.times += 1
    else told.set(key, { first: found, general, times: 1 })
  }
  return [...told.values()].map(({ first, general, times }) =>
    times === 1 ? first : { ...general, message: alike(general.message, times) },
  )
}

const alike = (message: string, regions: number): string => `${message} (${regions} regions alike)`
const ALIKE = / \((\d+) regions alike\)$/

/** Findings of all waves of a rollout: the same of several waves is said once, for all their regions. */
export const together = (plans: Plan[]): Finding[] => {
  const told = new Map<string, { first: Finding; general: Finding; times: number }>()
  for (const { fleet, findings } of plans) {
    const [names] = fleet?.changed === 1 ? (fleet.classes[0]?.regions ?? []) : []
    for (const found of findings) {
      const [suffix = '', count] = ALIKE.exec(found.message) ?? []
      const message = found.message.slice(0, found.message.length - suffix.length)
      const general = {
        ...found,
        message: count === undefined && names ? (withoutNames(message, names) ?? message) : message,
      }
      const key = canonicalJson(general)
      const known = told.get(key)
      const times = Number(count ?? 1)
      if (known) known.times += times
      else told.set(key, { first: found, general, times })
    }
  }
  return [...told.values()].map(({ first, general, times }) =>
    times === 1 ? first : { ...general, message: alike(general.message, times) },
  )
}
