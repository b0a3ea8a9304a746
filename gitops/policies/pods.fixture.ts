// Cases of the policies on pods: Pod Security, resources, probes, replicas, disruption budgets.
import { bent, budget, FILE, judged, type PolicyCase, workload } from './policies.fixture.ts'

const CONTAINER = 'spec/template/spec/containers/0'
const POD = 'spec/template/spec'
const TEMPLATES: Record<string, string> = {
  ...{ Deployment: POD, StatefulSet: POD, DaemonSet: POD, ReplicaSet: POD, Job: POD, Rollout: POD },
  ...{ CronJob: 'spec/jobTemplate/spec/template/spec', Pod: 'spec' },
}

/** Each control of the standard: what breaks it, and where the finding points when it is not at the very field. */
const CONTROLS: [what: string, path: string, value: unknown, pointer?: string][] = [
  ['host network', `${POD}/hostNetwork`, true],
  ['host process ids', `${POD}/hostPID`, true],
  ['host IPC', `${POD}/hostIPC`, true],
  ['host path', `${POD}/volumes`, [{ name: 'a', hostPath: { path: '/' } }], `/${POD}/volumes/0`],
  ['NFS volume', `${POD}/volumes`, [{ name: 'a', nfs: {} }], `/${POD}/volumes/0`],
  [
    'unsafe sysctl',
    `${POD}/securityContext/sysctls`,
    [{ name: 'kernel.msgmax', value: '1' }],
    `/${POD}/securityContext/sysctls/0`,
  ],
  ['SELinux type', `${POD}/securityContext/seLinuxOptions`, { type: 'spc_t' }],
  ['SELinux user', `${CONTAINER}/securityContext/seLinuxOptions`, { user: 'root' }],
  ['AppArmor off', `${CONTAINER}/securityContext/appArmorProfile`, { type: 'Unconfined' }],
  [
    'AppArmor off by annotation',
    'spec/template/metadata/annotations',
    { 'container.apparmor.security.beta.kubernetes.io/x': 'unconfined' },
  ],
  ['host process', `${POD}/securityContext/windowsOptions/hostProcess`, true],
  ['privileged', `${CONTAINER}/securityContext/privileged`, true],
  ['privilege escalation', `${CONTAINER}/securityContext/allowPrivilegeEscalation`, undefined],
  ['root allowed', `${CONTAINER}/securityContext/runAsNonRoot`, false],
  ['root by pod', `${POD}/securityContext/runAsUser`, 0],
  ['root by container', `${CONTAINER}/securityContext/runAsUser`, 0],
  ['seccomp off', `${CONTAINER}/securityContext/seccompProfile`, { type: 'Unconfined' }],
  [
    'no seccomp',
    `${POD}/securityContext/seccompProfile`,
    undefined,
    `/${CONTAINER}/securityContext/seccompProfile`,
  ],
  ['capabilities kept', `${CONTAINER}/securityContext/capabilities/drop`, ['NET_RAW']],
  ['capability added', `${CONTAINER}/securityContext/capabilities/add`, ['SYS_ADMIN']],
  ['unmasked /proc', `${CONTAINER}/securityContext/procMount`, 'Unmasked'],
  ['host port', `${CONTAINER}/ports`, [{ containerPort: 80, hostPort: 80 }]],
  [
    'probe of another host',
    `${CONTAINER}/livenessProbe`,
    { httpGet: { host: '10.0.0.1', port: 80 } },
    `/${CONTAINER}`,
  ],
]

const pass = () => judged([workload(), budget])

export const podCases: PolicyCase[] = [
  ...CONTROLS.map(
    ([what, path, value, pointer = `/${path}`]): PolicyCase => ({
      ...{ rule: 'PSS-RESTRICTED', what, file: FILE, pointer, hint: 'drop all capabilities' },
      passes: pass,
      fails: () => judged(bent(workload(), path, value)),
    }),
  ),
  ...Object.entries(TEMPLATES).map(
    ([kind, path]): PolicyCase => ({
      ...{ rule: 'PSS-RESTRICTED', what: `in a ${kind}`, file: FILE, hint: 'RuntimeDefault' },
      pointer: `/${path}/hostNetwork`,
      passes: () => judged(workload(kind)),
      fails: () => judged(bent(workload(kind), `${path}/hostNetwork`, true)),
    }),
  ),
  ...(['requests', 'limits'] as const).flatMap((kind) =>
    (['cpu', 'memory'] as const).map(
      (resource): PolicyCase => ({
        ...{ rule: 'RES-LIMITS', what: `no ${kind} of ${resource}`, file: FILE },
        ...{ pointer: `/${CONTAINER}/resources`, hint: 'requests and limits' },
        passes: pass,
        fails: () =>
          judged(bent(workload(), `${CONTAINER}/resources/${kind}/${resource}`, undefined)),
      }),
    ),
  ),
  ...(['livenessProbe', 'readinessProbe'] as const).map(
    (probe): PolicyCase => ({
      ...{ rule: 'PROBES', what: `no ${probe}`, file: FILE, pointer: `/${CONTAINER}` },
      hint: 'a liveness and a readiness probe',
      passes: pass,
      fails: () => judged(bent(workload(), `${CONTAINER}/${probe}`, undefined)),
    }),
  ),
  {
    ...{ rule: 'PROBES', what: 'a job needs none', file: FILE, pointer: `/${CONTAINER}` },
    hint: 'readiness',
    passes: () => judged(bent(workload('Job'), `${CONTAINER}/livenessProbe`, undefined)),
    fails: () => judged(bent(workload('StatefulSet'), `${CONTAINER}/livenessProbe`, undefined)),
  },
  {
    ...{ rule: 'REPLICAS', what: 'one pod', file: FILE, pointer: '/spec/replicas' },
    hint: 'two pods or more',
    passes: pass,
    fails: () => judged([bent(workload(), 'spec/replicas', 1), budget]),
  },
  {
    ...{ rule: 'REPLICAS', what: 'one pod by an autoscaler', file: 'rendered/core/70-x/1.yaml' },
    ...{ pointer: '/spec/minReplicas', hint: 'autoscaler’s minimum' },
    passes: () => judged([bent(workload(), 'spec/replicas', undefined), scaler(2), budget]),
    fails: () => judged([bent(workload(), 'spec/replicas', undefined), scaler(1), budget]),
  },
  {
    ...{ rule: 'PDB', what: 'none', file: FILE, hint: 'PodDisruptionBudget' },
    pointer: '/spec/template/metadata/labels',
    passes: pass,
    fails: () => judged(workload()),
  },
  {
    ...{ rule: 'PDB', what: 'of other pods', file: FILE, hint: 'selects the pods' },
    pointer: '/spec/template/metadata/labels',
    passes: pass,
    fails: () =>
      judged([
        workload(),
        bent(budget, 'spec/selector/matchLabels', { 'phoenix.cloud/resource': 'y' }),
      ]),
  },
]

const scaler = (minReplicas: number) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'x', namespace: 'dbis' },
  spec: { minReplicas, scaleTargetRef: { kind: 'Deployment', name: 'x' } },
})
