// What smom-dbis-138 consists of, row by row, with the source of each number.
import type { SystemComponent } from '../../../schemas/system.ts'
import { atLeast, count, each, GiB } from '../size.ts'

const SOURCE = 'Deployment Requirements Scope, section 2 and resource summary 2'
const SPLIT =
  'Sizes per machine are derived: the source gives totals only (72 cores, 140 GiB, 278 GiB).'

/** Roles of the 18 machines: the split that sums to exactly the source's totals. */
const machines: [
  id: string,
  title: string,
  n: number,
  cores: number,
  memory: number,
  disk: number,
][] = [
  ['validator', 'Validators', 4, 4, 8, 16],
  ['sentry', 'Sentries', 4, 4, 8, 14],
  ['bootnode', 'Bootnodes', 2, 2, 6, 10],
  ['rpc', 'RPC nodes', 3, 6, 12, 18],
  ['archive', 'Archive and explorer RPC', 1, 6, 8, 28],
  ['monitoring', 'Monitoring', 1, 4, 8, 16],
  ['oracle', 'Oracle and CCIP worker', 1, 4, 4, 10],
  ['nginx-proxy', 'Nginx proxy', 1, 2, 4, 20],
  ['cloudflare-tunnel', 'Cloudflare tunnel', 1, 2, 4, 10],
]

const EXPOSURE: Record<string, SystemComponent['exposure']> = {
  rpc: 'tunnel',
  'nginx-proxy': 'private',
  'cloudflare-tunnel': 'tunnel',
}

const contracts: [id: string, title: string, dependsOn: string[]][] = [
  ['link-token', 'Mock LINK token', ['validator']],
  ['ccip-router', 'CCIP Router', ['link-token']],
  ['weth9', 'WETH9', ['ccip-router']],
  ['weth10', 'WETH10', ['ccip-router']],
  ['weth9-bridge', 'CCIPWETH9Bridge', ['ccip-router', 'weth9']],
  ['weth10-bridge', 'CCIPWETH10Bridge', ['ccip-router', 'weth10']],
  ['oracle-aggregator', 'Oracle Aggregator', ['weth9-bridge', 'weth10-bridge']],
]

export const components: SystemComponent[] = [
  ...machines.map(
    ([id, title, n, cores, memory, disk]): SystemComponent => ({
      id,
      title,
      kind: 'virtual-machine',
      basis: 'rendered',
      count: count(n),
      each: each(count(cores), GiB(memory), GiB(disk)),
      phase: 'nodes',
      dependsOn: id === 'validator' ? [] : ['validator'],
      exposure: EXPOSURE[id] ?? 'none',
      residency: 'on the sites of loc_az_hci',
      backup: 'node state backups (named by the source, without a schedule)',
      builtFrom: ['besu-network'],
      source: SOURCE,
      note: SPLIT,
    }),
  ),
  ...contracts.map(
    ([id, title, dependsOn]): SystemComponent => ({
      id,
      title,
      kind: 'contract',
      basis: 'task',
      count: count(1),
      phase: 'contracts',
      dependsOn,
      exposure: 'public',
      builtFrom: [],
      source: 'Deployment Requirements Scope, section 2, smart contracts',
    }),
  ),
  {
    id: 'application-gateway',
    title:
      'Application Gateway before the RPC nodes, with network security groups and private endpoints',
    kind: 'network',
    basis: 'optional',
    count: atLeast(0),
    phase: null,
    dependsOn: ['rpc'],
    exposure: 'public',
    builtFrom: ['application-gateway', 'azure-network', 'private-endpoint'],
    source: 'Deployment Requirements Scope, section 2, networking',
    note: 'The source asks for Azure networking before machines that stand on Proxmox; here the RPC is behind nginx and the tunnel. Ask for the building blocks by themselves where Azure fronts the chain.',
  },
]
