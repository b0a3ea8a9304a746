// Parameters of the template aks-cluster: a Kubernetes cluster in Azure with its system pool.
// There is no parameter that would open it: no local accounts, no API server for everybody.
import * as z from 'zod'
import { Slug } from '../ids.ts'
import { AksVersion, AzureLocation, EntraId, NodeSize } from './azure.ts'
import { SubnetChoice } from './azure-reference.ts'

const IpRange = z
  .cidrv4()
  .refine((range) => Number(range.split('/')[1]) >= 8, 'a prefix of at least 8 bits')

export const AksClusterParameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Cluster whose Azure Service Operator manages it; absent: the only one there is',
  ),
  location: AzureLocation.describe('Azure region'),
  kubernetesVersion: AksVersion.optional(),
  tier: z
    .enum(['Free', 'Standard'])
    .default('Standard')
    .describe('Only Standard has an uptime SLA'),
  administratorGroups: z
    .array(EntraId)
    .max(20)
    .default([])
    .describe('Entra groups that administer it; empty: only who has a role in Azure'),
  authorizedIpRanges: z
    .array(IpRange)
    .max(200)
    .default([])
    .describe(
      'Who may reach the API server; empty: a private one without public address. Private or not is fixed when the cluster is made',
    ),
  subnet: SubnetChoice.optional().describe(
    'Where its nodes stand, from which private endpoints can be reached; absent: a network that AKS makes. Fixed when the cluster is made. Its identity needs the role Network Contributor there for internal load balancers',
  ),
  systemPool: z
    .strictObject({
      vmSize: NodeSize.default('Standard_D8s_v5'),
      nodes: z.int().min(1).max(100).default(3),
      diskGiB: z.int().min(64).max(2048).default(128),
      dedicated: z
        .boolean()
        .default(false)
        .describe('Only for the cluster’s own pods: workloads then need an aks-node-pool'),
    })
    .prefault({})
    .describe('The nodes every cluster must have, spread over three zones'),
})
export type AksClusterParameters = z.infer<typeof AksClusterParameters>
