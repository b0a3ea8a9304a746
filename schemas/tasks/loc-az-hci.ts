// What is reported of the tasks of loc_az_hci: hosts, their cluster, Azure Arc, K3s, Git, services, tests.
// Nothing here is a secret: ids, versions, counts and digests.

import * as z from 'zod'
import { Digest, GitSha, HostName, Slug } from '../ids.ts'
import { UnionLocation } from '../parameters/azure.ts'
import { armIdOf, SubscriptionId } from '../parameters/azure-reference.ts'
import { SecretName } from '../parameters/workload.ts'
import { isUnique } from '../unique.ts'

/** Lists of things that are named, each of them once. */
const named = <S extends { name: z.ZodType<string> }>(shape: S, least: number, most: number) =>
  z
    .array(z.strictObject(shape))
    .min(least)
    .max(most)
    .refine(
      (all) => isUnique(all.map((one) => String((one as { name: unknown }).name))),
      'each name once',
    )

const LEAST_HOSTS = 2
const HOSTS = [LEAST_HOSTS, 64] as const
const LEAST_HOST_MEMORY_GB = 8

export const HostNetwork = z.strictObject({
  hosts: named(
    {
      name: HostName,
      address: z.ipv4(),
      gateway: z.ipv4(),
      bridge: z.string().regex(/^vmbr[0-9]{1,4}$/),
      method: z.literal('static'),
    },
    ...HOSTS,
  ).refine((all) => isUnique(all.map(({ address }) => address)), 'each address once'),
})

export const HostsUpdated = z.strictObject({
  hosts: named(
    {
      name: HostName,
      proxmoxVersion: z
        .string()
        .regex(
          /^(?:[7-9]|[1-9][0-9])\.[0-9]{1,2}(?:[.-][0-9]{1,2}){0,2}$/,
          'Proxmox VE 7.0 or later',
        ),
      memoryGb: z.number().min(LEAST_HOST_MEMORY_GB).max(100_000),
      pendingUpdates: z.literal(0),
    },
    ...HOSTS,
  ),
})

export const StorageReady = z.strictObject({
  storages: named(
    {
      name: HostName,
      kind: z.enum(['lvmthin', 'zfspool', 'dir', 'nfs', 'cephfs', 'rbd']),
      content: z.array(z.enum(['images', 'import', 'snippets', 'iso', 'backup'])).min(1),
      freeGb: z.number().positive().max(10_000_000),
    },
    1,
    50,
  ).refine(
    (all) =>
      (['images', 'import', 'snippets'] as const).every((kind) =>
        all.some(({ content }) => content.includes(kind)),
      ),
    'room for images, import (Proxmox VE 8.4 or later) and snippets',
  ),
})

/** Two hosts without a third vote stop as soon as one of them is lost. */
export const ClusterQuorate = z
  .strictObject({
    clusterName: z.string().regex(/^[a-z][a-z0-9-]{0,14}$/),
    nodes: z.int().min(LEAST_HOSTS).max(64),
    qdevice: z.boolean(),
    expectedVotes: z.int().min(1).max(128),
    totalVotes: z.int().min(1).max(128),
    quorum: z.int().min(1).max(128),
  })
  .refine(({ expectedVotes, totalVotes }) => totalVotes === expectedVotes, {
    path: ['totalVotes'],
    error: 'a vote is missing',
  })
  .refine(({ nodes, qdevice, expectedVotes }) => qdevice || expectedVotes === nodes, {
    path: ['expectedVotes'],
    error: 'without a QDevice every node has one vote',
  })
  .refine(({ nodes, expectedVotes }) => expectedVotes >= nodes, {
    path: ['expectedVotes'],
    error: 'fewer votes than nodes',
  })
  .refine(({ expectedVotes, quorum }) => quorum === Math.floor(expectedVotes / 2) + 1, {
    path: ['quorum'],
    error: 'not the majority of the votes',
  })
  .refine(({ expectedVotes, quorum }) => expectedVotes - 1 >= quorum, {
    path: ['quorum'],
    error: 'no vote may be lost: two hosts need a QDevice',
  })
  .meta({
    examples: [
      { clusterName: 'loc', nodes: 2, qdevice: true, expectedVotes: 3, totalVotes: 3, quorum: 2 },
    ],
  })

const PROVIDERS = [
  'Microsoft.HybridCompute',
  'Microsoft.GuestConfiguration',
  'Microsoft.HybridConnectivity',
  'Microsoft.Kubernetes',
  'Microsoft.KubernetesConfiguration',
  'Microsoft.ExtendedLocation',
] as const
export const arcProviders: readonly string[] = PROVIDERS

export const AzurePrepared = z
  .strictObject({
    subscriptionId: SubscriptionId,
    resourceGroup: z.string().regex(/^[A-Za-z0-9_-]{1,90}$/),
    location: UnionLocation,
    role: z.enum(['Contributor', 'Owner']),
    registeredProviders: z
      .array(z.enum(PROVIDERS))
      .length(PROVIDERS.length)
      .refine(isUnique, 'each provider once'),
  })
  .meta({
    examples: [
      {
        subscriptionId: '5f0a7c1e-3b52-4c86-9f0d-6a1b2c3d4e5f',
        resourceGroup: 'loc-az-hci-arc',
        location: 'westeurope',
        role: 'Contributor',
        registeredProviders: [...PROVIDERS],
      },
    ],
  })

const arcMachines = (least: number) =>
  named(
    {
      name: HostName,
      resourceId: armIdOf('Microsoft.HybridCompute/machines'),
      agentVersion: z.string().regex(/^1\.[0-9]{1,3}(?:\.[0-9]{1,6}){0,2}$/),
      status: z.literal('Connected'),
    },
    least,
    1000,
  )
export const HostsInArc = z.strictObject({ hosts: arcMachines(LEAST_HOSTS) })
export const MachinesInArc = z.strictObject({ machines: arcMachines(1) })

export const VmTemplates = z.strictObject({
  templates: named(
    {
      name: HostName.describe('Host'),
      vmId: z.int().min(100).max(999_999_999),
      bootDisk: z.literal('scsi0'),
      imageSha256: z.string().regex(/^[0-9a-f]{64}$/),
    },
    1,
    64,
  ),
})

export const ProxmoxToken = z.strictObject({
  secret: SecretName,
  tokenId: z
    .string()
    .regex(
      /^[A-Za-z0-9._-]{1,60}@(?:pve|pam)![A-Za-z][A-Za-z0-9._-]{0,60}$/,
      'user@realm!name, without its value',
    ),
  expires: z.iso.date(),
})

export const K3sRuns = z.strictObject({
  version: z.string().regex(/^v1\.(?:3[2-9]|[4-9][0-9])\.[0-9]{1,2}\+k3s[1-9]$/),
  controlPlanesReady: z.int().min(1).max(5),
  workersReady: z.int().min(3).max(50),
})

export const ClusterInArc = z.strictObject({
  resourceId: armIdOf('Microsoft.Kubernetes/connectedClusters'),
  agentVersion: z.string().regex(/^1\.[0-9]{1,3}\.[0-9]{1,6}$/),
  connectivityStatus: z.literal('Connected'),
})

const WebAddress = z.url({ protocol: /^https?$/ }).max(300)

export const GitReady = z.strictObject({
  kind: z.enum(['gitea', 'gitlab', 'azure-devops', 'other']),
  url: WebAddress,
  version: z.string().regex(/^[0-9A-Za-z.+-]{1,40}$/),
})

export const RepositoryMade = z.strictObject({
  url: WebAddress,
  branch: z.literal('live').describe('Branch that Flux follows'),
  commit: GitSha,
})

export const ClusterRegistered = z.strictObject({
  cluster: Slug,
  baseCommit: GitSha.describe('Commit with the tenant’s base for this cluster'),
  gitSecret: SecretName,
})

export const FluxCompliant = z.strictObject({
  cluster: armIdOf('Microsoft.Kubernetes/connectedClusters'),
  configuration: z.literal('phoenix'),
  complianceState: z.literal('Compliant'),
  commit: GitSha,
})

export const VaultFilled = z.strictObject({
  vaultUrl: z.string().regex(/^https:\/\/[a-z][a-z0-9-]{1,22}[a-z0-9]\.vault\.azure\.net$/),
  secretNames: z
    .array(z.string().regex(/^[A-Za-z0-9-]{1,127}$/))
    .min(1)
    .max(50)
    .refine(isUnique, 'each name once'),
})

/** `waiting`: the chain is not made yet. It comes with smom-dbis-138, which this system is the ground of. */
export const ChainServices = z
  .strictObject({
    besuVersion: z.string().regex(/^[0-9]{2}\.[0-9]{1,2}\.[0-9]{1,2}$/),
    nodes: z.int().min(1).max(8),
    chain: z.enum(['waiting', 'following']),
    blockNumber: z.int().min(1).max(Number.MAX_SAFE_INTEGER).nullable(),
    fireflyVersion: z.string().regex(/^v[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$/),
    explorerVersion: z.string().regex(/^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$/),
  })
  .refine(({ chain, blockNumber }) => (chain === 'following') === (blockNumber !== null), {
    path: ['blockNumber'],
    error: 'a node that follows has a block number, one that waits has none',
  })

export const WatchedAndServed = z.strictObject({
  cactiVersion: z.string().regex(/^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,3}$/),
  devicesWatched: z.int().min(LEAST_HOSTS).max(10_000),
  tunnelId: z.guid(),
  tunnelConnections: z.int().min(1).max(64),
  answers: z
    .array(z.strictObject({ url: WebAddress, status: z.int().min(200).max(399) }))
    .min(1)
    .max(20),
})

export const Tested = z.strictObject({
  testsRun: z.int().min(1).max(1_000_000),
  testsFailed: z.literal(0),
  reportDigest: Digest,
})

export const RestoreTested = z.strictObject({
  machine: HostName,
  backupTaken: z.iso.datetime(),
  restoredInMinutes: z.number().positive().max(10_080),
  differences: z.literal(0).describe('Files that differ between the original and what came back'),
})

export const HostLossTested = z
  .strictObject({
    host: HostName,
    votesLeft: z.int().min(1).max(128),
    quorum: z.int().min(1).max(128),
    machinesStopped: z.int().min(0).max(1000),
    backInMinutes: z.number().positive().max(10_080),
  })
  .refine(({ votesLeft, quorum }) => votesLeft >= quorum, {
    path: ['votesLeft'],
    error: 'the cluster lost its quorum',
  })
