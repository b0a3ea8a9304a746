// Template container-registry: a registry of images in Azure and its copies, in a resource group of its own.
import { ContainerRegistryParameters } from '../schemas/parameters/container-registry.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { resourceGroup } from './parts/azure.ts'
import { containerRegistry as registry, registryReplica } from './parts/container-registry.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'container-registry'

export const containerRegistry: Template<ContainerRegistryParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Container registry in Azure',
  description: 'A premium registry without public network or admin user, with copies by choice.',
  kind: NAME,
  parameters: ContainerRegistryParameters,
  examples: [
    {
      title: 'A registry with a copy in Ireland',
      name: 'order-images',
      parameters: {
        location: 'westeurope',
        azureName: 'theorderimages',
        replicas: ['northeurope'],
      },
    },
  ],
  renders: ['ResourceGroup', 'Registry', 'RegistryReplication'],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 30,
        name,
        objects: [
          resourceGroup(scope, parameters.location),
          registry(scope, parameters),
          ...parameters.replicas.map((location) => registryReplica(scope, location)),
        ],
      },
    ]
  },
}
