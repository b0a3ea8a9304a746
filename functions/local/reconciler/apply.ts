// Brings the simulated cluster in step with one built directory, as a server-side apply with pruning would, all or nothing.
// Does not wait, retry or report.
import type { Engine } from '../../../schemas/place.ts'
import type { Manifest } from '../../../schemas/template.ts'
import { groupOf, scopeOf } from './kinds.ts'
import type { LiveObject, Store } from './store.ts'
import { type Outcome, simulated, type Unit } from './unit.ts'

interface Place {
  name: string
  engine: Engine
}

export interface Applied {
  outcome: Outcome
  changed: boolean
  /** Whether what changed is the engine's own: it may lead elsewhere now. */
  leads: boolean
}

const show = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`
const failed = (reason: string): Applied => ({
  outcome: { state: 'failed', message: simulated(reason) },
  changed: false,
  leads: false,
})

/** Applies what Git holds for a unit and removes what it no longer holds, except guarded objects. */
export const applyUnit = (
  store: Store,
  cluster: Place,
  unit: Unit,
  objects: Manifest[],
): Applied => {
  const live = store.live(cluster.name)
  const owned = store.ownedBy(cluster.name, unit.name)
  const wanted = new Map<string, LiveObject>()
  for (const object of objects) {
    const scope = scopeOf(cluster.engine, object.apiVersion, object.kind)
    if (scope === null) return failed(`${show(object)}: the cluster knows no such kind`)
    const manifest = placed(object, scope === 'namespaced' ? unit.defaultNamespace : null)
    if (scope === 'namespaced' && manifest.metadata.namespace === undefined) {
      return failed(`${show(object)}: names no namespace`)
    }
    const refusal = unit.forbids(manifest, scope)
    if (refusal !== null) return failed(`${show(object)}: ${refusal}`)
    const id = identityOf(manifest)
    if (wanted.has(id)) return failed(`${show(object)}: stands twice in ${unit.path}`)
    const owner = live.get(id)
    if (owner !== undefined && owner.unit !== unit.name) {
      return failed(`${show(object)}: already belongs to ${owner.unit}`)
    }
    wanted.set(id, { id, unit: unit.name, manifest })
  }

  const written = [...wanted.values()].filter(
    ({ id, manifest }) => JSON.stringify(live.get(id)?.manifest) !== JSON.stringify(manifest),
  )
  store.transaction(() => {
    for (const object of written) store.putObject(cluster.name, object)
  })
  const gone = owned.filter(({ id }) => !wanted.has(id))
  const { kept, removed } = unit.prune ? prune(store, cluster, gone) : { kept: gone, removed: [] }
  const changes = [...written, ...removed]
  return {
    outcome: afterPrune(kept, `applied ${wanted.size} objects`),
    changed: changes.length > 0,
    leads: changes.some(({ manifest }) => ENGINE_GROUP.test(groupOf(manifest.apiVersion))),
  }
}

const ENGINE_GROUP = /^argoproj\.io$|\.toolkit\.fluxcd\.io$/

/** Removes everything a vanished unit applied, except guarded objects. */
export const removeUnit = (store: Store, cluster: Place, name: string) => {
  const { kept, removed } = prune(store, cluster, store.ownedBy(cluster.name, name))
  return {
    outcome: afterPrune(kept, 'removed'),
    changed: removed.length > 0,
    left: kept.length,
  }
}

const prune = (store: Store, cluster: Place, gone: LiveObject[]) => {
  const kept = gone.filter(({ manifest }) => isGuarded(cluster.engine, manifest))
  const removed = gone.filter((object) => !kept.includes(object))
  store.transaction(() => {
    for (const { id } of removed) store.deleteObject(cluster.name, id)
  })
  return { kept, removed }
}

const afterPrune = (kept: LiveObject[], done: string): Outcome => {
  const [first, ...others] = kept
  if (first === undefined) return { state: 'healthy', message: simulated(done) }
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  const message = simulated(
    `prune needs confirmation: ${show(first.manifest)}${more} left Git guarded`,
  )
  return { state: 'degraded', message }
}

/** The guards on the live object count: lifting them is a change of its own. */
const isGuarded = (engine: Engine, { metadata: { annotations = {} } }: Manifest): boolean => {
  if (engine === 'flux') return annotations['kustomize.toolkit.fluxcd.io/prune'] === 'disabled'
  const options = (annotations['argocd.argoproj.io/sync-options'] ?? '').split(',')
  return options.some((option) => /^\s*Prune=(?:confirm|false)\s*$/.test(option))
}

const placed = (manifest: Manifest, namespace: string | null): Manifest =>
  namespace === null || manifest.metadata.namespace !== undefined
    ? manifest
    : { ...manifest, metadata: { ...manifest.metadata, namespace } }

/** Versions of one kind are one object. */
export const identityOf = ({ apiVersion, kind, metadata }: Manifest): string =>
  [groupOf(apiVersion), kind, metadata.namespace ?? '', metadata.name].join('/')
