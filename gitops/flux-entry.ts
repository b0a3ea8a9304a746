// Flux's side of the entry points: sources, Kustomizations, and the Alerts that report status to Phoenix.
// Holds no secret: the webhook's token is named here and put on the cluster by whoever installs it.
//
// Alerts stay in the platform's namespace, with that token, and listen to tenants' namespaces: notification-controller
// must allow cross-namespace sources there. The other controllers keep `--no-cross-namespace-refs`.
import { PLATFORM_SLUG } from '../schemas/ids.ts'
import type { Manifest } from '../schemas/template.ts'
import { apiVersions } from '../templates/index.ts'
import { entryMetadata, LIVE, PLATFORM_ENTRY } from './entry-metadata.ts'
import { repositoryName } from './statuses/source.ts'

/** Alert and Provider; templates render neither. */
const NOTIFICATION = 'notification.toolkit.fluxcd.io/v1beta3'
export const PLATFORM_NAMESPACE = 'phoenix-gitops'

/** The platform's source, the Kustomization over the entry points, and the status webhook. */
export const fluxPlatform = (cluster: string, url: string, webhook: string): Manifest[] => {
  const namespace = entryMetadata(PLATFORM_NAMESPACE, null, PLATFORM_SLUG, PLATFORM_ENTRY)
  const annotations = { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' }
  return [
    {
      apiVersion: apiVersions.Namespace,
      kind: 'Namespace',
      metadata: { ...namespace, annotations },
    },
    gitRepository(PLATFORM_ENTRY, PLATFORM_NAMESPACE, url, PLATFORM_SLUG),
    {
      apiVersion: apiVersions.Kustomization,
      kind: 'Kustomization',
      metadata: entryMetadata(PLATFORM_ENTRY, PLATFORM_NAMESPACE, PLATFORM_SLUG, PLATFORM_ENTRY),
      // Not `wait`: the trouble of one tenant is not the platform's.
      spec: { ...reconciled(`./clusters/${cluster}/flux`, PLATFORM_ENTRY, '5m'), wait: false },
    },
    alert(PLATFORM_ENTRY, cluster, url, PLATFORM_SLUG, [
      { kind: 'Kustomization', name: PLATFORM_ENTRY, namespace: PLATFORM_NAMESPACE },
    ]),
    provider(webhook),
  ]
}

/** Source, Kustomization and Alert that lead to a tenant's base and listen to the tenant's components. */
export const fluxTenant = (
  cluster: string,
  tenant: string,
  url: string,
  path: string,
): Manifest[] => {
  const name = `tenant-${tenant}`
  return [
    gitRepository(name, PLATFORM_NAMESPACE, url, tenant),
    {
      apiVersion: apiVersions.Kustomization,
      kind: 'Kustomization',
      metadata: entryMetadata(name, PLATFORM_NAMESPACE, tenant, name),
      // Not `wait`: the base holds the entry of every component, and would be as slow as the slowest of them.
      spec: { ...reconciled(`./${path}`, name, '5m'), wait: false },
    },
    alert(name, cluster, url, tenant, [
      { kind: 'Kustomization', name, namespace: PLATFORM_NAMESPACE },
      { kind: 'Kustomization', name: '*', namespace: tenant },
    ]),
  ]
}

/** The Kustomization of one component, in the tenant's namespace and under the tenant's account. */
export const fluxComponent = (input: {
  name: string
  tenant: string
  repositoryUrl: string
  path: string
  dependsOn: string[]
  /** Whether it is ready only when its objects are; else as soon as they are applied. */
  wait: boolean
  resource: string
  template: string | undefined
}): Manifest => {
  const { name, tenant, wait, resource, template } = input
  const repository = repositoryName(input.repositoryUrl)
  return {
    apiVersion: apiVersions.Kustomization,
    kind: 'Kustomization',
    metadata: {
      ...entryMetadata(name, tenant, tenant, resource, template),
      ...(repository === null
        ? {}
        : { annotations: { 'event.toolkit.fluxcd.io/repository': repository } }),
    },
    spec: {
      ...reconciled(`./${input.path}`, 'phoenix', '30m'),
      wait,
      serviceAccountName: `${tenant}-reconciler`,
      dependsOn: input.dependsOn.map((leaf) => ({ name: leaf })),
    },
  }
}

const gitRepository = (name: string, namespace: string, url: string, tenant: string): Manifest => ({
  apiVersion: apiVersions.GitRepository,
  kind: 'GitRepository',
  metadata: entryMetadata(name, namespace, tenant, name),
  spec: { interval: '1m', timeout: '60s', url, ref: { branch: LIVE } },
})

const reconciled = (path: string, source: string, timeout: string) => ({
  interval: '10m',
  retryInterval: '1m',
  timeout,
  path,
  prune: true,
  sourceRef: { kind: 'GitRepository', name: source },
})

/** The Secret `phoenix-webhook` holds the key `token`, put there by whoever installs the cluster. */
const provider = (address: string): Manifest => ({
  apiVersion: NOTIFICATION,
  kind: 'Provider',
  metadata: entryMetadata('phoenix', PLATFORM_NAMESPACE, PLATFORM_SLUG, PLATFORM_ENTRY),
  spec: { type: 'generic-hmac', address, secretRef: { name: 'phoenix-webhook' } },
})

/** `eventMetadata` wins over annotations of the objects: a tenant's object cannot speak for another repository. */
const alert = (
  name: string,
  cluster: string,
  repositoryUrl: string,
  tenant: string,
  eventSources: { kind: string; name: string; namespace: string }[],
): Manifest => ({
  apiVersion: NOTIFICATION,
  kind: 'Alert',
  metadata: entryMetadata(name, PLATFORM_NAMESPACE, tenant, name),
  spec: {
    providerRef: { name: 'phoenix' },
    eventSeverity: 'info',
    eventSources,
    eventMetadata: { cluster, repository: repositoryName(repositoryUrl) ?? repositoryUrl },
  },
})
