// The machines of a network: asked for by the groups, later joined with their addresses and public keys.
import type { BesuNetworkParameters, BesuRole } from '../../schemas/parameters/besu-network.ts'
import type { VmPlacement } from '../../schemas/plan.ts'
import { demandMiB } from '../../schemas/quantity.ts'
import type { NodeIdentity, RenderInput, VmDemand } from '../../schemas/template.ts'
import { placed } from '../parts/where.ts'
import { type ChainRole, isChainRole, PORTS, roles } from './roles.ts'

/** A machine asked for. `node` is its name without the resource's prefix. */
export interface Asked extends VmDemand {
  node: string
  role: BesuRole
}

/** Numbered through per role, also where a role has several groups. */
export const askedNodes = (name: string, { groups }: BesuNetworkParameters): Asked[] => {
  const counters = new Map<BesuRole, number>()
  return groups.flatMap(({ role, count, cores, memory, disk }) =>
    Array.from({ length: count }, () => {
      const number = (counters.get(role) ?? 0) + 1
      counters.set(role, number)
      const node = `${role}-${String(number).padStart(2, '0')}`
      return {
        node,
        name: `${name}-${node}`,
        role,
        group: role,
        spread: roles[role].spread,
        cores,
        memoryMiB: demandMiB(memory),
        diskGiB: Math.ceil(demandMiB(disk) / 1024),
      }
    }),
  )
}

/** Names of the nodes that need a key. */
export const chainNodeNames = (asked: readonly Asked[]): string[] =>
  asked.filter(({ role }) => isChainRole(role)).map(({ node }) => node)

/** Identities given with the request win over those of the key service. */
export const identitiesOf = ({
  parameters,
  identities,
}: Pick<RenderInput<BesuNetworkParameters>, 'parameters' | 'identities'>): NodeIdentity[] =>
  parameters.identities?.map((identity) => ({ ...identity, simulated: false })) ?? identities

export interface Machine {
  node: string
  role: BesuRole
  vm: VmPlacement
}
export interface ChainNode extends Machine {
  role: ChainRole
  identity: NodeIdentity
}

/** Everything about a network that its files are made of. */
export interface Network {
  name: string
  parameters: BesuNetworkParameters
  machines: Machine[]
  chain: ChainNode[]
}

/** @throws {Error} when a node has no place or no identity: findings stop such a request before. */
export const networkOf = (input: RenderInput<BesuNetworkParameters>): Network => {
  const { name, parameters, placement } = input
  const asked = askedNodes(name, parameters)
  const vms = placed(
    asked.map((machine) => machine.name),
    placement,
  )
  const machines = asked.map(({ node, role }, index) => ({
    node,
    role,
    vm: vms[index] as VmPlacement,
  }))
  const identities = new Map(identitiesOf(input).map((identity) => [identity.node, identity]))
  const chain = machines.flatMap(({ node, role, vm }) => {
    if (!isChainRole(role)) return []
    const identity = identities.get(node)
    if (!identity) throw new Error('a node of the chain has no identity')
    return [{ node, role, vm, identity }]
  })
  return { name, parameters, machines, chain }
}

export const addressesOf = ({ machines }: Network, ...wanted: readonly BesuRole[]): string[] =>
  machines.filter(({ role }) => wanted.includes(role)).map(({ vm }) => vm.address)

/** Besu's address of a node. */
export const enode = ({ identity, vm }: ChainNode): string =>
  `enode://${identity.publicKey}@${vm.address}:${PORTS.p2p}`

export const enodesOf = ({ chain }: Network, ...wanted: readonly ChainRole[]): string[] =>
  chain.filter(({ role }) => wanted.includes(role)).map(enode)

/** The last RPC node is kept for the network's own workers where there are two or more. */
export const publicRpc = (network: Network): string[] => {
  const all = addressesOf(network, 'rpc')
  return all.length > 1 ? all.slice(0, -1) : all
}
export const privateRpc = (network: Network): string[] => addressesOf(network, 'rpc').slice(-1)
