// An AKS cluster and its pools. Entra ID is the only way in; pods get Azure identities by workload identity.
// Pools have a fixed number of nodes: ASO would write `count` back over what an autoscaler chose
// (github.com/Azure/azure-service-operator/issues/3220), and a number in Git is one a reviewer has seen.
import type { AksClusterParameters } from '../../schemas/parameters/aks-cluster.ts'
import type { AksNodePoolParameters } from '../../schemas/parameters/aks-node-pool.ts'
import type { Manifest } from '../../schemas/template.ts'
import { azureObject, azureTags, inOwnGroup } from './azure.ts'
import { subnetReference } from './azure-reference.ts'
import type { Scope } from './object.ts'

/** Keeps every pod away that does not say it belongs to the cluster itself. */
const SYSTEM_ONLY = 'CriticalAddonsOnly=true:NoSchedule'

/** What a cluster's own pool and any other have in common. */
const nodes = ({
  vmSize,
  nodes: count,
  diskGiB,
  subnet,
}: Pick<AksNodePoolParameters, 'vmSize' | 'nodes' | 'diskGiB' | 'subnet'>) => ({
  type: 'VirtualMachineScaleSets',
  osType: 'Linux',
  osSKU: 'Ubuntu',
  vmSize,
  count,
  availabilityZones: ['1', '2', '3'],
  osDiskType: 'Managed',
  // Azure writes GB and means GiB.
  osDiskSizeGB: diskGiB,
  enableNodePublicIP: false,
  upgradeSettings: { maxSurge: '33%' },
  ...(subnet === undefined ? {} : { vnetSubnetReference: subnetReference(subnet) }),
})

export const managedCluster = (scope: Scope, parameters: AksClusterParameters): Manifest => {
  const { location, kubernetesVersion, tier, administratorGroups, systemPool } = parameters
  const { authorizedIpRanges, subnet } = parameters
  return azureObject('ManagedCluster', scope.resource, scope, {
    ...inOwnGroup(scope, { azureName: scope.resource, location }),
    dnsPrefix: scope.resource,
    sku: { name: 'Base', tier },
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    identity: { type: 'SystemAssigned' },
    aadProfile: {
      managed: true,
      enableAzureRBAC: true,
      ...(administratorGroups.length === 0 ? {} : { adminGroupObjectIDs: administratorGroups }),
    },
    disableLocalAccounts: true,
    enableRBAC: true,
    apiServerAccessProfile:
      authorizedIpRanges.length === 0
        ? { enablePrivateCluster: true }
        : { enablePrivateCluster: false, authorizedIPRanges: authorizedIpRanges },
    networkProfile: {
      networkPlugin: 'azure',
      networkPluginMode: 'overlay',
      networkDataplane: 'cilium',
      networkPolicy: 'cilium',
      loadBalancerSku: 'standard',
      outboundType: 'loadBalancer',
    },
    oidcIssuerProfile: { enabled: true },
    securityProfile: {
      workloadIdentity: { enabled: true },
      imageCleaner: { enabled: true, intervalHours: 168 },
    },
    autoUpgradeProfile: { upgradeChannel: 'patch', nodeOSUpgradeChannel: 'NodeImage' },
    storageProfile: { diskCSIDriver: { enabled: true }, snapshotController: { enabled: true } },
    agentPoolProfiles: [
      {
        name: 'system',
        mode: 'System',
        ...nodes(subnet === undefined ? systemPool : { ...systemPool, subnet }),
        ...(systemPool.dedicated ? { nodeTaints: [SYSTEM_ONLY] } : {}),
      },
    ],
    // Public by nature: what federated credentials name as their issuer.
    operatorSpec: {
      configMaps: { oidcIssuerProfile: { name: `${scope.resource}-oidc`, key: 'issuer' } },
    },
  })
}

export const agentPool = (scope: Scope, parameters: AksNodePoolParameters): Manifest => {
  const { aksCluster, poolName, kubernetesVersion, labels, taints } = parameters
  return azureObject('ManagedClustersAgentPool', scope.resource, scope, {
    azureName: poolName,
    owner: { name: aksCluster },
    mode: 'User',
    ...nodes(parameters),
    ...(kubernetesVersion === undefined ? {} : { orchestratorVersion: kubernetesVersion }),
    ...(Object.keys(labels).length === 0 ? {} : { nodeLabels: labels }),
    ...(taints.length === 0 ? {} : { nodeTaints: taints }),
    tags: azureTags(scope),
  })
}
