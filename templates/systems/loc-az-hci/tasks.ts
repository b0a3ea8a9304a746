// What people do for loc_az_hci before there is anything to render to: hosts and their cluster, and Azure Arc.
// Phoenix installs no hypervisor and logs in to no cloud; it asks for what was done in forms that can be checked.
import type { LocAzHciParameters } from '../../../schemas/parameters/systems/loc-az-hci.ts'
import type { Task } from '../../../schemas/system.ts'
import {
  AzurePrepared,
  arcProviders,
  ClusterQuorate,
  HostNetwork,
  HostsInArc,
  HostsUpdated,
  StorageReady,
} from '../../../schemas/tasks/loc-az-hci.ts'
import { SITE_ADDRESSES } from './surroundings.ts'

export type LocTask = Task<LocAzHciParameters>
export const SCOPE = 'Deployment Requirements Scope, section 3'
export const HOST_OPERATOR = 'the operator of the Proxmox hosts'
export const AZURE_OPERATOR = 'the operator of the Azure subscription'

export const proxmoxTasks: LocTask[] = [
  {
    id: 'host-network',
    title: 'Give every host a static address and a bridge',
    owner: HOST_OPERATOR,
    when: 'before',
    after: [],
    inputs: HostNetwork,
    steps: ({ parameters: { sites } }) => [
      `On each host of ${sites.map((site) => (SITE_ADDRESSES[site] ? `${site} (${SITE_ADDRESSES[site]})` : site)).join(', ')}: write address, gateway and bridge into \`/etc/network/interfaces\`, then \`ifreload -a\`.`,
      '`ip -br address show vmbr0` shows the address; `hostname --ip-address` says the same one.',
      'From each host `ping` the others.',
      'Report name, address, gateway and bridge of each.',
    ],
    source: `${SCOPE}, deployment phase 1: network configuration`,
  },
  {
    id: 'repositories',
    title: 'Update Proxmox VE on every host',
    owner: HOST_OPERATOR,
    when: 'before',
    after: ['host-network'],
    inputs: HostsUpdated,
    steps: () => [
      'Set the package repositories to the ones your subscription allows.',
      'On each host: `apt update && apt full-upgrade`, then reboot into the new kernel.',
      '`pveversion` says 7.0 or later, as the source asks. Machines are made from images of the content type `import`, for which 8.4 is needed.',
      'Report version, memory and the number of pending updates (`apt list --upgradable`) of each.',
    ],
    source: `${SCOPE}, deployment phase 1: repository updates`,
  },
  {
    id: 'proxmox-cluster',
    title: 'Make one cluster of the hosts, with a vote to spare',
    owner: HOST_OPERATOR,
    when: 'before',
    after: ['repositories'],
    inputs: ClusterQuorate,
    steps: () => [
      'On the first host: `pvecm create loc-az-hci`.',
      'On each other host: `pvecm add <address of the first>`.',
      'With two hosts a third vote is needed on a machine outside of both: there `apt install corosync-qnetd`, on the hosts `apt install corosync-qdevice`, then once `pvecm qdevice setup <address of that machine>`.',
      '`pvecm status` says Quorate: Yes, with as many total votes as expected.',
      'Report nodes, votes and quorum as `pvecm status` shows them.',
    ],
    source: `${SCOPE}, deployment phase 1: cluster creation; critical path 1`,
  },
  {
    id: 'shared-storage',
    title: 'Set up the storage of the hosts',
    owner: HOST_OPERATOR,
    when: 'before',
    after: ['proxmox-cluster'],
    inputs: StorageReady,
    steps: ({ parameters: { storage } }) => [
      '`pvesm set local --content import,snippets,iso,vztmpl,backup`: images and user-data of machines lie there.',
      storage.kind === 'nfs'
        ? `\`pvesm add nfs shared --server ${storage.server} --export ${storage.share} --content images,backup\`.`
        : 'Shared storage is optional: `pvesm add nfs shared --server <address> --export <path> --content images,backup`. Without it a machine is tied to its host.',
      '`pvesm status` says active for each.',
      'Report name, kind, content and free space of each.',
    ],
    source: `${SCOPE}, deployment phase 1: shared storage (NFS) setup`,
  },
]

export const arcTasks: LocTask[] = [
  {
    id: 'azure-prepared',
    title: 'Prepare the Azure subscription',
    owner: AZURE_OPERATOR,
    when: 'before',
    after: [],
    inputs: AzurePrepared,
    steps: ({ parameters: { azure } }) => [
      `\`az login\`, then \`az account set --subscription ${azure.subscriptionId}\`.`,
      `\`az group create --name ${azure.resourceGroup} --location ${azure.location}\`.`,
      `For each of ${arcProviders.join(', ')}: \`az provider register --wait --namespace <provider>\`.`,
      `\`az role assignment list --assignee <you> --resource-group ${azure.resourceGroup} --include-inherited\` shows Contributor.`,
      'Report subscription, resource group, location, role and providers.',
    ],
    source: `${SCOPE}, deployment phase 2: Azure environment preparation`,
  },
  {
    id: 'hosts-in-arc',
    title: 'Onboard the hosts to Azure Arc',
    owner: AZURE_OPERATOR,
    when: 'before',
    after: ['azure-prepared'],
    inputs: HostsInArc,
    steps: ({ parameters: { azure } }) => [
      'On each host: `wget https://aka.ms/azcmagent -O install_linux_azcmagent.sh && bash install_linux_azcmagent.sh`.',
      `\`azcmagent connect --subscription-id ${azure.subscriptionId} --resource-group ${azure.resourceGroup} --location ${azure.location} --tenant-id <Entra tenant>\`.`,
      '`azcmagent show` says Connected; `azcmagent check` finds every endpoint reachable.',
      'Report name, resource id, version of the agent and status of each.',
    ],
    source: `${SCOPE}, deployment phase 2: Proxmox host onboarding; critical path 2`,
  },
]
