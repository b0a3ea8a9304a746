// Template arc-onboarding: GitOps of Azure Arc for a cluster that stands elsewhere. The connected cluster is registered
// by the onboarding step, not from here; this makes its resource group and what Azure keeps below it.
import {
  type ArcKustomization,
  ArcOnboardingParameters,
} from '../schemas/parameters/arc-onboarding.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { resourceGroup } from './parts/azure.ts'
import { fluxConfiguration, fluxConfigurationId, fluxExtension } from './parts/azure-arc.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'arc-onboarding'

export const arcOnboarding: Template<ArcOnboardingParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Cluster in Azure Arc',
  description:
    'Flux of Azure Arc on a connected cluster, following the tenant’s repository. The connected cluster itself is registered by the onboarding step: no Kubernetes kind stands for it.',
  kind: NAME,
  parameters: ArcOnboardingParameters,
  examples: [
    {
      title: 'A K3s cluster, to be connected in a resource group of its own',
      name: 'apps-arc',
      parameters: {
        location: 'westeurope',
        subscriptionId: '3b9e1f52-6c0d-4f0a-9a57-2f4f7f0d8c11',
        connectedCluster: 'apps',
        follows: 'apps',
        gitSecret: 'phoenix-git',
      },
    },
    {
      title: 'A cluster that is connected, with what it follows in two steps',
      name: 'edge-arc',
      parameters: {
        location: 'northeurope',
        subscriptionId: '3b9e1f52-6c0d-4f0a-9a57-2f4f7f0d8c11',
        connectedCluster: 'edge',
        resourceGroup: 'edge-clusters',
        installFlux: false,
        follows: 'edge',
        kustomizations: [
          { name: 'policies', path: 'rendered/edge/30-policies' },
          { name: 'portal', path: 'rendered/edge/70-portal', timeoutSeconds: 900 },
        ],
      },
    },
  ],
  renders: ['ResourceGroup', 'Extension', 'FluxConfiguration'],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  writesInAzure: (input, tenant) => [fluxConfigurationId(clusterOf(input, tenant))],
  render: (input) => {
    const { name, parameters, tenant } = input
    const { location, installFlux, gitSecret, follows } = parameters
    const scope = scopeOf(NAME, input)
    const group = resourceGroup(scope, location)
    const cluster = clusterOf(input, scope.tenant)
    return [
      {
        wave: 60,
        name,
        objects: [
          ...(parameters.resourceGroup === undefined ? [group] : []),
          ...(installFlux ? [fluxExtension(scope, cluster)] : []),
          fluxConfiguration(scope, cluster, {
            url: tenant.repositoryUrl,
            ...(gitSecret === undefined ? {} : { gitSecret }),
            kustomizations: parameters.kustomizations ?? [entriesOf(follows)],
          }),
        ],
      },
    ]
  },
}

const clusterOf = (
  { name, parameters }: { name: string; parameters: ArcOnboardingParameters },
  tenant: string,
) => ({
  subscriptionId: parameters.subscriptionId,
  resourceGroup: parameters.resourceGroup ?? `${tenant}-${name}`,
  name: parameters.connectedCluster,
})

/** The entries bring their own order and their own waiting. */
const entriesOf = (cluster: string): ArcKustomization => ({
  name: 'tenant',
  path: `clusters/${cluster}/flux`,
  prune: true,
  wait: false,
  timeoutSeconds: 600,
})
