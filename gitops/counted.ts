/** `1 machine`, `2 machines`, `2 addresses`. */
export const counted = (count: number, word: string): string =>
  `${count} ${word}${count === 1 ? '' : word.endsWith('s') ? 'es' : 's'}`
