// Where things can stand: regions, sites with their hosts, clusters. Owned by the Inventory actor.
import * as z from 'zod'
import { ChangeId, Country, HostName, Jurisdiction, Slug } from './ids.ts'
import { Size } from './quantity.ts'
import { ruled } from './ruled.ts'
import { isUnique } from './unique.ts'

const Ipv4 = z.ipv4()

export const Tier = z.enum(['core', 'regional', 'edge'])
export type Tier = z.infer<typeof Tier>

/** How far the users are that a region is for; templates/regions says how many milliseconds each stands for. */
export const LatencyClass = z.enum(['metro', 'national', 'continental'])
export type LatencyClass = z.infer<typeof LatencyClass>

/** Names of neighbours, nearest first. */
const adjacentTo = <T extends z.ZodType<string>>(name: T) =>
  z.array(name).max(16).refine(isUnique, 'each at most once')

export const Region = z.strictObject({
  name: Slug,
  jurisdiction: Jurisdiction,
  tier: Tier,
  /** Stand-in data is marked as such wherever it is shown. */
  standIn: z.boolean().default(false),
  // What was stored before these were known has none of them.
  country: Country.optional(),
  latency: LatencyClass.optional(),
  /** Where what runs here can go when the region is lost. */
  adjacent: adjacentTo(Slug).optional(),
})
export type Region = z.infer<typeof Region>

const MOST_CORES = 4096

const ImageName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)

export const Host = z.strictObject({
  name: HostName,
  cores: ruled(z.int().min(1).max(MOST_CORES), {
    rule: 'HOST-CORES',
    detail: `a whole number of cores, 1 to ${MOST_CORES}`,
    numbers: { least: 1, most: MOST_CORES },
  }),
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
  /** Images that lie on this host. Absent: the site's own image does. */
  images: z.array(ImageName).max(50).refine(isUnique, 'each at most once').optional(),
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
  name: ImageName,
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
  /** Whether a QDevice gives a two-node Proxmox cluster its third vote. Absent: not known. */
  qdevice: z.boolean().optional(),
  /** Sites that can take over what runs here, nearest first. */
  adjacent: adjacentTo(HostName).optional(),
})
export type Site = z.infer<typeof Site>

/** How a place is shown that a change in the operators' repository keeps: their direct routes refuse to change it. */
export const Kept = z.strictObject({
  keptIn: ChangeId.optional().describe('The change in Git that keeps it; absent: the operators do'),
})
export type Kept = z.infer<typeof Kept>
export const RegionView = Region.extend(Kept.shape)
export const SiteView = Site.extend(Kept.shape)

export const Engine = z.enum(['argocd', 'flux'])
export type Engine = z.infer<typeof Engine>

/** A minor version. */
export const KubernetesVersion = z
  .string()
  .regex(/^1\.[0-9]{1,2}$/, 'a minor version, for instance 1.34')

export const Cluster = z.strictObject({
  name: Slug,
  region: Slug,
  /** One engine owns a cluster; never both. */
  engine: Engine,
  /** Crossplane ProviderConfig that reaches the Proxmox sites, where this cluster manages VMs. */
  proxmoxProviderConfig: Slug.optional(),
  /** The tenant whose cluster this is: it alone may install what reaches beyond a namespace. */
  owner: Slug.optional(),
  /** Minor version of Kubernetes; absent: not known, and nothing is rendered that needs a new one. */
  kubernetes: KubernetesVersion.optional(),
  standIn: z.boolean().default(false),
})
export type Cluster = z.infer<typeof Cluster>

/** Region and engine stay: what stands there was rendered for them. */
export const UpdateCluster = z.strictObject({
  /** Null: nobody's. */
  owner: Slug.nullable().optional(),
  kubernetes: KubernetesVersion.nullable().optional(),
  proxmoxProviderConfig: Slug.nullable().optional(),
  standIn: z.boolean().optional(),
})
export type UpdateCluster = z.infer<typeof UpdateCluster>
