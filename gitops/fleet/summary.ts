// All waves of a rollout together: how many regions get identical differences, whichever pull request they travel in.
import { canonicalJson } from '../../schemas/canonical-json.ts'
import type { FleetClass, FleetPlan, FleetSummary } from '../../schemas/fleet-plan.ts'
import { counted } from '../counted.ts'
import type { Sha256 } from '../plan.ts'
import { filesOf, formsOf, pathWithout } from './classes.ts'
import { type Names, withNames, withoutNames } from './normal.ts'

/** A fleet in which every region is different would make a long list of ones. */
const CLASSES_AT_MOST = 20

/** What a wave does in one region, put together again from its class, with the region's own names in it. */
const regionsOf = ({ files, regions }: FleetClass) =>
  regions.map(({ region, cluster }) => {
    const names = { region, cluster }
    const texts = filesOf({ files }, names)
    return {
      ...names,
      files: files.map(({ action, form, difference }, index) => ({
        action,
        path: texts[index]?.path ?? '',
        content: texts[index]?.content ?? null,
        difference:
          difference === null || form === 'as-is' ? difference : withNames(difference, names),
      })),
    }
  })
type Region = ReturnType<typeof regionsOf>[number]

/** The same text for regions in which a change does the same. A wave alone cannot tell: one region has nothing alike. */
const likenessOf = (
  { files, ...names }: Region,
  forms: ReturnType<typeof formsOf>,
  sha256: Sha256,
): string =>
  sha256(
    canonicalJson(
      files.map(({ path, action, content, difference }) => {
        const key = pathWithout(path, names)
        const form = forms.get(key) ?? 'as-is'
        return [key, action, inForm(content, form, names), inForm(difference, form, names)]
      }),
    ),
  )

const inForm = (text: string | null, form: 'as-is' | 'by-name', names: Names): string | null =>
  text === null || form === 'as-is' ? text : (withoutNames(text, names) ?? text)

/** `asked`: every region that the waves are about, also those that stand already as they should. */
export const summaryOf = (waves: FleetPlan[], asked: string[], sha256: Sha256): FleetSummary => {
  const regions = waves.flatMap(({ classes }) => classes.flatMap(regionsOf))
  const forms = formsOf(regions)
  const alike = new Map<string, string[]>()
  for (const region of regions) {
    const likeness = likenessOf(region, forms, sha256)
    alike.set(likeness, [...(alike.get(likeness) ?? []), region.region])
  }
  const changed = new Set(regions.map(({ region }) => region))
  const classes = [...alike.values()]
    .map((names) => ({ regions: names.length, first: names.sort()[0] ?? '' }))
    .sort((a, b) => b.regions - a.regions || (a.first < b.first ? -1 : 1))
  return {
    waves: waves.length,
    changed: changed.size,
    unchanged: asked.filter((region) => !changed.has(region)).length,
    ways: classes.length,
    classes: classes.slice(0, CLASSES_AT_MOST),
  }
}

/** `27 regions identical, 2 differ.` */
export const alikeSentence = (changed: number, largest: number, ways: number): string => {
  const rest = changed - largest
  if (changed === 0) return 'No region changes.'
  if (changed === 1) return '1 region.'
  if (rest === 0) return `${changed} regions, all identical.`
  if (largest === 1) return `${changed} regions, each different.`
  return `${largest} regions identical, ${rest} differ${
    ways > 2 ? ` in ${ways - 1} ways` : rest > 1 ? ' in one way' : ''
  }.`
}

/** All waves in one sentence, and how many regions stay. */
export const summarySentence = ({ waves, changed, unchanged, ways, classes }: FleetSummary) => {
  const sentence = alikeSentence(changed, classes[0]?.regions ?? 0, ways)
  const stay =
    unchanged === 0 ? '' : ` ${counted(unchanged, 'region')} stand already as they should.`
  return `${waves === 1 ? '' : `${counted(waves, 'wave')} together: `}${sentence}${stay}`
}
