// Four rules once more, on the cluster itself: ValidatingAdmissionPolicies (Kubernetes docs, "Validating Admission
// Policy"; admissionregistration.k8s.io/v1 is in core since 1.30), for what reaches the cluster past a pull request.
// Cluster-scoped, so they are among the platform's entry points and no tenant's engine can touch them.
//
// Rules that take exceptions only warn and write into the audit log: a cluster knows nothing of exceptions in Git. The
// other two deny. Workloads are judged as Phoenix renders them; what operators make is judged by its pods, after the
// namespace's LimitRange has filled them in.
import { PLATFORM_SLUG } from '../schemas/ids.ts'
import type { Cluster } from '../schemas/place.ts'
import type { RuleId } from '../schemas/rules.ts'
import { rules } from '../schemas/rules.ts'
import type { Manifest } from '../schemas/template.ts'
import { apiVersions } from '../templates/index.ts'
import { entryMetadata } from './entry-metadata.ts'

const GROUP = 'admissionregistration.k8s.io'
const VERSION = `${GROUP}/v1`
/** What an engine must be allowed to apply for this. */
export const ADMISSION = {
  group: GROUP,
  kinds: ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
} as const
/** The first minor version of Kubernetes 1 that has the stable API. */
const FIRST_MINOR = 30
const TENANT_LABEL = 'phoenix.cloud/tenant'
const REGION_POLICY = 'phoenix-region-allowed'

const minorOf = (version: string): number => Number(version.split('.')[1])

/** An unknown version counts as one without: an engine fails on kinds that its cluster does not have. */
export const admitsPolicies = ({ kubernetes }: Pick<Cluster, 'kubernetes'>): boolean =>
  kubernetes !== undefined && minorOf(kubernetes) >= FIRST_MINOR

/** What an operator should know of a cluster that gets none. */
export const admissionNotes = (cluster: Pick<Cluster, 'kubernetes'>): string[] => {
  if (admitsPolicies(cluster)) return []
  return [
    cluster.kubernetes === undefined
      ? 'No admission policies: they need Kubernetes 1.30 or newer, and this cluster’s version is not known. Set `kubernetes` of the cluster.'
      : 'No admission policies: they need Kubernetes 1.30 or newer, and this cluster is older.',
  ]
}

const onWrite = (group: string, version: string, ...resources: string[]) => ({
  apiGroups: [group],
  apiVersions: [version],
  operations: ['CREATE', 'UPDATE'],
  resources,
  scope: 'Namespaced',
})

const POD_KINDS = [
  onWrite('', 'v1', 'pods', 'pods/ephemeralcontainers'),
  onWrite('apps', 'v1', 'deployments', 'statefulsets', 'daemonsets'),
  onWrite('batch', 'v1', 'jobs', 'cronjobs'),
  onWrite('argoproj.io', 'v1alpha1', 'rollouts'),
]

/** An object on its way out must still lose its finalizers. */
const STAYING = {
  name: 'stays',
  expression: '!has(object.metadata.deletionTimestamp)',
}
/** A Rollout may point at a Deployment instead of saying what its pods are: that one is judged itself. */
const WITH_PODS = {
  name: 'says-what-its-pods-are',
  expression: "object.kind != 'Rollout' || has(object.spec.template)",
}
const OF_PHOENIX = {
  name: 'is-a-pod-or-of-phoenix',
  expression:
    "object.kind == 'Pod' || (has(object.metadata.labels) && 'app.kubernetes.io/managed-by' in object.metadata.labels && object.metadata.labels['app.kubernetes.io/managed-by'] == 'phoenix')",
}
/** The object, of no kind in particular: an API server would miss the fields of the other kinds it is asked about. */
const ANY = { name: 'any', expression: 'dyn(object)' }
const POD = {
  name: 'pod',
  expression:
    "object.kind == 'Pod' ? variables.any.spec : (object.kind == 'CronJob' ? variables.any.spec.jobTemplate.spec.template.spec : variables.any.spec.template.spec)",
}
const CONTAINERS = {
  name: 'containers',
  expression:
    'variables.pod.containers + (has(variables.pod.initContainers) ? variables.pod.initContainers : [])',
}
const ALL_CONTAINERS = {
  name: 'all',
  expression:
    'variables.containers + (has(variables.pod.ephemeralContainers) ? variables.pod.ephemeralContainers : [])',
}

const policy = (
  rule: RuleId,
  name: string,
  spec: { matchConstraints: object; validations: string[]; [field: string]: unknown },
): Manifest => ({
  apiVersion: VERSION,
  kind: 'ValidatingAdmissionPolicy',
  metadata: marked(rule, name, PLATFORM_SLUG),
  spec: {
    failurePolicy: 'Fail',
    ...spec,
    validations: spec.validations.map((expression) => ({
      expression,
      message: `${rule}: ${rules[rule].title}. ${rules[rule].fix}`,
      reason: 'Invalid',
    })),
  },
})

const marked = (rule: RuleId, name: string, tenant: string) => ({
  ...entryMetadata(name, null, tenant, name),
  annotations: {
    'phoenix.cloud/rule': rule,
    'phoenix.cloud/needs': 'Kubernetes 1.30 or newer',
  },
})

/** What has exceptions in Git only warns here. */
const actionsOf = (rule: RuleId): string[] =>
  rules[rule].excusable ? ['Warn', 'Audit'] : ['Deny', 'Audit']

const binding = (
  rule: RuleId,
  name: string,
  {
    policyName = name,
    tenant,
    paramRef,
  }: { policyName?: string; tenant?: string; paramRef?: object },
): Manifest => ({
  apiVersion: VERSION,
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: marked(rule, name, tenant ?? PLATFORM_SLUG),
  spec: {
    policyName,
    ...(paramRef === undefined ? {} : { paramRef }),
    matchResources: {
      namespaceSelector:
        tenant === undefined
          ? { matchExpressions: [{ key: TENANT_LABEL, operator: 'Exists' }] }
          : { matchLabels: { [TENANT_LABEL]: tenant } },
    },
    validationActions: actionsOf(rule),
  },
})

/** What follows an @ is no tag, not even where it is no whole digest. */
const IMAGE_PINNED =
  "variables.all.all(c, has(c.image) && (c.image.matches('@sha256:[0-9a-f]{64}$') || (c.image.matches('^[^@]+:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$') && !c.image.endsWith(':latest'))))"
const LIMITED =
  "variables.containers.all(c, has(c.resources) && has(c.resources.requests) && has(c.resources.limits) && ['cpu', 'memory'].all(r, r in c.resources.requests && r in c.resources.limits))"
const OWN_LABEL = `has(object.metadata.labels) && '${TENANT_LABEL}' in object.metadata.labels && has(namespaceObject.metadata.labels) && '${TENANT_LABEL}' in namespaceObject.metadata.labels && object.metadata.labels['${TENANT_LABEL}'] == namespaceObject.metadata.labels['${TENANT_LABEL}']`
const OWN_SUBJECTS =
  "object.kind != 'RoleBinding' || !has(variables.any.subjects) || variables.any.subjects.all(s, s.kind == 'ServiceAccount' && has(s.namespace) && s.namespace == request.namespace)"
const ownReference = (...path: string[]): string => {
  const steps = path.map((_, index) => `variables.any.${path.slice(0, index + 1).join('.')}`)
  const last = `variables.any.${path.join('.')}`
  return [
    ...steps.map((step) => `!has(${step})`),
    `!has(${last}.namespace)`,
    `${last}.namespace == request.namespace`,
  ].join(' || ')
}
/** Elsewhere a chart is a word: of a HelmChart, say. */
const OWN_CHART = `object.kind != 'HelmRelease' || ${ownReference('spec', 'chart', 'spec', 'sourceRef')}`
const IN_LOCATION =
  "!has(variables.any.spec) || !has(variables.any.spec.location) || variables.any.spec.location.lowerAscii().replace(' ', '') in params.data['locations'].split(' ')"

/** For the cluster: policies, and where they hold. The locations of each tenant are `admissionOfTenant`'s. */
export const admissionPolicies = (): Manifest[] => [
  policy('IMG-PINNED', 'phoenix-img-pinned', {
    matchConstraints: { resourceRules: POD_KINDS },
    matchConditions: [STAYING, OF_PHOENIX, WITH_PODS],
    variables: [ANY, POD, CONTAINERS, ALL_CONTAINERS],
    validations: [IMAGE_PINNED],
  }),
  binding('IMG-PINNED', 'phoenix-img-pinned', {}),
  policy('RES-LIMITS', 'phoenix-res-limits', {
    matchConstraints: { resourceRules: POD_KINDS },
    matchConditions: [STAYING, OF_PHOENIX, WITH_PODS],
    variables: [ANY, POD, CONTAINERS],
    validations: [LIMITED],
  }),
  binding('RES-LIMITS', 'phoenix-res-limits', {}),
  policy('TENANT-SCOPE', 'phoenix-tenant-scope', {
    matchConstraints: {
      resourceRules: [onWrite('*', '*', '*')],
      // Whatever does not say whose it is was not rendered here: operators make much beside it.
      objectSelector: { matchExpressions: [{ key: TENANT_LABEL, operator: 'Exists' }] },
    },
    matchConditions: [STAYING],
    variables: [ANY],
    validations: [
      OWN_LABEL,
      OWN_SUBJECTS,
      ownReference('spec', 'sourceRef'),
      ownReference('spec', 'chartRef'),
      OWN_CHART,
    ],
  }),
  binding('TENANT-SCOPE', 'phoenix-tenant-scope', {}),
  policy('REGION-ALLOWED', REGION_POLICY, {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConstraints: {
      resourceRules: [{ ...onWrite('', '*', '*'), apiGroups: AZURE_GROUPS }],
    },
    matchConditions: [STAYING],
    variables: [ANY],
    validations: [IN_LOCATION],
  }),
]

/** Every group of Azure Service Operator that templates render. */
const AZURE_GROUPS = [
  ...new Set(
    Object.values(apiVersions)
      .map((version) => version.split('/')[0] ?? '')
      .filter((group) => group.endsWith('.azure.com')),
  ),
].sort()

/** The locations of one tenant, out of its reach in the platform's namespace, and REGION-ALLOWED bound to them. */
export const admissionOfTenant = (
  tenant: string,
  locations: readonly string[],
  namespace: string,
): Manifest[] => {
  const name = `${REGION_POLICY}-${tenant}`
  return [
    {
      apiVersion: apiVersions.ConfigMap,
      kind: 'ConfigMap',
      metadata: entryMetadata(name, namespace, tenant, name),
      data: { locations: locations.join(' ') },
    },
    binding('REGION-ALLOWED', name, {
      ...{ policyName: REGION_POLICY, tenant },
      paramRef: { name, namespace, parameterNotFoundAction: 'Deny' },
    }),
  ]
}
