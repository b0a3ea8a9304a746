// K3s for Cluster API (cluster-api-k3s): the control plane, and how a worker joins it. The join token, the
// certificates and the kubeconfig are made on the managing cluster; nothing of them passes here.
import type { K3sClusterParameters } from '../../schemas/parameters/k3s-cluster.ts'
import type { Manifest } from '../../schemas/template.ts'
import { apiVersions } from '../api-versions.ts'
import { fingerprint } from './fingerprint.ts'
import { pruneGuards } from './guards.ts'
import { kubeVip } from './kube-vip.ts'
import { object, type Scope } from './object.ts'
import { API_PORT, clusterLabel, infrastructure } from './proxmox-cluster.ts'

/** cloud-init fills these in on the machine: by them Cluster API knows which node is which machine. */
const agentConfig = {
  nodeName: '{{ ds.meta_data.local_hostname }}',
  kubeletArgs: ['provider-id=proxmox://{{ ds.meta_data.instance_id }}'],
}

export const controlPlaneName = ({ resource }: Scope): string => `${resource}-control-plane`

const rootFile = (path: string, content: string) => ({
  path,
  owner: 'root:root',
  permissions: '0600',
  content,
})

/** `machines` is the name of the ProxmoxMachineTemplate. */
export const k3sControlPlane = (
  scope: Scope,
  parameters: K3sClusterParameters,
  machines: string,
): Manifest => {
  const { version, endpoint, podCidr, serviceCidr, disableComponents, controlPlane } = parameters
  const spec = {
    replicas: controlPlane.count,
    version,
    machineTemplate: {
      infrastructureRef: {
        apiVersion: apiVersions.ProxmoxMachineTemplate,
        kind: 'ProxmoxMachineTemplate',
        name: machines,
        namespace: scope.tenant,
      },
      nodeDrainTimeout: '10m',
    },
    kthreesConfigSpec: {
      serverConfig: {
        clusterCidr: podCidr,
        serviceCidr,
        clusterDNS: serviceCidr.replace('.0.0/16', '.0.10'),
        // K3s' own: it takes the taint off new nodes. There is no cloud controller for Proxmox here.
        disableCloudController: false,
        disableComponents,
      },
      agentConfig,
      files: [
        rootFile('/etc/rancher/k3s/config.yaml.d/10-phoenix.yaml', 'secrets-encryption: true\n'),
        rootFile(
          '/var/lib/rancher/k3s/server/manifests/kube-vip.yaml',
          kubeVip(endpoint, API_PORT),
        ),
      ],
    },
  }
  return object(
    'KThreesControlPlane',
    controlPlaneName(scope),
    scope,
    { spec },
    { labels: clusterLabel(scope), annotations: pruneGuards(scope) },
  )
}

/** Workers are told no more than who they are: the rest is the control plane's. */
export const k3sWorkerConfig = (scope: Scope): Manifest => {
  const spec = { template: { spec: { agentConfig } } }
  const name = `${scope.resource}-worker-${fingerprint(JSON.stringify(spec))}`
  return object('KThreesConfigTemplate', name, scope, { spec }, infrastructure(scope))
}
