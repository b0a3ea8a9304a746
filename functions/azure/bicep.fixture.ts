// Reads as much of Bicep as the files here use, so that a test can hold what they make against what the Functions take: parameters,
// variables, and what a module or a resource is given. Types, decorators and deployments it knows nothing of.
// learn.microsoft.com/azure/azure-resource-manager/bicep: expressions, loops, lambda functions, functions by their names.
import { createHash } from 'node:crypto'

type Values = Readonly<Record<string, unknown>>
type Expression = (scope: Values) => unknown
type Callable = (...given: never[]) => unknown
type One = Record<string, unknown>

const isObject = (value: unknown): value is One =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const merged = (a: unknown, b: unknown): unknown => {
  if (!isObject(a) || !isObject(b)) return b
  const both = Object.entries(b).map(([name, value]) => [name, merged(a[name], value)])
  return { ...a, ...Object.fromEntries(both) }
}
const digestOf = (...given: string[]): string =>
  createHash('sha256').update(given.join('\n')).digest('hex').slice(0, 13)

const FUNCTIONS: Record<string, Callable> = {
  /** A text stays as it is: it gets no quotes. */
  string: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
  empty: (value: object | string) => Object.keys(value).length === 0,
  union: (...all: unknown[]) =>
    Array.isArray(all[0]) ? [...new Set(all.flat())] : all.reduce(merged),
  items: (value: One) =>
    Object.keys(value)
      .sort()
      .map((key) => ({ key, value: value[key] })),
  map: (all: unknown[], make: (one: unknown) => unknown) => all.map((one) => make(one)),
  filter: (all: unknown[], keep: (one: unknown) => boolean) => all.filter((one) => keep(one)),
  /** Of an object: names are found without regard to case. */
  contains: (of: One, name: string) =>
    Object.keys(of).some((one) => one.toLowerCase() === name.toLowerCase()),
  flatten: (all: unknown[][]) => all.flat(),
  concat: (...all: unknown[][]) => all.flat(),
  toObject: (all: unknown[], key: (one: unknown) => string, value: (one: unknown) => unknown) =>
    Object.fromEntries(all.map((one) => [key(one), value(one)])),
  split: (text: string, by: string) => text.split(by),
  last: (all: unknown[]) => all.at(-1),
  toLower: (text: string) => text.toLowerCase(),
  replace: (text: string, from: string, to: string) => text.replaceAll(from, to),
  take: (text: string, most: number) => text.slice(0, most),
  uniqueString: digestOf,
  guid: digestOf,
  environment: () => ({ suffixes: { keyvaultDns: '.vault.azure.net' } }),
  resourceGroup: (subscription = 'own', name = 'phoenix') => ({
    ...{ id: `/subscriptions/${subscription}/resourceGroups/${name}`, location: 'westeurope' },
    name,
  }),
  subscriptionResourceId: (...given: string[]) => given.join('/'),
  readEnvironmentVariable: (name: string, otherwise?: string) => otherwise ?? `of ${name}`,
}

/** The expression that begins at this place of the text. Throws where it is none that this reader knows. */
const readExpression = (text: string, from: number): Expression => {
  let position = from
  /** What stands next, after blanks and comments; null: something else does. */
  const take = (pattern: RegExp): string | null => {
    const blank = /(?:\s|\/\/[^\n]*)*/y
    blank.lastIndex = position
    blank.exec(text)
    const sticky = new RegExp(pattern.source, 'y')
    sticky.lastIndex = blank.lastIndex
    const [found] = sticky.exec(text) ?? []
    if (found === undefined) return null
    position = sticky.lastIndex
    return found
  }
  const need = (pattern: RegExp): string => {
    const found = take(pattern)
    if (found !== null) return found
    throw new Error(`not ${pattern.source}: ${text.slice(position, position + 60)}`)
  }

  const quoted = (): Expression => {
    const parts: Expression[] = []
    for (;;) {
      const plain = /(?:[^'\\$]|\\.|\$(?!\{))*/y
      plain.lastIndex = position
      const said = (plain.exec(text)?.[0] ?? '').replaceAll(/\\(.)/g, '$1')
      position = plain.lastIndex
      parts.push(() => said)
      if (text[position] === "'") break
      position += '${'.length
      parts.push(expression())
      need(/\}/)
    }
    position += 1
    return (scope) => parts.map((part) => part(scope)).join('')
  }
  const several = (end: RegExp): Expression[] => {
    const all: Expression[] = []
    while (take(end) === null) {
      all.push(expression())
      take(/,/)
    }
    return all
  }
  const loop = (): Expression => {
    const [one = '', index = ''] = need(/\(\s*\w+\s*,\s*\w+\s*\)|\w+/).match(/\w+/g) ?? []
    need(/in\b/)
    const all = expression()
    need(/:/)
    const body = expression()
    need(/\]/)
    return (scope) =>
      (all(scope) as unknown[]).map((value, at) =>
        body(Object.create(scope, { [one]: { value }, [index]: { value: at } })),
      )
  }
  const object = (): Expression => {
    const all: [Expression, Expression][] = []
    while (take(/\}/) === null) {
      const plain = take(/\w+/)
      if (plain === null) need(/'/)
      const name = plain === null ? quoted() : () => plain
      need(/:/)
      all.push([name, expression()])
      take(/,/)
    }
    return (scope) => Object.fromEntries(all.map(([name, value]) => [name(scope), value(scope)]))
  }
  const named = (name: string): Expression => {
    if (take(/=>/) !== null) {
      const body = expression()
      return (scope) => (value: unknown) => body(Object.create(scope, { [name]: { value } }))
    }
    if (take(/\(/) !== null) {
      const given = several(/\)/)
      const call = FUNCTIONS[name]
      if (!call) throw new Error(`no function ${name}`)
      return (scope) => call(...(given.map((one) => one(scope)) as never[]))
    }
    if (name === 'true' || name === 'false') return () => name === 'true'
    return (scope) => {
      if (name in scope) return scope[name]
      throw new Error(`nothing is called ${name}`)
    }
  }
  const primary = (): Expression => {
    const number = take(/\d+/)
    if (number !== null) return () => Number(number)
    if (take(/'/) !== null) return quoted()
    if (take(/\{/) !== null) return object()
    if (take(/\[\s*for\b/) !== null) return loop()
    if (take(/\[/) !== null) {
      const all = several(/\]/)
      return (scope) => all.map((one) => one(scope))
    }
    if (take(/\(/) !== null) {
      const inside = expression()
      need(/\)/)
      return inside
    }
    if (take(/!/) !== null) {
      const what = reached()
      return (scope) => !what(scope)
    }
    return named(need(/[A-Za-z]\w*/))
  }
  const reached = (): Expression => {
    let whole = primary()
    for (;;) {
      const of = whole
      if (take(/\./) !== null) {
        const name = need(/\w+/)
        whole = (scope) => (of(scope) as One)[name]
      } else if (text[position] === '[') {
        position += 1
        const key = expression()
        need(/\]/)
        whole = (scope) => (of(scope) as One)[String(key(scope))]
      } else return whole
    }
  }
  const OPERATORS: Record<string, (a: unknown, b: () => unknown) => unknown> = {
    '==': (a, b) => a === b(),
    '!=': (a, b) => a !== b(),
    '>': (a, b) => Number(a) > Number(b()),
    '&&': (a, b) => a && b(),
    '||': (a, b) => a || b(),
  }
  const compared = (): Expression => {
    const left = reached()
    const sign = take(/==|!=|&&|\|\||>/)
    if (sign === null) return left
    const right = compared()
    return (scope) => OPERATORS[sign]?.(left(scope), () => right(scope))
  }
  const expression = (): Expression => {
    const asked = compared()
    if (take(/\?/) === null) return asked
    const yes = expression()
    need(/:/)
    const no = expression()
    return (scope) => (asked(scope) ? yes(scope) : no(scope))
  }
  return expression()
}

/** `given`: values of parameters, and of whatever else is known by a name, as modules by their outputs. */
export const openBicep = (text: string, given: Values = {}) => {
  const after = (head: string): Expression | null => {
    const found = new RegExp(`^${head} =(?: if \\(.*\\))? `, 'm').exec(text)
    return found && readExpression(text, found.index + found[0].length)
  }
  const scope: Values = Object.create(null)
  for (const [, kind, name = ''] of text.matchAll(/^(param|var) (\w+)\b/gm))
    Object.defineProperty(scope, name, {
      enumerable: true,
      get: () => {
        if (Object.hasOwn(given, name)) return given[name]
        const value = after(`${kind} ${name}(?: [^=\\n]+)?`)
        if (value) return value(scope)
        throw new Error(`the parameter ${name} is not given`)
      },
    })
  for (const [name, value] of Object.entries(given))
    if (!(name in scope)) Object.defineProperty(scope, name, { value })
  return {
    /** All parameters and variables by their names; each is read when it is looked at. */
    scope,
    /** What a module or a resource is given. Where it is a loop: of each. */
    given(kind: 'module' | 'resource', name: string): unknown {
      const value = after(`${kind} ${name} '[^'\\n]+'`)
      if (value) return value(scope)
      throw new Error(`there is no ${kind} ${name}`)
    },
  }
}
