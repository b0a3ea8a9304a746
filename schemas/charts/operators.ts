// The values that we set of the operators' charts. Identities are named by their ids; no chart is given a secret.
import * as z from 'zod'
import { ObjectName } from '../manifests/words.ts'
import { ChartResources } from './resources.ts'

const Replicas = z.int().min(1).max(3)
/** A budget of one replica would block every drain. */
const Budget = z.strictObject({ enabled: z.boolean(), minAvailable: z.literal(1) })
const Off = z.literal(false)
const On = z.strictObject({ enabled: z.literal(true) })

const externalSecrets = z.strictObject({
  replicaCount: Replicas,
  leaderElect: z.literal(true),
  processClusterStore: Off,
  processClusterExternalSecret: Off,
  processClusterPushSecret: Off,
  processClusterGenerator: Off,
  processPushSecret: Off,
  resources: ChartResources,
  livenessProbe: On,
  readinessProbe: On,
  podDisruptionBudget: Budget,
  webhook: z.strictObject({
    replicaCount: Replicas,
    resources: ChartResources,
    podDisruptionBudget: Budget,
  }),
  certController: z.strictObject({ resources: ChartResources }),
})

const redisOperator = z.strictObject({
  replicas: Replicas,
  resources: ChartResources,
  redisOperator: z.strictObject({ imagePullPolicy: z.literal('IfNotPresent') }),
  podSecurityContext: z.strictObject({
    runAsNonRoot: z.literal(true),
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: Off,
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
})

const azureServiceOperator = z.strictObject({
  replicaCount: Replicas,
  azureSubscriptionID: z.guid(),
  azureTenantID: z.guid(),
  azureClientID: z.guid(),
  useWorkloadIdentityAuth: z.literal(true),
  azureTargetNamespaces: z.array(ObjectName).min(1).max(51),
  crdPattern: z.string().regex(/^[a-z]+\.azure\.com\/\*(?:;[a-z]+\.azure\.com\/\*)*$/),
  resources: ChartResources,
})

/** By chart, as in the table of charts. */
export const operatorValues = {
  'argo-rollouts': z.strictObject({
    controller: z.strictObject({ replicas: Replicas, resources: ChartResources, pdb: Budget }),
  }),
  'azure-service-operator': azureServiceOperator,
  'cloudnative-pg': z.strictObject({ replicaCount: Replicas, resources: ChartResources }),
  'external-secrets': externalSecrets,
  'plugin-barman-cloud': z.strictObject({ resources: ChartResources }),
  'redis-operator': redisOperator,
}
export type OperatorChart = keyof typeof operatorValues
export type ValuesOf<C extends OperatorChart> = z.infer<(typeof operatorValues)[C]>
