// Where in a request the answer to a finding lies. A finding about a rendered file points into that file; whoever asked
// has only his parameters: the one that holds the place is found by its value. Pure.
import type { Finding, ResidencyLine } from '../schemas/plan.ts'

interface Asked {
  parameters: unknown
  /** Of the plan that the findings are of. */
  residency: readonly ResidencyLine[]
}

/** RFC 6901, section 3. */
const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** The first parameter, in the order of the request, that is this text; null where none is. */
const holderOf = (value: unknown, wanted: string, at: string): string | null => {
  if (value === wanted) return at
  if (typeof value !== 'object' || value === null) return null
  for (const [key, inner] of Object.entries(value)) {
    const found = holderOf(inner, wanted, `${at}/${escaped(key)}`)
    if (found !== null) return found
  }
  return null
}

/** Empty where nothing in the request is to blame by itself, for instance a copy that Azure makes in another region. */
export const requestPointer = (
  { rule, file, pointer = '', message }: Finding,
  { parameters, residency }: Asked,
): string => {
  if (file === undefined) return pointer
  if (rule !== 'REGION-ALLOWED' && rule !== 'REGION-SETTINGS') return ''
  const line = residency.find(
    ({ what, verdict }) => verdict === 'denied' && message.includes(`${what} would be in `),
  )
  return line?.place ? (holderOf(parameters, line.place, '/parameters') ?? '') : ''
}
