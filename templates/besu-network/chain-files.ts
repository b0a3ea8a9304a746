// The texts that make a machine a node of this chain. All nodes of a role share them byte for byte,
// so a reviewer reads each once, in the ConfigMap. What differs per machine is in its environment file.
import { type TomlValue, toToml } from '../parts/toml.ts'
import { genesis } from './genesis.ts'
import { addressesOf, enodesOf, type Network } from './nodes.ts'
import { CHAIN_ROLES, type ChainRole, chainRoles, PORTS } from './roles.ts'

export const CONFIG_DIRECTORY = '/etc/besu'
export const DATA_DIRECTORY = '/var/lib/besu'
/** On a memory file system: the key is never on the VM's disk. */
export const KEY_FILE = '/run/besu-key/key'

const DEFAULT_MAX_PEERS = 25

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

export const genesisFile = ({ parameters, chain }: Network): string =>
  json(
    genesis(
      parameters,
      chain.filter(({ role }) => role === 'validator').map(({ identity }) => identity.address),
    ),
  )

/** Every node of the chain and nobody else; the same on every node, for each checks only the other end. */
export const permissionsFile = (network: Network): string =>
  toToml({ 'nodes-allowlist': enodesOf(network, ...CHAIN_ROLES) })

/** A node may find itself in its role's list: one text per role is easier to check than one per machine. */
export const staticNodesFile = (network: Network, role: ChainRole): string =>
  json(enodesOf(network, ...chainRoles[role].staticPeers))

/** Besu's config.toml: the names are those of its command line options. */
export const configFile = (network: Network, role: ChainRole): string => {
  const { discovery, storage, serves, http, ws } = chainRoles[role]
  const listenOn = serves ? '0.0.0.0' : '127.0.0.1'
  const table: Record<string, TomlValue> = {
    'data-path': DATA_DIRECTORY,
    'genesis-file': `${CONFIG_DIRECTORY}/genesis.json`,
    'node-private-key-file': KEY_FILE,
    'static-nodes-file': `${CONFIG_DIRECTORY}/static-nodes.json`,
    'permissions-nodes-config-file-enabled': true,
    'permissions-nodes-config-file': `${CONFIG_DIRECTORY}/permissions_config.toml`,
    'p2p-port': PORTS.p2p,
    'nat-method': 'NONE',
    'discovery-enabled': discovery,
    ...(discovery ? { bootnodes: enodesOf(network, 'bootnode') } : {}),
    'max-peers': Math.max(DEFAULT_MAX_PEERS, network.chain.length),
    'remote-connections-limit-enabled': false,
    'sync-mode': 'FULL',
    'data-storage-format': storage,
    // A node that asks for gas would silently drop what this chain lets pass for free.
    'min-gas-price': 0,
    'rpc-http-enabled': true,
    'rpc-http-host': listenOn,
    'rpc-http-port': PORTS.http,
    'rpc-http-api': http,
    ...(ws.length > 0
      ? {
          'rpc-ws-enabled': true,
          'rpc-ws-host': listenOn,
          'rpc-ws-port': PORTS.ws,
          'rpc-ws-api': ws,
        }
      : {}),
    // Also decides who may read metrics: Prometheus asks by address.
    'host-allowlist': ['localhost', '127.0.0.1', ...addressesOf(network, role)],
    'metrics-enabled': true,
    'metrics-host': '0.0.0.0',
    'metrics-port': PORTS.metrics,
    logging: 'INFO',
  }
  return toToml(table)
}

/** What the ConfigMap shows: one entry per text that machines carry. */
export const chainFiles = (network: Network): Record<string, string> => {
  const present = CHAIN_ROLES.filter((role) => network.chain.some((node) => node.role === role))
  return {
    'genesis.json': genesisFile(network),
    'permissions_config.toml': permissionsFile(network),
    ...Object.fromEntries(
      present.flatMap((role) => [
        [`config-${role}.toml`, configFile(network, role)],
        [`static-nodes-${role}.json`, staticNodesFile(network, role)],
      ]),
    ),
  }
}
