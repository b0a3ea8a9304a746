// The YAML writer against an independent reader, under both versions of the language.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { toYaml } from './yaml.ts'

/** Reads with both versions and demands exactly one document, no error, no warning, no anchor, no tag. */
const readBoth = (text: string): unknown[] =>
  (['1.1', '1.2'] as const).map((version) => {
    const documents = parseAllDocuments(text, { version, strict: true, uniqueKeys: true })
    expect(documents).toHaveLength(1)
    const document = documents[0]
    if (document === undefined || !('errors' in document)) throw new Error('no document')
    expect([...document.errors, ...document.warnings]).toEqual([])
    return document.toJS({ maxAliasCount: 0 })
  })

const holds = (value: unknown): void => {
  const text = toYaml(value)
  for (const read of readBoth(text)) expect(read).toEqual(value)
  expect(text.endsWith('\n')).toBe(true)
  expect(text).not.toMatch(INVISIBLE)
}

/** What a YAML 1.1 reader breaks a line on or refuses, and what a reviewer cannot see; line feeds are ours. */
const INVISIBLE =
  /[^\P{Cc}\n]|[\u00a0\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/u

/** Scalars that YAML readers disagree on, or that break naive text templating. */
const words = (text: string): string[] => text.split(' ')
const HOSTILE = [
  ...words('y Y n N yes Yes YES no No NO on On ON off Off OFF true True TRUE false null Null NULL'),
  ...words(
    '~ = << 1_000 12:30:45 190:20:30 1:2 2024-01-01 2001-12-14t21:59:43.10-05:00 0b101 0o17',
  ),
  ...words(
    '017 0x1F 1e3 1E3 1e309 .5 5. +1 -1 .inf -.INF .nan 9007199254740993 00 -0 0.1 1. _1 1_',
  ),
  ...words(
    '123456789012345678901234567890 --- ... - ? : a: &a *a !t @a `a` | > |2 >- { } [ ] , {a:b}',
  ),
  ...words(
    '{{.Values.x}} $(x) \\ \\n "a" " \' [a] __proto__ constructor toString then hasOwnProperty',
  ),
  ...['', ' ', '  ', '\t', ' a', 'a ', '--- a', '- a', ': ', '? a', 'a: b', 'a :b', '# c', 'a # b'],
  ...[
    '!!js/function x',
    '%YAML 1.1',
    '$'.concat('{x}'),
    'a\tb\nc',
    'a\r\nb',
    'a\rb',
    '\ta\nb',
    '\n',
  ],
  ...['a\nb', 'a\n', '\na', '\n\n', 'a\n\n', 'a\n\n\nb', ' a\nb', '  a\n b\n', 'a \nb', 'a\n b '],
  ...['a\n---\nb', 'a\n...\nb\n', '- a\n- b\n', '# a\nb\n', 'a: b\n---\nkind: ClusterRole'],
  ...words('\u0000 \u0007 \u001b \u007f \u0085 \u00a0 é аdmin \u2028 \u2029 \u200b \u202e \u2066'),
  ...words('\ufeff \ufffe \uffff 😀 👩‍🚀 ．．／ \u{1fffe} \u{10ffff}'),
  'a'.repeat(5000),
  'e0',
  'E12',
  // A label's key at its longest.
  `${'a'.repeat(253)}/${'b'.repeat(63)}`,
]

describe('strings', () => {
  it.each(HOSTILE.map((text) => [JSON.stringify(text).slice(0, 60), text]))(
    'keeps %s as value and in every position',
    (_, text) => {
      holds(text)
      holds({ a: text, b: [text, [text], { c: text, d: text }], e: { f: text } })
      if (text.length <= 317) holds({ [text]: { [text]: [{ [text]: text }] } })
    },
  )

  it('survives thousands of arbitrary texts', () => {
    const unit = fc.constantFrom(
      ...'ab01:-#"\'\\ \n\t|>&*!%@`{}[],?~=<._$('.split(''),
      '\u0085',
      'é',
      '😀',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }).filter((raw) => raw.isWellFormed()),
      fc.string({ unit, maxLength: 40 }),
      fc.constantFrom(...HOSTILE),
    )
    fc.assert(
      fc.property(fc.array(text, { minLength: 50, maxLength: 50 }), (texts) => {
        holds(texts)
        holds({ a: { b: texts } })
      }),
      { numRuns: 100, seed: 1 },
    )
  })
})

describe('structures', () => {
  it('survives arbitrary nesting', () => {
    const key = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom(...HOSTILE.filter((text) => text.length <= 317)),
    )
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom<unknown>(null, true, false, 0, 1.5, -1e-7, 1e21, 2 ** 53, ...HOSTILE),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
        fc.array(tie('tree'), { maxLength: 5 }),
        fc
          .array(fc.tuple(key, tie('tree')), { maxLength: 5 })
          .map((pairs) => Object.fromEntries(pairs)),
      ),
    }))
    fc.assert(fc.property(tree, holds), { numRuns: 2000, seed: 1 })
  })

  it('writes __proto__ as data', () => {
    const value = JSON.parse('{"__proto__":{"admin":true},"a":{"__proto__":"x"}}')
    expect(toYaml(value)).toBe('"__proto__":\n  admin: true\na:\n  "__proto__": "x"\n')
  })

  it('writes numbers that a YAML 1.1 reader takes for numbers', () => {
    expect(toYaml([1e21, -1.5e-7, 1e-7, 0.5, -0, 2 ** 53])).toBe(
      '- 1.0e+21\n- -1.5e-7\n- 1.0e-7\n- 0.5\n- 0\n- 9007199254740992\n',
    )
  })

  it('repeats shared objects instead of aliasing them', () => {
    const shared = { x: 1 }
    expect(toYaml({ a: shared, b: shared })).toBe('a:\n  x: 1\nb:\n  x: 1\n')
  })

  it('has one form: order kept, blocks for plain text, quotes for the rest', () => {
    const value = {
      b: 1,
      a: 'x',
      'genesis.json': '{\n  "a": 1\n}\n',
      no: 'no',
      list: [{ k: [[]], m: {} }],
    }
    expect(toYaml(value)).toBe(
      [
        'b: 1',
        'a: "x"',
        'genesis.json: |',
        '  {',
        '    "a": 1',
        '  }',
        '"no": "no"',
        'list:',
        '  - k:',
        '      - []',
        '    m: {}',
        '',
      ].join('\n'),
    )
  })
})

describe('refusals', () => {
  const cycle: Record<string, unknown> = {}
  cycle.a = [cycle]
  const deep = Array.from({ length: 70 }).reduce((inner) => [inner], 1 as unknown)
  it.each<[string, unknown, string]>([
    ['undefined', { a: { 'b/c~d': undefined } }, '/a/b~1c~0d'],
    ['a hole', { a: Object.assign([1], { 2: 3 }) }, '/a/1'],
    ['a function', { a: () => 'secret' }, '/a'],
    ['a symbol', [Symbol('secret')], '/0'],
    ['a bigint', [1n], '/0'],
    ['NaN', { a: [Number.NaN] }, '/a/0'],
    ['Infinity', { a: Number.NEGATIVE_INFINITY }, '/a'],
    ['a date', { a: new Date(0) }, '/a'],
    ['a map', { a: new Map([['secret', 1]]) }, '/a'],
    ['a boxed string', { a: Object('secret') }, '/a'],
    ['a lone surrogate', { a: 'secret\ud800' }, '/a'],
    ['a lone surrogate in a key', { a: { '\udc00': 1 } }, '/a'],
    ['a cycle', cycle, '/a/0'],
    ['too much depth', deep, '/0/0'],
    ['an endless key', { a: { ['k'.repeat(1001)]: 1 } }, '/a'],
  ])('refuses %s, naming the pointer and not the value', (_, value, pointer) => {
    let message = ''
    try {
      toYaml(value)
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError)
      message = String(error)
    }
    expect(message).toContain(`"${pointer}`)
    expect(message).not.toContain('secret')
  })
})
