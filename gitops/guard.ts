// The last look before anything is written: every rendered object and file against what a tenant's change may hold.
// It trusts no template. A finding here blocks, and is a defect of ours but for secrets and their names; its message never has a value.
import type { Finding } from '../schemas/plan.ts'
import type { Component, Manifest } from '../schemas/template.ts'
import { finding } from './finding.ts'
import { confine, entryDirectory, leafDirectory } from './paths.ts'
import type { Rendered } from './render.ts'
import { fenceFindings, scopeFindings } from './scope.ts'
import { literalSecrets, pointerToSuspect, suspects } from './secrets.ts'
import { shapeFaults } from './shapes.ts'
import { holdsData } from './stateful.ts'
import { vaultNames } from './vault-names.ts'

interface GuardedFile {
  path: string
  /** Null removes the file. */
  content: string | null
}

export interface GuardOptions {
  tenantSlug: string
  /** Whose names in a vault may be named; without it nobody's. */
  tenantId?: string | undefined
  cluster: string
  guardsLifted: boolean
}

/** A comparison shows at most 300 files and does not say whether there are more: one less. Three record the change itself. */
export const MAX_FILES = 299
const RECORD_FILES = 3
export const MAX_PULL_FILES = MAX_FILES - RECORD_FILES
export const MAX_TOTAL_BYTES = 1_000_000
/** A comparison shows 20,000 lines; the rest is for the record of the change. */
export const MAX_LINES = 15_000

/** All guards over what a change renders and what its commit would write. */
export const guard = (
  rendered: Pick<Rendered, 'files' | 'objects' | 'components' | 'recordPrefixes'>,
  changed: readonly GuardedFile[],
  options: GuardOptions,
): Finding[] => [
  ...guardObjects(rendered.objects, options),
  ...guardFiles(changed, {
    allowedPrefixes: rendered.recordPrefixes ?? ownPrefixes(rendered.components, options.cluster),
    objects: rendered.objects,
  }),
  ...(rendered.recordPrefixes ? [] : guardLeaves(rendered.files)),
]

/** The directories of the change's own components. */
const ownPrefixes = (
  components: readonly Pick<Component, 'wave' | 'name'>[],
  cluster: string,
): string[] =>
  components.flatMap(({ wave, name }) => [
    `${leafDirectory(cluster, wave, name)}/`,
    `${entryDirectory(cluster, wave, name)}/`,
  ])

/** Paths, size, and secrets in what would be written. */
export const guardFiles = (
  files: readonly GuardedFile[],
  {
    allowedPrefixes,
    objects = [],
  }: {
    allowedPrefixes: readonly string[]
    /** What the files hold, where they are manifests: a suspect line gets its pointer. */
    objects?: readonly { path: string; manifest: Manifest }[]
  },
): Finding[] => {
  const pointerOf = (file: string, looksLike: string) => {
    const manifest = objects.find(({ path }) => path === file)?.manifest
    const pointer = manifest && pointerToSuspect(manifest, looksLike)
    return pointer === undefined ? {} : { pointer }
  }
  const strays = files.filter(({ path }) => !confine(path, allowedPrefixes))
  const [firstStray] = strays
  return [
    ...(firstStray
      ? [
          finding('OWN-PATHS', `${strays.length} files lie outside the change’s own directories.`, {
            file: firstStray.path,
            numbers: { files: strays.length },
          }),
        ]
      : []),
    ...sizeFindings(files),
    ...files.flatMap(({ path, content }) =>
      suspects(content ?? '').map(({ looksLike, line }) =>
        finding('SECRET-PLAINTEXT', `Line ${line} looks like ${looksLike}.`, {
          file: path,
          ...pointerOf(path, looksLike),
        }),
      ),
    ),
  ]
}

/** More than one pull request can show. */
export const sizeFindings = (files: readonly GuardedFile[]): Finding[] => {
  const sum = (of: (text: string) => number): number =>
    files.reduce((total, { content }) => total + (content ? of(content) : 0), 0)
  const bytes = sum(utf8Bytes)
  const lines = sum((text) => text.split('\n').length - 1)
  if (files.length <= MAX_PULL_FILES && bytes <= MAX_TOTAL_BYTES && lines <= MAX_LINES) return []
  const numbers = {
    ...{ files: files.length, maxFiles: MAX_PULL_FILES },
    ...{ bytes, maxBytes: MAX_TOTAL_BYTES, lines, maxLines: MAX_LINES },
  }
  const message = `${files.length} files of ${bytes} bytes and ${lines} lines are more than one pull request can show.`
  // The largest says most of why.
  const [largest] = files.toSorted((a, b) => (b.content?.length ?? 0) - (a.content?.length ?? 0))
  return [finding('SIZE-LIMIT', message, { file: largest?.path ?? '', numbers })]
}

const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length

/** Shape, scope, names in a vault and prune guards of every object. */
export const guardObjects = (
  objects: readonly { path: string; manifest: Manifest }[],
  options: Pick<GuardOptions, 'tenantSlug' | 'tenantId' | 'guardsLifted'>,
): Finding[] =>
  objects.flatMap(({ path, manifest }) =>
    [
      ...shapeFindings(manifest),
      ...literalSecrets(manifest).map(({ looksLike, pointer }) =>
        finding('SECRET-PLAINTEXT', `This is ${looksLike}.`, { pointer }),
      ),
      ...scopeFindings(manifest, options.tenantSlug),
      ...fenceFindings(path, manifest),
      ...nameFindings(manifest),
      // What is on its way out asks for nothing any more.
      ...(options.guardsLifted
        ? []
        : [...pruneFindings(manifest), ...vaultNames(manifest, options.tenantId)]),
    ].map((found) => ({ ...found, file: path })),
  )

const shapeFindings = (manifest: Manifest): Finding[] => {
  if (manifest.kind === 'Secret') {
    return [
      finding('SECRET-PLAINTEXT', 'A Secret has no place in Git, whatever it holds.', {
        pointer: '/kind',
      }),
    ]
  }
  const faults = shapeFaults(manifest)
  if (faults === 'unknown') {
    return [
      finding('MANIFEST-SHAPE', 'This kind is not one that Phoenix renders.', { pointer: '/kind' }),
    ]
  }
  return faults.map((pointer) =>
    finding('MANIFEST-SHAPE', 'A field is not as it must be.', { pointer }),
  )
}

/**
 * What Crossplane makes outside the cluster has a name of ours there: with one that the provider invents, a creation that was
 * interrupted is stuck for ever (crossplane/upjet issue 681).
 */
const nameFindings = ({ spec, metadata }: Manifest): Finding[] => {
  const isManaged = typeof spec === 'object' && spec !== null && 'forProvider' in spec
  if (!isManaged || metadata.annotations?.['crossplane.io/external-name']) return []
  const what = 'An object that is made outside the cluster has no external name.'
  return [finding('MANIFEST-SHAPE', what, { pointer: '/metadata/annotations' })]
}

const pruneFindings = ({ kind, metadata, ...manifest }: Manifest): Finding[] => {
  if (!holdsData(kind)) return []
  const options = (metadata.annotations?.['argocd.argoproj.io/sync-options'] ?? '').split(',')
  const spec = (manifest.spec ?? {}) as {
    managementPolicies?: string[]
    forProvider?: { protection?: boolean }
  }
  const policies = spec.managementPolicies ?? ['*']
  const guarded =
    options.includes('Prune=confirm') &&
    options.includes('Delete=confirm') &&
    metadata.annotations?.['kustomize.toolkit.fluxcd.io/prune'] === 'disabled' &&
    (kind !== 'EnvironmentVM' ||
      (!policies.includes('*') &&
        !policies.includes('Delete') &&
        spec.forProvider?.protection === true))
  return guarded
    ? []
    : [
        finding('PRUNE-GUARD', 'An object that holds data has no guard.', {
          pointer: '/metadata/annotations',
        }),
      ]
}

const KUSTOMIZATION_HEAD =
  /^apiVersion: "kustomize\.config\.k8s\.io\/v1beta1"\nkind: "Kustomization"\nmetadata:\n {2}name: "[a-z0-9-]+"\nresources:\n/
const RESOURCE_LINE = /^ {2}- "([^"\\/]+)"$/

/** Every directory's kustomization.yaml lists exactly the files beside it. */
export const guardLeaves = (files: readonly GuardedFile[]): Finding[] => {
  const directories = new Map<string, Set<string>>()
  const lists = new Map<string, string>()
  for (const { path, content } of files) {
    if (content === null) continue
    const cut = path.lastIndexOf('/')
    const directory = path.slice(0, cut)
    const name = path.slice(cut + 1)
    const names = directories.get(directory) ?? new Set()
    directories.set(directory, names)
    if (name === 'kustomization.yaml') lists.set(directory, content)
    else names.add(name)
  }
  return [...directories].flatMap(([directory, names]) => {
    const listed = listedFiles(lists.get(directory) ?? '')
    const exact =
      listed !== null &&
      listed.length === names.size &&
      new Set(listed).size === names.size &&
      listed.every((name) => names.has(name))
    return exact
      ? []
      : [
          finding(
            'MANIFEST-SHAPE',
            'The directory’s kustomization does not list exactly its files.',
            {
              file: `${directory}/kustomization.yaml`,
            },
          ),
        ]
  })
}

/** The names in a kustomization that has nothing but names; null for anything else it might hold. */
const listedFiles = (kustomization: string): string[] | null => {
  const [head] = KUSTOMIZATION_HEAD.exec(kustomization) ?? []
  if (head === undefined || !kustomization.endsWith('\n')) return null
  const lines = kustomization.slice(head.length, -1).split('\n')
  const names = lines.map((line) => RESOURCE_LINE.exec(line)?.[1])
  return names.every((name) => name !== undefined) ? names : null
}
