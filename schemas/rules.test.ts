// The rules and the code that reports them fit each other. The code is read as syntax: what is computed is not seen, and
// what a finding says of its numbers must then stand in the same call or in a constant beside it.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAst } from 'vitest/node'
import { namesIn } from '../gitops/arithmetic.ts'
import { themes } from './policy-packs/themes.ts'
import { isRuleId, rules } from './rules.ts'

const ROOT = join(import.meta.dirname, '..')
const ROOMS = ['schemas', 'templates', 'gitops', 'edge-workers', 'functions']
const filesOf = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (name === 'node_modules' || name === 'examples') return []
    if (statSync(path).isDirectory()) return filesOf(path)
    return /\.tsx?$/.test(name) && !/\.(?:test|fixture|verify)\.tsx?$/.test(name) ? [path] : []
  })
/** As much of a node of the syntax tree (ESTree) as is looked at here. */
interface Node {
  type: string
  [field: string]: unknown
}
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

const sources = ROOMS.flatMap((room) => filesOf(join(ROOT, room))).map((path) => {
  const lang = path.endsWith('x') ? 'tsx' : 'ts'
  const tree: unknown = parseAst(readFileSync(path, 'utf8'), { lang })
  return { file: relative(ROOT, path), tree: tree as Node }
})

const walk = (node: Node, visit: (node: Node) => void): void => {
  visit(node)
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) walk(child, visit)
}

interface Call {
  file: string
  rule: string
  /** Null where they are computed. */
  numbers: string[] | null
}

const textOf = (node: unknown): string | null =>
  isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : null

const keyOf = (property: Node): string | null =>
  property.type === 'Property' && isNode(property.key)
    ? ((property.key.name as string | undefined) ?? textOf(property.key))
    : null

const propertiesOf = (node: unknown): Node[] =>
  isNode(node) && node.type === 'ObjectExpression' ? (node.properties as Node[]) : []

const fieldOf = (node: unknown, name: string): unknown =>
  propertiesOf(node).find((property) => keyOf(property) === name)?.value

/** Constants of a file that are objects, by name; one that is there twice is nobody's. */
const constantsOf = (tree: Node): Map<string, unknown> => {
  const constants = new Map<string, unknown>()
  walk(tree, (node) => {
    if (node.type !== 'VariableDeclarator' || !isNode(node.id)) return
    const name = `${node.id.name}`
    constants.set(name, constants.has(name) ? undefined : node.init)
  })
  return constants
}

const namesOf = (numbers: unknown, constants: Map<string, unknown>): string[] | null => {
  if (isNode(numbers) && numbers.type === 'Identifier')
    return namesOf(constants.get(`${numbers.name}`), new Map())
  if (!isNode(numbers) || numbers.type !== 'ObjectExpression') return null
  const names = propertiesOf(numbers).map((property) => {
    if (property.type === 'SpreadElement') return namesOf(property.argument, constants)
    const name = keyOf(property)
    return name === null ? null : [name]
  })
  return names.includes(null) ? null : names.flatMap((some) => some ?? [])
}

const isFinding = (node: Node): boolean =>
  node.type === 'CallExpression' && isNode(node.callee) && node.callee.name === 'finding'

/** Calls of `finding('RULE', …, { numbers: {…} })`, and hits `{ rule: 'RULE', numbers: {…} }`. */
const callsIn = ({ file, tree }: (typeof sources)[number]): Call[] => {
  const calls: Call[] = []
  const constants = constantsOf(tree)
  const take = (rule: string | null, numbers: unknown) => {
    if (rule !== null && numbers !== undefined)
      calls.push({ file, rule, numbers: namesOf(numbers, constants) })
  }
  walk(tree, (node) => {
    const [rule, , more] = isFinding(node) ? (node.arguments as unknown[]) : []
    take(textOf(rule), fieldOf(more, 'numbers'))
    take(textOf(fieldOf(node, 'rule')), fieldOf(node, 'numbers'))
  })
  return calls
}

const calls = sources.flatMap(callsIn)
const ids = Object.keys(rules).filter(isRuleId)

describe('a finding with numbers', () => {
  it('is found in the code', () => {
    expect(calls.length).toBeGreaterThan(10)
    const numbersOf = (id: string) => calls.find(({ rule }) => rule === id)?.numbers
    expect(numbersOf('EXCEPTION-TERM')).toEqual(['days', 'most'])
    expect(numbersOf('SIZE-LIMIT')).toContain('maxLines')
  })

  it('is of a rule that has an arithmetic', () => {
    const without = calls.filter(
      ({ rule }) => !isRuleId(rule) || rules[rule].arithmetic === undefined,
    )
    expect(without.map(({ file, rule }) => `${file}: ${rule}`)).toEqual([])
  })

  it('gives every number that the arithmetic names', () => {
    const missing = calls.flatMap(({ file, rule, numbers }) =>
      numbers === null || !isRuleId(rule)
        ? []
        : namesIn(rules[rule].arithmetic ?? '')
            .filter((name) => !numbers.includes(name))
            .map((name) => `${file}: ${rule} has no ${name}`),
    )
    expect(missing).toEqual([])
  })
})

describe('a rule', () => {
  const strings = new Set<string>()
  for (const { file, tree } of sources) {
    if (file.startsWith('schemas/rules/') || file.startsWith('schemas/policy-packs/')) continue
    walk(tree, (node) => {
      const text = textOf(node)
      if (text !== null) strings.add(text)
    })
  }

  it('is reported somewhere', () => {
    expect(ids.filter((id) => !strings.has(id))).toEqual([])
  })

  it('with an arithmetic names at least one number in it, by a name that its page takes', () => {
    const odd = ids.filter((id) => {
      const { arithmetic } = rules[id]
      if (arithmetic === undefined) return false
      const braces = [...arithmetic.matchAll(/[{}]/g)].length
      const names = namesIn(arithmetic)
      return names.length === 0 || braces !== 2 * names.length
    })
    expect(odd).toEqual([])
  })

  it('that may be excused is one that blocks', () => {
    expect(ids.filter((id) => rules[id].excusable && rules[id].severity !== 'block')).toEqual([])
  })

  it('is in the table wherever the code names one in a call', () => {
    const named = sources.flatMap(({ file, tree }) => {
      const unknown: string[] = []
      walk(tree, (node) => {
        const rule = isFinding(node) ? textOf((node.arguments as unknown[])[0]) : null
        if (rule !== null && !isRuleId(rule)) unknown.push(`${file}: ${rule}`)
      })
      return unknown
    })
    expect(named).toEqual([])
    expect(
      Object.values(themes)
        .flatMap((theme) => [...theme.rules])
        .filter((id) => !isRuleId(id)),
    ).toEqual([])
  })
})
