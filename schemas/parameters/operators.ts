// Parameters of the template operators: which of them a cluster gets. Each is a switch; Azure's needs to know as whom.

import * as z from 'zod'
import { Slug } from '../ids.ts'
import { isUnique } from '../unique.ts'

const Guid = z.guid().toLowerCase()

const Azure = z
  .strictObject({
    subscriptionId: Guid.describe('Subscription in which resources are made'),
    entraTenantId: Guid.describe('Microsoft Entra tenant of the subscription'),
    clientId: Guid.describe(
      'Client id of the identity it works as; federate it with the service account ' +
        'azureserviceoperator-default in azureserviceoperator-system',
    ),
    alsoFor: z
      .array(Slug)
      .max(50)
      .default([])
      .refine(isUnique, 'a namespace twice')
      .describe('Namespaces beside the tenant’s own whose resources are made under this identity'),
  })
  .describe('Azure Service Operator, by workload identity')

export const OperatorsParameters = z
  .strictObject({
    cluster: Slug.optional().describe('Cluster to install on; absent: the only one there is'),
    replicas: z
      .int()
      .min(1)
      .max(3)
      .default(2)
      .describe('Controllers of each operator that can lead and follow'),
    externalSecrets: z.boolean().default(true).describe('External Secrets, for secret-store'),
    cloudNativePg: z
      .boolean()
      .default(true)
      .describe('CloudNativePG and its Barman Cloud plugin, for postgres'),
    redis: z.boolean().default(true).describe('OT-CONTAINER-KIT’s Redis operator, for redis'),
    argoRollouts: z.boolean().default(false).describe('Argo Rollouts, for gradual deployments'),
    azure: Azure.optional().describe('Absent: no Azure Service Operator'),
    waitForCertManager: z
      .boolean()
      .default(true)
      .describe(
        'What needs cert-manager waits for the template cert-manager of this tenant; false: it is there already',
      ),
  })
  .refine(
    ({ externalSecrets, cloudNativePg, redis, argoRollouts, azure }) =>
      externalSecrets || cloudNativePg || redis || argoRollouts || azure !== undefined,
    'at least one operator',
  )
export type OperatorsParameters = z.infer<typeof OperatorsParameters>
