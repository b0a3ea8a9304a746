// Exceptions from rules: what a file in Git, approved by somebody, excuses, and until when. Pure: that an exception has
// ended is read, not looked up on a clock; only `judgeTerm` is told what day it is.
import {
  EXCEPTION_TEMPLATE,
  EXCEPTIONS_FOLDER,
  hasEnded,
  LONGEST_TERM_DAYS,
  type StandingException,
} from '../schemas/exception.ts'
import { RuleExceptionParameters } from '../schemas/parameters/rule-exception.ts'
import type { Finding, Plan } from '../schemas/plan.ts'
import { isRuleId, rules } from '../schemas/rules.ts'
import { finding } from './finding.ts'

const DAY_MILLISECONDS = 86_400_000

interface Excusing {
  /** Of the resource that is planned. */
  name: string
  exceptions: readonly StandingException[]
}

/** The one for this resource before the one for all, then the one that lasts longest, then by name. */
const nearestFirst = (a: StandingException, b: StandingException): number =>
  Number(a.resource === null) - Number(b.resource === null) ||
  (a.expires > b.expires ? -1 : a.expires < b.expires ? 1 : 0) ||
  (a.name < b.name ? -1 : 1)

const isExcusable = (rule: string): boolean => isRuleId(rule) && rules[rule].excusable === true

/**
 * What blocks and may be excused becomes a warning that names its exception. One that has ended excuses nothing and is
 * said: whoever relied on it learns why the plan is blocked now.
 */
export const applyExceptions = (
  findings: readonly Finding[],
  { name, exceptions }: Excusing,
): Finding[] => {
  const concerned = exceptions
    .filter(({ resource }) => resource === null || resource === name)
    .sort(nearestFirst)
  const ended = new Map<string, Finding>()
  const judged = findings.map((found): Finding => {
    if (found.severity !== 'block' || !isExcusable(found.rule)) return found
    const of = concerned.filter(({ rule }) => rule === found.rule)
    const live = of.find(({ expired }) => !expired)
    if (live) {
      const { name: by, owner, reason, expires } = live
      return { ...found, severity: 'warn', exception: { name: by, owner, reason, expires } }
    }
    for (const { name: by, expires } of of.slice(0, 1)) {
      const message = `The exception ${by} from ${found.rule} ended on ${expires}.`
      ended.set(
        by,
        finding('EXCEPTION-EXPIRED', message, { file: `${EXCEPTIONS_FOLDER}/${by}.yaml` }),
      )
    }
    return found
  })
  return [...judged, ...ended.values()]
}

/** Whether an exception asked for on a day (`YYYY-MM-DD`) ends within the longest term. Nothing for any other plan. */
export const judgeTerm = (
  { template, action, parameters }: Pick<Plan, 'template' | 'action' | 'parameters'>,
  day: string,
): Finding[] => {
  if (template.name !== EXCEPTION_TEMPLATE || action === 'delete') return []
  const read = RuleExceptionParameters.safeParse(parameters)
  if (!read.success) return []
  const days = Math.round((Date.parse(read.data.expires) - Date.parse(day)) / DAY_MILLISECONDS)
  if (days >= 0 && days <= LONGEST_TERM_DAYS) return []
  const message =
    days < 0
      ? 'The exception would have ended before it begins.'
      : 'The exception would last longer than an exception may.'
  return [
    finding('EXCEPTION-TERM', message, {
      pointer: '/parameters/expires',
      numbers: { days, most: LONGEST_TERM_DAYS },
    }),
  ]
}

/** Who is to answer for an exception that is asked for; null for any other plan. */
export const ownerOf = ({
  template,
  action,
  parameters,
}: Pick<Plan, 'template' | 'action' | 'parameters'>): string | null => {
  if (template.name !== EXCEPTION_TEMPLATE || action === 'delete') return null
  const read = RuleExceptionParameters.safeParse(parameters)
  return read.success ? read.data.owner : null
}

/** Whether he is a member only the tenant's actor can say. */
export const ownerUnknown = (): Finding =>
  finding('EXCEPTION-OWNER', 'The owner named is no member with a token of this tenant.', {
    pointer: '/parameters/owner',
  })

/** Resources as far as they may be exceptions. */
interface MayBeException {
  name: string
  template: string
  state: string
  parameters: Record<string, unknown>
}

/**
 * The exceptions among a tenant's resources that concern one of them, in name order. An exception is itself judged
 * without any.
 */
export const exceptionsFor = (
  { name, template }: { name: string; template: string },
  resources: readonly MayBeException[],
  day: string,
): StandingException[] =>
  template === EXCEPTION_TEMPLATE
    ? []
    : resources
        .flatMap((row) => {
          if (row.template !== EXCEPTION_TEMPLATE || row.state !== 'applied') return []
          const read = RuleExceptionParameters.safeParse(row.parameters)
          if (!read.success) return []
          const { rule, resource = null, owner, reason, expires } = read.data
          if (resource !== null && resource !== name) return []
          const expired = hasEnded(expires, day)
          return [{ name: row.name, rule, resource, owner, reason, expires, expired }]
        })
        .sort((a, b) => (a.name < b.name ? -1 : 1))
