// Carries out a change of a resource on several clusters, cluster by cluster. What a cluster gets is compared with what it
// has before anything is rendered: only regions that differ are rendered, guarded and compared; the others stay as they are.

import { canonicalJson } from '../../schemas/canonical-json.ts'
import type { ChangeRequest } from '../../schemas/change.ts'
import type { Cluster } from '../../schemas/place.ts'
import type { Finding } from '../../schemas/plan.ts'
import type { Snapshot } from '../../schemas/snapshot.ts'
import type { Part, RenderInput, Template } from '../../schemas/template.ts'
import { carryOut, destroysFinding, NOTHING, type Outcome } from '../carry-out.ts'
import { formerLeaves, notTaken } from '../former-leaves.ts'
import { sizeFindings } from '../guard.ts'
import { componentName, leafDirectory } from '../paths.ts'
import type { Sha256 } from '../plan.ts'
import { render } from '../render.ts'
import { classesOf, type RegionChange } from './classes.ts'
import { existingPart, partsOf, sameness } from './parts.ts'
import { said, type Told } from './said.ts'

type Input = Omit<RenderInput<unknown>, 'guardsLifted'>
type Standing = Snapshot['standing']

/** `rendered/<cluster>/…` and `clusters/<cluster>/…`. */
const clusterOf = (path: string): string => path.split('/')[1] ?? ''

const byCluster = (standing: Standing): Map<string, Standing> => {
  const found = new Map<string, Standing>()
  for (const file of standing) {
    const cluster = clusterOf(file.path)
    const files = found.get(cluster)
    if (files) files.push(file)
    else found.set(cluster, [file])
  }
  return found
}

/** One cluster of the change. `part` null: the region leaves the group. */
interface Share {
  part: Part | null
  before: Part | null
  cluster: Cluster
  standing: Standing
}

export const carryOutFleet = (
  request: Pick<ChangeRequest, 'action'>,
  parts: Part[],
  input: Input,
  snapshot: Snapshot,
  sha256: Sha256,
): Outcome => {
  const removing = request.action === 'delete'
  const { existing } = snapshot
  const standing = byCluster(snapshot.standing)
  const clusters = new Map(snapshot.clusters.map((cluster) => [cluster.name, cluster]))
  const stood = new Map((existing ? partsOf(existing) : null)?.map((part) => [part.cluster, part]))
  const same = sameness()
  const shares: Share[] = []
  const clean: Share[] = []
  const wanted = new Set(parts.map(({ cluster }) => cluster))
  const gone = [...stood.values()].filter(({ cluster }) => !wanted.has(cluster))
  for (const [part, before] of [
    ...parts.map((part) => [part, stood.get(part.cluster) ?? null] as const),
    ...gone.map((part) => [null, part] as const),
  ]) {
    const name = part?.cluster ?? before?.cluster ?? ''
    const cluster = clusters.get(name)
    if (!cluster) continue
    const share = { part, before, cluster, standing: standing.get(name) ?? [] }
    // With lifted guards it stands otherwise than its parameters say.
    const stays =
      !removing && existing?.guardsLifted === false && part && before && same(part, before)
    ;(stays ? clean : shares).push(share)
  }
  const known = new Set([...shares, ...clean].map(({ cluster }) => cluster.name))
  const others = [...standing].filter(([name]) => !known.has(name)).flatMap(([, files]) => files)
  const outcomes = carryOutShares(request, shares, input, snapshot, sha256)
  const joined = join([...clean.map((share) => untouched(share, snapshot)), ...outcomes], sha256)
  const own = shares.flatMap((share, index) => [
    ...told(
      share,
      (outcomes[index]?.findings ?? []).filter(({ rule }) => !OF_ALL.has(rule)),
    ),
    ...told(share, ownFindings(removing, share, input)),
  ])
  const lifted = existing?.guardsLifted ?? false
  const changes = shares.map((share, index) =>
    changeOf(share, outcomes[index]?.changed ?? [], { ...input, guardsLifted: lifted }, sha256),
  )
  const seen = changes.filter(({ files }) => files.length > 0)
  const fleet = parts[0]?.name ?? input.name
  return {
    ...joined,
    stands: [...joined.stands, ...notTaken(others, snapshot.takenPaths)],
    findings: [...said(own), ...joined.findings, ...sizeFindings(joined.changed)],
    fleet: classesOf(fleet, seen, parts.length - seen.length, sha256),
  }
}

const nowhere = { sites: [], placement: [], identities: [] }

const inputOf = (part: Part, cluster: Cluster, input: Input): Input => ({
  ...input,
  ...nowhere,
  ...{ name: part.name, parameters: part.parameters, cluster },
})

const told = ({ part, before, cluster }: Share, findings: Finding[]): Told[] => {
  const names = { region: part?.region ?? before?.region ?? '', cluster: cluster.name }
  return findings.map((found) => ({ found, names }))
}

/** What a template says of its own parameters. */
const ownFindings = (removing: boolean, { part, cluster }: Share, input: Input): Finding[] =>
  removing || !part
    ? []
    : part.template
        .findings(inputOf(part, cluster, input))
        .map(({ pointer: _pointer, ...found }) => found)

/** A template that renders nothing any more: what stood there goes. */
const leaving = (template: Template): Template => ({ ...template, render: () => [] })

/** Every share in the same half of a removal: if one has guards to lift, all wait for it. */
const carryOutShares = (
  request: Pick<ChangeRequest, 'action'>,
  shares: Share[],
  input: Input,
  snapshot: Snapshot,
  sha256: Sha256,
): Outcome[] => {
  const { existing } = snapshot
  const run = (phase?: 'lift-guards') =>
    shares.map(({ part, before, cluster, standing }) => {
      const made = part ?? before
      if (!made) return NOTHING
      return carryOut(
        request,
        part ? part.template : leaving(made.template),
        inputOf(made, cluster, input),
        {
          ...snapshot,
          standing,
          existing: existing && before ? existingPart(existing, before) : null,
        },
        sha256,
        phase,
      )
    })
  const first = run()
  const phases = new Set(first.map(({ phase }) => phase))
  return phases.has('lift-guards') && phases.has('remove') ? run('lift-guards') : first
}

/** A cluster that the change leaves alone still belongs to it. */
const untouched = ({ cluster, standing }: Share, { tenant }: Snapshot): Outcome => {
  const { name, engine } = cluster
  const leaves = formerLeaves([], { standing: standing, tenant }, name).dropped
  return {
    ...NOTHING,
    stands: standing,
    targets: leaves.map(({ wave, name: leaf }) => ({
      ...{ cluster: name, engine, wave },
      path: leafDirectory(name, wave, leaf),
      component: componentName(wave, leaf),
    })),
  }
}

const join = (outcomes: Outcome[], sha256: Sha256): Outcome => {
  const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1)
  const destroyed = outcomes.flatMap(({ destroys, targets, stands }) => {
    const cluster = targets[0]?.cluster ?? clusterOf(stands[0]?.path ?? '')
    return (destroys?.objects ?? []).map((object) => ({ ...object, cluster }))
  })
  const phase = outcomes.find((outcome) => outcome.phase !== 'only')?.phase ?? 'only'
  const destroys =
    destroyed.length === 0
      ? null
      : { objects: destroyed, digest: `sha256:${sha256(canonicalJson(destroyed))}` }
  return {
    phase,
    targets: outcomes.flatMap(({ targets }) => targets).sort(byPath),
    changed: outcomes.flatMap(({ changed }) => changed).sort(byPath),
    stands: outcomes.flatMap(({ stands }) => stands),
    destroys,
    objects: outcomes.flatMap(({ objects }) => objects),
    findings: [
      ...destroysOf(outcomes, phase === 'only'),
      ...outcomes
        .flatMap((outcome) => outcome.findings.filter(({ rule }) => rule === 'GUARDS-LIFTED'))
        .slice(0, 1),
    ],
  }
}

/** One for each engine: what an update drops waits on each in another way. */
const destroysOf = (outcomes: Outcome[], update: boolean): Finding[] =>
  (['argocd', 'flux'] as const).flatMap((engine) => {
    const objects = outcomes
      .filter(({ targets }) => targets[0]?.engine === engine)
      .flatMap(({ destroys }) => destroys?.objects ?? [])
    return objects.length === 0 ? [] : [destroysFinding({ objects }, update ? engine : null)]
  })

/** Said once for the whole change, not for each cluster. */
const OF_ALL = new Set(['DESTROYS', 'GUARDS-LIFTED', 'SIZE-LIMIT'])

/** What a change does in one region, with what stood there as the same template would render it. */
const changeOf = (
  { part, before, cluster, standing }: Share,
  changed: Outcome['changed'],
  { guardsLifted, ...input }: RenderInput<unknown>,
  sha256: Sha256,
): RegionChange => {
  const region = part?.region ?? before?.region ?? ''
  const stood = new Map(
    before && changed.some(({ action }) => action === 'change')
      ? render(before.template, {
          ...inputOf(before, cluster, input),
          guardsLifted,
        }).files.map(({ path, content }) => [path, content])
      : [],
  )
  const digests = new Map(standing.map(({ path, digest }) => [path, digest]))
  return {
    region,
    cluster: cluster.name,
    files: changed.map(({ path, action, content, digest }) => {
      const text = stood.get(path)
      const known = text !== undefined && digests.get(path) === `sha256:${sha256(text)}`
      return { path, action, content, digest, before: known ? text : null }
    }),
  }
}
