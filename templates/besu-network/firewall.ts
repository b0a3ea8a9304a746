// Who may reach which port of whom, by role, each rule for one address. Everything else is refused (ufw).
// The rules are data that a fixed script reads, so no value is ever part of a shell text.
import type { BesuRole } from '../../schemas/parameters/besu-network.ts'
import type { Site } from '../../schemas/place.ts'
import { lines } from '../parts/shell.ts'
import { addressesOf, type Machine, type Network, privateRpc, publicRpc } from './nodes.ts'
import { chainRoles, isChainRole, PORTS } from './roles.ts'

interface Opening {
  port: number
  protocol: 'tcp' | 'udp'
  from: string[]
}

/** Roles that open a connection to this one: whoever lists it as a peer, and whoever it lists. */
const peerRoles = (role: BesuRole): BesuRole[] => {
  if (!isChainRole(role)) return []
  const own = chainRoles[role]
  return (Object.keys(chainRoles) as (keyof typeof chainRoles)[]).filter(
    (other) =>
      own.staticPeers.includes(other) ||
      chainRoles[other].staticPeers.includes(role) ||
      (own.discovery && chainRoles[other].discovery),
  )
}

const openingsOf = (network: Network, { role, vm }: Machine): Opening[] => {
  const peers = addressesOf(network, ...peerRoles(role))
  const chain = isChainRole(role) ? chainRoles[role] : null
  const proxy = addressesOf(network, 'nginx-proxy')
  const monitoring = addressesOf(network, 'monitoring')
  const workers = privateRpc(network).includes(vm.address) ? addressesOf(network, 'oracle') : []
  const visitors =
    role === 'archive' || publicRpc(network).includes(vm.address) ? [...proxy, ...workers] : workers
  return [
    { port: PORTS.p2p, protocol: 'tcp', from: peers },
    { port: PORTS.p2p, protocol: 'udp', from: chain?.discovery ? peers : [] },
    { port: PORTS.http, protocol: 'tcp', from: chain?.serves ? visitors : [] },
    { port: PORTS.ws, protocol: 'tcp', from: chain?.serves && chain.ws.length > 0 ? visitors : [] },
    { port: PORTS.metrics, protocol: 'tcp', from: chain ? monitoring : [] },
    { port: PORTS.nodeExporter, protocol: 'tcp', from: monitoring },
    {
      port: PORTS.proxy,
      protocol: 'tcp',
      from: role === 'nginx-proxy' ? addressesOf(network, 'cloudflare-tunnel') : [],
    },
  ]
}

/** One rule a line: protocol, source, port. SSH is open to the site's own network where keys were given. */
export const firewallRules = (network: Network, machine: Machine, site: Site): string => {
  const ssh =
    network.parameters.sshAuthorizedKeys.length > 0 ? [`tcp ${site.network.cidr} ${PORTS.ssh}`] : []
  const openings = openingsOf(network, machine).flatMap(({ port, protocol, from }) =>
    from
      .filter((address) => address !== machine.vm.address)
      .map((address) => `${protocol} ${address} ${port}`),
  )
  return [...ssh, ...openings].map((rule) => `${rule}\n`).join('')
}

export const FIREWALL_RULES_FILE = '/etc/phoenix/firewall'

export const firewallScript = (): string =>
  lines(
    '#!/bin/sh',
    `# Lets in what ${FIREWALL_RULES_FILE} names (protocol, source, port) and nothing else.`,
    'set -eu',
    'ufw default deny incoming',
    'ufw default allow outgoing',
    'while read -r protocol source port; do',
    '  ufw allow proto "$protocol" from "$source" to any port "$port"',
    `done < ${FIREWALL_RULES_FILE}`,
    'ufw --force enable',
  )
