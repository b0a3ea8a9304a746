// Why a value does not fit its schema, as errors[] of a problem document (RFC 9457 §3.1.5): where, by RFC 6901 pointers,
// and what was wanted. Never what was sent.
import type { core } from 'zod'
import { NOT_CORES } from './place.ts'
import { NOT_A_SIZE } from './quantity.ts'
import type { Refusal } from './result.ts'
import type { RuleId } from './rules.ts'

/** Errors that have a page of their own. */
const RULES: Readonly<Record<string, RuleId>> = {
  [NOT_A_SIZE]: 'SIZE-UNIT',
  [NOT_CORES]: 'HOST-CORES',
}

const MAX_ERRORS = 50
const MAX_POINTER_CHARACTERS = 200

/** An RFC 6901 pointer; control characters and excess length are cut away because keys are the caller's. */
export const pointerOf = (path: readonly PropertyKey[], prefix = ''): string => {
  const text = path
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
  return `${prefix}${text}`.replace(/[\p{C}]/gu, '').slice(0, MAX_POINTER_CHARACTERS)
}

/** Zod's issues as errors[] of a problem document. `prefix` is the pointer to the value that was parsed. */
export const toErrors = (
  issues: readonly core.$ZodIssue[],
  prefix = '',
): NonNullable<Refusal['errors']> =>
  issues
    .flatMap((issue) => {
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) => ({
          pointer: pointerOf([...issue.path, key], prefix),
          detail: 'There is no such field.',
        }))
      }
      const detail =
        issue.code === 'invalid_union' ? 'None of the allowed forms fits.' : issue.message
      const rule = RULES[issue.message]
      return [{ pointer: pointerOf(issue.path, prefix), detail, ...(rule ? { rule } : {}) }]
    })
    .slice(0, MAX_ERRORS)
