// Parameters of the template appliance-vm: one VM that runs one well-known service. What is secret on it is read from
// a vault or made on the machine, so nothing here can hold a secret.

import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import type { Size } from '../quantity.ts'
import { coresBetween } from '../quantity.ts'
import { isUnique } from '../unique.ts'
import { TunnelAccess } from './cloudflare-tunnel.ts'
import { DnsHost, DnsName } from './dns-name.ts'
import { SshPublicKey } from './virtual-machine.ts'
import { sizeBetween } from './workload.ts'

const gb = (value: number): Size => ({ value, unit: 'GB' })

/** The least of an appliance, which is its default, as the foundation's source document gives it. */
const sizeFrom = (cores: number, memoryGb: number, diskGb: number) =>
  z
    .strictObject({
      cores: coresBetween(cores, 32).default(cores),
      memory: sizeBetween(gb(memoryGb), gb(256)).default(gb(memoryGb)),
      disk: sizeBetween(gb(diskGb), gb(4000)).default(gb(diskGb)),
    })
    .prefault({})

const releaseOf = (version: RegExp, usual: string) =>
  z
    .strictObject({
      version: z.string().regex(version).default(usual),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional()
        .describe('Of the file for Linux on x86-64; without it the machine waits'),
    })
    .prefault({})

const PORT = z.int().min(1).max(65_535)
const Address = z.strictObject({ address: z.ipv4(), port: PORT })
const Enode = z
  .string()
  .regex(
    /^enode:\/\/[0-9a-f]{128}@(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]):(?:[1-9][0-9]{0,3}|[1-5][0-9]{4})$/,
    'enode://, 128 hexadecimal digits, @, an IPv4 address and a port',
  )
const ChainId = z.int().min(1).max(2_147_483_647).default(138)
const THREE_NUMBERS = /^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$/

/** What appliances download: a version, and the SHA-256 without which they install nothing. */
export const applianceReleases = {
  besu: releaseOf(/^[0-9]{2}\.[0-9]{1,2}\.[0-9]{1,2}$/, '26.3.0'),
  cloudflared: releaseOf(/^20[0-9]{2}\.[0-9]{1,2}\.[0-9]{1,2}$/, '2026.8.2'),
  fireflyCli: releaseOf(THREE_NUMBERS, '1.3.3'),
  gitea: releaseOf(THREE_NUMBERS, '1.25.1'),
}

const RpcUrl = z
  .string()
  .max(300)
  .regex(
    /^https?:\/\/[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])?(?::[1-9][0-9]{0,4})?(?:\/[A-Za-z0-9._~/-]{0,60})?$/,
    { error: 'http:// or https://, a host, perhaps a port and a path', abort: true },
  )
  .refine((text) => URL.canParse(text), 'no address')
  .describe('JSON-RPC of a node, for instance http://192.168.11.110:8545')

const ProxySite = z.strictObject({
  hostname: DnsHost,
  upstreams: z.array(Address).min(1).max(10).describe('Where requests go, in turn, in plain HTTP'),
  certificate: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,127}$/)
    .optional()
    .describe('Certificate of the vault (PEM, with its key), by name; absent: plain HTTP'),
})
export type ProxySite = z.infer<typeof ProxySite>

const TunnelName = z.strictObject({
  hostname: DnsName,
  ...Address.shape,
  access: TunnelAccess.optional().describe('Only whom Cloudflare Access lets through'),
})

export const Appliance = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('nginx-proxy'),
    size: sizeFrom(2, 4, 50),
    sites: z
      .array(ProxySite)
      .min(1)
      .max(20)
      .refine((sites) => isUnique(sites.map(({ hostname }) => hostname)), 'each name once'),
  }),
  z.strictObject({
    kind: z.literal('cloudflare-tunnel'),
    size: sizeFrom(2, 4, 50),
    release: applianceReleases.cloudflared,
    names: z.array(TunnelName).min(1).max(50).describe('Tried from the top'),
  }),
  z.strictObject({ kind: z.literal('cacti'), size: sizeFrom(2, 4, 100) }),
  z.strictObject({
    kind: z.literal('firefly'),
    size: sizeFrom(4, 16, 100),
    cli: applianceReleases.fireflyCli,
    stack: z
      .string()
      .regex(/^v[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$/)
      .default('v1.3.3')
      .describe('Release of FireFly; it names every image by digest'),
    rpcUrl: RpcUrl,
    chainId: ChainId,
    contract: z
      .string()
      .regex(/^0x[0-9a-f]{40}$/)
      .optional()
      .describe('Address of the FireFly contract on the chain; absent: a gateway for one party'),
  }),
  z.strictObject({
    kind: z.literal('blockscout'),
    size: sizeFrom(4, 16, 200),
    hostname: DnsHost.describe('Name under which browsers reach it, over HTTPS'),
    rpcUrl: RpcUrl,
    chainId: ChainId,
    traces: z.boolean().default(false).describe('Whether the node offers the TRACE interface'),
    networkName: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9 -]{0,39}$/)
      .default('Private chain'),
    backend: z.string().regex(THREE_NUMBERS).default('11.2.7'),
    frontend: z
      .string()
      .regex(/^v[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$/)
      .default('v2.8.0'),
  }),
  z.strictObject({
    kind: z.literal('git-server'),
    size: sizeFrom(4, 8, 100),
    release: applianceReleases.gitea,
    hostname: DnsHost.describe('Name under which browsers reach it, over HTTPS'),
  }),
  z.strictObject({
    kind: z.literal('besu-node'),
    size: sizeFrom(4, 16, 200),
    release: applianceReleases.besu,
    genesisSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .describe('Of the chain’s genesis.json; absent: whichever is put on the machine is taken'),
    peers: z
      .array(Enode)
      .max(50)
      .refine(isUnique, 'each node once')
      .default([])
      .describe('Nodes of the chain it connects to; those that keep a list must have it there too'),
  }),
])
export type Appliance = z.infer<typeof Appliance>
export type ApplianceOf<K extends Appliance['kind']> = Extract<Appliance, { kind: K }>

export const ApplianceVmParameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Cluster whose Crossplane manages the VM; absent: the only one there is',
  ),
  site: HostName.describe('Site to place the VM on'),
  address: z
    .ipv4()
    .optional()
    .describe('Its address, of those the site’s network gives out; absent: the first free one'),
  appliance: Appliance,
  allowFrom: z
    .array(z.cidrv4())
    .max(20)
    .default([])
    .describe('Networks that may reach the service; none: the site’s own'),
  sshAuthorizedKeys: z.array(SshPublicKey).max(20).default([]),
})
export type ApplianceVmParameters = z.infer<typeof ApplianceVmParameters>
