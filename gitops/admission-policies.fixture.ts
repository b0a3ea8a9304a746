// Judges an object by a ValidatingAdmissionPolicy as an API server does, its CEL run by a library that knows nothing of
// Phoenix (@marcbachmann/cel-js). Of Kubernetes' own it is given one function of strings, which the library lacks, and the
// names that expressions may use. Which resources a policy is asked about is not CEL and is not modelled.
import { Environment } from '@marcbachmann/cel-js'
import type { Manifest } from '../schemas/template.ts'

export interface PolicySpec {
  matchConditions: { name: string; expression: string }[]
  variables?: { name: string; expression: string }[]
  validations: { expression: string; message: string }[]
}

/** What an API server tells a policy. */
export interface Admission {
  object: object
  namespaceObject: object
  request: { namespace: string }
  /** The ConfigMap of a binding. */
  params?: object
}

const language = new Environment()
  .registerFunction('string.replace(string, string): string', (text, from, to) =>
    text.replaceAll(from, to),
  )
  .registerVariable('object', 'dyn')
  .registerVariable('namespaceObject', 'dyn')
  .registerVariable('request', 'map<string, string>')
  .registerVariable('params', 'dyn')
  .registerVariable('variables', 'map<string, dyn>')

/** What is wrong with an expression before anything is asked of it; of a condition, also that it says yes or no. */
export const faultOf = (expression: string, condition: boolean): string | null => {
  const { valid, type, error } = language.check(expression)
  if (!valid) return error?.message ?? 'not valid'
  return condition && type !== 'bool' && type !== 'dyn' ? `it is a ${type}` : null
}

const specOf = (policy: Manifest): PolicySpec => policy.spec as unknown as PolicySpec

/**
 * `not asked` where a condition does not hold, else the numbers of the validations that refuse; empty: it is admitted.
 * Throws where an expression cannot be evaluated: such a policy refuses what it was not written for (failurePolicy Fail).
 */
export const judgedBy = (policy: Manifest, admission: Admission): 'not asked' | number[] => {
  const { matchConditions, variables = [], validations } = specOf(policy)
  const known: Record<string, unknown> = {}
  const context = { ...admission, variables: known }
  const holds = ({ expression }: { expression: string }): boolean => {
    const value: unknown = language.evaluate(expression, context)
    if (typeof value !== 'boolean') throw new Error(`neither true nor false: ${expression}`)
    return value
  }
  if (!matchConditions.every(holds)) return 'not asked'
  for (const { name, expression } of variables) {
    known[name] = language.evaluate(expression, context)
  }
  return validations.flatMap((validation, index) => (holds(validation) ? [] : [index]))
}
