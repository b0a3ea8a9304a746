// The Markdown that a plan is written in: text that stays text, tables, lists. What comes in can never be markup.

/** How many rows a table or list shows before it points to plan.json. */
export interface Room {
  rows: number
}

/** Everything a Markdown reader could take for markup, made plain. */
export const plain = (text: string): string =>
  text
    .replace(/[\\`*_{}[\]()#+!|<>~@&$]/g, (character) => `\\${character}`)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/^ *(?=[-=])|^ *[0-9]+(?=\. )/, (start) => `${start.trim()}\\`)

export const code = (text: string): string => `\`${text.replace(/[`|\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}\``

export const table = (head: string[], rows: string[][], room: Room): string[] => [
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...rows.slice(0, room.rows).map((row) => `| ${row.join(' | ')} |`),
  ...rest(rows.length, room),
]

/** A list of as many lines as a table has rows. */
export const bullets = (lines: string[], room: Room): string[] => [
  ...lines.slice(0, room.rows).map((line) => `- ${line}`),
  ...rest(lines.length, room),
]

const rest = (count: number, { rows }: Room): string[] =>
  count > rows ? ['', `… and ${count - rows} more in ${code('plan.json')} of this commit.`] : []

export const section = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [`## ${title}`, '', ...lines, '']

/** `1 machine`, `2 machines`. */
export const counted = (count: number, word: string): string =>
  `${count} ${word}${count === 1 ? '' : word.endsWith('s') ? 'es' : 's'}`
