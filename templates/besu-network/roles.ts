// What each role of a Besu network is, as one table: every difference between roles that is a fact stands here.
import type { BesuRole } from '../../schemas/parameters/besu-network.ts'
import type { Spread } from '../../schemas/template.ts'

/** Roles that run Besu and so have a node key. */
export const CHAIN_ROLES = ['validator', 'sentry', 'bootnode', 'rpc', 'archive'] as const
export type ChainRole = (typeof CHAIN_ROLES)[number]

export const isChainRole = (role: string): role is ChainRole =>
  (CHAIN_ROLES as readonly string[]).includes(role)

interface RoleRow {
  spread: Spread
  /** A host starts its machines in this order: validators, then what leads to them, then what is served. */
  startupOrder: number
}

export const roles: Record<BesuRole, RoleRow> = {
  validator: { spread: 'quorum', startupOrder: 1 },
  bootnode: { spread: 'even', startupOrder: 2 },
  sentry: { spread: 'even', startupOrder: 3 },
  rpc: { spread: 'even', startupOrder: 4 },
  archive: { spread: 'primary', startupOrder: 4 },
  monitoring: { spread: 'secondary', startupOrder: 5 },
  oracle: { spread: 'primary', startupOrder: 5 },
  'nginx-proxy': { spread: 'secondary', startupOrder: 6 },
  'cloudflare-tunnel': { spread: 'primary', startupOrder: 7 },
}

interface ChainRow {
  /** Roles a node connects to by itself. Validators know only each other and the sentries. */
  staticPeers: readonly ChainRole[]
  /** Whether the node finds others by discovery, starting from the bootnodes. */
  discovery: boolean
  storage: 'BONSAI' | 'FOREST'
  /** Whether JSON-RPC is reachable from other machines. */
  serves: boolean
  http: readonly string[]
  ws: readonly string[]
}

export const chainRoles: Record<ChainRole, ChainRow> = {
  validator: {
    staticPeers: ['validator', 'sentry'],
    discovery: false,
    storage: 'BONSAI',
    serves: false,
    http: ['ETH', 'NET', 'QBFT', 'ADMIN'],
    ws: [],
  },
  sentry: {
    staticPeers: ['validator', 'sentry'],
    discovery: true,
    storage: 'BONSAI',
    serves: false,
    http: ['ETH', 'NET'],
    ws: [],
  },
  bootnode: {
    staticPeers: ['sentry', 'bootnode'],
    discovery: true,
    storage: 'BONSAI',
    serves: false,
    http: ['ETH', 'NET'],
    ws: [],
  },
  rpc: {
    staticPeers: ['sentry'],
    discovery: true,
    storage: 'BONSAI',
    serves: true,
    http: ['ETH', 'NET', 'WEB3'],
    ws: ['ETH', 'NET', 'WEB3'],
  },
  archive: {
    staticPeers: ['sentry'],
    discovery: true,
    storage: 'FOREST',
    serves: true,
    http: ['ETH', 'NET', 'WEB3', 'TRACE', 'DEBUG'],
    ws: [],
  },
}

export const PORTS = {
  p2p: 30303,
  http: 8545,
  ws: 8546,
  metrics: 9545,
  nodeExporter: 9100,
  proxy: 80,
  ssh: 22,
} as const
