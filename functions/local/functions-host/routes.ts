// ASP.NET route templates as the Functions host takes them: literals, {name}, {name?}, {name=default}, {name:constraint},
// {*rest}. Segments that mix text and parameters, and constraints not in the table, are refused when a function registers.
// https://learn.microsoft.com/aspnet/core/fundamentals/routing

type Check = (text: string) => boolean
type Constraint = (argument: string | undefined) => Check

const matching =
  (pattern: RegExp): Constraint =>
  () =>
  (text) =>
    pattern.test(text)

const inRange =
  (low: number, high: number): Check =>
  (text) =>
    /^-?\d{1,19}$/.test(text) && Number(text) >= low && Number(text) <= high

const withLength =
  (low: number, high: number): Check =>
  (text) =>
    text.length >= low && text.length <= high

const numbers = (argument = ''): [number, number] => {
  const [, low, high = low] = /^\s*(-?\d+)\s*(?:,\s*(-?\d+)\s*)?$/.exec(argument) ?? []
  if (low === undefined) throw new Error('a route constraint lacks its number')
  return [Number(low), Number(high)]
}

const constraints: Record<string, Constraint> = {
  int: () => inRange(-2147483648, 2147483647),
  long: matching(/^-?\d{1,19}$/),
  bool: matching(/^(?:true|false)$/i),
  alpha: matching(/^[a-z]*$/i),
  guid: matching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  decimal: matching(/^-?\d+(?:\.\d+)?$/),
  double: matching(/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i),
  float: matching(/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i),
  length: (argument) => withLength(...numbers(argument)),
  minlength: (argument) => withLength(numbers(argument)[0], Number.POSITIVE_INFINITY),
  maxlength: (argument) => withLength(0, numbers(argument)[0]),
  min: (argument) => inRange(numbers(argument)[0], Number.POSITIVE_INFINITY),
  max: (argument) => inRange(Number.NEGATIVE_INFINITY, numbers(argument)[0]),
  range: (argument) => inRange(...numbers(argument)),
}

interface Parameter {
  kind: 'parameter' | 'rest'
  name: string
  checks: Check[]
  optional: boolean
  fallback: string | undefined
}
type Segment = { kind: 'literal'; text: string } | Parameter

const PARAMETER = /^\{(\*{0,2})([A-Za-z_]\w*)((?::[a-z]+(?:\([^()]*\))?)*)(?:=([^{}?]*))?(\?)?\}$/

const parseSegment = (text: string): Segment => {
  if (!/[{}]/.test(text)) return { kind: 'literal', text: text.toLowerCase() }
  const [, stars, name, rules = '', fallback, question] = PARAMETER.exec(text) ?? []
  if (name === undefined) throw new Error(`route segment not supported by the local host: ${text}`)
  const checks = [...rules.matchAll(/:([a-z]+)(?:\(([^()]*)\))?/g)].map(
    ([, rule = '', argument]) => {
      const constraint = Object.hasOwn(constraints, rule) ? constraints[rule] : undefined
      if (!constraint) throw new Error(`route constraint not supported by the local host: ${rule}`)
      return constraint(argument)
    },
  )
  const kind = stars ? 'rest' : 'parameter'
  return { kind, name, checks, fallback, optional: question === '?' || fallback !== undefined }
}

/** Lower is tried first: literal, checked parameter, parameter, catch-all; compared segment by segment. */
const rank = (segment: Segment): string => {
  if (segment.kind === 'literal') return '1'
  const base = segment.kind === 'parameter' ? 3 : 5
  return String(segment.checks.length > 0 ? base - 1 : base)
}

export interface Route {
  precedence: string
  /** The parameters of a path that fits, percent-decoded; null when it does not fit. */
  match(path: string): Record<string, string> | null
}

const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

const take = (segment: Parameter, raw: string | undefined): string | null | undefined => {
  if (raw === undefined || raw === '') {
    if (segment.fallback !== undefined) return segment.fallback
    return segment.optional || segment.kind === 'rest' ? undefined : null
  }
  const value = decode(raw)
  return value !== null && segment.checks.every((check) => check(value)) ? value : null
}

/** Throws, with the offending segment, for a template this host cannot honour. */
export const parseRoute = (template: string): Route => {
  const segments = template.split('/').filter(Boolean).map(parseSegment)
  const restAt = segments.findIndex(({ kind }) => kind === 'rest')
  if (restAt >= 0 && restAt < segments.length - 1) {
    throw new Error('a catch-all parameter must be the last segment of a route')
  }
  return {
    precedence: segments.map(rank).join(''),
    match(path) {
      const parts = path.split('/').slice(1)
      if (parts.at(-1) === '') parts.pop()
      if (restAt < 0 && parts.length > segments.length) return null
      const found: Record<string, string> = {}
      for (const [index, segment] of segments.entries()) {
        const raw = segment.kind === 'rest' ? parts.slice(index).join('/') : parts[index]
        if (segment.kind === 'literal') {
          if (raw === undefined || decode(raw)?.toLowerCase() !== segment.text) return null
          continue
        }
        const value = take(segment, raw)
        if (value === null) return null
        if (value !== undefined) found[segment.name] = value
      }
      return found
    },
  }
}
