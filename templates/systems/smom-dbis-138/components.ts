// What smom-dbis-138 consists of, row by row, with the source of each number.
import type { SystemComponent } from '../../../schemas/system.ts'
import { count, each, GiB } from '../size.ts'

const SOURCE = 'Deployment Requirements Scope, section 2 and resource summary 2'
const RESIDENCY = 'on the sites of loc_az_hci: ml110-01 (192.168.11.10) and r630-01 (192.168.11.11)'
const BACKUP = 'node state backups (named by the source, without a schedule)'
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

/** Who must be there first: validators, then sentries, then what answers, then what leads to it. */
const AFTER: Record<string, string[]> = {
  validator: [],
  sentry: ['validator'],
  bootnode: ['validator'],
  rpc: ['sentry', 'bootnode'],
  archive: ['sentry', 'bootnode'],
  monitoring: ['validator'],
  oracle: ['rpc'],
  'nginx-proxy': ['rpc'],
  'cloudflare-tunnel': ['nginx-proxy'],
}
/** Least numbers of machines that the source asks for. */
const ASKED: Record<string, string> = { validator: '3+', sentry: '2+', rpc: '2+' }

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

/** Optional: the source's networking in Azure. */
const front: [
  id: string,
  title: string,
  exposure: SystemComponent['exposure'],
  builtFrom: string,
][] = [
  ['application-gateway', 'Application Gateway before the RPC', 'public', 'application-gateway'],
  [
    'network-security-groups',
    'Network with security groups for its subnets',
    'private',
    'azure-network',
  ],
  ['private-endpoint', 'Private endpoint of the vault', 'private', 'private-endpoint'],
]

const outside: [id: string, title: string, more?: Partial<SystemComponent>][] = [
  ['ccip', 'CCIP (Cross-Chain Interoperability Protocol)'],
  ['chainlink-oracles', 'Chainlink oracles'],
  ['ethereum-mainnet', 'Ethereum mainnet, for operations across chains'],
  [
    'metamask',
    'MetaMask wallets',
    { dependsOn: ['rpc'], note: 'The document add-chain tells a wallet where the chain is.' },
  ],
  [
    'backup-storage',
    'Storage for backups of node state',
    {
      kind: 'storage',
      phase: null,
      exposure: 'none',
      residency: RESIDENCY,
      source: 'Deployment Requirements Scope, section 2, storage',
      note: 'Named without a size. The source’s persistent volumes and Azure Disk CSI are disks of the machines here: nothing of the chain runs in Kubernetes.',
    },
  ],
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
      dependsOn: AFTER[id] ?? [],
      exposure: EXPOSURE[id] ?? 'none',
      derived: ['count', 'each'],
      residency: RESIDENCY,
      backup: BACKUP,
      builtFrom: ['besu-network'],
      source: SOURCE,
      note: ASKED[id] === undefined ? SPLIT : `The source asks for ${ASKED[id]}. ${SPLIT}`,
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
      residency: 'on the chain: on every node',
      builtFrom: [],
      source: 'Deployment Requirements Scope, section 2, smart contracts',
    }),
  ),
  ...front.map(
    ([id, title, exposure, builtFrom]): SystemComponent => ({
      id,
      title,
      kind: 'network',
      basis: 'optional',
      count: count(0, 1),
      derived: ['count'],
      phase: 'integration',
      dependsOn: id === 'application-gateway' ? ['rpc', 'network-security-groups'] : [],
      exposure,
      residency: 'one Azure region of the European Union',
      builtFrom: [builtFrom],
      source: 'Deployment Requirements Scope, section 2, networking',
      note: 'Rendered when the parameter azure is given. The source asks for Azure networking before machines that stand on Proxmox; without it the RPC is behind nginx and the tunnel alone.',
    }),
  ),
  ...outside.map(
    ([id, title, more]): SystemComponent => ({
      id,
      title,
      kind: 'external',
      basis: 'external',
      count: count(1),
      phase: 'integration',
      dependsOn: [],
      exposure: 'public',
      builtFrom: [],
      source: 'Deployment Requirements Scope, section 2, external services',
      ...more,
    }),
  ),
]
