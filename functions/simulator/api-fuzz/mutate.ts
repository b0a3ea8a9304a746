// Values that no schema asks for, and ways to put them into one that was right.

/** Fresh numbers from 0 to n - 1. */
export type Dice = (n: number) => number

/** Deterministic (mulberry32): the same seed throws the same. */
export const createDice = (seed: number): Dice => {
  let state = seed >>> 0
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = state
    value = Math.imul(value ^ (value >>> 15), value | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return ((value ^ (value >>> 14)) >>> 0) % n
  }
}

export const pick = <T>(dice: Dice, list: readonly T[]): T => list[dice(list.length)] as T

export const NASTY_TEXTS: readonly string[] = [
  ...['', ' ', '\u0000', '\ud800', '\u202egnp', '\u200b', '\ufeff', '\u2028', 'É', 'E\u0301', 'а'],
  ...['../../etc/passwd', '..\\..', '/', '%2e%2e%2f', '.git/config', 'CON', 'a'.repeat(300)],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', 'null', 'undefined'],
  ...["' OR 1=1 --", '"; DROP TABLE changes; --', '%', '_', '*', '[object Object]'],
  ...['{{ .Values.x }}', '$' + '{HOME}', '$(id)', '<script>alert(1)</script>', '](http://x)'],
  ...['no', 'on', '1_000', '0x10', '1e309', '12:30:45', '2024-01-01', '-0', 'NaN', '&a *a', '!!js'],
  ...[
    '---\nkind: Secret',
    'a\r\nSet-Cookie: x=1',
    'Phoenix-Change-Id: chg_x',
    '@team',
    '[skip ci]',
  ],
  ...['https://127.0.0.1/', 'http://[::]/', 'javascript:alert(1)', 'x'.repeat(10_000)],
]

const NASTY_VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 1e300, -0],
  ...[[], {}, [[]], [null], { a: 1 }, [1, 2, 3], { __proto__x: 1 }],
  Array.from({ length: 1_000 }, (_, index) => index),
]

/** A copy: what is put into a body may be changed there. */
export const nasty = (dice: Dice): unknown =>
  dice(3) === 0 ? structuredClone(pick(dice, NASTY_VALUES)) : pick(dice, NASTY_TEXTS)

type Container = Record<string, unknown> | unknown[]

const isContainer = (value: unknown): value is Container =>
  typeof value === 'object' && value !== null

const containersIn = (value: unknown, depth = 0): Container[] =>
  isContainer(value) && depth < 8
    ? [value, ...Object.values(value).flatMap((inner) => containersIn(inner, depth + 1))]
    : []

/** A copy with one to three things wrong: something missing, something else in its place, something more, or deeper. */
export const mutate = (value: unknown, dice: Dice): unknown => {
  const copy: unknown = structuredClone(value)
  if (!isContainer(copy) || dice(12) === 0) return nasty(dice)
  for (let times = dice(3); times >= 0; times -= 1) {
    const container = pick(dice, containersIn(copy))
    const keys = Object.keys(container)
    const key = keys.length === 0 ? 'x' : pick(dice, keys)
    const inside = container as Record<string, unknown>
    switch (dice(6)) {
      case 0:
        delete inside[key]
        break
      case 1:
        inside[pick(dice, ['x', 'id', 'toString', 'role', 'tenant'])] = nasty(dice)
        break
      case 2:
        inside[key] = [inside[key]]
        break
      default:
        inside[key] = nasty(dice)
    }
  }
  return copy
}

/** JSON texts that are no value of ours, or no JSON at all. */
export const brokenJson = (dice: Dice): string =>
  pick(dice, [
    ...['', '{', '[', 'null', '0', '"x"', '[]', '{}', 'NaN', "{'a':1}", '{"a":1,}', '\ufeff{}'],
    ...['{"__proto__":{"admin":true}}', '{"a":1,"a":2}', '{"constructor":{"prototype":{}}}'],
    `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    `{"a":${'9'.repeat(400)}}`,
    '{"a":"\\ud800"}',
  ])
