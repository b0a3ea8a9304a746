// The laptop's stand-in for Argo CD and Flux: follows `live` of the local repositories, keeps simulated clusters in step,
// and reports through the same signed webhooks as the engines would. Everything it says is marked simulated.
// Runs nothing and reaches no cluster: an applied object is a row in a local file, and healthy at once.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryName } from '../../../gitops/statuses/source.ts'
import type { StatusReport } from '../../../schemas/status.ts'
import type { Manifest } from '../../../schemas/template.ts'
import { reconcileCluster } from './cluster.ts'
import { type DeliveryTarget, deliverReports } from './delivery.ts'
import { type CommitTree, openCommit, readHead } from './git.ts'
import { openStore, type Store } from './store.ts'
import { FOLLOWED, type Source } from './unit.ts'

export interface ReconcilerOptions {
  /** A folder of its own; made when it is not there. */
  home: string
  clusters: DeliveryTarget[]
  /** Where Phoenix listens, without a trailing slash. */
  phoenixUrl: string
  platformRepository: { fullName: string; gitDir: string }
  /** Asked at every poll, so that new tenants are seen. */
  repositories: () => { fullName: string; gitDir: string; url: string }[]
  intervalMs?: number
  signal?: AbortSignal
  now?: () => Date
  log?: (line: string) => void
}

export interface SimulatedCluster {
  simulated: true
  name: string
  engine: DeliveryTarget['engine']
  objects: Manifest[]
  components: ({ unit: string; component: string; revision: string } & Pick<
    StatusReport,
    'state' | 'message'
  >)[]
}

export interface Reconciler {
  /** Looks now instead of at the next poll; resolves when everything seen is applied and was sent once. */
  kick: () => Promise<void>
  close: () => Promise<void>
  state: () => { clusters: SimulatedCluster[]; waitingReports: number }
}

/** @throws Error when one cluster is given twice: two engines never own one cluster. */
export const startReconciler = (options: ReconcilerOptions): Reconciler => {
  const { home, clusters, intervalMs = 250, now = () => new Date() } = options
  if (new Set(clusters.map(({ name }) => name)).size !== clusters.length) {
    throw new Error('simulated reconciler: a cluster is given twice')
  }
  mkdirSync(home, { recursive: true })
  const store = openStore(join(home, 'reconciler.sqlite'))
  const stopping = new AbortController()
  const print = options.log ?? ((line: string) => console.log(line))
  const log = (line: string) => print(`simulated reconciler: ${line}`)
  const follow = createFollower({ ...options, store, now, log })
  const delivery = {
    ...{ store, clusters, now, log, signal: stopping.signal },
    phoenixUrl: options.phoenixUrl.replace(/\/+$/, ''),
  }

  let turn: Promise<void> = Promise.resolve()
  let closed = false
  /** Turns never overlap; a failed one is told and the next tries again. */
  const take = (): Promise<void> => {
    turn = turn.then(async () => {
      if (closed) return
      try {
        await follow()
        await deliverReports(delivery)
      } catch (error) {
        log(`a pass failed (${error instanceof Error ? error.message : 'unknown'})`)
      }
    })
    return turn
  }
  let timer: NodeJS.Timeout | undefined
  const poll = async (): Promise<void> => {
    await take()
    if (!closed) timer = setTimeout(poll, intervalMs)
  }
  const close = async (): Promise<void> => {
    if (closed) return turn
    closed = true
    clearTimeout(timer)
    stopping.abort()
    await turn
    store.close()
  }
  options.signal?.addEventListener('abort', () => void close(), { once: true })
  void poll()
  return { kick: take, close, state: () => stateOf(store, clusters) }
}

/** One look at every head; reconciles only when one moved, or the look before did not end well. */
const createFollower = (
  options: ReconcilerOptions & { store: Store; now: () => Date; log: (line: string) => void },
): (() => Promise<void>) => {
  const { store, clusters, platformRepository, now, log } = options
  const opened = new Map<string, CommitTree>()
  let inStepWith = ''
  let toldBefore = new Set<string>()
  return async () => {
    const listed = [platformRepository, ...options.repositories()]
    const heads = await Promise.all(listed.map(({ gitDir }) => readHead(gitDir, FOLLOWED)))
    const look = JSON.stringify(listed.map(({ fullName }, i) => [fullName, heads[i]]))
    if (look === inStepWith) return
    let complete = true
    const told = new Set<string>()
    /** A look that is repeated does not repeat its lines. */
    const tell = (line: string) => {
      if (!toldBefore.has(line)) log(line)
      told.add(line)
    }
    /** What fails for one repository or cluster is tried again; the others go on. */
    const attempt = async <T>(what: string, action: () => Promise<T>): Promise<T | null> => {
      try {
        return await action()
      } catch (error) {
        tell(`${what}: ${error instanceof Error ? error.message : 'failed'}`)
        complete = false
        return null
      }
    }
    const sources = new Map<string, Source>()
    for (const [i, { fullName, gitDir }] of listed.entries()) {
      const sha = heads[i] ?? null
      let tree = sha === opened.get(gitDir)?.sha ? (opened.get(gitDir) ?? null) : null
      if (sha !== null) tree ??= await attempt(fullName, () => openCommit(gitDir, sha))
      if (tree !== null) opened.set(gitDir, tree)
      sources.set(fullName.toLowerCase(), { fullName, tree })
    }
    const find = (url: string) => sources.get(repositoryName(url)?.toLowerCase() ?? '') ?? null
    const platform = find(platformRepository.fullName)
    if (platform === null) throw new Error('the platform repository has no name')
    for (const cluster of clusters) {
      await attempt(cluster.name, () =>
        reconcileCluster({ store, cluster, platform, find, now, log: tell }),
      )
    }
    toldBefore = told
    if (complete) inStepWith = look
  }
}

const stateOf = (store: Store, clusters: DeliveryTarget[]) => ({
  clusters: clusters.map(({ name, engine }) => ({
    simulated: true as const,
    name,
    engine,
    objects: store.objects(name).map(({ manifest }) => manifest),
    components: store.units(name).map(({ name: unit, component, revision, state, message }) => ({
      ...{ unit, component, revision, state, message },
    })),
  })),
  waitingReports: store.waitingReports(),
})
