// Parameters that still have a made-up value: defaults let a system be tried, and must not be taken for one's own.
import type { Finding } from '../schemas/plan.ts'
import { finding } from './finding.ts'

/** Names that lead nowhere (RFC 2606), and ids of zeros. */
const MADE_UP = /(?:^|[./@])(?:[a-z0-9-]+\.)*example(?:\.(?:org|com|net))?(?:$|[/:])|^0{8}-0{4}-/
const MOST_NAMED = 12

const pathsOf = (value: unknown, path: string): string[] => {
  if (typeof value === 'string') return MADE_UP.test(value) ? [path] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, field]) => pathsOf(field, `${path}/${key}`))
}

export const judgePlaceholders = (parameters: unknown): Finding[] => {
  const paths = pathsOf(parameters, '')
  if (paths.length === 0) return []
  const named = paths.slice(0, MOST_NAMED).map((path) => path.slice(1))
  const more = paths.length - named.length
  return [
    finding(
      'SYSTEM-PLACEHOLDER',
      `Made up: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
      { pointer: '/parameters' },
    ),
  ]
}
