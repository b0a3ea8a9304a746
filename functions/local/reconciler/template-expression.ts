// Fills the template of an ApplicationSet for one directory of its git generator.
// Knows the few expressions below; any other makes the set unreadable rather than wrong.

/** Fills every string of a template; null when an expression is not one of those below. */
export const fill = <T>(value: T, directory: string): T | null => {
  let known = true
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') {
      return part.replace(/\{\{-?\s*(.*?)\s*-?\}\}/g, (_, expression: string) => {
        const text = evaluate(expression, directory)
        known &&= text !== null
        return text ?? ''
      })
    }
    if (Array.isArray(part)) return part.map(walk)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]))
  }
  const filled = walk(value) as T
  return known ? filled : null
}

const evaluate = (expression: string, directory: string): string | null => {
  const segments = directory.split('/')
  const basename = segments.at(-1) ?? ''
  const [, part] = /^index \(splitList "-" \.path\.basename\) (\d)$/.exec(expression) ?? []
  if (part !== undefined) return basename.split('-')[Number(part)] ?? null
  const [, index] = /^index \.path\.segments (\d)$/.exec(expression) ?? []
  if (index !== undefined) return segments[Number(index)] ?? null
  if (/^\.?path(?:\.path)?$/.test(expression)) return directory
  return /^\.?path\.basename(?:Normalized)?$/.test(expression) ? basename : null
}
