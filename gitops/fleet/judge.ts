// What is judged on one cluster, on every cluster that a change is about: policies, residency, the namespace's quota.
import { canonicalJson } from '../../schemas/canonical-json.ts'
import type { Cluster } from '../../schemas/place.ts'
import type { Finding, QuotaLine, ResidencyLine } from '../../schemas/plan.ts'
import type { Snapshot } from '../../schemas/snapshot.ts'
import type { Part } from '../../schemas/template.ts'
import type { Outcome } from '../carry-out.ts'
import { existingPart, partsOf, sameness } from './parts.ts'
import { said, type Told } from './said.ts'

interface Place {
  cluster: Cluster
  objects: Outcome['objects']
}

/** One place for an ordinary change; for a group of a fleet one for each cluster that gets something else than it has. */
export const placesOf = (
  { objects, fleet }: Pick<Outcome, 'objects' | 'fleet'>,
  cluster: Cluster,
  { clusters }: Pick<Snapshot, 'clusters'>,
): Place[] => {
  if (!fleet) return [{ cluster, objects }]
  const found = new Map<string, Outcome['objects']>()
  for (const object of objects) {
    const name = object.path.split('/')[1] ?? ''
    const known = found.get(name)
    if (known) known.push(object)
    else found.set(name, [object])
  }
  return clusters.flatMap((each) => {
    const here = found.get(each.name)
    return here ? [{ cluster: each, objects: here }] : []
  })
}

const told = ({ cluster }: Place, findings: Finding[]): Told[] =>
  findings.map((found) => ({ found, names: { region: cluster.region, cluster: cluster.name } }))

/** Findings of each place; of several places the same is said once. */
export const onEach = (places: Place[], judge: (place: Place) => Finding[]): Finding[] =>
  places.length > 1
    ? said(places.flatMap((place) => told(place, judge(place))))
    : places.flatMap(judge)

/** Residency of each place, without repeating what is the same in all. */
export const residencyOf = (
  places: Place[],
  judge: (place: Place) => { residency: ResidencyLine[]; findings: Finding[] },
): { residency: ResidencyLine[]; findings: Finding[] } => {
  const judged = places.map((place) => ({ place, ...judge(place) }))
  const [only, ...more] = judged
  if (only && more.length === 0) return { residency: only.residency, findings: only.findings }
  const lines = new Map(
    judged.flatMap(({ residency }) => residency).map((line) => [canonicalJson(line), line]),
  )
  return {
    residency: [...lines.values()],
    findings: said(judged.flatMap(({ place, findings }) => told(place, findings))),
  }
}

interface Judged {
  quota: QuotaLine[]
  findings: Finding[]
}

/**
 * Each namespace has a quota of its own. Shown of every kind: the lines that do not fit, or else the one with least room.
 * What a region has already always fits.
 */
export const namespacesOf = (
  parts: Part[],
  snapshot: Snapshot,
  judge: (part: Part, snapshot: Snapshot) => Judged,
): Judged => {
  const { existing } = snapshot
  const standing = new Map(
    (existing ? partsOf(existing) : null)?.map((part) => [part.cluster, part]),
  )
  const same = sameness()
  const judged = parts.flatMap((part): (Judged & { names: Told['names'] })[] => {
    const before = standing.get(part.cluster)
    if (before && existing && same(part, before) && !existing.guardsLifted) return []
    const was = existing && before ? existingPart(existing, before) : null
    const { quota, findings } = judge(part, { ...snapshot, existing: was })
    const { region, cluster } = part
    const lines = quota.map((line) => ({ ...line, cluster }))
    return [{ quota: lines, findings, names: { region, cluster } }]
  })
  const lines = judged.flatMap(({ quota }) => quota)
  const kinds = [...new Set(lines.map(({ kind }) => kind))]
  return {
    quota: kinds.flatMap((kind) => tightest(lines.filter((line) => line.kind === kind))),
    findings: said(
      judged.flatMap(({ findings, names }) => findings.map((found) => ({ found, names }))),
    ),
  }
}

const roomOf = ({ limit, used, reserved, asked }: QuotaLine): number =>
  limit - used - reserved - asked

const tightest = (lines: QuotaLine[]): QuotaLine[] => {
  const over = lines.filter(({ fits }) => !fits)
  const [first] = [...lines].sort((a, b) => roomOf(a) - roomOf(b))
  return over.length > 0 || !first ? over : [first]
}
