// The operators that other templates stand on, as one table: chart, when it is wanted, what must be there first, values.
// cert-manager is not in it: it has a template of its own.
import type { OperatorChart, ValuesOf } from '../../schemas/charts/operators.ts'
import type { OperatorsParameters } from '../../schemas/parameters/operators.ts'
import type { Manifest } from '../../schemas/template.ts'
import { apiVersions } from '../api-versions.ts'
import { roomFor } from './chart-resources.ts'
import { helmRelease } from './helm-release.ts'
import type { Scope } from './object.ts'

interface Row<C extends OperatorChart> {
  /** Null: not wanted. */
  values: (parameters: OperatorsParameters, tenant: string) => ValuesOf<C> | null
  needsCertManager?: true
  after?: OperatorChart
}

const budget = (replicas: number) => ({ enabled: replicas > 1, minAvailable: 1 as const })

/** Every group of Azure that our templates render, so that the operator installs those kinds and no others. */
const AZURE_KINDS = [
  ...new Set(
    Object.values(apiVersions)
      .map((version) => version.slice(0, version.indexOf('/')))
      .filter((group) => group.endsWith('.azure.com')),
  ),
]
  .sort()
  .map((group) => `${group}/*`)
  .join(';')

const table: { [C in OperatorChart]: Row<C> } = {
  'external-secrets': {
    values: ({ externalSecrets, replicas }) =>
      externalSecrets
        ? {
            replicaCount: replicas,
            leaderElect: true,
            // Stores and secrets of one namespace only: what reaches across namespaces is nobody's here.
            processClusterStore: false,
            processClusterExternalSecret: false,
            processClusterPushSecret: false,
            processClusterGenerator: false,
            processPushSecret: false,
            resources: roomFor('50m', '256Mi'),
            livenessProbe: { enabled: true },
            readinessProbe: { enabled: true },
            podDisruptionBudget: budget(replicas),
            webhook: {
              replicaCount: replicas,
              resources: roomFor('20m', '128Mi'),
              podDisruptionBudget: budget(replicas),
            },
            certController: { resources: roomFor('20m', '256Mi') },
          }
        : null,
  },
  'cloudnative-pg': {
    values: ({ cloudNativePg, replicas }) =>
      cloudNativePg ? { replicaCount: replicas, resources: roomFor('100m', '256Mi') } : null,
  },
  'plugin-barman-cloud': {
    needsCertManager: true,
    after: 'cloudnative-pg',
    // One replica: the plugin cannot be rolled (chart, updateStrategy).
    values: ({ cloudNativePg }) => (cloudNativePg ? { resources: roomFor('50m', '128Mi') } : null),
  },
  'redis-operator': {
    values: ({ redis, replicas }) =>
      redis
        ? {
            replicas,
            resources: roomFor('100m', '512Mi'),
            redisOperator: { imagePullPolicy: 'IfNotPresent' },
            podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          }
        : null,
  },
  'argo-rollouts': {
    values: ({ argoRollouts, replicas }) =>
      argoRollouts
        ? { controller: { replicas, resources: roomFor('50m', '256Mi'), pdb: budget(replicas) } }
        : null,
  },
  'azure-service-operator': {
    needsCertManager: true,
    values: ({ azure, replicas }, tenant) =>
      azure === undefined
        ? null
        : {
            replicaCount: replicas,
            azureSubscriptionID: azure.subscriptionId,
            azureTenantID: azure.entraTenantId,
            azureClientID: azure.clientId,
            useWorkloadIdentityAuth: true,
            // Whoever makes objects in these namespaces spends this identity: no namespace is in it unasked.
            azureTargetNamespaces: [...new Set([tenant, ...azure.alsoFor])],
            crdPattern: AZURE_KINDS,
            resources: roomFor('200m', '1Gi'),
          },
  },
}

export const operators = (scope: Scope, parameters: OperatorsParameters): Manifest[] =>
  (Object.keys(table) as OperatorChart[]).flatMap((chart) => {
    const { values, needsCertManager, after } = table[chart]
    const wanted = values(parameters, scope.tenant)
    if (wanted === null) return []
    const waits = needsCertManager === true && parameters.waitForCertManager
    const dependsOn = [...(after === undefined ? [] : [after]), ...(waits ? ['cert-manager'] : [])]
    return helmRelease(scope, { chart, values: wanted, dependsOn })
  })
