// Parameters of the system loc_az_hci: Proxmox hosts that Azure Arc shows, a K3s cluster on them, and their services.
// No secret has a place here: tunnels, tokens and certificates are named, and lie in the vault or in Secrets.

import * as z from 'zod'
import { HostName, Slug } from '../../ids.ts'
import { isUnique } from '../../unique.ts'
import { applianceReleases } from '../appliance-vm.ts'
import { EntraId, UnionLocation } from '../azure.ts'
import { AzureMonitoringParameters } from '../azure-monitoring.ts'
import { CephStorageParameters } from '../ceph-storage.ts'
import { DnsHost } from '../dns-name.ts'
import { K3sClusterParameters } from '../k3s-cluster.ts'
import { NfsStorageParameters } from '../nfs-storage.ts'
import { SshPublicKey } from '../virtual-machine.ts'
import { SecretName } from '../workload.ts'

const k3s = K3sClusterParameters.shape
const monitoring = AzureMonitoringParameters.shape
/** The source asks for three or more. */
const LEAST_WORKERS = 3

/** One less than a public name may have. */
const MOST_LABELS = 10

const Kubernetes = z
  .strictObject({
    workers: z.int().min(LEAST_WORKERS).max(50).default(LEAST_WORKERS),
    version: k3s.version,
    endpoint: k3s.endpoint.default('192.168.11.60'),
    templates: k3s.templates.default([
      { host: 'r630-01', vmId: 9000 },
      { host: 'ml110-01', vmId: 9001 },
    ]),
    credentials: k3s.credentials.default('proxmox-api'),
  })
  .prefault({})

const Azure = z
  .strictObject({
    subscriptionId: EntraId.default('00000000-0000-0000-0000-000000000000').describe(
      'Subscription that Arc is enabled in. The default is a placeholder: replace it',
    ),
    location: UnionLocation.default('westeurope'),
    resourceGroup: z
      .string()
      .regex(/^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,88}[A-Za-z0-9_])?$/)
      .default('loc-az-hci')
      .describe('Of the hosts, the machines and the cluster in Azure Arc; made by people'),
    monitor: z
      .strictObject({
        receivers: monitoring.receivers,
        retentionDays: monitoring.retentionDays,
        dailyCapGb: monitoring.dailyCapGb,
      })
      .optional()
      .describe('Log Analytics and alerts in the same region; absent: none'),
  })
  .prefault({})

const Storage = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({
      kind: z.literal('nfs'),
      server: NfsStorageParameters.shape.server,
      share: NfsStorageParameters.shape.share,
    }),
    z.strictObject({
      kind: z.literal('ceph'),
      nodes: CephStorageParameters.shape.nodes,
      copies: CephStorageParameters.shape.copies,
    }),
  ])
  .default({ kind: 'none' })

export const LocAzHciParameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Management cluster: its Crossplane, Cluster API and Azure Service Operator make what is asked for; absent: the only one there is',
  ),
  workloadCluster: Slug.default('loc-apps').describe(
    'Name that the K3s cluster gets in Phoenix, once the operator has registered it',
  ),
  sites: z
    .array(HostName)
    .min(1)
    .max(16)
    .refine(isUnique, 'each site once')
    .default(['r630-01', 'ml110-01'])
    .describe(
      'Sites of one network and one Proxmox cluster; the control plane and what leads in stand on the first, what is led to on the second',
    ),
  size: z
    .enum(['minimum', 'maximum'])
    .default('minimum')
    .describe('Which end of the source’s size ranges every machine gets'),
  domain: DnsHost.max(240)
    .refine((name) => name.split('.').length <= MOST_LABELS, 'names below it must be possible')
    .default('loc-az-hci.example')
    .describe(
      'Zone of the names git, explorer, cacti and firefly. The default is a placeholder: replace it with yours',
    ),
  azure: Azure,
  kubernetes: Kubernetes,
  storage: Storage.describe('Volumes that outlive a node of the K3s cluster'),
  git: z
    .enum(['git-server', 'azure-devops-agent', 'none'])
    .default('git-server')
    .describe(
      'A Gitea server; or a machine for an Azure DevOps agent; or neither, for a Git server that there is already',
    ),
  gitSecret: SecretName.default('phoenix-git').describe(
    'Secret in the tenant’s namespace on the K3s cluster with which its Flux reads the repository',
  ),
  addresses: z
    .strictObject({
      git: z.ipv4().default('192.168.11.230'),
      services: z
        .ipv4()
        .default('192.168.11.231')
        .describe(
          'First of proxy, tunnel, Cacti, FireFly, explorer and Besu nodes, one after the other',
        ),
    })
    .prefault({})
    .describe('Free ones, of those that the sites’ network gives out'),
  chain: z
    .strictObject({
      id: z.int().min(1).max(2_147_483_647).default(138),
      name: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9 -]{0,39}$/)
        .default('Chain 138'),
      nodes: z.int().min(1).max(8).default(1).describe('Besu nodes; the others ask the first'),
    })
    .prefault({})
    .describe('Chain that the Besu nodes follow, once whoever makes it has given its genesis'),
  certificate: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,127}$/)
    .optional()
    .describe('Certificate of the vault for *.<domain>; absent: the proxy speaks plain HTTP'),
  releases: z
    .strictObject(applianceReleases)
    .prefault({})
    .describe('Versions and SHA-256 of what machines download; without a SHA-256 they wait'),
  sshAuthorizedKeys: z.array(SshPublicKey).max(20).default([]),
})
export type LocAzHciParameters = z.infer<typeof LocAzHciParameters>
