// One pass over one simulated cluster: what its engine reads, in which order, what became of it, and what is reported.
// Sends nothing: reports are queued with the state they report (store.ts) and leave later (delivery.ts).
import type { Engine } from '../../../schemas/place.ts'
import { type Applied, applyUnit, removeUnit } from './apply.ts'
import { argocd } from './argocd.ts'
import { flux } from './flux.ts'
import { buildPath } from './leaf.ts'
import type { Live, Store, UnitRow } from './store.ts'
import { type EngineModel, type Outcome, type Source, simulated, type Unit } from './unit.ts'

export interface ClusterPlace {
  name: string
  engine: Engine
}

export interface Pass {
  store: Store
  cluster: ClusterPlace
  platform: Source
  find: (url: string) => Source | null
  now: () => Date
  log: (line: string) => void
}

const models: Record<Engine, EngineModel> = { argocd, flux }
/** An entry point leads to a base, a base to components: a handful of rounds settles everything. */
const MAX_ROUNDS = 20

/** Repeats until nothing changes: what one object leads to is read in the next round. */
export const reconcileCluster = async (pass: Pass): Promise<void> => {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (!(await reconcileOnce(pass))) return
  }
  pass.log(`${pass.cluster.name}: does not settle`)
}

const reconcileOnce = async (pass: Pass): Promise<boolean> => {
  const { store, cluster, platform, find, log } = pass
  const live = store.live(cluster.name)
  const found = models[cluster.engine].discover({ cluster: cluster.name, live, platform, find })
  for (const parent of found.unreadable) log(`${cluster.name}: cannot follow ${parent}`)
  const rows = new Map(store.units(cluster.name).map((row) => [row.name, row]))
  const units = new Map(found.units.map((unit) => [unit.name, unit]))
  const both = claimedByBoth(pass)
  const healthy = new Set<string>()
  let changed = false
  for (const level of levelsOf(units, live)) {
    let leads = false
    let open = level
    while (open.length > 0) {
      const ready = open.filter(({ waitsFor }) => waitsFor.every((name) => healthy.has(name)))
      // Nothing can go on: the rest waits for what is not healthy, or for itself.
      for (const unit of ready.length > 0 ? ready : open) {
        const row = rows.get(unit.name)
        const fault = both ?? unit.fault
        const applied =
          ready.length > 0
            ? await settle(pass, { ...unit, fault }, row)
            : untouched(waiting(unit, healthy))
        if (applied.outcome.state === 'healthy') healthy.add(unit.name)
        const recorded = record(pass, unit, row, applied.outcome)
        changed ||= recorded || applied.changed
        leads ||= applied.leads
      }
      open = ready.length > 0 ? open.filter((unit) => !ready.includes(unit)) : []
    }
    // What comes from this level may be other units now.
    if (leads) return true
  }
  for (const row of rows.values()) {
    if (units.has(row.name) || found.unreadable.has(row.parent) || both !== null) continue
    const forgotten = forget(pass, row)
    changed ||= forgotten
  }
  return changed
}

/** What leads comes before what it leads to: entry points, bases, components. */
const levelsOf = (units: Map<string, Unit>, live: Live): Unit[][] => {
  const levels: Unit[][] = []
  for (const unit of units.values()) {
    const path = new Set<Unit>()
    for (let at: Unit | undefined = unit; at !== undefined && !path.has(at); ) {
      path.add(at)
      at = units.get(live.get(at.parent)?.unit ?? '')
    }
    const level = levels[path.size] ?? []
    levels[path.size] = [...level, unit]
  }
  return levels.filter((level) => level !== undefined)
}

/** Two engines must never own one cluster: then none of them touches it. */
const claimedByBoth = ({ platform, cluster }: Pass): string | null => {
  const claims = (engine: Engine) =>
    platform.tree?.entries.has(`clusters/${cluster.name}/${engine}`) === true
  return claims('argocd') && claims('flux') ? 'two engines claim this cluster' : null
}

const waiting = ({ waitsFor }: Unit, healthy: Set<string>): Outcome => {
  const open = waitsFor.filter((name) => !healthy.has(name))
  return { state: 'progressing', message: simulated(`waits for ${open.join(', ')}`) }
}

/** The same tree under the same allowance gives the same outcome. */
const fingerprintOf = ({ source, path, allowance }: Unit): string =>
  `${source?.tree?.entries.get(path)?.id ?? 'absent'} ${allowance}`

const untouched = (outcome: Outcome): Applied => ({ outcome, changed: false, leads: false })

const settle = async (
  { store, cluster }: Pass,
  unit: Unit,
  row: UnitRow | undefined,
): Promise<Applied> => {
  const failed = (reason: string) => untouched({ state: 'failed', message: simulated(reason) })
  if (unit.fault !== null) return failed(unit.fault)
  const tree = unit.source?.tree
  if (tree === null || tree === undefined) return failed('its repository cannot be read')
  if (row?.state === 'healthy' && row.fingerprint === fingerprintOf(unit)) {
    return untouched({ state: 'healthy', message: row.message })
  }
  const built = await buildPath(tree, unit.path, { generated: unit.generated })
  return built.ok ? applyUnit(store, cluster, unit, built.objects) : failed(built.reason)
}

/**
 * Remembers an outcome and queues its report, once per commit and change of state. A commit that finds the unit
 * out of step is announced as progressing first. Answers whether anything was new.
 */
const record = (pass: Pass, unit: Unit, row: UnitRow | undefined, outcome: Outcome): boolean => {
  const { store, cluster, log } = pass
  const revision = unit.source?.tree?.sha
  if (revision === undefined) {
    log(`${cluster.name} ${unit.name}: ${outcome.message}`)
    return false
  }
  const fingerprint = fingerprintOf(unit)
  const first = row?.revision !== revision
  const news = first || row.state !== outcome.state || row.message !== outcome.message
  if (!news && row.fingerprint === fingerprint) return false
  const inStep = row?.state === 'healthy' && row.fingerprint === fingerprint
  const { name, parent, component, repositoryUrl, path } = unit
  store.transaction(() => {
    if (first && !inStep && outcome.state !== 'progressing') say(pass, unit, revision, STARTED)
    if (news) say(pass, unit, revision, outcome)
    const next = { name, parent, component, repositoryUrl, path, revision, fingerprint, ...outcome }
    store.putUnit(cluster.name, next)
  })
  return true
}

/** What left Git altogether: its unguarded objects go, guarded ones stay and are reported. */
const forget = (pass: Pass, row: UnitRow): boolean => {
  const { store, cluster, find } = pass
  const revision = find(row.repositoryUrl)?.tree?.sha
  if (revision === undefined) return false
  const { outcome, changed, left } = removeUnit(store, cluster, row.name)
  const first = row.revision !== revision
  const news = first || row.state !== outcome.state || row.message !== outcome.message
  if (!news && left > 0) return changed
  store.transaction(() => {
    if (first) say(pass, row, revision, STARTED)
    say(pass, row, revision, outcome)
    if (left === 0) store.deleteUnit(cluster.name, row.name)
    else store.putUnit(cluster.name, { ...row, revision, fingerprint: 'gone', ...outcome })
  })
  return true
}

const STARTED: Outcome = { state: 'progressing', message: simulated('applying the commit') }

type Named = Pick<Unit, 'name' | 'repositoryUrl' | 'path'>

const say = (pass: Pass, unit: Named, revision: string, outcome: Outcome): void => {
  const { store, cluster, now, log } = pass
  const live = store.live(cluster.name)
  const input = { unit, revision, outcome, live, at: now() }
  const body = models[cluster.engine].report(input)
  const { state, message } = outcome
  const why = state === 'failed' ? `: ${message}` : ''
  log(`${cluster.name} ${unit.name} at ${revision.slice(0, 7)}: ${state}${why}`)
  if (body === null) {
    // The engine itself would be silent here: better told than papered over.
    log(`${cluster.name} ${unit.name}: nothing on the cluster reports this to Phoenix`)
    return
  }
  store.queueReport(cluster.name, { unit: unit.name, revision, body: JSON.stringify(body) })
}
