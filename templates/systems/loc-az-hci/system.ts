// The system loc_az_hci: Proxmox hosts turned into a hybrid cloud that Azure Arc shows. It is the ground of the others.
import {
  LocAzHciParameters,
  type LocAzHciParameters as Parameters,
} from '../../../schemas/parameters/systems/loc-az-hci.ts'
import type { Prerequisite, System } from '../../../schemas/system.ts'
import { count, each, GB, TB } from '../size.ts'
import {
  gitBlocks,
  gitopsBlocks,
  kubernetesBlocks,
  monitorBlocks,
  serviceBlocks,
  storageBlocks,
} from './blocks.ts'
import { gitopsTasks, gitTask, kubernetesTasks } from './cluster-tasks.ts'
import { components } from './components.ts'
import { serviceTasks, testTasks } from './service-tasks.ts'
import { AZURE_OPERATOR, arcTasks, HOST_OPERATOR, proxmoxTasks, SCOPE } from './tasks.ts'

const prerequisites: Prerequisite[] = [
  {
    id: 'hosts',
    title: 'Two or more machines with Proxmox VE 7.0 or later, and root on each',
    owner: HOST_OPERATOR,
    why: 'Everything else stands on them: at the least 8 GB of memory each, and what the plan asks for.',
    source: `${SCOPE}, physical infrastructure`,
  },
  {
    id: 'workstation',
    title: 'A workstation with an authenticated Azure CLI, kubectl, and SSH to all hosts',
    owner: 'the platform operator',
    why: 'The runbooks are carried out from there.',
    source: `${SCOPE}, prerequisites`,
  },
  {
    id: 'azure-subscription',
    title: 'An Azure subscription that Arc is enabled in, and Contributor on it',
    owner: AZURE_OPERATOR,
    why: 'Hosts, machines and the cluster are registered there.',
    source: `${SCOPE}, external services`,
  },
  {
    id: 'internet',
    title: 'Internet connectivity of the hosts and machines to Azure Arc',
    owner: 'the network operator',
    why: 'Arc’s agents go out over HTTPS; nothing comes in.',
    source: `${SCOPE}, external services`,
  },
  {
    id: 'management-cluster',
    title:
      'A management cluster with Crossplane for Proxmox, Cluster API and Azure Service Operator',
    owner: 'the platform operator',
    why: 'It makes the machines, the K3s cluster and the Azure objects. The source names none and begins with hosts; it can be small, and stand on them.',
    source: `${SCOPE}, deployment stack`,
  },
  {
    id: 'cloudflare',
    title: 'A Cloudflare account with the zone of the domain',
    owner: 'the owner of the domain',
    why: 'DNS and the tunnel are there.',
    source: `${SCOPE}, external services`,
  },
  {
    id: 'vault',
    title: 'A Key Vault of the tenant’s',
    owner: AZURE_OPERATOR,
    why: 'The tunnel’s credentials and the proxy’s certificate are read from it, each machine with its own identity. The source names none.',
    source: `${SCOPE}, external services`,
  },
]

export const locAzHci: System<Parameters> = {
  name: 'loc_az_hci',
  version: '1.0.0',
  title: 'Proxmox VE with Azure Arc',
  description:
    'Proxmox hosts as a hybrid cloud: a K3s cluster, Git, GitOps by Azure Arc, and services for blockchains, monitoring and access.',
  durationWeeks: count(8, 10),
  requires: [],
  declaredTotals: each(count(132, 192), GB(360, 500), TB(5.3, 10.3)),
  components,
  prerequisites,
  parameters: LocAzHciParameters,
  examples: [
    { title: 'The least that the source asks for, on two sites', parameters: {} },
    {
      title: 'The most, with five workers, two Besu nodes, volumes on NFS and Azure Monitor',
      parameters: {
        size: 'maximum',
        domain: 'hci.example.org',
        azure: {
          subscriptionId: '3b9e1f52-6c0d-4f0a-9a57-2f4f7f0d8c11',
          location: 'westeurope',
          resourceGroup: 'hci-arc',
          monitor: { receivers: [{ name: 'on-call', email: 'on-call@example.com' }] },
        },
        kubernetes: { workers: 5 },
        storage: { kind: 'nfs', server: '192.168.11.20', share: '/srv/kubernetes' },
        chain: { nodes: 2 },
        certificate: 'hci-example-org',
      },
    },
  ],
  phases: [
    {
      id: 'proxmox',
      title: 'Proxmox cluster',
      duration: '1 week',
      needs: ['hosts', 'workstation'],
      tasks: proxmoxTasks,
      blocks: () => [],
    },
    {
      id: 'azure-arc',
      title: 'Azure Arc',
      duration: '1 week',
      needs: ['azure-subscription', 'internet'],
      tasks: arcTasks,
      blocks: monitorBlocks,
    },
    {
      id: 'kubernetes',
      title: 'Kubernetes (K3s)',
      duration: '1 week',
      needs: ['management-cluster'],
      tasks: kubernetesTasks,
      blocks: kubernetesBlocks,
    },
    {
      id: 'git',
      title: 'Git and DevOps',
      duration: '1 week',
      needs: [],
      tasks: [gitTask],
      blocks: gitBlocks,
    },
    {
      id: 'gitops',
      title: 'GitOps by Azure Arc',
      duration: '1 week',
      needs: [],
      tasks: gitopsTasks,
      blocks: gitopsBlocks,
    },
    {
      // Of the source's Kubernetes phase; on the new cluster, so after the phase that makes it follow the repository.
      id: 'base',
      title: 'Base infrastructure of the K3s cluster',
      duration: 'within the week of Kubernetes',
      needs: [],
      tasks: [],
      cluster: ({ workloadCluster }) => workloadCluster,
      blocks: storageBlocks,
    },
    {
      id: 'services',
      title: 'Services: blockchains, monitoring, access',
      duration: '2 weeks',
      needs: ['cloudflare', 'vault'],
      tasks: serviceTasks,
      blocks: serviceBlocks,
    },
    {
      id: 'testing',
      title: 'Testing and validation',
      duration: '2 weeks',
      needs: [],
      tasks: testTasks,
      blocks: () => [],
    },
  ],
  documents: {},
  source: SCOPE,
}
