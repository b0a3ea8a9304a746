// TENANT-SCOPE: what a tenant's object may be and reach. It stands in the tenant's namespace, carries its label, and no
// reference, subject, project or account of it leads elsewhere.
import type { Finding } from '../schemas/plan.ts'
import type { Manifest } from '../schemas/template.ts'
import { FENCE_POLICIES } from '../templates/index.ts'
import { finding } from './finding.ts'

/** Kinds that stand outside the tenant's namespace, and where: they must carry the tenant's name. */
const ELSEWHERE: Record<string, string | undefined> = {
  Namespace: undefined,
  AppProject: 'argocd',
  ApplicationSet: 'argocd',
}

export const scopeFindings = (manifest: Manifest, tenant: string): Finding[] => {
  const { kind, metadata } = manifest
  const elsewhere = Object.hasOwn(ELSEWHERE, kind)
  const placed = elsewhere
    ? metadata.namespace === ELSEWHERE[kind] && metadata.name === tenant
    : metadata.namespace === tenant
  const hit = (pointer: string, message: string): Finding =>
    finding('TENANT-SCOPE', message, { pointer })
  return [
    ...(placed
      ? []
      : [hit('/metadata/namespace', 'The object is not in the tenant’s own namespace.')]),
    ...(metadata.labels?.['phoenix.cloud/tenant'] === tenant
      ? []
      : [hit('/metadata/labels', 'The object does not carry the tenant’s label.')]),
    ...(foreignNamespaces(manifest).every((namespace) => namespace === tenant)
      ? []
      : [hit('/spec', 'The object reaches into another namespace or project.')]),
    ...foreignReferences(manifest, tenant).map((pointer) =>
      hit(pointer, 'A reference leads into another namespace.'),
    ),
  ]
}

/** Where tenant-base renders to. */
const BASE = '/10-tenant/'

export const fenceFindings = (path: string, { kind, metadata }: Manifest): Finding[] =>
  kind === 'NetworkPolicy' && FENCE_POLICIES.includes(metadata.name) && !path.includes(BASE)
    ? [
        finding('TENANT-SCOPE', 'The object would replace the fence of the namespace.', {
          pointer: '/metadata/name',
        }),
      ]
    : []

/** Every namespace, project or account that a kind of ours can lead to. */
const foreignNamespaces = ({ kind, ...manifest }: Manifest): string[] => {
  const spec = (manifest.spec ?? {}) as {
    destinations?: { namespace: string }[]
    template?: { spec?: { project: string; destination?: { namespace: string } } }
    serviceAccountName?: string
    targetNamespace?: string
  }
  if (kind === 'RoleBinding') {
    return ((manifest.subjects ?? []) as { namespace: string }[]).map(({ namespace }) => namespace)
  }
  if (kind === 'AppProject') return (spec.destinations ?? []).map(({ namespace }) => namespace)
  if (kind === 'ApplicationSet') {
    return [spec.template?.spec?.project ?? '', spec.template?.spec?.destination?.namespace ?? '']
  }
  if (kind === 'Kustomization') {
    const account = (spec.serviceAccountName ?? '').replace(/-reconciler$/, '')
    return spec.targetNamespace === undefined ? [account] : [account, spec.targetNamespace]
  }
  return []
}

/** `sourceRef`, `secretRefs`, … */
const REFERENCE = /[rR]efs?$/

/** Pointers to references that name a namespace which is not the tenant's. */
const foreignReferences = ({ spec }: Manifest, tenant: string): string[] => {
  const found: string[] = []
  const look = (value: unknown, pointer: string, referring: boolean): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      if (referring && key === 'namespace' && inner !== tenant) found.push(`${pointer}/${key}`)
      else look(inner, `${pointer}/${key}`, referring || REFERENCE.test(key))
    }
  }
  look(spec, '/spec', false)
  return found
}
