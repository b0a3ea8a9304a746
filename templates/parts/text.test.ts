// The two writers of machine text: TOML read back by a TOML parser, words read back by a shell.
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { word } from './shell.ts'
import { toToml } from './toml.ts'

const HOSTILE = [
  '',
  '"',
  '\\',
  "'",
  '\n',
  '"\nadmin=true\n"',
  '#',
  '$(id)',
  '`id`',
  '\u0000',
  '\u2028',
  'é😀',
]

describe('TOML', () => {
  it('is read back as it was meant', () => {
    const table = {
      a: 1,
      'b-c': true,
      d: 'x',
      e: ['y'],
      f: [],
      g: ['z'.repeat(50), 'z'.repeat(50)],
    }
    expect(parse(toToml(table))).toEqual(table)
    expect(toToml({ e: ['y', 'z'] })).toBe('e=["y", "z"]\n')
    expect(toToml({ g: table.g }).split('\n')).toHaveLength(5)
  })

  it('keeps any text inside its string', () => {
    const text = fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'binary' }).filter((raw) => raw.isWellFormed()),
    )
    fc.assert(
      fc.property(text, fc.array(text), (one, many) => {
        expect(parse(toToml({ one, many }))).toEqual({ one, many })
      }),
      { numRuns: 500, seed: 1 },
    )
  })

  it('refuses what has no plain form', () => {
    expect(() => toToml({ 'a b': 1 })).toThrow(TypeError)
    expect(() => toToml({ 'a=1\nb': 1 })).toThrow(TypeError)
    expect(() => toToml({ a: 1.5 })).toThrow(TypeError)
  })
})

describe('a shell word', () => {
  it.each(HOSTILE.filter((text) => !/\p{Cc}/u.test(text)))('keeps %j one word', (text) => {
    const said = execFileSync('sh', ['-c', `printf '%s' ${word(text)}`], { encoding: 'utf8' })
    expect(said).toBe(text)
  })

  it('refuses control characters', () => {
    expect(() => word('a\nb')).toThrow(TypeError)
    expect(() => word('a\u0000b')).toThrow(TypeError)
  })
})
