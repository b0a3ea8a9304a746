// Template besu-network: a private Hyperledger Besu chain with QBFT consensus, one VM per node, and the machines
// around it. It makes no keys: it is given addresses and public keys, and the nodes fetch their own keys.
import { BesuNetworkParameters } from '../../schemas/parameters/besu-network.ts'
import type { Template } from '../../schemas/template.ts'
import { IDENTITIES_AT_MOST } from '../../schemas/wire.ts'
import { object, scopeOf } from '../parts/object.ts'
import { userDataFile } from '../parts/proxmox-file.ts'
import { imageFiles } from '../parts/proxmox-image.ts'
import { proxmoxVm } from '../parts/proxmox-vm.ts'
import { placeOf } from '../parts/where.ts'
import { chainFiles } from './chain-files.ts'
import { findingsOf, lossOf } from './findings.ts'
import { machineUserData } from './machine.ts'
import { askedNodes, chainNodeNames, type Network, networkOf } from './nodes.ts'
import { roles } from './roles.ts'

const NAME = 'besu-network'
/** Proxmox VM ids are 100 to 999999999; a network needs up to 900 in a row. */
const VM_IDS = { least: 100, most: 999_999_000 }

export const besuNetwork: Template<BesuNetworkParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Besu network',
  description:
    'A private Hyperledger Besu QBFT chain: validators behind sentries, RPC behind nginx and a tunnel.',
  kind: NAME,
  parameters: BesuNetworkParameters,
  examples: [
    {
      title: 'Chain 138 as 18 VMs: 72 cores, 140 GiB of memory, 278 GiB of disk',
      name: 'smom-dbis-138',
      parameters: { sites: ['r630-01', 'ml110-01'], chainId: 138 },
    },
  ],
  renders: ['EnvironmentVM', 'EnvironmentFile', 'EnvironmentDownloadFile', 'ConfigMap'],
  cluster: ({ cluster }) => cluster,
  unfit: (name, parameters) => {
    const nodes = chainNodeNames(askedNodes(name, parameters)).length
    const detail = `At most ${IDENTITIES_AT_MOST} nodes with a key are one network.`
    return nodes > IDENTITIES_AT_MOST ? [{ pointer: '/parameters/groups', detail }] : []
  },
  demand: (name, parameters) => {
    const asked = askedNodes(name, parameters)
    const firstVmId = parameters.firstVmId ?? firstVmIdOf(parameters)
    return {
      vms: asked.map(({ node: _, ...vm }) => vm),
      sites: parameters.sites,
      chainId: parameters.chainId,
      ...(firstVmId === undefined ? {} : { firstVmId }),
      ...(parameters.firstAddress === undefined ? {} : { firstAddress: parameters.firstAddress }),
      ...(parameters.identities === undefined
        ? { identities: { network: name, nodes: chainNodeNames(asked) } }
        : {}),
    }
  },
  rules: [
    'BESU-CHECKSUM',
    'BESU-DISK',
    'CHAIN-IDENTITIES',
    'CHAIN-IDENTITIES-SIMULATED',
    'CHAIN-TIMING',
    'CLUSTER-UNKNOWN',
    'DERIVED-SPLIT',
    'QBFT-QUORUM',
    'QBFT-SITES',
    'QBFT-VALIDATORS',
    'SINGLE-INSTANCE',
  ],
  findings: findingsOf,
  onLoss: ({ placement }, { site }) => lossOf(placement, site),
  lossRules: { holds: 'QBFT-SITE-HOLDS', stops: 'QBFT-SITE-LOSS' },
  render: (input) => {
    const { name, cluster, sites } = input
    const scope = scopeOf(NAME, input)
    const network = networkOf(input)
    const machines = network.machines.map((machine) => ({
      machine,
      vm: machine.vm,
      place: placeOf(sites, machine.vm),
    }))
    return [
      {
        wave: 60,
        name,
        objects: [
          object(
            'ConfigMap',
            `${name}-chain`,
            scope,
            { data: chainFiles(network) },
            marks(network),
          ),
          ...imageFiles(scope, { places: machines.map(({ place }) => place), cluster }),
          ...machines.map(({ machine, vm, place }) =>
            userDataFile(scope, {
              vm,
              place,
              cluster,
              userData: machineUserData(network, machine, place.site),
            }),
          ),
          ...machines.map(({ machine, vm, place }) =>
            proxmoxVm(scope, {
              vm,
              place,
              cluster,
              startupOrder: roles[machine.role].startupOrder,
            }),
          ),
        ],
      },
    ]
  },
}

/** Whoever finds these files without their plan must see it too. */
const marks = ({ chain }: Network): { annotations?: Record<string, string> } =>
  chain.some(({ identity }) => identity.simulated)
    ? { annotations: { 'phoenix.cloud/simulated': 'node identities from public throw-away keys' } }
    : {}

const firstVmIdOf = ({ chainId }: BesuNetworkParameters): number | undefined => {
  const wanted = chainId * 100 + 1
  return wanted >= VM_IDS.least && wanted <= VM_IDS.most ? wanted : undefined
}
