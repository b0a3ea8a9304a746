// From a template's objects to the files of a commit: one object per file, an explicit kustomization per leaf,
// and for Flux one entry per leaf. Pure and deterministic; the YAML itself is written in yaml.ts only.
import type { RenderedFile } from '../schemas/plan.ts'
import type { Component, Manifest, RenderInput, Template } from '../schemas/template.ts'
import { materialise } from './cloud-config.ts'
import { componentEntry } from './entry-points.ts'
import { entryDirectory, fileName, leafDirectory } from './paths.ts'
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
}

const TENANCY_WAVE = 10

/** Renders one resource to its cluster. */
export const render = (template: Template, input: RenderInput<unknown>): Rendered => {
  const components = template.render(input)
  const { cluster, tenant } = input
  const rendered: Rendered = { files: [], objects: [], components, targets: [] }
  for (const component of components) {
    const path = leafDirectory(cluster.name, component.wave, component.name)
    addLeaf(rendered, path, component.objects)
    const name = path.slice(path.lastIndexOf('/') + 1)
    rendered.targets.push({
      cluster: cluster.name,
      engine: cluster.engine,
      path,
      wave: component.wave,
      component: name,
    })
    if (cluster.engine === 'flux' && component.wave !== TENANCY_WAVE) {
      const dependsOn = components
        .filter((other) => other.wave < component.wave && other.wave !== TENANCY_WAVE)
        .map((other) => leafName(cluster.name, other))
      const entry = componentEntry({
        cluster: cluster.name,
        tenant: tenant.slug,
        repositoryUrl: tenant.repositoryUrl,
        component,
        dependsOn,
      })
      addLeaf(rendered, entryDirectory(cluster.name, component.wave, component.name), entry.objects)
    }
  }
  return rendered
}

const leafName = (cluster: string, { wave, name }: Component): string => {
  const path = leafDirectory(cluster, wave, name)
  return path.slice(path.lastIndexOf('/') + 1)
}

const addLeaf = (rendered: Rendered, directory: string, objects: Manifest[]): void => {
  const names: string[] = []
  for (const object of objects) {
    const manifest = materialise(object, toYaml)
    const name = fileName(manifest)
    names.push(name)
    rendered.objects.push({ path: `${directory}/${name}`, manifest })
    rendered.files.push({ path: `${directory}/${name}`, content: toYaml(manifest) })
  }
  rendered.files.push({ path: `${directory}/kustomization.yaml`, content: kustomization(names) })
}

/** Only the three fields that every kustomize version reads the same. */
export const kustomization = (resources: string[]): string =>
  toYaml({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
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
