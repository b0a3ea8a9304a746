// Template aks-node-pool: more nodes for a cluster of the template aks-cluster, on the same cluster that manages it.
import { AksNodePoolParameters } from '../schemas/parameters/aks-node-pool.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { agentPool } from './parts/aks.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'aks-node-pool'

export const aksNodePool: Template<AksNodePoolParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'AKS node pool',
  description: 'Nodes of one size for workloads of an AKS cluster, over three zones.',
  kind: NAME,
  parameters: AksNodePoolParameters,
  examples: [
    {
      title: 'Five large nodes for data jobs',
      name: 'order-data-nodes',
      parameters: {
        aksCluster: 'order-aks',
        poolName: 'data',
        vmSize: 'Standard_E16s_v5',
        nodes: 5,
        diskGiB: 200,
        labels: { workload: 'data' },
        taints: ['workload=data:NoSchedule'],
      },
    },
  ],
  renders: ['ManagedClustersAgentPool'],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    return [{ wave: 60, name, objects: [agentPool(scopeOf(NAME, input), parameters)] }]
  },
}
