// Why a value does not fit its schema, as errors[] of a problem document (RFC 9457 §3.1.5): where, by RFC 6901 pointers,
// what was wanted, and the rule with its limits where the schema is marked with one (ruled.ts). Never what was sent.
import type { core } from 'zod'
import type { Refusal } from './result.ts'
import { type Mark, markAt } from './ruled.ts'

const MAX_ERRORS = 50
const MAX_POINTER_CHARACTERS = 200

/** An RFC 6901 pointer; control characters and excess length are cut away because keys are the caller's. */
export const pointerOf = (path: readonly PropertyKey[], prefix = ''): string => {
  const text = path
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
  return `${prefix}${text}`.replace(/[\p{C}]/gu, '').slice(0, MAX_POINTER_CHARACTERS)
}

const FORMS_AT_MOST = 6

/** Of a union each form says what it wanted first. */
const wordsOf = (issue: core.$ZodIssue): string => {
  if (issue.code !== 'invalid_union') return issue.message
  const wants = issue.errors.flatMap(([first]) =>
    first ? [`${first.path.length > 0 ? `${pointerOf(first.path)}: ` : ''}${wordsOf(first)}`] : [],
  )
  const named = [...new Set(wants)].slice(0, FORMS_AT_MOST)
  return named.length === 0
    ? 'None of the allowed forms fits.'
    : `None of the allowed forms fits (${named.join('; or ')}).`
}

const isMark = (
  params: Record<string, unknown> | undefined,
): params is Record<string, unknown> & Mark => typeof params?.rule === 'string'

/** A refinement's own mark comes before that of what it refines. */
const markOf = (issue: core.$ZodIssue, schema: core.$ZodType | undefined): Partial<Mark> => {
  if (issue.code === 'custom' && isMark(issue.params)) return issue.params
  return (schema && markAt(schema, issue.path)) ?? {}
}

/** Zod's issues as errors[] of a problem document. `prefix` is the pointer to the value that was parsed by `schema`. */
export const toErrors = (
  issues: readonly core.$ZodIssue[],
  prefix = '',
  schema?: core.$ZodType,
): NonNullable<Refusal['errors']> =>
  issues
    .flatMap((issue) => {
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) => ({
          pointer: pointerOf([...issue.path, key], prefix),
          detail: 'There is no such field.',
        }))
      }
      const { rule, detail = wordsOf(issue), numbers } = markOf(issue, schema)
      return [
        {
          ...{ pointer: pointerOf(issue.path, prefix), detail },
          ...(rule ? { rule } : {}),
          ...(numbers ? { numbers } : {}),
        },
      ]
    })
    .slice(0, MAX_ERRORS)
