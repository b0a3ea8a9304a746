// Parameters of the template besu-network: a private Hyperledger Besu QBFT chain on Proxmox VMs.
// The default groups sum to exactly 72 cores, 140 GiB of memory and 278 GiB of disk over 18 machines;
// the totals are from the system's source document, the split is derived.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { coresBetween, gib, sizeOfAtLeast } from '../quantity.ts'
import { IDENTITIES_AT_MOST } from '../wire.ts'
import { SshPublicKey } from './virtual-machine.ts'

export const BesuRole = z.enum([
  'validator',
  'sentry',
  'bootnode',
  'rpc',
  'archive',
  'monitoring',
  'oracle',
  'nginx-proxy',
  'cloudflare-tunnel',
])
export type BesuRole = z.infer<typeof BesuRole>

export const BesuGroup = z.strictObject({
  role: BesuRole,
  count: z.int().min(1).max(100),
  cores: coresBetween(1, 64),
  memory: sizeOfAtLeast(1024),
  disk: sizeOfAtLeast(4096),
})
export type BesuGroup = z.infer<typeof BesuGroup>

const group = (
  role: BesuRole,
  count: number,
  cores: number,
  memory: number,
  disk: number,
): BesuGroup => ({
  role,
  count,
  cores,
  memory: gib(memory),
  disk: gib(disk),
})

export const DEFAULT_GROUPS: BesuGroup[] = [
  group('validator', 4, 4, 8, 16),
  group('sentry', 4, 4, 8, 14),
  group('bootnode', 2, 2, 6, 10),
  group('rpc', 3, 6, 12, 18),
  group('archive', 1, 6, 8, 28),
  group('monitoring', 1, 4, 8, 16),
  group('oracle', 1, 4, 4, 10),
  group('nginx-proxy', 1, 2, 4, 20),
  group('cloudflare-tunnel', 1, 2, 4, 10),
]

export const BesuIdentity = z.strictObject({
  node: HostName.describe('Machine name without the resource’s prefix, for instance validator-01'),
  address: z.string().regex(/^0x[0-9a-f]{40}$/),
  publicKey: z.string().regex(/^[0-9a-f]{128}$/),
})

export const BesuNetworkParameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Cluster whose Crossplane manages the VMs; absent: the only one there is',
  ),
  sites: z
    .array(HostName)
    .min(1)
    .max(16)
    .describe('Sites in order of preference; the first carries most'),
  chainId: z.int().min(1).max(2_147_483_647).default(138),
  groups: z.array(BesuGroup).min(1).max(9).default(DEFAULT_GROUPS).describe('Machines by role'),
  blockPeriodSeconds: z.int().min(1).max(600).default(5),
  requestTimeoutSeconds: z.int().min(1).max(1200).default(10),
  epochLength: z.int().min(1).max(1_000_000).default(30_000),
  gasLimit: z
    .string()
    .regex(/^0x[0-9a-f]{1,16}$/)
    .default('0x1fffffffffffff'),
  besu: z
    .strictObject({
      version: z
        .string()
        .regex(/^[0-9]{2}\.[0-9]{1,2}\.[0-9]{1,2}$/)
        .default('26.3.0'),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional()
        .describe('Of the release archive; without it the nodes wait'),
    })
    .prefault({}),
  identities: z
    .array(BesuIdentity)
    .max(IDENTITIES_AT_MOST)
    .optional()
    .describe('Public halves of the node keys; absent: asked of the key service'),
  firstVmId: z
    .int()
    .min(100)
    .max(999_999_000)
    .optional()
    .describe('Default: chain id times 100 plus 1 where that is in range'),
  firstAddress: z.ipv4().optional().describe('Default: the first free address of the site’s pool'),
  sshAuthorizedKeys: z.array(SshPublicKey).max(20).default([]),
})
export type BesuNetworkParameters = z.infer<typeof BesuNetworkParameters>
