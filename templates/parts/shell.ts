// Text for a POSIX shell and for systemd units. Only `word` carries values from outside into either.

/** One word in single quotes (POSIX 2.2.2). @throws {TypeError} for control characters, which no value of ours has. */
export const word = (text: string): string => {
  if (/\p{Cc}/u.test(text)) throw new TypeError('a control character in a shell word')
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Lines with a final newline. */
export const lines = (...text: string[]): string => `${text.join('\n')}\n`
