// A made-up world for the planner's tests: sites, hosts, a cluster, and a snapshot of them. Nothing of it is real.
import { createHash } from 'node:crypto'
import type { Host, Region, Site } from '../schemas/place.ts'
import type { VmPlacement } from '../schemas/plan.ts'
import { gib } from '../schemas/quantity.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Demand, Spread, VmDemand } from '../schemas/template.ts'
import { exampleCluster, exampleIdentities } from '../templates/example-inputs.ts'
import { findTemplate } from '../templates/index.ts'
import { NO_USE } from './capacity.ts'
import { type Planned, plan } from './plan.ts'
import { baseLimitOf, NO_PODS } from './pod-use.ts'

type PlannedRequest = Parameters<typeof plan>[0]

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** 16 cores times 2, 64 GiB less 4, 1000 GiB of local disk. */
export const hostOf = (name: string, more: Partial<Host> = {}): Host => ({
  name,
  cores: 16,
  memory: gib(64),
  storage: { datastore: 'local-lvm', kind: 'local', size: gib(1000) },
  cpuOvercommit: 2,
  memoryReserve: gib(4),
  ...more,
})
/** What such a host can promise. */
export const SUPPLY = { cores: 32, memoryMiB: 60 * 1024, diskGiB: 1000 }

export const sharedStorage: Host['storage'] = { datastore: 'ceph', kind: 'shared', size: gib(1000) }

export const siteOf = (name: string, more: Partial<Site> = {}): Site => ({
  name,
  region: 'eu-test',
  hosts: [hostOf(`${name}-1`)],
  network: {
    name: 'lan',
    bridge: 'vmbr0',
    cidr: '10.0.0.0/24',
    gateway: '10.0.0.1',
    pool: { first: '10.0.0.10', last: '10.0.0.250' },
    dns: ['10.0.0.2'],
  },
  image: { name: 'os.img', url: 'https://images.example/os.img', datastore: 'local' },
  standIn: false,
  ...more,
})

export const regionOf = (name: string, more: Partial<Region> = {}): Region => ({
  ...{ name, jurisdiction: 'eu', tier: 'edge', standIn: false },
  ...more,
})

export const snapshotOf = (more: Partial<Snapshot> = {}): Snapshot => ({
  tenant: {
    id: 'ten_eu_aaaaaaaaaaaaaaaa',
    slug: 'dbis',
    jurisdiction: 'eu',
    repositoryUrl: 'https://forge.example/dbis/infrastructure.git',
    quota: { vms: 1000, cores: 10_000, memoryMiB: 10_000_000, diskGiB: 100_000 },
  },
  sites: [siteOf('a'), siteOf('b')],
  clusters: [exampleCluster('argocd')],
  regions: [regionOf('eu-test'), regionOf(exampleCluster('argocd').region)],
  uses: [],
  takenVmIds: [],
  takenAddresses: [],
  takenNames: [],
  takenPaths: [],
  baseVersions: {},
  takenBases: [],
  takenChainIds: [],
  exceptions: [],
  failoverPolicies: [],
  priceBook: null,
  placeFindings: [],
  fleetSummary: null,
  used: NO_USE,
  reserved: NO_USE,
  namespaces: [{ cluster: 'core', limit: baseLimitOf(), used: NO_PODS, reserved: NO_PODS }],
  existing: null,
  standing: [],
  basesOn: ['core'],
  identities: [],
  ...more,
})

export const vmsOf = (count: number, more: Partial<VmDemand> = {}): VmDemand[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `${more.group ?? 'vm'}-${String(index + 1).padStart(2, '0')}`,
    role: 'vm',
    group: 'vm',
    spread: 'even' as Spread,
    cores: 2,
    memoryMiB: 1024,
    diskGiB: 10,
    ...more,
  }))

export const demandOf = (vms: VmDemand[], more: Partial<Demand> = {}): Demand => ({
  vms,
  sites: ['a', 'b'],
  ...more,
})

/** The snapshot after a placement was applied: the same resource exists and keeps its places. */
export const withExisting = (
  snapshot: Snapshot,
  placement: VmPlacement[],
  more: Partial<NonNullable<Snapshot['existing']>> = {},
): Snapshot => ({
  ...snapshot,
  existing: {
    name: 'net',
    template: 'virtual-machine',
    templateVersion: '1.0.0',
    cluster: 'core',
    parameters: {},
    placement,
    identities: [],
    guardsLifted: false,
    ...more,
  },
})

export const VM_REQUEST = {
  action: 'create',
  template: 'virtual-machine',
  name: 'web',
  parameters: { site: 'a', memory: { value: 4, unit: 'GiB' } },
} as const satisfies PlannedRequest

export const CHAIN_REQUEST = {
  action: 'create',
  template: 'besu-network',
  name: 'chain',
  parameters: { sites: ['a', 'b'], chainId: 138 },
} as const satisfies PlannedRequest

/** A world in which the default chain fits, with identities for its nodes. */
export const chainSnapshot = (more: Partial<Snapshot> = {}): Snapshot => {
  const template = findTemplate('besu-network')
  const nodes = template?.demand('chain', template.parameters.parse(CHAIN_REQUEST.parameters))
  const big = { cores: 64, memory: gib(256) }
  return snapshotOf({
    sites: ['a', 'b'].map((name) => siteOf(name, { hosts: [hostOf(`${name}-1`, big)] })),
    identities: exampleIdentities(nodes?.identities?.nodes ?? []),
    ...more,
  })
}

/** Plans, and insists that the request could be read. */
export const planned = (request: PlannedRequest, snapshot: Snapshot): Planned => {
  const result = plan(request, snapshot, sha256)
  if (!result.ok) throw new Error(`refused: ${result.refusal.problem}`)
  return result.value
}

/** What the tenant has once the engines have applied a plan. */
export const applied = (snapshot: Snapshot, { plan: done, stands }: Planned): Snapshot => ({
  ...snapshot,
  standing: stands,
  existing:
    done.phase === 'remove'
      ? null
      : {
          name: done.name,
          template: done.template.name,
          templateVersion: done.template.version,
          cluster: done.targets[0]?.cluster ?? '',
          parameters: done.parameters,
          placement: done.placement,
          identities: snapshot.identities,
          guardsLifted: done.phase === 'lift-guards',
        },
})

export const rulesOf = (findings: readonly { rule: string }[]): string[] =>
  findings.map(({ rule }) => rule)
