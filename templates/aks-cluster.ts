// Template aks-cluster: a Kubernetes cluster in Azure with its system pool, in a resource group of its own.
import { AksClusterParameters } from '../schemas/parameters/aks-cluster.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { managedCluster } from './parts/aks.ts'
import { resourceGroup } from './parts/azure.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'aks-cluster'

export const aksCluster: Template<AksClusterParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'AKS cluster',
  description:
    'A Kubernetes cluster in Azure: Entra ID only, Azure CNI, workload identity, private API server.',
  kind: NAME,
  parameters: AksClusterParameters,
  examples: [
    {
      title: 'A private cluster with an administrators’ group',
      name: 'order-aks',
      parameters: {
        location: 'westeurope',
        administratorGroups: ['6b5f0a0e-4d0c-4b62-9d0a-3f1f6f1f2a10'],
      },
    },
  ],
  renders: ['ResourceGroup', 'ManagedCluster'],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 60,
        name,
        objects: [resourceGroup(scope, parameters.location), managedCluster(scope, parameters)],
      },
    ]
  },
}
