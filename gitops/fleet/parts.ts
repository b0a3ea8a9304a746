// A resource on several clusters, cluster by cluster: what each of them gets, and which of them a change is about.
import { canonicalJson } from '../../schemas/canonical-json.ts'
import type { Cluster } from '../../schemas/place.ts'
import type { Finding } from '../../schemas/plan.ts'
import type { ExistingResource, Snapshot } from '../../schemas/snapshot.ts'
import type { Part } from '../../schemas/template.ts'
import { findTemplate } from '../../templates/index.ts'
import { finding } from '../finding.ts'
import type { Made } from '../pod-use.ts'

/** What stands, or is to stand, on each cluster; null for what has one cluster only, and for what can no longer be read. */
export const partsOf = ({
  template,
  templateVersion,
  parameters,
}: Pick<Made, 'template' | 'templateVersion' | 'parameters'>): Part[] | null => {
  const found = findTemplate(template, templateVersion)
  const parsed = found?.parts && found.parameters.safeParse(parameters)
  if (!found?.parts || !parsed?.success) return null
  return (found.unfit?.('', parsed.data) ?? []).length > 0 ? null : found.parts(parsed.data)
}

/** The same as one thing for each cluster, under the resource's own name: quotas are of namespaces. */
export const spread = (made: Made): Made[] =>
  partsOf(made)?.map(({ cluster, template, parameters }) => ({
    ...{ name: made.name, cluster, parameters },
    ...{ template: template.name, templateVersion: template.version },
  })) ?? [made]

/** A part of what stands, as a resource of its own. */
export const existingPart = (
  existing: ExistingResource,
  { cluster, name, template, parameters }: Part,
): ExistingResource => ({
  ...existing,
  ...{ cluster, name, parameters },
  ...{ template: template.name, templateVersion: template.version },
})

/** Regions that get the same share their parameters, so each of those is written out once. */
export const sameness = (): ((a: Part, b: Part) => boolean) => {
  const texts = new WeakMap<object, string>()
  const textOf = ({ name, template, parameters }: Part): string => {
    const known = texts.get(parameters as object)
    if (known !== undefined) return known
    const text = canonicalJson([name, template.name, template.version, parameters])
    texts.set(parameters as object, text)
    return text
  }
  return (a, b) => a.cluster === b.cluster && textOf(a) === textOf(b)
}

/** The first cluster, or why the clusters are not the ones of the regions; numbers, for there may be many. */
export const chooseClusters = (
  parts: Part[],
  { clusters, basesOn, existing }: Pick<Snapshot, 'clusters' | 'basesOn' | 'existing'>,
): { cluster?: Cluster; finding?: Finding } => {
  const known = new Map(clusters.map((cluster) => [cluster.name, cluster]))
  const bases = new Set(basesOn)
  const standing = new Map(
    existing ? partsOf(existing)?.map(({ region, cluster }) => [region, cluster]) : [],
  )
  const refused = (rule: Finding['rule'] & Rule, count: number, what: string) => ({
    finding: finding(rule, `${count} regions of the group ${what}`, {
      pointer: '/parameters/variants',
      numbers: { regions: count },
    }),
  })
  const many = (test: (part: Part) => boolean): number => parts.filter(test).length
  const elsewhere = many(({ region, cluster }) => known.get(cluster)?.region !== region)
  if (elsewhere > 0) return refused('CLUSTER-UNKNOWN', elsewhere, 'name no cluster that is there.')
  const bare = many(({ cluster }) => !bases.has(cluster))
  if (bare > 0) return refused('TENANT-BASE', bare, 'have a cluster without your base.')
  const moved = many(({ region, cluster }) => (standing.get(region) ?? cluster) !== cluster)
  if (moved > 0) return refused('FLEET-CLUSTER', moved, 'stand on another cluster.')
  const [first] = parts
  const cluster = first && known.get(first.cluster)
  return cluster ? { cluster } : {}
}
type Rule = 'CLUSTER-UNKNOWN' | 'TENANT-BASE' | 'FLEET-CLUSTER'
