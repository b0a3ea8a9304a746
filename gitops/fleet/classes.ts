// Identical differences, grouped: what a change does in each region, with the region's own names taken out, shown once for
// all regions in which it is the same. Nothing is lost: a class and a region's names give back every file to the byte.
import { canonicalJson } from '../../schemas/canonical-json.ts'
import type { FleetClass, FleetFile, FleetPlan } from '../../schemas/fleet-plan.ts'
import type { Sha256 } from '../plan.ts'
import { lineDiff } from './line-diff.ts'
import { type Names, withNames, withoutNames } from './normal.ts'

/** What a change does in one region. */
export interface RegionChange extends Names {
  files: {
    path: string
    action: 'add' | 'change' | 'remove'
    content: string | null
    digest: string | null
    /** What stood there, where it is known. */
    before: string | null
  }[]
}

/** `rendered/<cluster>/…` without the cluster: a segment of the path is a word of its own. */
export const pathWithout = (path: string, { cluster }: Names): string =>
  path
    .split('/')
    .map((segment, index) => (index === 1 && segment === cluster ? '{cluster}' : segment))
    .join('/')

const pathWith = (path: string, { cluster }: Names): string =>
  path
    .split('/')
    .map((segment, index) => (index === 1 && segment === '{cluster}' ? cluster : segment))
    .join('/')

const draft = (
  { path, action, content, before }: RegionChange['files'][number],
  names: Names,
  form: FleetFile['form'],
): FleetFile => {
  const normal = (text: string): string =>
    form === 'as-is' ? text : (withoutNames(text, names) ?? text)
  const text = content === null ? null : normal(content)
  const unsure = form === 'by-name' && content !== null && withoutNames(content, names) === null
  return {
    path: pathWithout(path, names),
    action,
    form: unsure ? 'as-is' : form,
    content: text,
    difference: text === null || before === null ? null : lineDiff(normal(before), text),
  }
}

type Texts = Pick<RegionChange['files'][number], 'path' | 'content'>[]

/** Of two ways to write a file the one with fewer different texts over all regions. */
export const formsOf = (regions: (Names & { files: Texts })[]): Map<string, FleetFile['form']> => {
  const texts = new Map<string, { 'as-is': Set<string>; 'by-name': Set<string> }>()
  for (const { files, ...names } of regions) {
    for (const { path, content } of files) {
      if (content === null) continue
      const key = pathWithout(path, names)
      const known = texts.get(key) ?? { 'as-is': new Set(), 'by-name': new Set() }
      known['as-is'].add(content)
      known['by-name'].add(withoutNames(content, names) ?? content)
      texts.set(key, known)
    }
  }
  return new Map(
    [...texts].map(([path, known]) => [
      path,
      known['by-name'].size < known['as-is'].size ? 'by-name' : 'as-is',
    ]),
  )
}

/** All of a region's outputs as one digest. */
const outputsOf = ({ files }: RegionChange, sha256: Sha256): string =>
  `sha256:${sha256(canonicalJson(files.map(({ path, digest }) => [path, digest])))}`

const byRegion = (a: Names, b: Names): number => (a.region < b.region ? -1 : 1)

/** The largest class first; of two alike the one with the first region. */
const inOrder = (a: FleetClass, b: FleetClass): number =>
  b.regions.length - a.regions.length ||
  ((a.regions[0]?.region ?? '') < (b.regions[0]?.region ?? '') ? -1 : 1)

export const classesOf = (
  fleet: string,
  changed: RegionChange[],
  unchanged: number,
  sha256: Sha256,
): FleetPlan => {
  const regions = [...changed].sort(byRegion)
  const forms = formsOf(regions)
  const classes = new Map<string, FleetClass>()
  for (const region of regions) {
    const names = { region: region.region, cluster: region.cluster }
    const files = region.files.map((file) =>
      draft(file, names, forms.get(pathWithout(file.path, names)) ?? 'as-is'),
    )
    const digest = `sha256:${sha256(canonicalJson(files))}`
    const known = classes.get(digest) ?? { digest, regions: [], files }
    known.regions.push({ ...names, outputs: outputsOf(region, sha256) })
    classes.set(digest, known)
  }
  return {
    name: fleet,
    changed: regions.length,
    unchanged,
    classes: [...classes.values()].sort(inOrder),
  }
}

/** The files of one region, put together again from its class. */
export const filesOf = (
  { files }: Pick<FleetClass, 'files'>,
  names: Names,
): { path: string; content: string | null }[] =>
  files.map(({ path, form, content }) => ({
    path: pathWith(path, names),
    content: content === null || form === 'as-is' ? content : withNames(content, names),
  }))
