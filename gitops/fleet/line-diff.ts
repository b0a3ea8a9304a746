// What changed between two texts, line by line, with a little around it: for people. Not a patch that a tool applies.

const CONTEXT_LINES = 2
/** Above this many comparisons the whole text is shown as replaced. */
const WORK_AT_MOST = 4_000_000

type Row = [sign: ' ' | '-' | '+', line: string]

/** Lengths of the longest common runs of what is left after each pair of lines. */
const lengths = (a: string[], b: string[]): Uint32Array[] => {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const row = rows[i] as Uint32Array
    const next = rows[i + 1] as Uint32Array
    for (let j = b.length - 1; j >= 0; j -= 1) {
      row[j] = a[i] === b[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  return rows
}

const rowsOf = (a: string[], b: string[]): Row[] => {
  if (a.length * b.length > WORK_AT_MOST)
    return [...a.map((line): Row => ['-', line]), ...b.map((line): Row => ['+', line])]
  const common = lengths(a, b)
  const rows: Row[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]]
    if (left !== undefined && left === right) {
      rows.push([' ', left])
      i += 1
      j += 1
    } else if (
      left !== undefined &&
      (right === undefined || (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))
    ) {
      rows.push(['-', left])
      i += 1
    } else {
      rows.push(['+', right ?? ''])
      j += 1
    }
  }
  return rows
}

/** Changed lines with their sign and two lines around; `…` where lines that stay are left out. */
export const lineDiff = (before: string, after: string): string => {
  const rows = rowsOf(before.trimEnd().split('\n'), after.trimEnd().split('\n'))
  const near = rows.map((_, index) =>
    rows
      .slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1)
      .some(([sign]) => sign !== ' '),
  )
  return rows
    .flatMap(([sign, line], index) =>
      near[index] ? [`${sign}${line}`] : near[index - 1] ? ['…'] : [],
    )
    .join('\n')
}
