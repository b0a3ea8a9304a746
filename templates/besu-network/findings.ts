// What only this template can know about a request: quorum, timing, identities, disk, checksum, single machines.
import {
  type BesuNetworkParameters,
  DEFAULT_GROUPS,
} from '../../schemas/parameters/besu-network.ts'
import type { Finding, HostLoss, VmPlacement } from '../../schemas/plan.ts'
import { MIN_VALIDATORS, quorum } from '../../schemas/qbft.ts'
import type { NodeIdentity, RenderInput } from '../../schemas/template.ts'
import { finding, noProxmox } from '../parts/findings.ts'
import { askedNodes, chainNodeNames, identitiesOf } from './nodes.ts'
import { quorumFindings } from './quorum.ts'

/** 200 GB, the least that the plan's source asks per Besu node elsewhere, in whole GiB. */
const THIN_BELOW_GIB = 186

export const findingsOf = (
  input: Omit<RenderInput<BesuNetworkParameters>, 'guardsLifted'>,
): Finding[] => {
  const { name, parameters, cluster } = input
  return [
    ...noProxmox(cluster),
    ...chainFindings(parameters),
    ...quorumFindings(countOf(parameters, 'validator'), parameters),
    ...identityFindings(chainNodeNames(askedNodes(name, parameters)), identitiesOf(input)),
    ...sizeFindings(parameters),
  ]
}

const countOf = ({ groups }: BesuNetworkParameters, role: string): number =>
  groups.reduce((sum, group) => (group.role === role ? sum + group.count : sum), 0)

const chainFindings = (parameters: BesuNetworkParameters): Finding[] => {
  const validators = countOf(parameters, 'validator')
  const { blockPeriodSeconds, requestTimeoutSeconds } = parameters
  return [
    ...(validators < MIN_VALIDATORS
      ? [
          finding(
            'QBFT-VALIDATORS',
            `${validators} validators tolerate no faulty one; ${MIN_VALIDATORS} are the least that do.`,
            { pointer: '/parameters/groups', numbers: { validators, atLeast: MIN_VALIDATORS } },
          ),
        ]
      : []),
    ...(requestTimeoutSeconds < blockPeriodSeconds
      ? [
          finding(
            'CHAIN-TIMING',
            `A round of ${requestTimeoutSeconds} s ends before a block of ${blockPeriodSeconds} s can be made.`,
            {
              pointer: '/parameters/requestTimeoutSeconds',
              numbers: { requestTimeoutSeconds, blockPeriodSeconds },
            },
          ),
        ]
      : []),
    ...(parameters.besu.sha256 === undefined
      ? [
          finding(
            'BESU-CHECKSUM',
            'The nodes will wait: no SHA-256 says which Besu archive was reviewed.',
            { pointer: '/parameters/besu/sha256' },
          ),
        ]
      : []),
  ]
}

/** One identity per node, no two nodes with the same one, and none for a node that does not exist. */
const identityFindings = (nodes: string[], identities: NodeIdentity[]): Finding[] => {
  const wanted = new Set(nodes)
  const known = new Set(identities.map(({ node }) => node))
  const missing = nodes.filter((node) => !known.has(node)).length
  const unknown = identities.filter(({ node }) => !wanted.has(node)).length
  const repeated =
    repeats(identities.map(({ node }) => node)) +
    repeats(identities.map(({ address }) => address)) +
    repeats(identities.map(({ publicKey }) => publicKey))
  const simulated = identities.filter((identity) => identity.simulated).length
  return [
    ...(missing + unknown + repeated > 0
      ? [
          finding(
            'CHAIN-IDENTITIES',
            `Of ${nodes.length} nodes ${missing} have no identity; ${unknown} identities are for no node; ${repeated} repeat a node, an address or a key.`,
            {
              pointer: '/parameters/identities',
              numbers: { nodes: nodes.length, missing, unknown, repeated },
            },
          ),
        ]
      : []),
    ...(simulated > 0
      ? [
          finding(
            'CHAIN-IDENTITIES-SIMULATED',
            `${simulated} of ${identities.length} node identities are simulated: anyone can derive their keys.`,
            { numbers: { simulated, identities: identities.length } },
          ),
        ]
      : []),
  ]
}

const repeats = (values: string[]): number => values.length - new Set(values).size

const sizeFindings = (parameters: BesuNetworkParameters): Finding[] => {
  const { groups } = parameters
  const machines = groups.reduce((sum, { count }) => sum + count, 0)
  const diskGiB = askedNodes('', parameters).reduce((sum, vm) => sum + vm.diskGiB, 0)
  const average = Math.floor(diskGiB / machines)
  const single = [...new Set(groups.map(({ role }) => role))].filter(
    (role) => countOf(parameters, role) === 1,
  )
  return [
    ...(average < THIN_BELOW_GIB
      ? [
          finding(
            'BESU-DISK',
            `${average} GiB a VM on average is thin against 200-500 GB per Besu node.`,
            {
              pointer: '/parameters/groups',
              numbers: { averageGiB: average, diskGiB, machines, leastGB: 200, mostGB: 500 },
            },
          ),
        ]
      : []),
    ...(single.length > 0
      ? [
          finding('SINGLE-INSTANCE', `One machine only: ${single.join(', ')}.`, {
            pointer: '/parameters/groups',
            numbers: { roles: single.length },
          }),
        ]
      : []),
    ...(JSON.stringify(groups) === JSON.stringify(DEFAULT_GROUPS)
      ? [
          finding(
            'DERIVED-SPLIT',
            'The sizes per machine are the default split; the source gives totals only.',
            { pointer: '/parameters/groups' },
          ),
        ]
      : []),
  ]
}

/** Quorum arithmetic for one lost place, with the numbers in the sentence. */
export const lossOf = (
  placement: readonly VmPlacement[],
  site: string,
): Pick<HostLoss, 'survives' | 'text'> & { numbers: Record<string, number> } => {
  const validators = placement.filter(({ role }) => role === 'validator')
  const left = validators.filter((vm) => vm.site !== site).length
  const needed = quorum(validators.length)
  const survives = left >= needed
  return {
    survives,
    numbers: { validators: validators.length, left, needed },
    text: `Losing ${site} leaves ${left} of ${validators.length} validators, ${needed} are needed: ${
      survives ? 'the chain goes on' : 'the chain stops'
    }.`,
  }
}
