// Made-up surroundings for tests and for what the catalogue shows of an example: two sites, a cluster, places and
// identities. Nothing of it is real: the catalogue says so where it shows it, and no change is planned with it.
import type { Cluster, Engine, Site } from '../schemas/place.ts'
import type { VmPlacement } from '../schemas/plan.ts'
import { gib } from '../schemas/quantity.ts'
import type { NodeIdentity, RenderInput, Template } from '../schemas/template.ts'

export const exampleSite = (name: string): Site => ({
  name,
  region: 'eu-test',
  hosts: [
    {
      name,
      cores: 32,
      memory: { value: 128, unit: 'GB' },
      storage: { datastore: 'local-lvm', kind: 'local', size: { value: 4, unit: 'TB' } },
      cpuOvercommit: 4,
      memoryReserve: gib(8),
    },
  ],
  network: {
    name: 'lan',
    bridge: 'vmbr0',
    cidr: '192.168.11.0/24',
    gateway: '192.168.11.1',
    pool: { first: '192.168.11.101', last: '192.168.11.250' },
    dns: ['192.168.11.1'],
  },
  image: {
    name: 'ubuntu-22.04-cloud.img',
    url: 'https://cloud-images.ubuntu.com/jammy/current/jammy-server-cloudimg-amd64.img',
    datastore: 'local',
  },
  standIn: true,
})

export const exampleSites = [exampleSite('r630-01'), exampleSite('ml110-01')]

export const exampleCluster = (engine: Engine): Cluster => ({
  name: 'core',
  region: 'eu-test',
  engine,
  proxmoxProviderConfig: 'proxmox',
  owner: 'dbis',
  standIn: true,
})

/** Which site each machine of the default network stands on: the split of the source's plan. */
const DEFAULT_SPLIT = 'rrrm rrmm rm rrm r m r m r'.replaceAll(' ', '')

export const examplePlacement = (
  template: Template,
  name: string,
  parameters: unknown,
): VmPlacement[] => {
  const { vms, firstVmId = 20_000 } = template.demand(name, parameters)
  return vms.map(({ spread, sites = ['r630-01', 'ml110-01'], ...vm }, index) => {
    const second =
      template.name === 'besu-network'
        ? DEFAULT_SPLIT[index % DEFAULT_SPLIT.length] === 'm'
        : spread === 'even' && index >= Math.ceil(vms.length / 2)
    const [first = 'r630-01', other = first] = sites
    const site = second ? other : first
    return {
      ...vm,
      site,
      host: site,
      vmId: firstVmId + index,
      address: `192.168.11.${101 + index}`,
    }
  })
}

/** Public halves of no key at all: the same byte over and over, another one for each node. */
export const exampleIdentities = (nodes: readonly string[]): NodeIdentity[] =>
  nodes.map((node, index) => {
    const byte = (0x30 + index).toString(16)
    return { node, address: `0x${byte.repeat(20)}`, publicKey: byte.repeat(64), simulated: true }
  })

export const exampleInput = (
  template: Template,
  { name, parameters }: { name: string; parameters: unknown },
  engine: Engine = 'argocd',
): RenderInput<unknown> => {
  const parsed = template.parameters.parse(parameters)
  return {
    tenant: { slug: 'dbis', repositoryUrl: 'https://forge.example/phoenix/dbis.git' },
    name,
    cluster: exampleCluster(engine),
    sites: exampleSites,
    parameters: parsed,
    placement: examplePlacement(template, name, parsed),
    identities: exampleIdentities(template.demand(name, parsed).identities?.nodes ?? []),
    guardsLifted: false,
  }
}
