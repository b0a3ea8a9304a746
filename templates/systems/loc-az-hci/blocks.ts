// The building blocks of loc_az_hci, phase by phase. The machines' sizes are read from the components' rows.
import { addressOf } from '../../../schemas/parameters/ip-range.ts'
import type { LocAzHciParameters as Parameters } from '../../../schemas/parameters/systems/loc-az-hci.ts'
import type { Block } from '../../../schemas/system.ts'
import { applianceVm } from '../../appliance-vm/template.ts'
import { arcOnboarding } from '../../arc-onboarding.ts'
import { azureMonitoring } from '../../azure-monitoring.ts'
import { cephStorage } from '../../ceph-storage.ts'
import { k3sCluster } from '../../k3s-cluster/template.ts'
import { nfsStorage } from '../../nfs-storage.ts'
import { virtualMachine } from '../../virtual-machine.ts'
import { block } from '../block.ts'
import { sizeOf } from './components.ts'

/** What Azure Arc shows the K3s cluster as. */
export const connectedClusterName = (name: string): string => `${name}-k3s`

export const monitorBlocks = ({ cluster, azure: { location, monitor } }: Parameters): Block[] =>
  monitor === undefined
    ? []
    : [block(azureMonitoring, 'monitor', { cluster, location, ...monitor })]

export const kubernetesBlocks = ({ cluster, sites, size, kubernetes }: Parameters): Block[] => {
  const { workers, ...k3s } = kubernetes
  return [
    block(k3sCluster, 'k3s', {
      cluster,
      sites,
      ...k3s,
      controlPlane: sizeOf('k3s-control-plane', size),
      workers: { count: workers, ...sizeOf('k3s-worker', size) },
    }),
  ]
}

/** The second site, which the K3s control plane leaves free; the only one where there is no second. */
const secondSite = ({ sites: [first, second] }: Parameters) => second ?? first

export const gitBlocks = (parameters: Parameters): Block[] => {
  const { cluster, size, git, addresses, domain, releases, sshAuthorizedKeys } = parameters
  const machine = { cluster, site: secondSite(parameters), sshAuthorizedKeys }
  if (git === 'none') return []
  if (git === 'azure-devops-agent') {
    const packages = ['ca-certificates', 'curl', 'git', 'jq']
    return [
      block(virtualMachine, 'agent', {
        ...machine,
        ...sizeOf('azure-devops-agent', size),
        packages,
      }),
    ]
  }
  return [
    block(applianceVm, 'git', {
      ...machine,
      address: addresses.git,
      appliance: {
        kind: 'git-server',
        size: sizeOf('git-server', size),
        release: releases.gitea,
        hostname: `git.${domain}`,
      },
    }),
  ]
}

export const gitopsBlocks = (parameters: Parameters, name: string): Block[] => {
  const { cluster, workloadCluster, gitSecret, azure } = parameters
  const { location, subscriptionId, resourceGroup } = azure
  return [
    block(arcOnboarding, 'arc', {
      cluster,
      location,
      subscriptionId,
      resourceGroup,
      connectedCluster: connectedClusterName(name),
      follows: workloadCluster,
      gitSecret,
    }),
  ]
}

export const storageBlocks = ({ workloadCluster, storage }: Parameters): Block[] => {
  const { kind, ...own } = storage
  if (kind === 'none') return []
  const parameters = { cluster: workloadCluster, ...own }
  return kind === 'nfs'
    ? [block(nfsStorage, 'nfs', { ...parameters, isDefault: true })]
    : [block(cephStorage, 'ceph', { ...parameters, block: { isDefault: true } })]
}

const PORTS = { web: 80, git: 3000, rpc: 8545 }

const after = (first: string, steps: number): string => {
  const at = addressOf(first) + steps
  return [at >>> 24, (at >>> 16) & 255, (at >>> 8) & 255, at & 255].join('.')
}

/** The order in which the phase's machines get their addresses, one after the other. */
const ORDER = ['proxy', 'tunnel', 'cacti', 'firefly', 'explorer', 'besu-1'] as const

/** Addresses of the services, which tell each other by them. */
export const serviceAddress = (
  { addresses }: Parameters,
  service: (typeof ORDER)[number],
): string => after(addresses.services, ORDER.indexOf(service))

export const serviceBlocks = (parameters: Parameters): Block[] => {
  const { cluster, sites, size, chain, releases, sshAuthorizedKeys, addresses, domain } = parameters
  const second = secondSite(parameters)
  const rpcUrl = `http://${serviceAddress(parameters, 'besu-1')}:${PORTS.rpc}`
  const appliances: [id: string, site: string | undefined, row: string, own: object][] = [
    ['proxy', sites[0], 'nginx-proxy', { sites: proxySites(parameters) }],
    [
      'tunnel',
      sites[0],
      'cloudflare-tunnel',
      { release: releases.cloudflared, names: tunnelNames(parameters) },
    ],
    ['cacti', second, 'cacti', {}],
    ['firefly', second, 'firefly', { cli: releases.fireflyCli, rpcUrl, chainId: chain.id }],
    [
      'explorer',
      second,
      'blockscout',
      {
        hostname: `explorer.${domain}`,
        rpcUrl,
        chainId: chain.id,
        traces: true,
        networkName: chain.name,
      },
    ],
    ...Array.from({ length: chain.nodes }, (_, index): (typeof appliances)[number] => [
      `besu-${index + 1}`,
      index % 2 === 0 ? second : sites[0],
      'besu-node',
      { release: releases.besu },
    ]),
  ]
  return appliances.map(([id, site, row, own], index) =>
    block(applianceVm, id, {
      cluster,
      site,
      address: after(addresses.services, index),
      appliance: { kind: row, size: sizeOf(row, size), ...own },
      sshAuthorizedKeys,
    }),
  )
}

/** What is served, by name; `open` is what the tunnel leads to from everywhere. */
const served = (parameters: Parameters) => [
  ...(parameters.git === 'git-server'
    ? [{ label: 'git', address: parameters.addresses.git, port: PORTS.git, open: true }]
    : []),
  {
    label: 'explorer',
    address: serviceAddress(parameters, 'explorer'),
    port: PORTS.web,
    open: true,
  },
  { label: 'cacti', address: serviceAddress(parameters, 'cacti'), port: PORTS.web, open: false },
  {
    label: 'firefly',
    address: serviceAddress(parameters, 'firefly'),
    port: PORTS.web,
    open: false,
  },
]

const proxySites = (parameters: Parameters) =>
  served(parameters).map(({ label, address, port }) => ({
    hostname: `${label}.${parameters.domain}`,
    upstreams: [{ address, port }],
    ...(parameters.certificate === undefined ? {} : { certificate: parameters.certificate }),
  }))

const tunnelNames = (parameters: Parameters) =>
  served(parameters)
    .filter(({ open }) => open)
    .map(({ label, address, port }) => ({
      hostname: `${label}.${parameters.domain}`,
      address,
      port,
    }))
