// What the source says in words and that can be counted: who counts what, on which platform, how available, how kept.
// Each is what stands there; what follows from the rows is in the claims.
import { count, GB, TB } from '../systems/size.ts'

/** How totals are made, as the source explains them: rows of one basis that are added to others that carry them. */
export const counted = {
  /** "hosts + loc_az_hci VMs + Sankofa VMs". */
  hostsWithTheirMachines: 1,
  /** the_order lists pods and infrastructure beside the nodes that hold them: services, portals, two of infrastructure. */
  podsBesideTheirNodes: 8,
  /** The summary of storage and compute lists the machines under Sankofa. */
  guestsUnderSankofa: 18,
  /** Lists that name an Nginx proxy and a Cloudflare tunnel: loc_az_hci, and the two infrastructure machines of smom-dbis-138. */
  listsOfProxyAndTunnel: 2,
}

export const stated = {
  /** Conversions between GB and GiB that the source makes. */
  unitConversions: 0,
  /** Hosts that the infrastructure summary counts; the rows ask for 2 or more. */
  proxmoxHosts: 4,
  /** Least memory of a host in section 3, in GB. */
  hostMemory: GB(8),
  /** Hosts of Sankofa's own. */
  sankofaHosts: { cores: count(0), memory: GB(0) },
  /** Machines of smom-dbis-138 whose size the source gives one by one. */
  machinesSized: 0,
  aksClusters: 3,
  /** Projects that need a PostgreSQL database, and a container registry, by the list of what is common. */
  postgresProjects: 4,
  registryProjects: 5,
  /** Least validators in the summary of compute. */
  validators: 3,
}

/** Where smom-dbis-138 is said to be on AKS, and what of Azure its section asks for. */
export const azureOfSmom = {
  says: ['project overview', 'complexity ranking', 'infrastructure summary'],
  parts: ['azure-disk-csi', 'application-gateway', 'network-security-groups', 'private-endpoints'],
}

export const named = {
  aksClusters: ['smom-dbis-138', 'the_order'],
  postgres: ['dbis_core', 'sankofa', 'the_order'],
  /** "CCIP Router, WETH, Bridges, Oracle". */
  contractOrder: [
    'ccip-router',
    'weth9',
    'weth10',
    'weth9-bridge',
    'weth10-bridge',
    'oracle-aggregator',
  ],
  /** What section 5's optional and secondary parts are given as a region. */
  regionsOfTheOrder: [] as string[],
  /** Systems for which the source says where Phoenix's own rows about them are kept. */
  controlPlaneJurisdiction: [] as string[],
}

export const availability = {
  qDevices: 0,
  /** The two sites, by the address of their host. */
  sites: ['192.168.11.10', '192.168.11.11'],
  /** Storage pools that both sites reach; each has a local-lvm of its own. */
  sharedPools: 0,
  /** dbis_core: hourly incremental. */
  backupMinutes: 60,
  /** System Architecture, disaster recovery. */
  rpoMinutes: 15,
  rtoHoursCore: 4,
  /** Manual failover of core datacentres with governance approval: steps, and those with a limit in time. */
  manualSteps: 1,
  manualStepsWithLimit: 0,
  retentionYears: 7,
  /** Backup storage that the totals have room for, and what the notes estimate, in times of primary storage. */
  backupInTotals: TB(0),
  backupTimes: count(2, 3),
}

export const chain = {
  /** System Architecture; section 2 says QBFT, which is a proof of authority. */
  consensus: ['PoA', 'PoS'],
  qbftIs: ['PoA'],
  validatorMemory: GB(64, 128),
  /** State of one core datacentre. */
  stateOfOne: TB(50, 100),
}
