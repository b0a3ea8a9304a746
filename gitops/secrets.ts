// Finds text that looks like a secret in what is about to be committed. Says what kind and on which line, never what.
// It knows forms, not values: the certain answer is that templates have no place for a secret at all.

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
]

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
