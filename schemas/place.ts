// Where things can stand: regions, sites with their hosts, clusters. Owned by the Inventory actor.
import * as z from 'zod'
import { HostName, Jurisdiction, Slug } from './ids.ts'
import { Size } from './quantity.ts'

const Ipv4 = z.ipv4()

export const Region = z.strictObject({
  name: Slug,
  jurisdiction: Jurisdiction,
  tier: z.enum(['core', 'regional', 'edge']),
  /** Stand-in data is marked as such wherever it is shown. */
  standIn: z.boolean().default(false),
})
export type Region = z.infer<typeof Region>

export const Host = z.strictObject({
  name: HostName,
  cores: z.int().min(1).max(4096),
  memory: Size,
  /** Storage that VMs may use. Local storage pins a VM to its host. */
  storage: z.strictObject({
    datastore: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
    kind: z.enum(['local', 'shared']),
    size: Size,
  }),
  /** vCPU per core that may be promised. */
  cpuOvercommit: z.number().min(1).max(16).default(4),
  /** Memory kept for the host itself. */
  memoryReserve: Size.default({ value: 8, unit: 'GiB' }),
})
export type Host = z.infer<typeof Host>

export const Network = z.strictObject({
  /** Sites that share a network share its addresses. */
  name: Slug,
  bridge: z.string().regex(/^[a-z][a-z0-9]{0,14}$/),
  cidr: z.cidrv4(),
  gateway: Ipv4,
  /** First and last address that Phoenix may give out. */
  pool: z.strictObject({ first: Ipv4, last: Ipv4 }),
  dns: z.array(Ipv4).min(1).max(4),
})
export type Network = z.infer<typeof Network>

export const Image = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  url: z.url({ protocol: /^https$/ }),
  /** Datastore that holds the image on every host of the site. */
  datastore: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
})
export type Image = z.infer<typeof Image>

export const Site = z.strictObject({
  name: HostName,
  region: Slug,
  hosts: z.array(Host).min(1).max(64),
  network: Network,
  image: Image,
  standIn: z.boolean().default(false),
})
export type Site = z.infer<typeof Site>

export const Engine = z.enum(['argocd', 'flux'])
export type Engine = z.infer<typeof Engine>

export const Cluster = z.strictObject({
  name: Slug,
  region: Slug,
  /** One engine owns a cluster; never both. */
  engine: Engine,
  /** Crossplane ProviderConfig that reaches the Proxmox sites, where this cluster manages VMs. */
  proxmoxProviderConfig: Slug.optional(),
  /** The tenant whose cluster this is: it alone may install what reaches beyond a namespace. */
  owner: Slug.optional(),
  standIn: z.boolean().default(false),
})
export type Cluster = z.infer<typeof Cluster>

/** Region and engine stay: what stands there was rendered for them. */
export const UpdateCluster = z.strictObject({
  /** Null: nobody's. */
  owner: Slug.nullable().optional(),
  proxmoxProviderConfig: Slug.nullable().optional(),
  standIn: z.boolean().optional(),
})
export type UpdateCluster = z.infer<typeof UpdateCluster>
