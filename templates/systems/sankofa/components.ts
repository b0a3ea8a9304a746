// What Sankofa Phoenix consists of, row by row, with the source of each number. What the source does not size has none.
import type { SystemComponent } from '../../../schemas/system.ts'
import { atLeast, count, each, GB, GiB, TB } from '../size.ts'

const SCOPE = 'Deployment Requirements Scope, section 4'
const SUMMARY = `${SCOPE} and resource summary 4`
const ARCHITECTURE = 'System Architecture, control plane'
const DEDICATED = 'Rendered unless the parameter kubernetes says shared.'

/** The source says where the edge sites and tenants' machines are, and that residency is to be kept; no more. */
const SITES =
  'on the Proxmox sites of loc_az_hci: ml110-01 (192.168.11.10) and r630-01 (192.168.11.11)'
const HERE = `${SITES}, or where the workload cluster is; the architecture document asks for residency without naming places`
const CHAIN_STATE = 'state replicated over 3 or more core datacentres (System Architecture)'
const BACKUP =
  'automated, daily; the architecture document adds continuous replication, 7 years of retention, RPO under 15 minutes, RTO under 4 hours (core) or 1 hour (regional)'

const DATABASE = each(count(16, 32), GB(64, 128), TB(2, 4))
const database: Pick<
  SystemComponent,
  | 'kind'
  | 'basis'
  | 'phase'
  | 'exposure'
  | 'residency'
  | 'backup'
  | 'versionFloor'
  | 'builtFrom'
  | 'source'
> = {
  kind: 'database',
  basis: 'rendered',
  phase: 'database',
  exposure: 'cluster',
  residency: HERE,
  backup: BACKUP,
  versionFloor: 'PostgreSQL 14',
  builtFrom: ['cert-manager', 'operators', 'postgres'],
  source: SUMMARY,
}

/** What the phase kubernetes installs, in the source's order; the source sizes none of it. */
type Platform = [
  id: string,
  title: string,
  kind: SystemComponent['kind'],
  dependsOn: string[],
  exposure: SystemComponent['exposure'],
  builtFrom: string[],
  more?: Partial<SystemComponent>,
]
const platform: Platform[] = [
  ['crossplane', 'Crossplane', 'operator', ['namespace'], 'none', ['crossplane']],
  [
    'crossplane-provider-proxmox',
    'Crossplane provider for Proxmox',
    'operator',
    ['crossplane', 'proxmox-hosts'],
    'none',
    ['crossplane'],
  ],
  ['argocd', 'Argo CD', 'operator', ['namespace'], 'cluster', ['argocd']],
  [
    'keycloak',
    'Keycloak',
    'identity',
    ['namespace'],
    'tunnel',
    ['keycloak', 'postgres'],
    {
      versionFloor: 'Keycloak 20',
      backup: BACKUP,
      note: 'It has a small database of its own (not sized by the source), so that its migrations never meet those of the API. Its operator has no chart: a task installs it.',
    },
  ],
  [
    'api',
    'API (GraphQL, Fastify)',
    'workload',
    ['postgres-primary', 'keycloak'],
    'tunnel',
    ['application', 'network-policies', 'ingress'],
  ],
  [
    'frontend',
    'Frontend (Next.js)',
    'workload',
    ['api'],
    'tunnel',
    ['application', 'network-policies', 'ingress'],
    { versionFloor: 'Next.js 14' },
  ],
  [
    'portal',
    'Portal (Next.js)',
    'workload',
    ['api', 'keycloak'],
    'tunnel',
    ['application', 'network-policies', 'ingress'],
    { versionFloor: 'Next.js 14' },
  ],
  ['prometheus-grafana', 'Prometheus and Grafana', 'workload', [], 'cluster', ['monitoring']],
  ['loki', 'Loki', 'workload', [], 'cluster', ['monitoring']],
  [
    'vault',
    'Vault',
    'workload',
    ['namespace'],
    'cluster',
    ['vault'],
    {
      source: ARCHITECTURE,
      note: 'Made as OpenBao, the fork of Vault under an open licence. The deployment scope does not name it.',
    },
  ],
]

const cluster: SystemComponent[] = [
  {
    id: 'control-plane',
    title: 'Control plane of Kubernetes',
    kind: 'virtual-machine',
    basis: 'rendered',
    count: count(3),
    each: each(count(4, 8), GB(16, 32)),
    declared: each(count(12, 24), GB(48, 96)),
    phase: 'platform-cluster',
    dependsOn: ['proxmox-hosts'],
    exposure: 'private',
    residency: HERE,
    versionFloor: 'Kubernetes 1.24',
    builtFrom: ['k3s-cluster'],
    source: SUMMARY,
    note: `${DEDICATED} Container runtime containerd or CRI-O, network plugin Calico, Flannel or Cilium: the task cluster-ready takes no other. Cluster API holds back the room of one more. The source names no disks and no hosts for it.`,
  },
  {
    id: 'worker',
    title: 'Workers of Kubernetes',
    kind: 'virtual-machine',
    basis: 'rendered',
    count: atLeast(5),
    each: each(count(8, 16), GB(32, 64)),
    declared: each(count(40, 80), GB(160, 320)),
    phase: 'platform-cluster',
    dependsOn: ['control-plane'],
    exposure: 'private',
    residency: HERE,
    versionFloor: 'Kubernetes 1.24',
    builtFrom: ['k3s-cluster'],
    source: SUMMARY,
    note: `${DEDICATED} A database instance of 16 cores and 64 GB does not fit a worker of 8 to 16 cores and 32 to 64 GB: the source puts it beside the cluster, so give the workload cluster nodes that hold it.`,
  },
  {
    ...database,
    id: 'postgres-primary',
    title: 'PostgreSQL, primary',
    count: count(1),
    each: DATABASE,
    dependsOn: ['worker'],
    note: 'Totals declared for the whole are no sums of the rows: 84 cores at the least leave this row out (rows: 100), 496 at most belong to nothing (rows: 200), and 216 to 396 GB are half of the memory (rows: 400 to 800). 14 is the floor, 15 recommended; NVMe through storageClass. The log has a volume of its own on top.',
  },
  {
    ...database,
    id: 'postgres-replica',
    title: 'PostgreSQL, replicas',
    count: atLeast(2),
    each: DATABASE,
    declared: each(count(32, 64), GB(128, 256), TB(4, 8)),
    dependsOn: ['postgres-primary'],
  },
  {
    id: 'namespace',
    title: 'Namespace of the platform',
    kind: 'kubernetes',
    basis: 'external',
    count: count(1),
    phase: null,
    dependsOn: [],
    exposure: 'none',
    builtFrom: ['tenant-base'],
    source: `${SCOPE}, deployment phase 2`,
    note: 'The tenant’s base: it stands before anything can be asked for.',
  },
  {
    id: 'migrations',
    title: 'Database migrations, multi-tenancy and billing among them',
    kind: 'database',
    basis: 'task',
    count: count(26),
    phase: 'database',
    dependsOn: ['postgres-primary'],
    exposure: 'none',
    residency: HERE,
    builtFrom: [],
    source: `${SCOPE}, deployment phase 1`,
  },
]

const applications: SystemComponent[] = [
  ...platform.map(
    ([id, title, kind, dependsOn, exposure, builtFrom, more]): SystemComponent => ({
      id,
      title,
      kind,
      basis: 'rendered',
      count: count(1),
      phase: 'kubernetes',
      dependsOn,
      exposure,
      residency: HERE,
      builtFrom,
      source: `${SCOPE}, deployment stack`,
      ...more,
    }),
  ),
]

const machines: SystemComponent[] = [
  ...['nginx-proxy', 'cloudflare-tunnel'].map(
    (id): SystemComponent => ({
      id,
      title: id === 'nginx-proxy' ? 'Nginx proxy' : 'Cloudflare tunnel',
      kind: 'virtual-machine',
      basis: 'optional',
      count: count(1),
      phase: 'proxmox-vms',
      dependsOn: id === 'nginx-proxy' ? ['frontend', 'api', 'portal'] : ['nginx-proxy'],
      exposure: id === 'nginx-proxy' ? 'private' : 'tunnel',
      residency: SITES,
      builtFrom: ['appliance-vm'],
      source: `${SCOPE}, deployment phase 3`,
      note: 'Rendered when infrastructureVms is given. Not sized here; loc_az_hci has one of each (2-4 cores, 4-8 GB, 50-100 GB) and smom-dbis-138 two among its 18, so the same machines may be counted again.',
    }),
  ),
  {
    id: 'smom-vms',
    title: 'Machines of smom-dbis-138',
    kind: 'virtual-machine',
    basis: 'guest',
    count: count(18),
    declared: each(count(72), GiB(140), GiB(278)),
    phase: null,
    dependsOn: ['crossplane-provider-proxmox'],
    exposure: 'none',
    residency: SITES,
    builtFrom: [],
    source: `${SCOPE}, VM deployment`,
    note: 'Rendered by smom-dbis-138, which waits for this system; counted by the source under loc_az_hci.',
  },
  {
    id: 'proxmox-hosts',
    title: 'Proxmox hosts of loc_az_hci',
    kind: 'host',
    basis: 'external',
    count: count(2),
    phase: 'kubernetes',
    dependsOn: [],
    exposure: 'private',
    residency: SITES,
    builtFrom: [],
    source: `${SCOPE}, edge sites`,
    note: 'The two sites, confirmed by the task proxmox-connected. The source has no hosts anywhere for the 100 to 200 cores of cluster and database.',
  },
  {
    id: 'cloudflare',
    title: 'Cloudflare account, DNS and tunnel',
    kind: 'external',
    basis: 'external',
    count: count(1),
    phase: 'proxmox-vms',
    dependsOn: [],
    exposure: 'public',
    builtFrom: ['cloudflare-tunnel'],
    source: `${SCOPE}, external services`,
    note: 'Shared with loc_az_hci. With the parameter tunnel, connectors in the cluster serve the names of the applications.',
  },
  {
    id: 'blockchain-network',
    title: 'Blockchain network (Hyperledger Besu)',
    kind: 'external',
    basis: 'external',
    count: count(1),
    phase: null,
    dependsOn: ['smom-vms'],
    exposure: 'private',
    builtFrom: [],
    source: `${SCOPE}, external services`,
    note: 'The source names it as a service that this system needs, and lets the tenant’s chain come after it: nothing here waits for it.',
  },
]

const future: SystemComponent[] = [
  {
    id: 'besu-validator',
    title: 'Besu validators of a core datacentre',
    kind: 'hardware',
    basis: 'future',
    count: count(3, 5),
    each: each(count(40, 64), GB(128), TB(8)),
    declared: each(count(120, 320), GB(384, 640), TB(24, 40)),
    phase: null,
    dependsOn: ['hsm'],
    exposure: 'none',
    residency: 'in core datacentres',
    backup: CHAIN_STATE,
    builtFrom: [],
    source: SUMMARY,
    note: '64 cores (EPYC 7763) or 40 (Xeon Platinum 8380), 2 adapters of 25 GbE. Disk is raw: 2 of 4 TB in RAID 1 hold 4 TB. Besu wants 4 validators to survive one that fails.',
  },
  {
    id: 'read-replica',
    title: 'Read replica nodes of the chain',
    kind: 'hardware',
    basis: 'future',
    count: count(2, 3),
    each: each(count(32), GB(64), TB(4)),
    declared: each(count(64, 96), GB(128, 192), TB(8, 12)),
    phase: null,
    dependsOn: ['besu-validator'],
    exposure: 'none',
    residency: 'in regional datacentres',
    backup: CHAIN_STATE,
    builtFrom: [],
    source: SUMMARY,
    note: 'Disk is raw: 2 of 2 TB each.',
  },
  {
    id: 'hsm',
    title: 'Hardware security module for the validators’ keys',
    kind: 'hardware',
    basis: 'future',
    count: atLeast(1),
    derived: ['count'],
    phase: null,
    dependsOn: [],
    exposure: 'none',
    residency: 'in core datacentres',
    builtFrom: [],
    source: `${SCOPE}, blockchain infrastructure`,
    note: 'The source gives no number.',
  },
]

export const components: SystemComponent[] = [...cluster, ...applications, ...machines, ...future]
