// Template application: a stateless container behind one port, scaled by CPU, in the tenant's namespace.
// It opens its own port and nothing else: what it may call is said with network-policies.
import { ApplicationParameters } from '../schemas/parameters/application.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { finding } from './parts/findings.ts'
import { allowIn, OWN_PODS, podsOfNamespace } from './parts/network-policy.ts'
import { scopeOf } from './parts/object.ts'
import { deployment, podsOf, SCRATCH } from './parts/pod.ts'
import { autoscaler, disruptionBudget, service } from './parts/service.ts'

const NAME = 'application'
/** Between two looks at a starting pod. */
const STARTUP_PERIOD_SECONDS = 5

export const application: Template<ApplicationParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Application',
  description: 'A container image behind one port, with autoscaling and restricted pods.',
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
  ],
  renders: [
    ...['Deployment', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'],
    'NetworkPolicy',
  ],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: ({ parameters: { replicas } }) =>
    replicas.min === 1
      ? [
          finding('SINGLE-INSTANCE', 'With one pod, every restart is an outage.', {
            pointer: '/parameters/replicas/min',
          }),
        ]
      : [],
  render: (input) => {
    const { name, parameters } = input
    const { image, args, port, resources, replicas, allowNamespaces, readOnlyRootFilesystem } =
      parameters
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 70,
        name,
        objects: [
          deployment(scope, {
            ...{ image, args, resources, readOnlyRootFilesystem },
            ...optional(parameters),
            env: environment(parameters),
            port: { name: 'http', containerPort: port },
            probes: probes(parameters),
            volumes: [SCRATCH],
          }),
          service(scope, port),
          autoscaler(scope, replicas),
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

const optional = ({ runAsUser, pullSecret }: ApplicationParameters) => ({
  ...(runAsUser === undefined ? {} : { runAsUser }),
  ...(pullSecret === undefined ? {} : { pullSecret }),
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
