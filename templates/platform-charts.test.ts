// The templates that install a platform by charts: argocd, crossplane, operators, velero. What their values must never
// say, and the branches that decide whether a cluster can be followed, logged in to, and restored.
import { describe, expect, it } from 'vitest'
import { render } from '../gitops/render.ts'
import type { ArgoCdValues } from '../schemas/charts/argo-cd.ts'
import type { ArgocdAppsValues } from '../schemas/charts/argocd-apps.ts'
import type { CrossplaneValues } from '../schemas/charts/crossplane.ts'
import type { ValuesOf } from '../schemas/charts/operators.ts'
import type { VeleroValues } from '../schemas/charts/velero.ts'
import { isReservedSlug } from '../schemas/ids.ts'
import type { Engine } from '../schemas/place.ts'
import type { Manifest, Template } from '../schemas/template.ts'
import { argocd } from './argocd.ts'
import { type Chart, charts } from './charts.ts'
import { crossplane } from './crossplane.ts'
import { exampleInput } from './example-inputs.ts'
import { apiVersions } from './index.ts'
import { operators } from './operators.ts'
import { velero } from './velero.ts'

interface Release<V = Record<string, unknown>> {
  dependsOn?: { name: string }[]
  values: V
}
const asTemplate = <P>(template: Template<P>): Template => template as unknown as Template

const objectsOf = <P>(
  template: Template<P>,
  parameters: unknown,
  engine: Engine = 'argocd',
): Manifest[] =>
  render(
    asTemplate(template),
    exampleInput(asTemplate(template), { name: 'it', parameters }, engine),
  ).objects.map(({ manifest }) => manifest)

const releasesOf = <P>(
  template: Template<P>,
  parameters: unknown,
  engine?: Engine,
): Record<string, Release> =>
  Object.fromEntries(
    objectsOf(template, parameters, engine)
      .filter(({ kind }) => kind === 'HelmRelease')
      .map(({ metadata, spec }) => [metadata.name, spec as Release]),
  )

/** `V` is what the chart's schema says: the guard holds every release against it. */
const releaseOf = <V>(
  template: unknown,
  parameters: unknown,
  chart: string,
  engine?: Engine,
): Release<V> => {
  const release = releasesOf(template as Template, parameters, engine)[chart]
  if (!release) throw new Error(`no release of ${chart}`)
  return release as Release<V>
}

const faultsOf = <P>(template: Template<P>, parameters: unknown): string[] =>
  template.parameters.safeParse(parameters).error?.issues.map(({ path }) => path.join('/')) ?? []

const DOMAIN = { domain: 'argocd.example.com' }
const LOGIN = {
  issuer: 'https://id.example.com/realms/staff',
  clientId: 'argocd',
  adminGroup: 'platform-admins',
}

describe('argocd', () => {
  const values = (more: object = {}, engine?: Engine) =>
    releaseOf<ArgoCdValues>(argocd, { ...DOMAIN, ...more }, 'argo-cd', engine).values

  it('knows our trees: annotation tracking, steps by wave, health of Azure and Redis', () => {
    const { cm, params } = values().configs
    expect(cm['application.resourceTrackingMethod']).toBe('annotation')
    expect(params['applicationsetcontroller.enable.progressive.syncs']).toBe(true)
    expect(cm['resource.customizations']).toContain('"*.azure.com/*":')
    expect(cm['resource.customizations']).toContain('"redis.redis.opstreelabs.in/*":')
    expect(cm['resource.exclusions']).toContain('ProviderConfigUsage')
  })

  it('closes the default project after Argo CD is there', () => {
    const { dependsOn, values: apps } = releaseOf<ArgocdAppsValues>(argocd, DOMAIN, 'argocd-apps')
    expect(dependsOn).toEqual([{ name: 'argo-cd' }])
    const { sourceRepos, destinations, namespaceResourceBlacklist } = apps.projects.default
    expect(sourceRepos).toEqual(['https://nowhere.invalid'])
    expect(destinations.map(({ server }) => server)).toEqual(['https://nowhere.invalid'])
    expect(namespaceResourceBlacklist).toEqual([{ group: '*', kind: '*' }])
  })

  it('has either the built-in administrator or a login without a secret', () => {
    expect(values().configs.cm['admin.enabled']).toBe(true)
    expect(values().configs.rbac['policy.csv']).toBe('')
    const { cm, rbac } = values({ login: LOGIN }).configs
    expect(cm['admin.enabled']).toBe(false)
    expect(cm['oidc.config']).toContain('enablePKCEAuthentication: true')
    expect(cm['oidc.config']).not.toMatch(/secret/i)
    expect(rbac['policy.csv']).toBe('g, platform-admins, role:admin\n')
  })

  it('leaves the notifications to the entry points where Argo CD follows the cluster', () => {
    const created = (engine: Engine) => {
      const { cm, secret } = values({}, engine).notifications
      return [cm.create, secret.create]
    }
    expect(created('argocd')).toEqual([false, false])
    expect(created('flux')).toEqual([true, true])
  })

  it('ends TLS at the ingress only where there is one', () => {
    expect(values().configs.params['server.insecure']).toBe(false)
    expect(values().server.ingress).toBeUndefined()
    const open = values({ ingress: { className: 'nginx', clusterIssuer: 'letsencrypt' } })
    expect(open.configs.params['server.insecure']).toBe(true)
    expect(open.server).toMatchObject({ ingress: { tls: true }, certificate: { enabled: true } })
  })

  it('of one piece is warned about, and has no budget that would block a drain', () => {
    const single = { ...DOMAIN, highAvailability: false }
    const rules = (parameters: object) =>
      argocd
        .findings(exampleInput(asTemplate(argocd), { name: 'it', parameters }) as never)
        .map(({ rule }) => rule)
    expect([rules(single), rules(DOMAIN)]).toEqual([['SINGLE-INSTANCE'], []])
    expect(values({ highAvailability: false }).server).toMatchObject({
      replicas: 1,
      pdb: { enabled: false },
    })
    expect(values().server).toMatchObject({ replicas: 2, pdb: { enabled: true } })
  })

  it.each([
    ['a second policy in a group', { adminGroup: 'x, role:admin\ng, y' }, 'login/adminGroup'],
    ['a provider in the clear', { issuer: 'http://id.example.com' }, 'login/issuer'],
    ['a client secret', { clientSecret: 'x' }, 'login'],
  ])('refuses %s', (_, more, path) => {
    expect(faultsOf(argocd, { ...DOMAIN, login: { ...LOGIN, ...more } })).toEqual([path])
  })
})

describe('crossplane', () => {
  it('installs the pinned provider and activates namespaced kinds only', () => {
    const { provider } = releaseOf<CrossplaneValues>(crossplane, {}, 'crossplane').values
    expect(provider.packages).toHaveLength(1)
    expect(provider.packages[0]).toMatch(/provider-proxmox-bpg:v1\.18\.0$/)
    const suffix = provider.defaultActivations[0].slice(1)
    expect(apiVersions.EnvironmentVM.split('/')[0]?.endsWith(suffix)).toBe(true)
  })

  it('refers to a Secret of the tenant’s own namespace, a wave after the operator', () => {
    const proxmox = { name: 'proxmox-login', key: 'credentials' }
    const input = exampleInput(asTemplate(crossplane), { name: 'it', parameters: { proxmox } })
    const [, later] = crossplane.render(input as never)
    expect(later?.wave).toBe(30)
    expect(later?.objects[0]?.spec).toEqual({
      credentials: { source: 'Secret', secretRef: { ...proxmox, namespace: 'dbis' } },
    })
    expect(faultsOf(crossplane, { proxmox: { ...proxmox, namespace: 'other' } })).toEqual([
      'proxmox',
    ])
    expect(objectsOf(crossplane, {}).map(({ kind }) => kind)).not.toContain('ProviderConfig')
  })
})

describe('operators', () => {
  const AZURE = {
    subscriptionId: '3f0c5f0e-6f5c-4d0e-9a51-6a2b7f6f0c11',
    entraTenantId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    clientId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  }
  const NONE = { externalSecrets: false, cloudNativePg: false, redis: false }

  it('are the ones asked for', () => {
    expect(Object.keys(releasesOf(operators, {})).sort()).toEqual([
      'cloudnative-pg',
      'external-secrets',
      'plugin-barman-cloud',
      'redis-operator',
    ])
    expect(Object.keys(releasesOf(operators, { ...NONE, argoRollouts: true }))).toEqual([
      'argo-rollouts',
    ])
    expect(faultsOf(operators, NONE)).toEqual([''])
    expect(faultsOf(operators, { ...NONE, azure: AZURE })).toEqual([])
  })

  it('wait for what they need', () => {
    const order = (waitForCertManager: boolean) =>
      Object.entries(releasesOf(operators, { azure: AZURE, waitForCertManager }))
        .map(
          ([name, { dependsOn = [] }]) => [name, dependsOn.map((release) => release.name)] as const,
        )
        .filter(([, names]) => names.length > 0)
    expect(Object.fromEntries(order(true))).toEqual({
      'plugin-barman-cloud': ['cloudnative-pg', 'cert-manager'],
      'azure-service-operator': ['cert-manager'],
    })
    expect(Object.fromEntries(order(false))).toEqual({ 'plugin-barman-cloud': ['cloudnative-pg'] })
  })

  it('give Azure’s identity to the namespaces named, and install the kinds we render', () => {
    const azure = { ...AZURE, alsoFor: ['payments', 'dbis'] }
    const { values } = releaseOf<ValuesOf<'azure-service-operator'>>(
      operators,
      { azure },
      'azure-service-operator',
    )
    expect(values.azureTargetNamespaces).toEqual(['dbis', 'payments'])
    expect(values.useWorkloadIdentityAuth).toBe(true)
    expect(values).not.toHaveProperty('azureClientSecret')
    const groups = values.crdPattern.split(';')
    expect(groups).toContain('keyvault.azure.com/*')
    expect(groups).not.toContain('*')
    expect(new Set(groups).size).toBe(groups.length)
    expect(faultsOf(operators, { azure: { ...AZURE, clientSecret: 'x' } })).toEqual(['azure'])
  })

  it('of one replica have no budget that would block a drain', () => {
    const budgets = (replicas: number) =>
      releaseOf<ValuesOf<'external-secrets'>>(operators, { replicas }, 'external-secrets').values
        .podDisruptionBudget.enabled
    expect([budgets(1), budgets(2)]).toEqual([false, true])
  })
})

describe('velero', () => {
  const AZURE = {
    kind: 'azure-blob',
    account: 'dbisbackups',
    container: 'velero',
    clientId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  }
  const S3 = {
    kind: 's3',
    endpoint: 'https://objects.example.com',
    bucket: 'backups',
    secret: 'velero-bucket',
  }
  const values = (parameters: object) =>
    releaseOf<VeleroValues>(velero, parameters, 'velero').values

  it('backs everything up every day and every hour, and keeps it as long as asked', () => {
    const { daily, hourly } = values({ store: AZURE }).schedules
    expect(daily).toMatchObject({ schedule: '0 2 * * *', template: { ttl: '720h0m0s' } })
    expect(hourly).toMatchObject({ schedule: '15 * * * *', template: { ttl: '48h0m0s' } })
    expect(daily.template.includedNamespaces).toEqual(['*'])
    const less = values({
      store: AZURE,
      daily: { retentionHours: 100 },
      hourly: { enabled: false },
      namespaces: ['dbis'],
    }).schedules
    expect(less.hourly).toBeUndefined()
    expect(less.daily.template).toMatchObject({ ttl: '100h0m0s', includedNamespaces: ['dbis'] })
  })

  it('keeps clusters of one bucket apart', () => {
    const [location] = values({ store: S3 }).configuration.backupStorageLocation
    expect(location).toMatchObject({ bucket: 'backups', prefix: 'core', provider: 'aws' })
  })

  it('reaches Azure as an identity, and a bucket by a Secret that is there', () => {
    const azure = values({ store: AZURE })
    expect(azure.credentials).toEqual({ useSecret: false })
    expect(azure.serviceAccount?.server.annotations).toEqual({
      'azure.workload.identity/client-id': AZURE.clientId,
    })
    expect(azure.nodeAgent?.podLabels).toEqual(azure.podLabels)
    const s3 = values({ store: S3 })
    expect(s3.credentials).toEqual({ useSecret: true, existingSecret: 'velero-bucket' })
    expect(s3.serviceAccount).toBeUndefined()
    expect(faultsOf(velero, { store: { ...S3, secretAccessKey: 'x' } })).toEqual(['store'])
  })

  it.each([
    ['none', { agent: false, snapshots: false, moved: false }],
    ['snapshots', { agent: false, snapshots: true, moved: false }],
    ['moved', { agent: true, snapshots: true, moved: true }],
  ])('with volumes %s runs only what that takes', (volumes, expected) => {
    const { deployNodeAgent, nodeAgent, configuration, schedules } = values({ store: S3, volumes })
    expect({
      agent: deployNodeAgent,
      snapshots: schedules.daily.template.snapshotVolumes,
      moved: schedules.daily.template.snapshotMoveData,
    }).toEqual(expected)
    expect(configuration.features).toBe(expected.snapshots ? 'EnableCSI' : undefined)
    expect(nodeAgent?.disableHostPath).toBe(expected.agent ? true : undefined)
  })
})

describe('every one of them', () => {
  it('is for the owner of a cluster only', () => {
    for (const { clusterWide } of [argocd, crossplane, operators, velero]) {
      expect(clusterWide).toBe(true)
    }
  })
})

describe('the namespace of a chart', () => {
  const namespaces = Object.values(charts).flatMap((chart: Chart) => chart.namespace ?? [])

  it.each([...new Set(namespaces)])('%s can be no tenant’s', (namespace) => {
    expect(isReservedSlug(namespace)).toBe(true)
  })
})
