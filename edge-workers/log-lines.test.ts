// What the product writes to its logs: one line of JSON each, with its level and its event, made where it is written. Read as text.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
/** Not the product: stand-ins, tests, commands for people, and benchmarks. */
const BESIDE =
  /^functions\/(local|simulator|verify|bench|cli)\/|\.(test|fixture|verify)\.tsx?$|node_modules/

const files = ['edge-workers', 'functions', 'gitops', 'schemas', 'templates']
  .flatMap((room) =>
    readdirSync(join(root, room), { recursive: true }).map((at) => `${room}/${at}`),
  )
  .filter((file) => /\.tsx?$/.test(file) && !BESIDE.test(file))

const WRITES = /\b(?:console|context|invocationContext)\.(?:log|error|warn|info|debug|trace)\(/g
/** The text in the brackets that open at `from`. */
const inBrackets = (text: string, from: number): string => {
  let depth = 1
  let at = from
  for (; at < text.length && depth > 0; at += 1) {
    if (text[at] === '(') depth += 1
    if (text[at] === ')') depth -= 1
  }
  return text.slice(from, at - 1).trim()
}

const faultOf = (before: string, argument: string): string | null => {
  const object = /^JSON\.stringify\(\s*(\{[\s\S]*\}|[a-z]+)\s*,?\s*\),?$/.exec(argument)?.[1]
  if (object === undefined) return 'is no JSON.stringify of an object'
  const name = /^[a-z]+$/.test(object) ? object : null
  // Named in the statement right before it.
  const literal = name === null ? object : (before.split(`const ${name} = `).at(-1) ?? '')
  if (!/level: '(info|warn|error)'/.test(literal)) return 'has no level'
  return /\bevent(: '[a-z-]+'|,)/.test(literal) ? null : 'has no event'
}

const faultsIn = (text: string): string[] =>
  [...text.matchAll(WRITES)].flatMap(({ index, 0: opening }) => {
    const argument = inBrackets(text, index + opening.length)
    const fault = faultOf(text.slice(Math.max(0, index - 200), index), argument)
    return fault === null ? [] : [`${opening}${argument.slice(0, 60)}: ${fault}`]
  })

it('is structured everywhere', () => {
  const texts = files.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
  const writing = texts.filter(({ text }) => text.search(WRITES) >= 0)
  expect(writing.length).toBeGreaterThan(12)
  expect(texts.flatMap(({ file, text }) => faultsIn(text).map((at) => `${file}: ${at}`))).toEqual(
    [],
  )
})

it('would be noticed where it is not', () => {
  for (const bad of [
    `console.log('hello')`,
    'context.warn(error.message)',
    `console.error(error)`,
    `console.log(JSON.stringify({ event: 'x' }))`,
    `console.log(JSON.stringify({ level: 'info', what: 1 }))`,
    `const line = { level: 'warn' }\ncontext.warn(JSON.stringify(line))`,
  ])
    expect(faultsIn(bad), bad).toHaveLength(1)
  for (const good of [
    `console.log(JSON.stringify({ level: 'info', event: 'x', more: f(1) }))`,
    `const line = { level: 'warn', event: 'x' }\ncontext.warn(JSON.stringify(line))`,
  ])
    expect(faultsIn(good), good).toEqual([])
})
