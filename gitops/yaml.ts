// The only YAML writer: plain data in, one document out, parsed the same by YAML 1.1 and YAML 1.2 readers.
// It does not read YAML, and has no anchors, aliases, tags, comments or folding.
//
// Every string is double-quoted, so nothing is ever mistaken for a number, a date or a boolean; only
// text of several plain lines becomes a literal block, so that a genesis or a cloud-config can be read
// in a review. A key stays plain when no reader of either version sees anything but a string in it.

/** Deeper than any manifest; a cycle ends here. */
const MAX_DEPTH = 64
/** As written, quotes and escapes included: libyaml gives up on a `key:` of more than 1024 characters. */
const MAX_WRITTEN_KEY_CHARACTERS = 1000

const PADS = Array.from({ length: MAX_DEPTH + 2 }, (_, level) => '  '.repeat(level))

const PLAIN_KEY = /^[A-Za-z][A-Za-z0-9_./-]*$/
/** Words that are not strings to every YAML 1.1 reader; one takes `e0` for a number. */
const RESERVED_KEY = /^(?:y|n|yes|no|on|off|true|false|null|e[0-9]+)$/i
/** Printable ASCII without quote and backslash: needs no escape at all. */
const SIMPLE = /^[ !#-[\]-~]*$/
/** What makes a text unfit for a literal block: other characters, blanks at a line's end, empty first or last lines. */
const NOT_A_BLOCK = /[^\n -~]|^\n| \n| $|\n\n$/
/** What JSON leaves bare but a YAML 1.1 reader breaks on, refuses, or a reviewer cannot see. */
const UNSAFE =
  /[\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]/g

/**
 * One YAML document of a plain value: key order preserved, LF, final newline.
 * @throws {TypeError} for anything that is not plain data (undefined, functions, symbols, bigints,
 *   NaN, Infinity, class instances, lone surrogates, cycles, more than 64 levels). The message names
 *   the JSON pointer (RFC 6901) and never the value.
 */
export const toYaml = (value: unknown): string => {
  const path: (string | number)[] = []
  let out = ''

  const refuse = (depth: number, reason: string): never => {
    const pointer = path.slice(0, depth).map(escapePointer).join('')
    throw new TypeError(`not plain data at "${pointer}": ${reason}`)
  }

  const scalar = (child: unknown, depth: number): string => {
    switch (typeof child) {
      case 'string':
        if (SIMPLE.test(child)) return `"${child}"`
        if (depth > 0 && isBlock(child)) return literalBlock(child, depth)
        return child.isWellFormed() ? quoted(child) : refuse(depth, 'a lone surrogate')
      case 'number':
        return Number.isFinite(child) ? number(child) : refuse(depth, 'a number that is not finite')
      case 'boolean':
        return child ? 'true' : 'false'
      default:
        return child === null ? 'null' : refuse(depth, `a value of type ${typeof child}`)
    }
  }

  /** Writes what follows `key:` or `-`. Children of a value at `depth` stand `depth` times two columns in. */
  const write = (child: unknown, depth: number, afterDash: boolean): void => {
    if (typeof child !== 'object' || child === null) {
      out += ` ${scalar(child, depth)}\n`
      return
    }
    if (depth >= MAX_DEPTH) refuse(depth, `more than ${MAX_DEPTH} levels, or a cycle`)
    if (Array.isArray(child)) {
      out += child.length === 0 ? ' []\n' : afterDash ? ' ' : '\n'
      sequence(child, depth, afterDash)
    } else {
      if (!isPlain(child)) refuse(depth, 'an instance of a class')
      const keys = Object.keys(child)
      out += keys.length === 0 ? ' {}\n' : afterDash ? ' ' : '\n'
      mapping(child as Record<string, unknown>, keys, depth, afterDash)
    }
  }

  const sequence = (items: unknown[], depth: number, afterDash: boolean): void => {
    for (let i = 0; i < items.length; i++) {
      path[depth] = i
      out += i === 0 && afterDash ? '-' : `${PADS[depth]}-`
      write(items[i], depth + 1, true)
    }
  }

  const mapping = (
    object: Record<string, unknown>,
    keys: string[],
    depth: number,
    afterDash: boolean,
  ): void => {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string
      path[depth] = key
      if (i > 0 || !afterDash) out += PADS[depth]
      const plain = PLAIN_KEY.test(key) && !RESERVED_KEY.test(key)
      if (!plain && !key.isWellFormed()) refuse(depth, 'a key with a lone surrogate')
      const written = plain ? key : quoted(key)
      if (written.length > MAX_WRITTEN_KEY_CHARACTERS) refuse(depth, 'a key that is too long')
      out += `${written}:`
      write(object[key], depth + 1, false)
    }
  }

  write(value, 0, false)
  // The root came out as if after a `key:`, so with one character of separation.
  return out.slice(1)
}

const escapePointer = (part: string | number): string =>
  `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`

const isBlock = (text: string): boolean => text.includes('\n') && !NOT_A_BLOCK.test(text)

/** `|`, `|-`, with `2` when the first line starts with a blank: readers would take that for indentation. */
const literalBlock = (text: string, depth: number): string => {
  const pad = PADS[depth] ?? ''
  const ends = text.endsWith('\n')
  const body = (ends ? text.slice(0, -1) : text).replace(/\n(?=[^\n])/g, `\n${pad}`)
  return `|${text.startsWith(' ') ? '2' : ''}${ends ? '' : '-'}\n${pad}${body}`
}

const quoted = (text: string): string =>
  SIMPLE.test(text)
    ? `"${text}"`
    : JSON.stringify(text).replace(
        UNSAFE,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )

/** YAML 1.1 knows a float by its point: 1e+21 would be a string there. */
const number = (value: number): string => {
  const text = Object.is(value, -0) ? '0' : String(value)
  return /^-?[0-9]e/.test(text) ? text.replace('e', '.0e') : text
}

const isPlain = (object: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(object)
  return (
    prototype === null ||
    prototype === Object.prototype ||
    // Object.prototype of another realm
    (Object.getPrototypeOf(prototype) === null &&
      !Object.hasOwn(prototype as object, Symbol.toStringTag))
  )
}
