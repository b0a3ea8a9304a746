// What pure functions of the product answered, by everything that they were given: schedules begin in the same worlds, so the same
// plan over the same snapshot is judged thousands of times. Nothing of it may change afterwards: it is frozen.

/** As many answers of one function are kept; then it begins anew. */
const ANSWERS_AT_MOST = 1_000

const frozen = <Value>(value: Value): Value => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const inner of Object.values(value)) frozen(inner)
  return Object.freeze(value)
}

/** `keyOf`: all that the answer depends on, and nothing that JSON cannot say. What throws is not remembered. */
export const remembered = <Input extends unknown[], Answer>(
  pure: (...input: Input) => Answer,
  keyOf: (...input: Input) => unknown,
): ((...input: Input) => Answer) => {
  const known = new Map<string, Answer>()
  return (...input) => {
    const asked = keyOf(...input)
    const key = typeof asked === 'string' ? asked : JSON.stringify(asked)
    const before = known.get(key)
    if (before !== undefined) return before
    const answer = frozen(pure(...input))
    if (known.size >= ANSWERS_AT_MOST) known.clear()
    known.set(key, answer)
    return answer
  }
}
