// Which rules a template can report by itself: what it declares, and what it says of the loss of a place.
import * as z from 'zod'
import { type RuleId, rules } from '../schemas/rules.ts'
import type { Template } from '../schemas/template.ts'

export const RuleRow = z.strictObject({
  id: z.string(),
  severity: z.enum(['block', 'warn', 'info']),
  title: z.string(),
})
export type RuleRow = z.infer<typeof RuleRow>

export const rulesOf = (all: readonly Template[]): RuleRow[] => {
  const ids = all.flatMap((template): readonly RuleId[] => [
    ...(template.rules ?? []),
    ...Object.values(template.lossRules ?? {}),
  ])
  return [...new Set(ids)]
    .sort()
    .map((id) => ({ id, severity: rules[id].severity, title: rules[id].title }))
}
