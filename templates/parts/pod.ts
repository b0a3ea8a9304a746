// A Deployment or a Rollout whose pods meet the Pod Security Standard "restricted" (Kubernetes docs, "Pod Security Standards"):
// no root, no privileges, bounded resources, no API token. Secrets come in by reference only.
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { IContainer } from 'kubernetes-models/v1/Container'
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec'
import type { PodResources } from '../../schemas/parameters/pod.ts'
import type { Manifest, PodDemand } from '../../schemas/template.ts'
import { labelsOf, object, type Scope } from './object.ts'
import { podDemand } from './pod-demand.ts'
import { restrictedContainer, restrictedPod } from './restricted.ts'

type DeploymentSpec = NonNullable<IDeployment['spec']>
type Pods = Required<Pick<DeploymentSpec, 'revisionHistoryLimit' | 'selector' | 'template'>>
type Probes = Pick<IContainer, 'startupProbe' | 'livenessProbe' | 'readinessProbe'>

export interface PodInput {
  image: string
  args: string[]
  env?: NonNullable<IContainer['env']>
  /** The one port; Services and probes call it by its name. */
  port: { name: string; containerPort: number }
  resources: PodResources
  probes: Probes
  /** Absent: an autoscaler counts. */
  replicas?: number
  runAsUser?: number
  readOnlyRootFilesystem?: boolean
  pullSecret?: string
  volumes: { volume: NonNullable<IPodSpec['volumes']>[number]; mountPath: string }[]
  /** A change of these restarts the pods. */
  annotations?: Record<string, string>
}

/** Which pods are a resource's own: a resource's name is unique within its tenant. */
export const podsOf = (resource: string): Record<string, string> => ({
  'phoenix.cloud/resource': resource,
})

/** Pods beyond the others while a version replaces another: none is stopped before a new one is ready. */
export const SURGE = 1

/** What the pods of a Deployment take: without room for the surge no update would ever begin. */
export const deploymentPods = (
  name: string,
  { count, resources }: { count: number; resources: PodResources },
): PodDemand[] => {
  const containers = [resources.limits]
  return [
    podDemand(name, { count, containers }),
    podDemand(`${name}-surge`, { count: SURGE, containers }),
  ]
}

export const deployment = (scope: Scope, input: PodInput): Manifest => {
  const { replicas } = input
  const { revisionHistoryLimit, selector, template } = podTemplate(scope, input)
  const spec: IDeployment['spec'] = {
    ...(replicas === undefined ? {} : { replicas }),
    revisionHistoryLimit,
    selector,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: SURGE, maxUnavailable: 0 } },
    template,
  }
  return object('Deployment', scope.resource, scope, { spec })
}

/** What a Deployment and a Rollout say alike. */
export const podTemplate = (scope: Scope, input: PodInput): Pods => ({
  revisionHistoryLimit: 3,
  selector: { matchLabels: podsOf(scope.resource) },
  template: {
    metadata: {
      labels: labelsOf(scope),
      ...(input.annotations === undefined ? {} : { annotations: input.annotations }),
    },
    spec: podSpec(scope, input),
  },
})

const podSpec = (scope: Scope, input: PodInput): IPodSpec => {
  const { runAsUser, pullSecret, volumes } = input
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(pullSecret === undefined ? {} : { imagePullSecrets: [{ name: pullSecret }] }),
    securityContext: restrictedPod(runAsUser),
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: podsOf(scope.resource) },
      },
    ],
    containers: [container(scope, input)],
    volumes: volumes.map(({ volume }) => volume),
  }
}

const container = (scope: Scope, input: PodInput): IContainer => {
  const { image, args, env = [], port, resources, probes, volumes } = input
  const { readOnlyRootFilesystem = true } = input
  return {
    name: scope.resource,
    image,
    ...(args.length === 0 ? {} : { args }),
    ports: [{ ...port, protocol: 'TCP' }],
    ...(env.length === 0 ? {} : { env }),
    resources,
    ...probes,
    securityContext: { ...restrictedContainer(), readOnlyRootFilesystem },
    volumeMounts: volumes.map(({ volume: { name }, mountPath }) => ({
      name,
      mountPath,
      ...(name === SCRATCH.volume.name ? {} : { readOnly: true }),
    })),
  }
}

/** The one place a pod may write to; it goes with the pod. */
export const SCRATCH = {
  volume: { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
  mountPath: '/tmp',
}
