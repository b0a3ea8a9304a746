// Where files live in a manifest repository, and the one check that a path stays inside its own folders.
// It does not touch a file system.
import { isDeviceName } from '../schemas/ids.ts'
import type { Manifest } from '../schemas/template.ts'

/** `60-smom-dbis-138`: NN is the wave. */
export const componentName = (wave: number, name: string): string =>
  `${String(wave).padStart(2, '0')}-${name}`

/** Directory of one component's objects; the engines read one object per file below it. */
export const leafDirectory = (cluster: string, wave: number, name: string): string =>
  `rendered/${cluster}/${componentName(wave, name)}`

/** Directory of a component's Flux entry. Argo CD's generator finds the leaves itself. */
export const entryDirectory = (cluster: string, wave: number, name: string): string =>
  `clusters/${cluster}/flux/${componentName(wave, name)}`

/** Directory of change.json, plan.json and PLAN.md. */
export const changeDirectory = (changeId: string): string => `changes/${changeId}`

/** What a resource that keeps records may write: a file of its name, or any below a folder of its name. */
export const recordPrefixes = (directory: string, name: string): string[] => [
  `${directory}/${name}.yaml`,
  `${directory}/${name}.json`,
  `${directory}/${name}/`,
]

/** `environmentvm-smom-dbis-138-validator-01.yaml` */
export const fileName = ({ kind, metadata }: Pick<Manifest, 'kind' | 'metadata'>): string =>
  `${kind}-${metadata.name}.yaml`.toLowerCase()

const MAX_SEGMENT_CHARACTERS = 255
const MAX_PATH_CHARACTERS = 1024
/** What we write and nothing else: no blanks, no tilde (`git~1`), no colon, no backslash, no control character. */
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]*$/
/** Why a path may not be written, in words that do not repeat it; null when it may. */
export const pathFault = (path: string): string | null => {
  if (path === '' || path.length > MAX_PATH_CHARACTERS) return 'empty or too long'
  if (path.startsWith('/') || path.includes('\\')) return 'absolute, or with a backslash'
  for (const segment of path.split('/')) {
    if (segment === '') return 'an empty segment'
    if (segment.length > MAX_SEGMENT_CHARACTERS) return 'a segment over 255 characters'
    if (/^\.{1,2}$/.test(segment)) return 'a segment that climbs'
    if (/^\.git/i.test(segment)) return 'a name that Git reads'
    if (!SEGMENT.test(segment))
      return 'a character outside letters, digits, dot, hyphen, underscore'
    if (segment.endsWith('.') || isDeviceName(segment))
      return 'a name that some systems cannot hold'
  }
  return null
}

/**
 * Whether a path is well formed and lies below one of the prefixes. A prefix that ends in a slash
 * allows everything below it; any other allows exactly that file.
 */
export const confine = (path: string, allowedPrefixes: readonly string[]): boolean =>
  pathFault(path) === null &&
  allowedPrefixes.some((prefix) =>
    prefix.endsWith('/') ? path.startsWith(prefix) : path === prefix,
  )
