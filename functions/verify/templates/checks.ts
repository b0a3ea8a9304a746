// What must hold of every rendered set, whatever its parameters. Each check answers with faults; a fault's `what` has no
// name and no number of the set in it, so that the same fault of many sets is reported once.
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { guard } from '../../../gitops/guard.ts'
import { type Rendered, render } from '../../../gitops/render.ts'
import type { Manifest, RenderInput, Template } from '../../../schemas/template.ts'
import type { Judge } from '../../cli/k8s-judge.ts'
import { nameFaults } from './names.ts'

export interface Fault {
  what: string
  /** Where in this set. */
  where: string
}

/** A set that a plan would come to render: what came of it, or why nothing did. */
export type Subject = { template: Template; input: RenderInput<unknown> } & (
  | { rendered: Rendered }
  | { rendered: null; thrown: string }
)
type RenderedSubject = Extract<Subject, { rendered: Rendered }>

export type Check = (subject: Subject) => Fault[]

/** A check of what was rendered; of nothing it has nothing to say. */
const ofRendered =
  (check: (subject: RenderedSubject) => Fault[]): Check =>
  (subject) =>
    subject.rendered === null ? [] : check(subject)

const renders: Check = (subject) =>
  subject.rendered === null ? fault(`throws: ${subject.thrown}`, '') : []

const MAX_ENTRIES = 300

const fault = (what: string, where: string): Fault[] => [{ what, where }]

export const guardOf = (
  rendered: Rendered,
  { tenant, cluster, guardsLifted }: RenderInput<unknown>,
) =>
  guard(rendered, rendered.files, {
    tenantSlug: tenant.slug,
    cluster: cluster.name,
    guardsLifted,
  })

/** Every object is accepted by the schema of its kind; a kind without a schema is a fault. */
export const acceptedBy = ({ judge }: Judge): Check =>
  ofRendered(({ rendered }) =>
    rendered.objects.flatMap(({ path, manifest }) => {
      // The last error is the innermost: those before it say that something below them is wrong.
      const error = judge(manifest).at(-1)
      if (error === undefined) return []
      return fault(`${manifest.kind} ${error.replace(/\/\d+/g, '/*')}`, path)
    }),
  )

const readYaml = (text: string, version: '1.1' | '1.2'): unknown => {
  const documents = parseAllDocuments(text, { version })
  const [document] = documents
  if (!document || !('errors' in document) || documents.length !== 1) throw new Error('not one')
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) throw new Error(problem.code)
  return document.toJS()
}

/** YAML 1.1 and 1.2 read the same from every file, and it is the object. */
const yaml = ({ rendered, template, input }: RenderedSubject): Fault[] => {
  const objects = new Map<string, unknown>(
    rendered.objects.map(({ path, manifest }) => [path, manifest]),
  )
  for (const { path, value } of template.records?.files(input) ?? []) objects.set(path, value)
  return rendered.files.flatMap(({ path, content }) => {
    try {
      const read = readYaml(content, '1.1')
      if (!isDeepStrictEqual(readYaml(content, '1.2'), read)) return fault('two readings', path)
      if (path.endsWith('/kustomization.yaml')) return []
      return isDeepStrictEqual(read, plain(objects.get(path)))
        ? []
        : fault('another object is read than was written', path)
    } catch (error) {
      return fault(`YAML does not parse: ${messageOf(error)}`, path)
    }
  })
}

/** YAML knows no -0 of ours, and JSON neither. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const guarded = ({ rendered, input }: RenderedSubject): Fault[] =>
  guardOf(rendered, input).map(({ rule, message, file, pointer }) => ({
    what: `${rule} ${message.replace(/\d+/g, '*')} ${(pointer ?? '').replace(/\/\d+/g, '/*')} ${kindIn(file)}`,
    where: file ?? '',
  }))

const kindIn = (file = ''): string => file.split('/').at(-1)?.split('-')[0] ?? ''

const twice = ({ template, input, rendered }: RenderedSubject): Fault[] => {
  const again = render(template, structuredClone(input)).files
  const changed = rendered.files.find(
    ({ path, content }, index) => again[index]?.path !== path || again[index]?.content !== content,
  )
  if (changed) return fault('rendered differently the second time', changed.path)
  return again.length === rendered.files.length ? [] : fault('more files the second time', '')
}

const directories = ({ rendered }: RenderedSubject): Fault[] => {
  const entries = Map.groupBy(rendered.files, ({ path }) => dirname(path))
  return [...entries]
    .filter(([, files]) => files.length > MAX_ENTRIES)
    .map(([path]) => ({ what: `a directory of more than ${MAX_ENTRIES} entries`, where: path }))
}

/** `Issuer.cert-manager.io`, and `ConfigMap` for what is Kubernetes' own core. */
export const kindOf = ({ apiVersion, kind }: Manifest): string => {
  const [group, version] = apiVersion.split('/')
  return version === undefined ? kind : `${kind}.${group}`
}

export const countKinds = (kinds: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

const idOf = ({ apiVersion, kind, metadata }: Manifest): string =>
  [apiVersion, kind, metadata.namespace ?? '', metadata.name].join(' ')

/** What leads an engine to the rest; Helm releases are no part of it: Flux's Helm controller serves both engines. */
const ENTRY_OF = {
  flux: /^kustomize\.toolkit\.fluxcd\.io\/\w+ /,
  argocd: /^argoproj\.io\/\w+ (?:Application|ApplicationSet|AppProject) /,
} as const

/** No object twice in a set, in one component or two, and none that belongs to the other engine. */
const owners = ({ rendered, input: { cluster } }: RenderedSubject): Fault[] => {
  const seen = new Set<string>()
  return rendered.objects.flatMap(({ path, manifest }) => {
    const id = idOf(manifest)
    const twice = seen.has(id)
    seen.add(id)
    const foreign = ENTRY_OF[cluster.engine === 'flux' ? 'argocd' : 'flux']
    return [
      ...(twice ? fault(`${manifest.kind} is rendered twice`, path) : []),
      ...(foreign.test(id)
        ? fault(`${manifest.kind} is no object for ${cluster.engine}`, path)
        : []),
    ]
  })
}

const names = ({ rendered }: RenderedSubject): Fault[] =>
  rendered.objects.flatMap(({ path, manifest }) =>
    nameFaults(manifest).map((what) => ({ what: `${manifest.kind} ${what}`, where: path })),
  )

/** Every check but the judge's and kubectl's, which are not on every machine. */
export const checks: Record<string, Check> = {
  'renders what it takes': renders,
  'is read the same by YAML 1.1 and 1.2': ofRendered(yaml),
  'passes the guard': ofRendered(guarded),
  'renders the same twice': ofRendered(twice),
  'keeps directories small': ofRendered(directories),
  'gives every object one owner': ofRendered(owners),
  'keeps names within what Kubernetes takes': ofRendered(names),
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
