// Who may reach which port of whom, by role, each rule for one address. Everything else is refused (ufw).
import type { BesuRole } from '../../schemas/parameters/besu-network.ts'
import type { Site } from '../../schemas/place.ts'
import { firewallRules, type Opening, sshOpening } from '../parts/firewall.ts'
import { addressesOf, type Machine, type Network, privateRpc, publicRpc } from './nodes.ts'
import { chainRoles, isChainRole, PORTS } from './roles.ts'

type Openings = Omit<Opening, 'from'> & { from: string[] }

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

const openingsOf = (network: Network, { role, vm }: Machine): Openings[] => {
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

/** What the machine lets in. */
export const firewallOf = (network: Network, machine: Machine, site: Site): string => {
  const ssh = sshOpening(network.parameters.sshAuthorizedKeys, site)
  const openings = openingsOf(network, machine).flatMap(({ from, ...opening }) =>
    from
      .filter((address) => address !== machine.vm.address)
      .map((address) => ({ ...opening, from: address })),
  )
  return firewallRules([...ssh, ...openings])
}
