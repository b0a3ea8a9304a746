// What stands around the machines of loc_az_hci: Azure Arc, storage, Git in another form, and what others provide.
import type { SystemComponent } from '../../../schemas/system.ts'
import { atLeast, count, each, GB } from '../size.ts'

export const SCOPE = 'Deployment Requirements Scope'
/** The two sites, with the static addresses of their hosts. */
export const SITE_ADDRESSES: Readonly<Record<string, string>> = {
  'ml110-01': '192.168.11.10',
  'r630-01': '192.168.11.11',
}
export const RESIDENCY = `on the sites ${Object.entries(SITE_ADDRESSES)
  .map(([site, address]) => `${site} (${address})`)
  .join(' and ')}`
const IN_AZURE = 'in the Azure region of the parameters, inside the European Union'
export const NO_BACKUP = 'not said by the source, which leaves backups out of its sums'

type Short = Pick<SystemComponent, 'id' | 'title' | 'kind' | 'basis' | 'phase' | 'dependsOn'> &
  Partial<SystemComponent>

const rows: Short[] = [
  {
    id: 'azure-devops-agent',
    title: 'Azure DevOps agent, in the place of the Git server',
    kind: 'virtual-machine',
    basis: 'optional',
    count: count(0, 1),
    each: each(count(4, 8), GB(8, 16), GB(100, 500)),
    phase: 'git',
    dependsOn: ['proxmox-host'],
    residency: RESIDENCY,
    backup: NO_BACKUP,
    builtFrom: ['virtual-machine'],
    note: 'It stands in for the Git server: the two are never there together.',
  },
  {
    id: 'resource-group',
    title: 'Resource group for Azure Arc',
    kind: 'azure',
    basis: 'task',
    phase: 'azure-arc',
    dependsOn: [],
    residency: IN_AZURE,
  },
  {
    id: 'arc-hosts',
    title: 'Proxmox hosts in Azure Arc',
    kind: 'azure',
    basis: 'task',
    count: atLeast(2),
    phase: 'azure-arc',
    dependsOn: ['proxmox-host', 'resource-group'],
    residency: IN_AZURE,
    note: 'An agent on the host connects it: no Kubernetes kind stands for that.',
  },
  {
    id: 'arc-kubernetes',
    title: 'K3s cluster in Azure Arc',
    kind: 'azure',
    basis: 'task',
    phase: 'kubernetes',
    dependsOn: ['k3s-worker', 'resource-group'],
    residency: IN_AZURE,
  },
  {
    id: 'arc-gitops',
    title: 'Flux of Azure Arc on the K3s cluster',
    kind: 'azure',
    basis: 'rendered',
    phase: 'gitops',
    dependsOn: ['arc-kubernetes', 'git-server'],
    residency: IN_AZURE,
    builtFrom: ['arc-onboarding'],
  },
  {
    id: 'arc-machines',
    title: 'Virtual machines in Azure Arc',
    kind: 'azure',
    basis: 'task',
    count: atLeast(1),
    phase: 'services',
    dependsOn: ['resource-group'],
    residency: IN_AZURE,
    note: 'The source onboards them in its second phase, before most of them exist; here each is onboarded once it runs.',
  },
  {
    id: 'azure-monitor',
    title: 'Azure Monitor',
    kind: 'azure',
    basis: 'optional',
    count: count(0, 1),
    phase: 'azure-arc',
    dependsOn: ['arc-hosts'],
    residency: IN_AZURE,
    builtFrom: ['azure-monitoring'],
  },
  {
    id: 'nfs',
    title: 'NFS for shared storage',
    kind: 'storage',
    basis: 'optional',
    count: count(0, 1),
    phase: 'base',
    dependsOn: ['k3s-worker'],
    residency: RESIDENCY,
    backup: NO_BACKUP,
    builtFrom: ['nfs-storage'],
    note: 'The NFS server itself is one that is there already. Between the Proxmox hosts it is a step of the first phase.',
  },
  {
    id: 'ceph',
    title: 'Ceph for distributed storage',
    kind: 'storage',
    basis: 'optional',
    count: count(0, 1),
    phase: 'base',
    dependsOn: ['k3s-worker'],
    residency: RESIDENCY,
    backup: NO_BACKUP,
    builtFrom: ['ceph-storage'],
  },
  {
    id: 'cloudflare',
    title: 'Cloudflare, for DNS and tunnels',
    kind: 'external',
    basis: 'external',
    phase: null,
    dependsOn: [],
    exposure: 'public',
  },
  {
    id: 'chainlink-ccip',
    title: 'Chainlink CCIP',
    kind: 'external',
    basis: 'external',
    phase: null,
    dependsOn: ['besu-node'],
    note: 'Named among the services, without a machine or a size; its contracts and its worker are of smom-dbis-138.',
  },
]

export const surroundings: SystemComponent[] = rows.map((row) => ({
  count: count(1),
  exposure: 'none',
  builtFrom: [],
  source: `${SCOPE}, section 3`,
  ...row,
}))
