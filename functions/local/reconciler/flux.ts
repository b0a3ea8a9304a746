// How Flux reads: GitRepositories and Kustomizations, each under its service account, and Alerts that say who hears of it.
// Knows no Helm, no substitution and no decryption: our repositories hold plain objects.
import * as z from 'zod'
import type { Manifest } from '../../../schemas/template.ts'
import { groupOf, type Scope } from './kinds.ts'
import type { Live } from './store.ts'
import { type Discovery, type EngineModel, FOLLOWED, type Source, type Unit } from './unit.ts'

const KUSTOMIZE = 'kustomize.toolkit.fluxcd.io'
const SOURCE = 'source.toolkit.fluxcd.io'
const NOTIFICATION = 'notification.toolkit.fluxcd.io'
const RBAC = 'rbac.authorization.k8s.io'
const NAMESPACE = 'phoenix-gitops'
const ENTRY = 'phoenix-platform'

const Reference = z.looseObject({
  kind: z.string().optional(),
  name: z.string(),
  namespace: z.string().optional(),
})
const KustomizationSpec = z.looseObject({
  path: z.string(),
  prune: z.boolean(),
  suspend: z.boolean().default(false),
  sourceRef: Reference,
  dependsOn: z.array(Reference).default([]),
  serviceAccountName: z.string().optional(),
})
type KustomizationSpec = z.infer<typeof KustomizationSpec>
const GitRepositorySpec = z.looseObject({
  url: z.string(),
  ref: z.looseObject({ branch: z.string() }),
})
const AlertSpec = z.looseObject({
  providerRef: Reference,
  eventSources: z.array(Reference),
  eventMetadata: z.record(z.string(), z.string()).default({}),
})
const Rule = z.looseObject({
  apiGroups: z.array(z.string()).default([]),
  resources: z.array(z.string()).default([]),
})

const discover: EngineModel['discover'] = (input) => {
  const units: Unit[] = []
  const unreadable = new Set<string>()
  for (const { id, manifest } of input.live.ofKind(KUSTOMIZE, 'Kustomization')) {
    const spec = KustomizationSpec.safeParse(manifest.spec)
    if (spec.success && !spec.data.suspend) units.push(unitOf(input, id, manifest, spec.data))
    else unreadable.add(id)
  }
  return { units: [...firstStep(input, units), ...units], unreadable }
}

/** What an operator applies by hand to a new cluster; afterwards the Kustomization in it goes on by itself. */
const firstStep = ({ cluster, platform }: Discovery, known: Unit[]): Unit[] => {
  const path = `clusters/${cluster}/flux`
  const name = `${NAMESPACE}/${ENTRY}`
  if (platform.tree?.entries.get(path)?.type !== 'tree') return []
  if (known.some((unit) => unit.name === name)) return []
  const step: Unit = {
    name,
    parent: 'entry',
    component: '00-platform',
    repositoryUrl: platform.fullName,
    path,
    source: platform,
    waitsFor: [],
    prune: false,
    defaultNamespace: null,
    generated: true,
    forbids: () => null,
    allowance: 'entry',
    fault: null,
  }
  return [step]
}

const unitOf = (
  input: Discovery,
  id: string,
  { metadata }: Manifest,
  spec: KustomizationSpec,
): Unit => {
  const namespace = metadata.namespace ?? ''
  const of = (ref: z.infer<typeof Reference>) => `${ref.namespace ?? namespace}/${ref.name}`
  const repository = GitRepositorySpec.safeParse(
    input.live.get(`${SOURCE}/GitRepository/${of(spec.sourceRef)}`)?.manifest.spec,
  )
  const source = repository.success ? input.find(repository.data.url) : null
  const rights = rightsOf(input.live, namespace, metadata, spec.serviceAccountName)
  const path = spec.path.replace(/^\.\//, '')
  return {
    name: `${namespace}/${metadata.name}`,
    parent: id,
    component: path.slice(path.lastIndexOf('/') + 1),
    repositoryUrl: repository.data?.url ?? '',
    path,
    source,
    waitsFor: spec.dependsOn.map(of),
    prune: spec.prune,
    defaultNamespace: null,
    generated: true,
    forbids: rights.forbids,
    allowance: rights.allowance,
    fault: rights.fault ?? sourceFault(repository.data, source),
  }
}

const sourceFault = (
  repository: z.infer<typeof GitRepositorySpec> | undefined,
  source: Source | null,
): string | null => {
  if (repository === undefined) return 'its GitRepository does not exist'
  if (repository.ref.branch !== FOLLOWED) return `it follows another branch than ${FOLLOWED}`
  if (source === null) return 'its repository is not known here'
  return source.tree === null ? `its repository has no branch ${FOLLOWED}` : null
}

type Rights = Pick<Unit, 'forbids' | 'allowance' | 'fault'>

/**
 * With a service account: what its roles in the namespace name. Without: the platform's own entries may write what they
 * lead to and what belongs to the whole cluster, and an entry labelled with a tenant only that tenant's namespace.
 */
const rightsOf = (
  live: Live,
  namespace: string,
  { labels = {} }: Manifest['metadata'],
  account: string | undefined,
): Rights => {
  if (account !== undefined) return accountRights(live, namespace, account)
  if (namespace !== NAMESPACE) {
    return { forbids: () => null, allowance: '', fault: 'it names no service account' }
  }
  const tenant = labels['phoenix.cloud/tenant'] ?? 'platform'
  const own = tenant === 'platform' ? NAMESPACE : tenant
  return {
    allowance: own,
    fault: null,
    forbids: ({ kind, metadata }, scope) => {
      const inside =
        scope === 'cluster'
          ? own === NAMESPACE || (kind === 'Namespace' && metadata.name === own)
          : metadata.namespace === own
      return inside ? null : `it is outside the namespace ${own}`
    },
  }
}

const accountRights = (live: Live, namespace: string, account: string): Rights => {
  const exists = live.get(`/ServiceAccount/${namespace}/${account}`) !== undefined
  const roles = live
    .ofKind(RBAC, 'RoleBinding')
    .filter(({ manifest: { metadata, subjects } }) => {
      const list = z.array(Reference).safeParse(subjects).data ?? []
      const bound = list.some(
        (subject) => subject.kind === 'ServiceAccount' && subject.name === account,
      )
      return metadata.namespace === namespace && bound
    })
    .map(({ manifest }) => Reference.safeParse(manifest.roleRef).data?.name)
  const rules = live
    .ofKind(RBAC, 'Role')
    .filter(({ manifest: { metadata } }) => metadata.namespace === namespace)
    .filter(({ manifest }) => roles.includes(manifest.metadata.name))
    .flatMap(({ manifest }) => z.array(Rule).safeParse(manifest.rules).data ?? [])
  return {
    allowance: JSON.stringify(rules),
    fault: exists ? null : 'its service account does not exist',
    forbids: (object: Manifest, scope: Scope) => {
      if (scope === 'cluster' || object.metadata.namespace !== namespace) {
        return `it is outside the namespace ${namespace}`
      }
      const names = ['*', pluralOf(object.kind)]
      const allowed = rules.some(
        ({ apiGroups, resources }) =>
          ['*', groupOf(object.apiVersion)].some((group) => apiGroups.includes(group)) &&
          names.some((name) => resources.includes(name)),
      )
      return allowed ? null : `the role of ${account} does not allow this kind`
    },
  }
}

/** The API's name of a kind: networkpolicies, ingresses, environmentvms. */
const pluralOf = (kind: string): string => {
  const word = kind.toLowerCase()
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  return /(?:s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`
}

const words = {
  healthy: { severity: 'info', reason: 'ReconciliationSucceeded' },
  progressing: { severity: 'info', reason: 'Progressing' },
  degraded: { severity: 'error', reason: 'PruneFailed' },
  failed: { severity: 'error', reason: 'ReconciliationFailed' },
}

/** An event as notification-controller sends it where an Alert listens, plus the mark of a stand-in. */
const report: EngineModel['report'] = ({ unit, revision, outcome, live, at }) => {
  const [namespace = '', name = ''] = unit.name.split('/')
  const listening = live.ofKind(NOTIFICATION, 'Alert').find(({ manifest }) => {
    const alert = AlertSpec.safeParse(manifest.spec)
    const home = manifest.metadata.namespace ?? ''
    const heard = alert.data?.eventSources.some(
      (row) =>
        row.kind === 'Kustomization' &&
        (row.namespace ?? home) === namespace &&
        (row.name === '*' || row.name === name),
    )
    const provider = `${NOTIFICATION}/Provider/${home}/${alert.data?.providerRef.name}`
    return heard === true && live.get(provider) !== undefined
  })
  if (listening === undefined) return null
  const eventMetadata = AlertSpec.parse(listening.manifest.spec).eventMetadata
  return {
    involvedObject: { apiVersion: `${KUSTOMIZE}/v1`, kind: 'Kustomization', name, namespace },
    ...words[outcome.state],
    timestamp: at.toISOString(),
    message: outcome.message,
    metadata: { ...eventMetadata, revision: `${FOLLOWED}@sha1:${revision}` },
    reportingController: 'kustomize-controller',
    reportingInstance: 'kustomize-controller-simulated',
    simulated: true,
  }
}

export const flux: EngineModel = { discover, report }
