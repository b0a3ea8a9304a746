// Makes a finding from its rule's row, so that severity and way out have one home.
import type { Finding } from '../schemas/plan.ts'
import { type RuleId, rules } from '../schemas/rules.ts'

/** What a finding is about: a place in the request, a file, or a place in a file. One that is about neither helps nobody. */
export type Where = ({ pointer: string; file?: string } | { file: string; pointer?: string }) &
  Pick<Finding, 'numbers'>

/** `message` is public: it must not repeat the caller's input or a neighbour's numbers. */
export const finding = (rule: RuleId, message: string, more: Where): Finding => ({
  rule,
  severity: rules[rule].severity,
  message,
  ...more,
  fix: rules[rule].fix,
})

const ORDER = { block: 0, warn: 1, info: 2 } as const

/** Blocking ones first, then by rule and message: the order every reader sees. */
export const sortFindings = (findings: Finding[]): Finding[] =>
  [...findings].sort(
    (a, b) =>
      ORDER[a.severity] - ORDER[b.severity] ||
      (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0) ||
      (a.message < b.message ? -1 : a.message > b.message ? 1 : 0),
  )

export const blocks = (findings: Finding[]): boolean =>
  findings.some(({ severity }) => severity === 'block')

/** The page that explains a finding: its rule, and the arithmetic with the finding's own numbers. */
export const rulePath = ({ rule, numbers }: Pick<Finding, 'rule' | 'numbers'>): string => {
  const query = new URLSearchParams(
    Object.entries(numbers ?? {}).map(([name, value]): [string, string] => [name, `${value}`]),
  ).toString()
  return `/rules/${rule}${query === '' ? '' : `?${query}`}`
}
