// What connects a cluster: values of the chart azure-arc-k8sagents with the agents' private key, the commands around them, or
// Microsoft's own command line in their place. Names are checked where they came in; no shell reads anything that a tenant wrote freely.
import { CLUSTER_TAG, type ConnectBundle } from '../../../../../schemas/arc.ts'
import type { AzureScope } from '../../../../../schemas/azure-scope.ts'

const CHART = 'oci://mcr.microsoft.com/azurearck8s/batch1/stable/azure-arc-k8sagents'

/** JSON is YAML: nothing has to be quoted anew. */
const yaml = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

export const connectBundle = (
  { name, distribution }: { name: string; distribution: string },
  { subscriptionId, resourceGroup, location, entraTenantId }: AzureScope,
  privateKey: string,
  simulated: boolean,
): ConnectBundle => ({
  values: yaml({
    global: {
      ...{ subscriptionId, resourceGroupName: resourceGroup, resourceName: name, location },
      ...{ tenantId: entraTenantId, kubernetesDistro: distribution, kubernetesInfra: 'generic' },
      ...{ onboardingPrivateKey: privateKey, azureEnvironment: 'AZUREPUBLICCLOUD' },
    },
    systemDefaultValues: { spnOnboarding: false, 'clusterconnect-agent': { enabled: true } },
  }),
  script: [
    '#!/usr/bin/env bash',
    '# Connects the cluster that kubectl reaches now. values.json holds a private key: it is deleted afterwards.',
    ...(simulated ? ['# Simulated: on a laptop there is no such cluster in Azure.'] : []),
    'set -euo pipefail',
    'umask 077',
    "trap 'rm -f values.json' EXIT",
    `helm upgrade --install azure-arc ${CHART} --namespace azure-arc-release --create-namespace --values values.json --wait --timeout 10m`,
    '',
  ].join('\n'),
})

/** Microsoft's own way: it makes a key of its own, and what it registers is ours by its tag. */
export const connectCommand = (
  { id, name, distribution }: { id: string; name: string; distribution: string | null },
  { subscriptionId, resourceGroup, location }: Omit<AzureScope, 'entraTenantId'>,
): string =>
  `az connectedk8s connect --subscription '${subscriptionId}' --resource-group '${resourceGroup}' --name '${name}' --location '${location}' --distribution '${distribution ?? 'generic'}' --tags '${CLUSTER_TAG}=${id}'`
