// What Sankofa Phoenix needs from outside, and who has it.
import type { Prerequisite } from '../../../schemas/system.ts'

const SCOPE = 'Deployment Requirements Scope, section 4'

export const prerequisites: Prerequisite[] = [
  {
    id: 'host-capacity',
    title: 'Proxmox hosts for the cluster’s machines, and a VM template on each',
    owner: 'the operator of the hosts',
    why: 'Cluster and database need 100 to 200 cores and 400 to 800 GB, for which the source has no hosts; the control plane needs shared storage or one host that holds all of it.',
    source: `${SCOPE}, prerequisites, and resource summary 4`,
  },
  {
    id: 'network-connectivity',
    title: 'Network connectivity between the sites, the cluster’s machines and Cloudflare',
    owner: 'the network operator',
    why: 'Nodes reach each other, Proxmox and the registry; the tunnel goes out to Cloudflare.',
    source: `${SCOPE}, prerequisites`,
  },
  {
    id: 'cluster-api',
    title: 'Cluster API with its Proxmox and K3s providers on the management cluster',
    owner: 'the platform operator',
    why: 'It makes the machines of a dedicated cluster. Nothing to do where kubernetes is shared.',
    source: `${SCOPE}, Kubernetes control plane`,
  },
  {
    id: 'tenant-base',
    title: 'The tenant’s base on the workload cluster, with a quota that holds the platform',
    owner: 'the platform operator',
    why: 'Pods beyond the quota are not started: three database instances alone take 50 to 98 cores.',
    source: `${SCOPE}, deployment phase 2 (namespace)`,
  },
  {
    id: 'backup-store',
    title: 'A bucket or container for the databases’ backups, and the Secret that opens it',
    owner: 'the storage operator',
    why: 'Backups are daily. The architecture document keeps them 7 years: by rules of the store, or by backup.retentionDays.',
    source: `${SCOPE}, database infrastructure; System Architecture, disaster recovery`,
  },
  {
    id: 'container-registry',
    title: 'A registry for the images of API, frontend and portal',
    owner: 'the platform operator',
    why: 'The source asks every project for one and specifies none here.',
    source: 'Deployment Requirements Scope, common requirements',
  },
  {
    id: 'unseal-key',
    title: 'A key in an Azure Key Vault and an identity that may use it',
    owner: 'the security officer',
    why: 'The vault unseals itself with it. Who loses it loses what is in the vault.',
    source: 'System Architecture, control plane',
  },
  {
    id: 'cloudflare-account',
    title: 'A Cloudflare account with the DNS zone and a tunnel',
    owner: 'the network operator',
    why: 'Public names lead to the platform through it; it is shared with loc_az_hci.',
    source: `${SCOPE}, prerequisites`,
  },
]
