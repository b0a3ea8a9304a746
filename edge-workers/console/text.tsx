// Small texts: words between back-ticks as code, ranges and sizes as people write them.

/** Words between back-ticks are code. */
export const Text = ({ text }: { text: string }) => (
  <>{text.split('`').map((part, at) => (at % 2 === 1 ? <code>{part}</code> : part))}</>
)

/** `3`, `2–4`, `3 or more`. */
export const rangeText = ({ least, most }: { least: number; most: number | null }): string =>
  most === null ? `${least} or more` : most === least ? `${least}` : `${least}–${most}`

export const sizeRangeText = (size: { least: number; most: number | null; unit: string }): string =>
  `${rangeText(size)} ${size.unit}`

export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

/** `2026-11-22 12:00 UTC`, of a time in RFC 3339. */
export const minute = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`
