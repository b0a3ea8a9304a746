// What only this template can know of its plan: whether the addresses suit each other, whether every machine has a
// template to be cloned from, and what the loss of a host does to the API server.

import { addressOf, areDisjoint, boundsOf } from '../../schemas/parameters/ip-range.ts'
import type { K3sClusterParameters } from '../../schemas/parameters/k3s-cluster.ts'
import type { Host, Network } from '../../schemas/place.ts'
import type { Finding, HostLoss, VmPlacement } from '../../schemas/plan.ts'
import type { RenderInput } from '../../schemas/template.ts'
import { finding } from '../parts/findings.ts'
import { placeOf } from '../parts/where.ts'

type Input = Pick<RenderInput<K3sClusterParameters>, 'sites' | 'placement' | 'parameters'>

export const findingsOf = (input: Input): Finding[] => [
  ...networkFindings(input),
  ...unknownHosts(input),
  ...templateFindings(input),
  ...singles(input.parameters),
]

const networkFindings = ({ sites, parameters }: Input): Finding[] => {
  const { endpoint, podCidr, serviceCidr } = parameters
  const clash = (message: string, pointer: string) =>
    finding('IP-UNIQUE', message, { pointer: `/parameters/${pointer}` })
  const networks = sites.map(({ network }) => network)
  return [
    ...(new Set(networks.map(({ name }) => name)).size > 1
      ? [clash('The sites are in several networks: one address cannot reach them all.', 'sites')]
      : []),
    ...(networks.every((network) => isFreeIn(network, endpoint))
      ? []
      : [clash('The address is not in the network, or may be given to a machine.', 'endpoint')]),
    ...(areDisjoint([podCidr, serviceCidr, ...new Set(networks.map(({ cidr }) => cidr))])
      ? []
      : [clash('Pods or Services would have addresses of the sites’ network.', 'podCidr')]),
  ]
}

/** In the network, and none that Phoenix or the network itself has given away or may give. */
const isFreeIn = ({ cidr, gateway, pool, dns }: Network, address: string): boolean => {
  const [first, last] = boundsOf(cidr)
  const at = addressOf(address)
  const given = addressOf(pool.first) <= at && at <= addressOf(pool.last)
  return first < at && at < last && !given && ![gateway, ...dns].includes(address)
}

/** A template on a host that no site named has: whoever clones it would find nothing. */
const unknownHosts = ({ sites, parameters: { templates } }: Input): Finding[] => {
  const known = new Set(sites.flatMap(({ hosts }) => hosts.map(({ name }) => name)))
  return templates.flatMap(({ host }, index) =>
    known.has(host)
      ? []
      : [
          finding('HOST-UNKNOWN', 'A template is on a host that none of the sites named has.', {
            pointer: `/parameters/templates/${index}/host`,
            numbers: { place: index + 1, named: templates.length, hosts: known.size },
          }),
        ],
  )
}

const templateFindings = ({ sites, placement, parameters: { templates } }: Input): Finding[] => {
  const hostsOf = (vms: readonly VmPlacement[]): Host[] => [
    ...new Set(vms.map((vm) => placeOf(sites, vm).host)),
  ]
  const isLocal = ({ storage }: Host) => storage.kind === 'local'
  const bare = hostsOf(placement.filter(({ role }) => role !== 'spare'))
    .filter(isLocal)
    .filter(({ name }) => !templates.some(({ host }) => host === name))
  const controlPlane = hostsOf(placement.filter(({ role }) => role === 'control-plane'))
  return [
    ...bare.map(({ name }) =>
      finding('VM-TEMPLATE', `${name} gets machines and has no template.`, {
        pointer: '/parameters/templates',
      }),
    ),
    // All machines of a control plane are cloned from one template.
    ...(controlPlane.length > 1 && controlPlane.some(isLocal)
      ? [
          finding('VM-TEMPLATE', 'The control plane is on several hosts of local storage.', {
            pointer: '/parameters/controlPlane/count',
          }),
        ]
      : []),
  ]
}

const singles = ({ controlPlane, workers }: K3sClusterParameters): Finding[] => [
  ...(controlPlane.count === 1
    ? [
        finding('SINGLE-INSTANCE', 'With one control plane, its loss stops the API server.', {
          pointer: '/parameters/controlPlane/count',
        }),
      ]
    : []),
  ...(workers.count === 1
    ? [
        finding('SINGLE-INSTANCE', 'With one worker, its loss stops every pod.', {
          pointer: '/parameters/workers/count',
        }),
      ]
    : []),
]

/** etcd answers while more than half of its members do. */
export const lossOf = (
  placement: readonly VmPlacement[],
  site: string,
): Pick<HostLoss, 'survives' | 'text'> => {
  const members = placement.filter(({ role }) => role === 'control-plane')
  const left = members.filter((vm) => vm.site !== site).length
  const needed = Math.floor(members.length / 2) + 1
  const survives = left >= needed
  return {
    survives,
    text: `Losing ${site} leaves ${left} of ${members.length} members of etcd, ${needed} are needed: ${
      survives ? 'the API server keeps answering.' : 'the API server stops.'
    }`,
  }
}
