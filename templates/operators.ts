// Template operators: everything that other templates need on a cluster, in one change. Rows and values: parts/operators.ts.
// Keycloak's operator is not among them: it has no chart of its own project.
import { OperatorsParameters } from '../schemas/parameters/operators.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { scopeOf } from './parts/object.ts'
import { operators as releases } from './parts/operators.ts'

const NAME = 'operators'

export const operators: Template<OperatorsParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Operators',
  description:
    'External Secrets, CloudNativePG with its backup plugin, the Redis operator, Argo Rollouts and Azure Service ' +
    'Operator, each a switch, installed for a whole cluster. The backup plugin and Azure’s need cert-manager.',
  kind: NAME,
  parameters: OperatorsParameters,
  examples: [
    {
      title: 'A cluster made ready for all templates',
      name: 'operators',
      parameters: {
        argoRollouts: true,
        azure: {
          subscriptionId: '3f0c5f0e-6f5c-4d0e-9a51-6a2b7f6f0c11',
          entraTenantId: '0f8fad5b-d9cb-469f-a165-70867728950e',
          clientId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        },
      },
    },
    {
      title: 'Secrets only, on a small cluster',
      name: 'secrets-operator',
      parameters: { replicas: 1, cloudNativePg: false, redis: false },
    },
  ],
  renders: ['HelmRepository', 'HelmRelease'],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => [
    { wave: 20, name: input.name, objects: releases(scopeOf(NAME, input), input.parameters) },
  ],
}
