// Directories that a resource once had and does not render now: what an update dropped, and what an earlier resource of the
// name left. A marker stays in each, for the reason that carry-out.ts gives; on Flux the entry that leads there stays too.
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Component, Manifest } from '../schemas/template.ts'
import { fileName } from './paths.ts'

/** The only object of a leaf whose objects went. */
export const marker = (
  component: string,
  namespace: string,
  labels: Record<string, string>,
): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `${component}-removed`, namespace, labels },
  data: {
    removed: 'This resource was removed. The marker keeps its directory readable for the engines.',
  },
})

const markedName = (component: string): string =>
  fileName({ kind: 'ConfigMap', metadata: { name: `${component}-removed` } })

const LEAF = /^rendered\/([^/]+)\/([0-9]{2,})-([^/]+)$/
const ENTRY = /^clusters\/[^/]+\/flux\/[^/]+$/
const KUSTOMIZATION = 'kustomization.yaml'

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

interface FormerLeaves {
  /** Leaves that go now: each with nothing but its marker. */
  dropped: Component[]
  /** Files that stay exactly as they stand: markers of earlier times, and the entries of all former leaves. */
  kept: Snapshot['standing']
}

/** What of `standing` lies in none of the directories that are rendered, on this cluster or, once only marked, on any. */
export const formerLeaves = (
  rendered: readonly { path: string }[],
  { standing, tenant: { slug } }: Pick<Snapshot, 'standing' | 'tenant'>,
  cluster: string,
): FormerLeaves => {
  const present = new Set(rendered.map(({ path }) => directoryOf(path)))
  const former = new Map<string, Snapshot['standing']>()
  for (const file of standing) {
    const directory = directoryOf(file.path)
    if (!present.has(directory)) former.set(directory, [...(former.get(directory) ?? []), file])
  }
  const found: FormerLeaves = { dropped: [], kept: [] }
  for (const [directory, files] of former) {
    const [, on, wave, name] = LEAF.exec(directory) ?? []
    if (ENTRY.test(directory) || (name !== undefined && isMarked(files, directory, name))) {
      found.kept.push(...files)
    } else if (name !== undefined && on === cluster) {
      const labels = { 'app.kubernetes.io/managed-by': 'phoenix', 'phoenix.cloud/tenant': slug }
      found.dropped.push({ wave: Number(wave), name, objects: [marker(name, slug, labels)] })
    }
  }
  return found
}

const isMarked = (files: Snapshot['standing'], directory: string, name: string): boolean => {
  const own = [`${directory}/${markedName(name)}`, `${directory}/${KUSTOMIZATION}`]
  return files.length === own.length && files.every(({ path }) => own.includes(path))
}

/** Without what lies in a directory that another resource has taken over since. */
export const notTaken = (
  kept: Snapshot['standing'],
  takenPaths: readonly string[],
): Snapshot['standing'] => {
  const taken = new Set(takenPaths.map(directoryOf))
  return kept.filter(({ path }) => !taken.has(directoryOf(path)))
}
