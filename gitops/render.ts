// From a template's objects to the files of a commit: one object per file, an explicit kustomization per leaf,
// and for Flux one entry per leaf. Pure and deterministic; the YAML itself is written in yaml.ts only.
import type { Cluster } from '../schemas/place.ts'
import type { RenderedFile } from '../schemas/plan.ts'
import type { Component, Manifest, Records, RenderInput, Template } from '../schemas/template.ts'
import { materialise } from './cloud-config.ts'
import { componentEntry } from './entry-points.ts'
import { componentName, entryDirectory, fileName, leafDirectory, recordPrefixes } from './paths.ts'
import { toYaml } from './yaml.ts'

export interface Target {
  cluster: string
  engine: 'argocd' | 'flux'
  path: string
  wave: number
  component: string
}

export interface Rendered {
  files: { path: string; content: string }[]
  objects: { path: string; manifest: Manifest }[]
  components: Component[]
  targets: Target[]
  /** Of records: where their files may lie. They are no manifests and have no leaf. */
  recordPrefixes?: string[]
}

const TENANCY_WAVE = 10

/** Renders one resource to its cluster; records as plain files. */
export const render = (template: Template, input: RenderInput<unknown>): Rendered => {
  if (template.records) return recordFiles(template.records, input)
  const components = template.render(input)
  const { name: cluster, engine } = input.cluster
  const rendered = renderLeaves(components, input.cluster)
  if (engine !== 'flux') return rendered
  for (const component of components) {
    const directory = entryDirectory(cluster, component.wave, component.name)
    addLeaf(rendered, directory, fluxEntry(component, components, input))
  }
  return rendered
}

/** JSON where the name says so: of what is read back as data. */
const textOf = (path: string, value: unknown): string =>
  path.endsWith('.json') ? `${JSON.stringify(value, null, 2)}\n` : toYaml(value)

const recordFiles = (
  { directory, files }: Records<unknown>,
  input: RenderInput<unknown>,
): Rendered => ({
  recordPrefixes: recordPrefixes(directory, input.name),
  files: files(input).map(({ path, value }) => ({ path, content: textOf(path, value) })),
  objects: [],
  components: [],
  targets: [],
})

/** The leaves of components, without what leads an engine to them. */
export const renderLeaves = (
  components: Component[],
  { name: cluster, engine }: Cluster,
): Rendered => {
  const rendered: Rendered = { files: [], objects: [], components, targets: [] }
  for (const { wave, name, objects } of components) {
    const path = leafDirectory(cluster, wave, name)
    addLeaf(rendered, path, objects)
    rendered.targets.push({ cluster, engine, path, wave, component: componentName(wave, name) })
  }
  return rendered
}

/** What leads Flux to a leaf. The base's own is applied by the platform: its directory only keeps the tenant's path alive. */
const fluxEntry = (
  component: Component,
  all: Component[],
  { cluster, tenant }: RenderInput<unknown>,
): Manifest[] => {
  if (component.wave === TENANCY_WAVE) return [entriesMarker(tenant.slug)]
  const dependsOn = all
    .filter(({ wave }) => wave < component.wave && wave !== TENANCY_WAVE)
    .map(({ wave, name }) => componentName(wave, name))
  return componentEntry({
    cluster: cluster.name,
    tenant: tenant.slug,
    repositoryUrl: tenant.repositoryUrl,
    component,
    dependsOn,
  }).objects
}

const entriesMarker = (tenant: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'phoenix-entries',
    namespace: tenant,
    labels: { 'app.kubernetes.io/managed-by': 'phoenix', 'phoenix.cloud/tenant': tenant },
  },
  data: { entries: 'One directory beside this one for each component that Flux applies.' },
})

const addLeaf = (rendered: Rendered, directory: string, objects: Manifest[]): void => {
  const names: string[] = []
  for (const object of objects) {
    const manifest = materialise(object, toYaml)
    const name = fileName(manifest)
    names.push(name)
    rendered.objects.push({ path: `${directory}/${name}`, manifest })
    rendered.files.push({ path: `${directory}/${name}`, content: toYaml(manifest) })
  }
  rendered.files.push({
    path: `${directory}/kustomization.yaml`,
    content: kustomization(directory.slice(directory.lastIndexOf('/') + 1), names),
  })
}

/** Only fields that every kustomize version reads the same; the name is its directory's. */
export const kustomization = (name: string, resources: string[]): string =>
  toYaml({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    metadata: { name },
    resources: [...resources].sort(),
  })

/** What the commit must contain to turn the previous files into the next: additions, changes, removals. */
export const changedFiles = (
  next: { path: string; content: string; digest: string }[],
  previous: { path: string; digest: string }[],
): (RenderedFile & { action: 'add' | 'change' | 'remove'; digest: string | null })[] => {
  const before = new Map(previous.map(({ path, digest }) => [path, digest]))
  const kept = new Set(next.map(({ path }) => path))
  const written = next
    .filter(({ path, digest }) => before.get(path) !== digest)
    .map(({ path, content, digest }) => ({
      path,
      content,
      digest,
      action: before.has(path) ? ('change' as const) : ('add' as const),
    }))
  const removed = previous
    .filter(({ path }) => !kept.has(path))
    .map(({ path }) => ({ path, content: null, digest: null, action: 'remove' as const }))
  return [...written, ...removed].sort((a, b) => (a.path < b.path ? -1 : 1))
}
