// What Azure keeps below a cluster that Arc shows: Flux as an extension, and a configuration that follows the tenant's
// branch `live` within the tenant's namespace. The connected cluster itself has no kind of Azure Service Operator.
import { fluxId } from '../../schemas/flux.ts'
import type { ArcKustomization } from '../../schemas/parameters/arc-onboarding.ts'
import type { Manifest } from '../../schemas/template.ts'
import { azureObject } from './azure.ts'
import type { Scope } from './object.ts'

interface ConnectedCluster {
  subscriptionId: string
  resourceGroup: string
  name: string
}

const idOf = ({ subscriptionId, resourceGroup, name }: ConnectedCluster): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Kubernetes/connectedClusters/${name}`

/** By id: the cluster is no object of ours that could own another by its name. */
const ownerOf = (cluster: ConnectedCluster) => ({ armId: idOf(cluster) })

/** Azure installs it for a whole cluster only, and knows one of its type. */
export const fluxExtension = (scope: Scope, cluster: ConnectedCluster): Manifest =>
  azureObject('Extension', scope.resource, scope, {
    azureName: 'flux',
    owner: ownerOf(cluster),
    extensionType: 'microsoft.flux',
    autoUpgradeMinorVersion: true,
    releaseTrain: 'Stable',
    identity: { type: 'SystemAssigned' },
    scope: { cluster: { releaseNamespace: 'flux-system' } },
    configurationSettings: { 'multiTenancy.enforce': 'true' },
  })

interface Followed {
  url: string
  gitSecret?: string
  kustomizations: readonly ArcKustomization[]
}

/** Azure names the source on the cluster after the configuration; the entries in the repository call it `phoenix`. */
const SOURCE = 'phoenix'
const SYNC_SECONDS = 600

/** In Azure Resource Manager. */
export const fluxConfigurationId = (cluster: ConnectedCluster): string =>
  fluxId(idOf(cluster), SOURCE)

export const fluxConfiguration = (
  scope: Scope,
  cluster: ConnectedCluster,
  { url, gitSecret, kustomizations }: Followed,
): Manifest =>
  azureObject('FluxConfiguration', scope.resource, scope, {
    azureName: SOURCE,
    owner: ownerOf(cluster),
    scope: 'namespace',
    namespace: scope.tenant,
    sourceKind: 'GitRepository',
    suspend: false,
    gitRepository: {
      url,
      repositoryRef: { branch: 'live' },
      syncIntervalInSeconds: 60,
      timeoutInSeconds: 60,
      ...(gitSecret === undefined ? {} : { localAuthRef: gitSecret }),
    },
    kustomizations: Object.fromEntries(
      kustomizations.map(({ name, path, prune, wait, timeoutSeconds }, index) => [
        name,
        {
          path: `./${path}`,
          dependsOn: kustomizations
            .slice(Math.max(0, index - 1), index)
            .map((before) => before.name),
          // Azure's own default is not to prune.
          prune,
          wait,
          force: false,
          syncIntervalInSeconds: SYNC_SECONDS,
          retryIntervalInSeconds: 60,
          timeoutInSeconds: timeoutSeconds,
        },
      ]),
    ),
  })
