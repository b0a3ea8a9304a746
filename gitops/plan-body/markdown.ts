// The Markdown that a plan is written in: text that stays text, tables, lists. What comes in can never be markup.

/** How many rows a table or list shows before it points to PLAN.md, and how many files are named. */
export interface Room {
  rows: number
  files: number
}
export const ALL: Room = { rows: Number.POSITIVE_INFINITY, files: Number.POSITIVE_INFINITY }

/** Seen by nobody, and in the way of whoever looks for `@name` or `#1`: forges do so in what is shown, escaped or not. */
const UNSEEN = '&#8203;'

/**
 * Everything a Markdown reader could take for markup, made plain, and what forges make links of by themselves: addresses
 * (GFM, section 6.9), people and issues (GitHub docs, "Autolinked references"). A character given by its number is read as
 * itself and begins no link.
 */
export const plain = (text: string): string =>
  text
    .replace(/[\\`*_{}[\]()#+!|<>~@&$]/g, (character) => `\\${character}`)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/^ *(?=[-=])|^ *[0-9]+(?=\. )/, (start) => `${start.trim()}\\`)
    .replace(/@(?=\w)|#(?=\d)|(?<=\bGH)-(?=\d)/gi, (character) => `${character}${UNSEEN}`)
    .replace(/:(?=\/\/)|(?<=\b(?:mailto|xmpp)):/gi, '&#58;')
    .replace(/(?<=www)\./gi, '&#46;')

export const code = (text: string): string => `\`${text.replace(/[`|\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}\``

export const table = (head: string[], rows: string[][], room: Pick<Room, 'rows'>): string[] => [
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...rows.slice(0, room.rows).map((row) => `| ${row.join(' | ')} |`),
  ...rest(rows.length, room),
]

/** A list of as many lines as a table has rows. */
export const bullets = (lines: string[], room: Pick<Room, 'rows'>): string[] => [
  ...lines.slice(0, room.rows).map((line) => `- ${line}`),
  ...rest(lines.length, room),
]

const rest = (count: number, { rows }: Pick<Room, 'rows'>): string[] =>
  count > rows ? ['', `… and ${count - rows} more in ${code('PLAN.md')} of this commit.`] : []

export const section = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [`## ${title}`, '', ...lines, '']
