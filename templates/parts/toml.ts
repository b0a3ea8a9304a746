// TOML for flat tables of strings, numbers, booleans and lists of strings: all that Besu reads. TOML v1.0.0.

export type TomlValue = string | number | boolean | readonly string[]

const MAX_LINE_CHARACTERS = 80
const BARE_KEY = /^[A-Za-z0-9_-]+$/

/** A basic string: quotes, backslashes and everything a line cannot hold are escaped. */
export const tomlString = (text: string): string =>
  `"${text.replace(/["\\\p{Cc}\u2028\u2029]/gu, escapeCharacter)}"`

const escapeCharacter = (character: string): string =>
  character === '"' || character === '\\'
    ? `\\${character}`
    : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Longer lists get a line per entry, so that a diff shows which one changed. */
export const toToml = (table: Readonly<Record<string, TomlValue>>): string =>
  Object.entries(table)
    .map(([key, value]) => {
      if (!BARE_KEY.test(key)) throw new TypeError('a TOML key that is not bare')
      return `${key}=${tomlValue(value)}\n`
    })
    .join('')

const tomlValue = (value: TomlValue): string => {
  if (typeof value === 'string') return tomlString(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new TypeError('a TOML number that is not an integer')
    return String(value)
  }
  const items = value.map(tomlString)
  const line = `[${items.join(', ')}]`
  return line.length <= MAX_LINE_CHARACTERS ? line : `[\n  ${items.join(',\n  ')},\n]`
}
