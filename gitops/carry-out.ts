// Turns a placed command into the files of its commit and the list of what it destroys. Pure.
// A delete has two halves: first the prune guards are lifted, then the objects go and a marker stays in their directory,
// because an engine that finds a directory gone may leave everything it held behind. An update that drops a whole leaf
// leaves the same marker there (former-leaves.ts).
import { canonicalJson } from '../schemas/canonical-json.ts'
import type { ChangeRequest } from '../schemas/change.ts'
import type { FleetPlan } from '../schemas/fleet-plan.ts'
import type { Engine } from '../schemas/place.ts'
import type { DestroyList, Finding, Plan } from '../schemas/plan.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Manifest, RenderInput, Template } from '../schemas/template.ts'
import { findTemplate, managedBy } from '../templates/index.ts'
import { finding } from './finding.ts'
import { carryOutFleet } from './fleet/carry-out-fleet.ts'
import { formerLeaves, marker, notTaken } from './former-leaves.ts'
import { guard } from './guard.ts'
import type { Sha256 } from './plan.ts'
import { carryOutRecords } from './record-files.ts'
import { changedFiles, type Rendered, render, renderLeaves } from './render.ts'
import { holdsData } from './stateful.ts'

export interface Outcome {
  phase: Plan['phase']
  targets: Plan['targets']
  changed: ReturnType<typeof changedFiles>
  stands: { path: string; digest: string }[]
  destroys: DestroyList | null
  /** What stands afterwards, as objects. */
  objects: { path: string; manifest: Manifest }[]
  findings: Finding[]
  /** Only of a change on several clusters. */
  fleet?: FleetPlan
}

export const NOTHING: Outcome = {
  phase: 'only',
  targets: [],
  changed: [],
  stands: [],
  destroys: null,
  objects: [],
  findings: [],
}

type Input = Omit<RenderInput<unknown>, 'guardsLifted'>

/** Renders, guards, and compares with what stands in Git. `half`: of a removal, where others have said which it is. */
export const carryOut = (
  request: Pick<ChangeRequest, 'action'>,
  template: Template,
  input: Input,
  snapshot: Snapshot,
  sha256: Sha256,
  half?: 'lift-guards',
): Outcome => {
  const parts = template.parts?.(input.parameters)
  if (parts) return carryOutFleet(request, parts, input, snapshot, sha256)
  const { records } = template
  if (records) return carryOutRecords(request, { ...template, records }, input, snapshot, sha256)
  const removing = request.action === 'delete'
  const whole = render(template, { ...input, guardsLifted: removing })
  const { dropped, kept } = formerLeaves(whole.files, snapshot, input.cluster.name)
  const stay = new Set(kept.map(({ path }) => path))
  const previous = snapshot.standing.filter(({ path }) => !stay.has(path))
  const markers = renderLeaves(dropped, input.cluster)
  const filesOf = (rendered: Rendered) => withDigests(together(rendered, markers), sha256)
  const lifting =
    removing &&
    snapshot.existing?.guardsLifted === false &&
    changedFiles(filesOf(whole), previous).length > 0
  const phase = removing ? (half ?? (lifting ? 'lift-guards' : 'remove')) : 'only'
  const rendered =
    phase === 'remove' ? render(tombstones(template), { ...input, guardsLifted: true }) : whole
  const next = filesOf(rendered)
  const changed = changedFiles(next, previous)
  const stands = [
    ...next.map(({ path, digest }) => ({ path, digest })),
    ...notTaken(kept, snapshot.takenPaths),
  ]
  const moved = request.action === 'failover' ? whole.objects : []
  const destroys = removing
    ? destroyList(whole.objects, sha256)
    : droppedObjects([...stands, ...kept], template, input, snapshot, sha256, moved)
  const findings = guard(together(rendered, markers), changed, {
    tenantSlug: snapshot.tenant.slug,
    tenantId: snapshot.tenant.id,
    cluster: input.cluster.name,
    guardsLifted: removing,
  })
  if (!removing) findings.push(...baseFindings(rendered, snapshot, input.cluster.name))
  // Of what moves no file goes: its guard holds nothing.
  const guarded = !removing && moved.length === 0 && snapshot.existing?.guardsLifted === false
  if (destroys) findings.push(destroysFinding(destroys, guarded ? input.cluster.engine : null))
  if (phase === 'lift-guards') {
    findings.push(
      finding(
        'GUARDS-LIFTED',
        'Deletion is made possible here; a second pull request then removes the objects.',
        { pointer: '/action' },
      ),
    )
  }
  const { targets, objects } = together(rendered, markers)
  return { phase, targets, changed, stands, destroys, objects, findings }
}

const together = (a: Rendered, b: Rendered): Rendered => ({
  files: [...a.files, ...b.files],
  objects: [...a.objects, ...b.objects],
  components: [...a.components, ...b.components],
  targets: [...a.targets, ...b.targets],
})

const TENANCY = '/10-tenant/'

/** The engine works under the base's account: a kind that the base's version does not know would be refused on the cluster. */
const baseFindings = (
  { objects }: Pick<Rendered, 'objects'>,
  { baseVersions }: Snapshot,
  cluster: string,
): Finding[] => {
  const managed = managedBy(baseVersions[cluster] ?? '')
  if (!managed) return []
  const unknown = objects.filter(
    ({ path, manifest: { apiVersion, kind } }) =>
      path.startsWith('rendered/') &&
      !path.includes(TENANCY) &&
      !managed.has(`${apiVersion.split('/').slice(0, -1).join('/')}/${kind}`),
  )
  const kinds = [...new Set(unknown.map(({ manifest }) => manifest.kind))].sort()
  return kinds.length === 0
    ? []
    : [
        finding('BASE-VERSION', `The base’s engine may not manage ${kinds.join(', ')} yet.`, {
          file: unknown[0]?.path ?? '',
        }),
      ]
}

const withDigests = ({ files }: Rendered, sha256: Sha256) =>
  files.map(({ path, content }) => ({ path, content, digest: `sha256:${sha256(content)}` }))

/** The same leaves with nothing in them but a marker, so that the engines have something to read and prune the rest. */
const tombstones = (template: Template): Template => ({
  ...template,
  render: (input) =>
    template.render(input).map(({ wave, name, objects }) => ({
      wave,
      name,
      objects: [marker(name, input.tenant.slug, objects[0]?.metadata.labels ?? {})],
    })),
})

/** An update that drops objects destroys them: the list names what goes. A failover leaves things behind as well. */
const droppedObjects = (
  stands: readonly { path: string }[],
  template: Template,
  input: Input,
  snapshot: Snapshot,
  sha256: Sha256,
  moved: Rendered['objects'],
): DestroyList | null => {
  const { existing } = snapshot
  if (!existing) return null
  // What stands was made by the version that the resource has now.
  const standing = findTemplate(existing.template, existing.templateVersion) ?? template
  const before = render(standing, {
    ...input,
    parameters: existing.parameters,
    placement: existing.placement,
    identities: existing.identities,
    sites: snapshot.sites.filter((site) => existing.placement.some((vm) => vm.site === site.name)),
    guardsLifted: false,
  })
  const kept = new Set(stands.map(({ path }) => path))
  const after = new Map(moved.map(({ path, manifest }) => [path, manifest]))
  const gone = before.objects.flatMap(({ path, manifest }) => {
    if (!kept.has(path)) return [{ manifest }]
    return staysBehind(manifest, after.get(path)) ? [{ manifest, replaced: true as const }] : []
  })
  return gone.length === 0 ? null : destroyList(gone, sha256)
}

/** A failover changes places only: what keeps data and is not the same afterwards stands somewhere else. */
const staysBehind = (before: Manifest, after: Manifest | undefined): boolean =>
  after !== undefined &&
  holdsData(before.kind) &&
  canonicalJson(before.spec ?? null) !== canonicalJson(after.spec ?? null)

const destroyList = (
  objects: { manifest: Manifest; replaced?: true }[],
  sha256: Sha256,
): DestroyList => {
  const list = objects
    .map(({ manifest: { apiVersion, kind, metadata }, replaced }) => ({
      apiVersion,
      kind,
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      holdsData: holdsData(kind),
      ...(replaced ? { replaced } : {}),
    }))
    .sort((a, b) => (`${a.kind}/${a.name}` < `${b.kind}/${b.name}` ? -1 : 1))
  return { objects: list, digest: `sha256:${sha256(canonicalJson(list))}` }
}

/** What an update drops still has its prune guards: the file goes, and the engine does not follow by itself. */
const GUARDED: Record<Engine, string> = {
  argocd: ' Those keep their guards: Argo CD waits until somebody confirms there.',
  flux: ' Those keep their guards: Flux leaves them in place until somebody removes them there.',
}

/** Such an object is in the list and its file is not removed: both are said, or neither is understood. */
const insteadOf = (replaced: number): string =>
  replaced === 0
    ? ''
    : ` ${replaced} of them ${replaced === 1 ? 'is' : 'are'} replaced by one of the same name elsewhere: the file is changed, not removed.`

export const destroysFinding = (
  { objects }: Pick<DestroyList, 'objects'>,
  guardedOn: Engine | null,
): Finding => {
  const holdingData = objects.filter((object) => object.holdsData).length
  const waits = guardedOn !== null && holdingData > 0 ? GUARDED[guardedOn] : ''
  const replaced = objects.filter((object) => object.replaced).length
  const message = `${objects.length} objects go, ${holdingData} of them hold data.${insteadOf(replaced)}${waits}`
  return finding('DESTROYS', message, {
    pointer: '/action',
    numbers: { objects: objects.length, holdingData, ...(replaced > 0 ? { replaced } : {}) },
  })
}
