// Parameters of the template aks-node-pool: more nodes for a cluster made with aks-cluster.

import * as z from 'zod'
import { Slug } from '../ids.ts'
import { isUnique } from '../unique.ts'
import { AksVersion, NodeSize } from './azure.ts'
import { SubnetChoice } from './azure-reference.ts'

const LABEL_KEY = '[a-z0-9][a-z0-9.-]{0,61}[a-z0-9]'
const LABEL_VALUE = '[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?'

export const AksNodePoolParameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Cluster whose Azure Service Operator manages it; absent: the only one there is',
  ),
  aksCluster: Slug.describe('Resource of the template aks-cluster that it joins'),
  poolName: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,11}$/, 'lower-case letters and digits, at most 12')
    .refine((name) => name !== 'system', 'the cluster’s own pool has this name')
    .describe('Name in Azure, unique in the cluster'),
  vmSize: NodeSize.default('Standard_D8s_v5'),
  nodes: z
    .int()
    .min(1)
    .max(1000)
    .default(3)
    .describe('Exactly so many, spread over three zones; more or fewer is a change'),
  diskGiB: z.int().min(64).max(2048).default(128),
  kubernetesVersion: AksVersion.optional(),
  subnet: SubnetChoice.optional().describe(
    'Where its nodes stand: in the network of the cluster’s own pool; absent: a network that AKS made',
  ),
  labels: z
    .record(
      z.string().regex(new RegExp(`^${LABEL_KEY}$`)),
      z.string().regex(new RegExp(`^${LABEL_VALUE}$`)),
    )
    .refine((labels) => Object.keys(labels).length <= 20, 'at most 20')
    .default({})
    .describe('Labels of the nodes, to select them by'),
  taints: z
    .array(
      z
        .string()
        .regex(
          new RegExp(`^${LABEL_KEY}=${LABEL_VALUE}:(?:NoSchedule|PreferNoSchedule|NoExecute)$`),
          'key=value:Effect',
        ),
    )
    .max(10)
    .refine(isUnique, 'each at most once')
    .default([])
    .describe('What keeps other pods away from the nodes'),
})
export type AksNodePoolParameters = z.infer<typeof AksNodePoolParameters>
