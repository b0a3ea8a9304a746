// What a rule is. The rows are in rules/, one file per subject; rules.ts puts them together.

export type Severity = 'block' | 'warn' | 'info'

export interface Rule {
  severity: Severity
  title: string
  why: string
  fix: string
  /** The sum behind a finding, with the names of its numbers in braces: `{asked} > {limit}`. */
  arithmetic?: string
  /** Whether a tenant may have an exception from it: a file in Git with owner, reason and end. */
  excusable?: true
}

/** severity, title, why, way out, and what only some rules have. */
export type RuleRow = readonly [
  Severity,
  string,
  string,
  string,
  Pick<Rule, 'arithmetic' | 'excusable'>?,
]
export type RuleTable = Record<string, RuleRow>
