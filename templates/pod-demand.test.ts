// What a template says of its pods is what its objects will run: read back from the manifests, kind by kind.
import { describe, expect, it } from 'vitest'
import { addPods, baseLimitOf, NO_PODS, POD_KINDS, podUse } from '../gitops/pod-use.ts'
import { cpuMilliOf, demandMiBOf } from '../schemas/kubernetes-quantity.ts'
import type { PodUse } from '../schemas/snapshot.ts'
import type { Manifest, Template } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { templates } from './index.ts'

// biome-ignore lint/suspicious/noExplicitAny: manifests are read the way an API server would, whatever their kind
type Spec = any
type Limits = { cpu: string; memory: string }

const useOf = (count: number, limits: Limits[], volumes: string[] = []): PodUse =>
  podUse([
    {
      name: 'read-back',
      count,
      cpuMilli: limits.reduce((sum, { cpu }) => sum + cpuMilliOf(cpu), 0),
      memoryMiB: limits.reduce((sum, { memory }) => sum + demandMiBOf(memory), 0),
      volumeMiB: volumes.reduce((sum, size) => sum + demandMiBOf(size), 0),
    },
  ])

/** Charts that run in the tenant's own namespace. One that is missing here is a chart whose pods nobody counts. */
const CHARTS: Record<string, (values: Spec) => PodUse> = {
  'external-dns': ({ resources }) => useOf(1, [resources.limits]),
  gitea: ({ replicaCount, resources, persistence }) =>
    useOf(replicaCount, [resources.limits], [persistence.size]),
  kafka: ({ replicaCount, resources, persistence }) =>
    useOf(replicaCount, [resources.limits], [persistence.size]),
  openbao: ({ server: { ha, resources, dataStorage, auditStorage } }) =>
    useOf(ha.replicas, [resources.limits], [dataStorage.size, auditStorage.size]),
  opensearch: ({ replicas, resources, persistence }) =>
    useOf(replicas, [resources.limits], [persistence.size]),
  'opensearch-dashboards': ({ resources }) => useOf(1, [resources.limits]),
}

/** Kinds that run nothing by themselves in the namespace are not here. */
const KINDS: Record<string, (spec: Spec, all: Manifest[]) => PodUse> = {
  'apps/v1/Deployment': (spec, all) => {
    const count = most(all) ?? spec.replicas
    return useOf(count + spec.strategy.rollingUpdate.maxSurge, limitsOf(spec))
  },
  'argoproj.io/v1alpha1/Rollout': (spec, all) =>
    useOf(2 * (most(all) ?? Number.NaN), limitsOf(spec)),
  'postgresql.cnpg.io/v1/Cluster': ({ instances, resources, storage, walStorage }, all) =>
    useOf(
      instances,
      [resources.limits, specOf(all, 'ObjectStore').instanceSidecarConfiguration.resources.limits],
      [storage.size, walStorage.size],
    ),
  'redis.redis.opstreelabs.in/v1beta2/RedisReplication': ({ clusterSize, ...spec }) =>
    useOf(
      clusterSize,
      [spec.kubernetesConfig.resources.limits],
      [spec.storage.volumeClaimTemplate.spec.resources.requests.storage],
    ),
  'redis.redis.opstreelabs.in/v1beta2/RedisSentinel': ({ clusterSize, kubernetesConfig }) =>
    useOf(clusterSize, [kubernetesConfig.resources.limits]),
  'k8s.keycloak.org/v2beta1/Keycloak': ({ instances, resources }) =>
    useOf(instances, [resources.limits]),
  // The Job takes its resources from the server.
  'k8s.keycloak.org/v2beta1/KeycloakRealmImport': (_, all) =>
    useOf(1, [specOf(all, 'Keycloak').resources.limits]),
  'opentelemetry.io/v1beta1/OpenTelemetryCollector': ({ replicas, resources }) =>
    useOf(replicas + 1, [resources.limits]),
  'cert-manager.io/v1/Issuer': ({ acme }, all) =>
    acme?.solvers[0].http01
      ? useOf(specOf(all, 'Certificate').dnsNames.length, [{ cpu: '100m', memory: '64Mi' }])
      : NO_PODS,
  'helm.toolkit.fluxcd.io/v2/HelmRelease': ({ releaseName, targetNamespace, values }) => {
    if (targetNamespace !== undefined) return NO_PODS
    const read = CHARTS[releaseName]
    if (!read) throw new Error(`nobody counts the pods of ${releaseName}`)
    return read(values)
  },
}

const specOf = (all: Manifest[], kind: string): Spec =>
  all.find((manifest) => manifest.kind === kind)?.spec
const most = (all: Manifest[]): number | undefined =>
  specOf(all, 'HorizontalPodAutoscaler')?.maxReplicas
const limitsOf = ({ template }: Spec): Limits[] =>
  template.spec.containers.map(({ resources }: Spec) => resources.limits)

const readBack = (all: Manifest[]): PodUse =>
  all
    .map((manifest) => {
      const read = KINDS[`${manifest.apiVersion}/${manifest.kind}`]
      return read ? read(manifest.spec, all) : NO_PODS
    })
    .reduce(addPods, NO_PODS)

const NONE_OF_THESE = ['Pod', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob']

const cases = templates.flatMap((template) =>
  template.examples.map(
    (example) => [`${template.name}: ${example.title}`, template, example] as const,
  ),
)

const objectsOf = (template: Template, example: { name: string; parameters: unknown }) =>
  template.render(exampleInput(template, example)).flatMap(({ objects }) => objects)
const demandOf = (
  template: Template,
  { name, parameters }: { name: string; parameters: unknown },
) => template.demand(name, template.parameters.parse(parameters))

describe('what is asked for is what will run', () => {
  it.each(cases)('%s', (_, template, example) => {
    const objects = objectsOf(template, example)
    expect(podUse(demandOf(template, example).pods)).toEqual(readBack(objects))
    expect(objects.filter(({ kind }) => NONE_OF_THESE.includes(kind))).toEqual([])
    // A manifest kind that is spelled differently one day must not pass for one without pods.
    const asks = demandOf(template, example).pods?.length ?? 0
    const runs = objects.some(({ apiVersion, kind }) => KINDS[`${apiVersion}/${kind}`])
    if (asks > 0) expect(runs).toBe(true)
  })
})

describe('the base with its defaults', () => {
  it.each(cases)('holds %s', (_, template, example) => {
    const asked = podUse(demandOf(template, example).pods)
    const limit = baseLimitOf()
    expect(POD_KINDS.filter((kind) => asked[kind] > limit[kind])).toEqual([])
  })
})

describe('an application', () => {
  const [, application] = cases.find(([, { name }]) => name === 'application') ?? []
  const podsOf = (parameters: object) =>
    application
      ? demandOf(application, {
          name: 'portal',
          parameters: { image: 'registry.example/portal:1', ...parameters },
        }).pods?.map(({ name, count, cpuMilli, memoryMiB }) => [name, count, cpuMilli, memoryMiB])
      : []

  it('counts the maximum of its autoscaler, and the pod that an update starts beside them', () => {
    const resources = {
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { cpu: '2', memory: '1Gi' },
    }
    expect(podsOf({ replicas: { min: 2, max: 6 }, resources })).toEqual([
      ['portal', 6, 2000, 1024],
      ['portal-surge', 1, 2000, 1024],
    ])
  })

  it('counts it once for each colour', () => {
    expect(podsOf({ replicas: { min: 1, max: 5 }, strategy: { type: 'blue-green' } })).toEqual([
      ['portal', 5, 500, 256],
      ['portal-preview', 5, 500, 256],
    ])
  })
})
