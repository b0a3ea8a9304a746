// JSON from outside, read strictly: what two readers could understand differently is refused (RFC 8259 §4, RFC 7493 I-JSON).
// Schemas come after this; errors name places by RFC 6901 pointers and never repeat values.
import { pointerOf } from '../../schemas/issues.ts'
import { ok, type Refusal, type Result, refuse } from '../../schemas/result.ts'

const MAX_DEPTH = 64
/** Keys that reach into an object's machinery when somebody copies them carelessly. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/** Whether an object of this well-formed JSON text has the same key twice. */
export const hasDuplicateKeys = (text: string): boolean => {
  const open: (Set<string> | null)[] = []
  const strings = /"(?:[^"\\]|\\.)*"|[{}[\]]/g
  const colon = /\s*:/y
  for (let match = strings.exec(text); match; match = strings.exec(text)) {
    const [token] = match
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else {
      const keys = open.at(-1)
      colon.lastIndex = strings.lastIndex
      if (!keys || !colon.test(text)) continue
      const key: string = token.includes('\\') ? JSON.parse(token) : token.slice(1, -1)
      if (keys.has(key)) return true
      keys.add(key)
    }
  }
  return false
}

const malformed = (detail: string): Refusal => ({ problem: 'malformed-request', detail })

const faultOfLeaf = (value: unknown): Refusal | null => {
  if (typeof value === 'string' && !value.isWellFormed()) {
    return malformed('A string holds half a surrogate pair.')
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return malformed('A number is too large.')
  }
  return null
}

const faultOfKey = (key: string, path: readonly PropertyKey[]): Refusal | null => {
  if (!key.isWellFormed()) return malformed('A key holds half a surrogate pair.')
  if (!FORBIDDEN_KEYS.has(key)) return null
  const error = { pointer: pointerOf([...path, key]), detail: 'This key is not allowed anywhere.' }
  return { problem: 'invalid-parameters', errors: [error] }
}

/** Walks a parsed value without recursion. Null when it is fit to be validated. */
const firstFault = (root: unknown): Refusal | null => {
  const leaf = faultOfLeaf(root)
  if (leaf) return leaf
  const todo: { value: unknown; path: PropertyKey[] }[] = [{ value: root, path: [] }]
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { value, path } = next
    if (typeof value !== 'object' || value === null) continue
    if (path.length >= MAX_DEPTH) return malformed(`Nesting is deeper than ${MAX_DEPTH}.`)
    const steps: Iterable<[PropertyKey, unknown]> = Array.isArray(value)
      ? value.entries()
      : Object.entries(value)
    for (const [step, inner] of steps) {
      const fault = (typeof step === 'string' && faultOfKey(step, path)) || faultOfLeaf(inner)
      if (fault) return fault
      if (typeof inner === 'object' && inner !== null) {
        todo.push({ value: inner, path: [...path, step] })
      }
    }
  }
  return null
}

/** Bytes to a plain JSON value. Refuses what is not UTF-8, not JSON, ambiguous, too deep, or aimed at prototypes. */
export const parseJson = (bytes: Uint8Array): Result<unknown> => {
  let text: string
  let value: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    value = JSON.parse(text)
  } catch {
    return refuse('malformed-request', { detail: 'The body is not JSON in UTF-8.' })
  }
  const fault = firstFault(value)
  if (fault) return { ok: false, refusal: fault }
  if (hasDuplicateKeys(text)) {
    return refuse('malformed-request', { detail: 'An object has the same key twice.' })
  }
  return ok(value)
}
