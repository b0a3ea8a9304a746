// Template application: a stateless container behind one port, scaled by CPU, in the tenant's namespace.
// It opens its own port and nothing else: what it may call is said with network-policies.
import { ApplicationParameters } from '../schemas/parameters/application.ts'
import { ATTESTATION } from '../schemas/parameters/pod.ts'
import type { Manifest, PodDemand, Template } from '../schemas/template.ts'
import { finding } from './parts/findings.ts'
import { allowIn, OWN_PODS, podsOfNamespace } from './parts/network-policy.ts'
import { type Scope, scopeOf } from './parts/object.ts'
import { deployment, deploymentPods, type PodInput, podsOf, SCRATCH } from './parts/pod.ts'
import { demandOfPods } from './parts/pod-demand.ts'
import { blueGreenServices, rollout, rolloutPods } from './parts/rollout.ts'
import { autoscaler, disruptionBudget, service } from './parts/service.ts'

const NAME = 'application'
/** Between two looks at a starting pod. */
const STARTUP_PERIOD_SECONDS = 5

export const application: Template<ApplicationParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Application',
  description:
    'A container image behind one port, with autoscaling, restricted pods, and rolling or blue-green updates.',
  kind: NAME,
  parameters: ApplicationParameters,
  examples: [
    {
      title: 'A portal with its database address in a Secret',
      name: 'portal',
      parameters: {
        image: 'ghcr.io/stefanprodan/podinfo:6.7.1',
        port: 9898,
        env: [
          { name: 'LOG_LEVEL', value: 'info' },
          { name: 'DATABASE_URL', secretKeyRef: { name: 'portal-database', key: 'url' } },
        ],
        probes: { livenessPath: '/healthz', readinessPath: '/readyz' },
        runAsUser: 10001,
        replicas: { min: 2, max: 6 },
      },
    },
    {
      title: 'A portal whose new version is looked at before it takes over',
      name: 'portal-blue-green',
      parameters: {
        image: 'ghcr.io/stefanprodan/podinfo:6.7.1',
        port: 9898,
        probes: { livenessPath: '/healthz', readinessPath: '/readyz' },
        runAsUser: 10001,
        strategy: { type: 'blue-green', scaleDownDelaySeconds: 600 },
      },
    },
  ],
  renders: [
    ...['Deployment', 'Rollout', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'],
    'NetworkPolicy',
  ],
  cluster: ({ cluster }) => cluster,
  demand: (name, parameters) => demandOfPods(podsCounted(name, parameters)),
  rules: ['HEALTH-UNSEEN', 'SINGLE-INSTANCE'],
  findings: ({ cluster, parameters: { replicas, strategy } }) => [
    ...(replicas.min === 1
      ? [
          finding('SINGLE-INSTANCE', 'With one pod, every restart is an outage.', {
            pointer: '/parameters/replicas/min',
          }),
        ]
      : []),
    ...(strategy.type === 'blue-green' && cluster.engine === 'flux'
      ? [
          finding('HEALTH-UNSEEN', 'Flux reports this change before its pods are ready.', {
            pointer: '/parameters/strategy/type',
          }),
        ]
      : []),
  ],
  render: (input) => {
    const { name, parameters } = input
    const { port, allowNamespaces } = parameters
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 70,
        name,
        objects: [
          ...workload(scope, parameters),
          disruptionBudget(scope),
          allowIn(scope, {
            name: 'port',
            pods: podsOf(name),
            peers: [OWN_PODS, ...allowNamespaces.map(podsOfNamespace)],
            ports: [{ protocol: 'TCP', port }],
          }),
        ],
      },
    ]
  },
}

/** The pods, their address and their number, as the strategy has them. */
const workload = (scope: Scope, parameters: ApplicationParameters): Manifest[] => {
  const { port, replicas, strategy } = parameters
  const pods = podsAsked(parameters)
  return strategy.type === 'blue-green'
    ? [
        rollout(scope, pods, strategy),
        ...blueGreenServices(scope, port),
        autoscaler(scope, replicas, 'Rollout'),
      ]
    : [deployment(scope, pods), service(scope, port), autoscaler(scope, replicas)]
}

/** The autoscaler may come to its maximum at any time. */
const podsCounted = (
  name: string,
  { replicas, resources, strategy }: ApplicationParameters,
): PodDemand[] =>
  (strategy.type === 'blue-green' ? rolloutPods : deploymentPods)(name, {
    count: replicas.max,
    resources,
  })

const podsAsked = (parameters: ApplicationParameters): PodInput => {
  const { image, args, port, resources, readOnlyRootFilesystem } = parameters
  return {
    ...{ image, args, resources, readOnlyRootFilesystem },
    ...optional(parameters),
    env: environment(parameters),
    port: { name: 'http', containerPort: port },
    probes: probes(parameters),
    volumes: [SCRATCH],
  }
}

const optional = ({ runAsUser, pullSecret, attestation }: ApplicationParameters) => ({
  ...(runAsUser === undefined ? {} : { runAsUser }),
  ...(pullSecret === undefined ? {} : { pullSecret }),
  ...(attestation === undefined ? {} : { annotations: { [ATTESTATION]: attestation } }),
})

const environment = ({ env }: ApplicationParameters) =>
  env.map((variable) =>
    'secretKeyRef' in variable
      ? { name: variable.name, valueFrom: { secretKeyRef: variable.secretKeyRef } }
      : variable,
  )

const probes = ({
  probes: { livenessPath, readinessPath, startupSeconds },
}: ApplicationParameters) => {
  const look = (path: string | undefined) =>
    path === undefined ? { tcpSocket: { port: 'http' } } : { httpGet: { path, port: 'http' } }
  return {
    startupProbe: {
      ...look(livenessPath),
      periodSeconds: STARTUP_PERIOD_SECONDS,
      failureThreshold: Math.ceil(startupSeconds / STARTUP_PERIOD_SECONDS),
    },
    livenessProbe: { ...look(livenessPath), periodSeconds: 10, timeoutSeconds: 3 },
    readinessProbe: { ...look(readinessPath), periodSeconds: 5, timeoutSeconds: 3 },
  }
}
