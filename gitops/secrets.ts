// Finds text that looks like a secret in what is about to be committed. Says what kind and on which line, never what.
// It knows forms, not values: the certain answer is that templates have no place for a secret at all. Files are scanned
// as text, whatever they hold: ConfigMaps and user-data of machines among them.
import type { Manifest } from '../schemas/template.ts'

interface Form {
  name: string
  pattern: RegExp
  /** Whether a match counts. */
  counts?: (match: RegExpExecArray) => boolean
}

/** Each starts with fixed text and has bounded quantifiers, so that no input makes it slow. */
const FORMS: Form[] = [
  { name: 'a private key (PEM)', pattern: /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY/g },
  {
    name: 'a JSON Web Token',
    pattern: /\beyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,2000}/g,
  },
  {
    name: 'an Azure connection string',
    pattern: /\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)=[A-Za-z0-9+/%=&-]{16}/g,
  },
  { name: 'an Azure client secret', pattern: /8Q~[A-Za-z0-9_~.-]{31,34}/g },
  { name: 'an AWS access key', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  {
    name: 'a forge or chat token',
    pattern:
      /\b(?:gh[pousr]_[A-Za-z0-9]{30}|github_pat_[A-Za-z0-9_]{30}|xox[abprs]-[A-Za-z0-9-]{10})/g,
  },
  { name: 'an API token of Phoenix', pattern: /\bphx_[a-z2-7_]{10,60}_[A-Za-z0-9]{20}/g },
  {
    name: 'a password in an address',
    pattern: /:\/\/[^\s/:@"'$]{1,100}:[^\s/@"'$]{3,200}@/g,
  },
  {
    // Exactly 32 bytes of hex behind a name that speaks of a key; sums, hashes and public keys have other names.
    name: 'a raw key',
    pattern:
      /(?:key|secret|seed|password|passphrase|token|mnemonic)["'\\]{0,4}\s{0,4}[:=]\s{0,40}["'\\]{0,4}(?:0x)?[0-9a-f]{64}(?![0-9a-f])/gi,
    counts: ({ index, input }) =>
      !/pub(?:lic)?[_-]?$/i.test(input.slice(Math.max(0, index - 8), index)),
  },
  {
    name: 'a password',
    pattern:
      /(?:password|passwd|passphrase|client_?secret|api_?key|access_?key|access_?token|private_?key)["'\\]{0,4}\s{0,4}[:=]\s{0,4}["'\\]{0,4}([^\s"'\\$<{[(,]{6,200})/gi,
    // A path or the name of a place to look is not the thing itself.
    counts: ([, value = '']) => !/^(?:\/|file:|vault:|https?:)/.test(value),
  },
  {
    name: 'the hash of a password',
    pattern: /\$(?:1|5|6|y|2[aby])\$[./A-Za-z0-9$=]{16}/g,
  },
  {
    name: 'a value as random as a key',
    pattern: /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{40,400}(?![A-Za-z0-9+/_-])/g,
    counts: (match) => isRandom(match[0]) && !isPublic(match),
  },
]

/** Of 40 random base64 characters 99 in 100 are above it; words, paths and hex are below. */
const LEAST_BITS_PER_CHARACTER = 4.4
/** A path or a name in several words has more of these than base64 has. */
const MOST_MARKS = 0.12

const isRandom = (text: string): boolean => {
  const mixed = [/[0-9].*[0-9]/, /[A-Z].*[A-Z]/, /[a-z].*[a-z]/].every((some) => some.test(text))
  // Base64 has one pair of marks or the other: what has both is a path.
  const path = text.startsWith('/') || (/[+/]/.test(text) && /[-_]/.test(text))
  if (!mixed || path) return false
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  const marks = ['/', '-', '_'].reduce((sum, mark) => sum + (counts.get(mark) ?? 0), 0)
  const bits = [...counts.values()].reduce((sum, count) => {
    const share = count / text.length
    return sum - share * Math.log2(share)
  }, 0)
  return bits >= LEAST_BITS_PER_CHARACTER && marks / text.length <= MOST_MARKS
}

const PUBLIC_BLOCK = /-----(BEGIN|END) (?:CERTIFICATE|[A-Z ]{0,20}PUBLIC KEY)-----/g

/** SSH and PEM write what is public in the same letters, and so do the sums of packages. */
const isPublic = ({ 0: text, index, input }: RegExpExecArray): boolean => {
  if (text.startsWith('AAAA') || /^sha(?:256|384|512)-/.test(text)) return true
  const [last] = [...input.slice(Math.max(0, index - 20_000), index).matchAll(PUBLIC_BLOCK)].slice(
    -1,
  )
  return last?.[1] === 'BEGIN'
}

export interface Suspect {
  /** What it looks like, in words. */
  looksLike: string
  /** First line, from 1. */
  line: number
}

/** Lines that look like a secret, in order, at most one suspect per line. */
export const suspects = (text: string): Suspect[] => {
  const lines = new Map<number, string>()
  for (const { name, pattern, counts = () => true } of FORMS) {
    for (const match of text.matchAll(pattern)) {
      if (!counts(match)) continue
      const line = text.slice(0, match.index).split('\n').length
      if (!lines.has(line)) lines.set(line, name)
    }
  }
  return [...lines]
    .map(([line, looksLike]) => ({ looksLike, line }))
    .sort((a, b) => a.line - b.line)
}

/** Names under which programs look for secrets in their environment. */
const SECRET_VARIABLE =
  /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/i
/** A path, an address, or another variable is where to look, not the thing itself. */
const PLACE_TO_LOOK = /^(?:$|\/|file:|vault:|https?:\/\/[^@]*$|\$\()/

/** Variables that are named like a secret and have their value beside them, on another line: forms do not see those. */
export const literalSecrets = (manifest: Manifest): { looksLike: string; pointer: string }[] => {
  const found: { looksLike: string; pointer: string }[] = []
  eachField(manifest.spec, '/spec', (value, pointer) => {
    const { name, value: text } = value as { name?: unknown; value?: unknown }
    if (typeof name !== 'string' || typeof text !== 'string') return
    if (SECRET_VARIABLE.test(name) && !PLACE_TO_LOOK.test(text)) {
      found.push({ looksLike: 'a secret’s own value in a variable', pointer: `${pointer}/value` })
    }
  })
  return found
}

/** Every object and list below a value. */
const eachField = (
  value: unknown,
  pointer: string,
  visit: (value: object, pointer: string) => void,
): void => {
  if (typeof value !== 'object' || value === null) return
  visit(value, pointer)
  for (const [key, inner] of Object.entries(value)) eachField(inner, below(pointer, key), visit)
}

const below = (pointer: string, key: string): string =>
  `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`

/** Where in an object the first text is that looks like this; undefined where only the whole file looks so. */
export const pointerToSuspect = (manifest: Manifest, looksLike: string): string | undefined => {
  let pointer: string | undefined
  eachField(manifest, '', (value, place) => {
    for (const [key, text] of Object.entries(value)) {
      if (pointer !== undefined || typeof text !== 'string') continue
      if (suspects(`${key}: "${text}"`).some((suspect) => suspect.looksLike === looksLike)) {
        pointer = below(place, key)
      }
    }
  })
  return pointer
}
