// What stands on which platform, how many of it there are, and in which order: where two places say two things.
import { endOf, rowOf, rowsOf, type Sources } from '../sources.ts'
import { ALL, names, one, type SourceClaim } from './parts.ts'

const SMOM = 'smom-dbis-138'
const SECTION = 'Deployment Requirements Scope, section 2'
const COMPARISON = 'Deployment Requirements Scope, comparative analysis'
const SUMMARY = 'Deployment Requirements Scope, infrastructure summary'

const machines = (all: Sources): number =>
  rowsOf(all, SMOM).reduce(
    (sum, { kind, count }) => sum + (kind === 'virtual-machine' ? count.least : 0),
    0,
  )
/** Whether anything of smom-dbis-138 is Kubernetes: then what is said of AKS may hold. */
const onKubernetes = (all: Sources): boolean =>
  rowsOf(all, SMOM).some(({ kind }) => kind === 'kubernetes')

const systemsWith = (all: Sources, template: string): string[] =>
  Object.keys(all.systems).filter((name) =>
    rowsOf(all, name).some(({ builtFrom }) => builtFrom.includes(template)),
  )

const contracts = (all: Sources): string[] =>
  rowsOf(all, SMOM).flatMap(({ kind, id }) => (kind === 'contract' ? [id] : []))

export const platformClaims: SourceClaim[] = [
  {
    id: `${SMOM}/platform`,
    rule: 'PLATFORM-CONFLICT',
    systems: [SMOM],
    what: 'On Azure Kubernetes Service, and on 18 Proxmox VMs',
    holds: [
      names('/said/azureOfSmom/says', (all) =>
        onKubernetes(all) ? all.said.azureOfSmom.says : [],
      ),
    ],
    more: (all) => ({ machines: machines(all) }),
    says: '{declared} places of the source put smom-dbis-138 on Azure Kubernetes Service; its rows are {machines} machines on Proxmox, so {computed} of them hold ({difference}).',
    fix: 'Correct the places that say AKS: the later, marked reading is Proxmox.',
    source: `${SECTION}, ${COMPARISON}, ${SUMMARY}`,
  },
  {
    id: `${SMOM}/azure-parts`,
    rule: 'PLATFORM-CONFLICT',
    systems: [SMOM],
    what: 'Azure Disk CSI, Application Gateway, NSGs and private endpoints for VMs on premises',
    holds: [
      names('/said/azureOfSmom/parts', (all) =>
        onKubernetes(all) || machines(all) === 0 ? all.said.azureOfSmom.parts : [],
      ),
    ],
    more: (all) => ({ machines: machines(all) }),
    says: '{declared} services of Azure are asked for {machines} machines on Proxmox, which can use {computed} of them as they are ({difference}): disks, gateway, security groups and private endpoints of Azure are for what is in Azure.',
    fix: 'Give the parameter azure for a gateway before the RPC, or leave Azure’s parts out.',
    source: `${SECTION}, storage and networking`,
  },
  {
    id: 'programme/aks-clusters',
    rule: 'COUNT-NAMED',
    systems: [SMOM, 'the_order'],
    what: '3 AKS clusters, of which two are named',
    holds: [one('/said/stated/aksClusters', (all) => all.said.named.aksClusters.length)],
    says: 'The summary says {declared} AKS clusters and names {computed} ({difference}); the rest is “potentially others”.',
    fix: 'Name the rest, or say {computed}.',
    source: SUMMARY,
  },
  {
    id: 'programme/postgres-projects',
    rule: 'COUNT-NAMED',
    systems: ['dbis_core', 'sankofa', 'the_order'],
    what: 'PostgreSQL in 4 of 5 projects, of which three are named',
    holds: [one('/said/stated/postgresProjects', (all) => all.said.named.postgres.length)],
    says: `PostgreSQL is said to be common to {declared} of ${ALL.length} projects, and {computed} are named with one ({difference}).`,
    fix: 'Name the rest, or say {computed}.',
    source: `${COMPARISON} and infrastructure summary`,
  },
  {
    id: 'programme/registry-projects',
    rule: 'COUNT-NAMED',
    systems: ALL,
    what: 'Container registry in 5 of 5 projects, of which only the_order specifies one',
    holds: [
      one('/said/stated/registryProjects', (all) => systemsWith(all, 'container-registry').length),
    ],
    says: `A container registry is said to be common to {declared} of ${ALL.length} projects, and {computed} specifies one ({difference}).`,
    fix: 'Specify a registry for each, or say whose they share.',
    source: COMPARISON,
  },
  {
    id: `${SMOM}/contract-order`,
    rule: 'ORDER-MISSING',
    systems: [SMOM],
    what: 'LINK token in the list of contracts but not in their order',
    holds: [names('/said/named/contractOrder', contracts)],
    says: 'The order of deployment has {declared} contracts, the list {computed} ({difference}).',
    cause: (all) =>
      contracts(all).includes('link-token') && !all.said.named.contractOrder.includes('link-token')
        ? 'The LINK token has no place in the order.'
        : null,
    fix: 'Deploy the LINK token first: the router’s fees are paid in it.',
    source: `${SECTION}, smart contracts and deployment phases`,
  },
  {
    id: 'loc_az_hci/hosts-said',
    rule: 'SPEC-CONFLICT',
    systems: ['loc_az_hci', 'sankofa'],
    what: '4+ Proxmox hosts in the summary, 2+ elsewhere',
    holds: [
      one(
        '/said/stated/proxmoxHosts',
        (all) => rowOf(all, 'loc_az_hci', 'proxmox-host')?.count.least ?? 0,
      ),
    ],
    says: 'The summary has {declared} Proxmox hosts or more, the section {computed} or more ({difference}).',
    fix: 'Order at least the larger number: two do not hold the machines.',
    source: `${SUMMARY}; section 3`,
  },
  {
    id: 'loc_az_hci/host-memory',
    rule: 'SPEC-CONFLICT',
    systems: ['loc_az_hci'],
    what: 'At least 8 GB of memory a host, against 64-128 GB',
    holds: [
      one(
        '/said/stated/hostMemory/least',
        (all) => rowOf(all, 'loc_az_hci', 'proxmox-host')?.each?.memory?.least ?? 0,
      ),
    ],
    more: (all) => ({
      summaryMost: rowOf(all, 'loc_az_hci', 'proxmox-host')?.each?.memory?.most ?? 0,
    }),
    says: 'Section 3 asks for at least {declared} GB of memory a host, the summary for {computed}-{summaryMost} GB ({difference}).',
    fix: 'Take hosts of the summary’s size: {declared} GB run Proxmox and little on it.',
    source: 'Deployment Requirements Scope, section 3 and resource summary 3',
  },
  {
    id: 'programme/consensus',
    rule: 'SPEC-CONFLICT',
    systems: ['sankofa', SMOM],
    what: 'Consensus “PoA or PoS” against QBFT',
    holds: [names('/said/chain/consensus', (all) => all.said.chain.qbftIs)],
    says: 'The architecture document leaves {declared} kinds of consensus open, proof of authority or of stake; QBFT is {computed} of them, a proof of authority ({difference}).',
    fix: 'Say QBFT in both: Phoenix renders nothing else.',
    source:
      'System Architecture, blockchain architecture; Deployment Requirements Scope, section 2',
  },
  ...(['least', 'most'] as const).map(
    (end): SourceClaim => ({
      id: `sankofa/validator-memory/${end}`,
      rule: 'SPEC-CONFLICT',
      systems: ['sankofa'],
      what: `Memory of a validator, at the ${end}: 64-128 GB against 128 GB`,
      holds: [
        one(`/said/chain/validatorMemory/${end}`, (all) => {
          const memory = rowOf(all, 'sankofa', 'besu-validator')?.each?.memory
          return memory ? endOf(memory, end) : 0
        }),
      ],
      says: `The architecture document gives a validator {declared} GB at the ${end}, the deployment scope {computed} GB ({difference}).`,
      fix: 'Order {computed} GB: the totals are made with it.',
      source: 'System Architecture, compute; Deployment Requirements Scope, section 4',
    }),
  ),
]
