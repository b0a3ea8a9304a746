// The building blocks of Sankofa Phoenix' cluster, database and machines. The applications: platform.ts.
import type { SankofaParameters as Parameters } from '../../../schemas/parameters/systems/sankofa.ts'
import type { Block } from '../../../schemas/system.ts'
import { applianceVm } from '../../appliance-vm/template.ts'
import { certManager } from '../../cert-manager.ts'
import { k3sCluster } from '../../k3s-cluster/template.ts'
import { operators } from '../../operators.ts'
import { postgres } from '../../postgres.ts'
import { block } from '../block.ts'
import { sizeOf } from './sizes.ts'

/** Everything but the machines of the dedicated cluster stands on the workload cluster. */
export const workloadCluster = ({ workloadCluster: own, cluster }: Parameters) => own ?? cluster

/** What every block is told of the cluster; nothing, where there is only one. */
export const on = (cluster: string | undefined) => (cluster === undefined ? {} : { cluster })

/** Names of blocks that others refer to. */
export const DATABASE = 'db'

export const clusterBlocks = (parameters: Parameters): Block[] => {
  const { cluster, kubernetes, size, sites, endpoint, podCidr, serviceCidr } = parameters
  if (kubernetes === 'shared') return []
  const { cores, memory } = sizeOf('control-plane', size)
  const worker = sizeOf('worker', size)
  return [
    block(k3sCluster, 'k8s', {
      ...on(cluster),
      ...{ sites, endpoint, podCidr, serviceCidr, version: parameters.kubernetesVersion },
      controlPlane: { count: 3, cores, memory },
      workers: { count: parameters.workers, cores: worker.cores, memory: worker.memory },
      templates: parameters.vmTemplates,
      credentials: parameters.proxmoxCredentials,
    }),
  ]
}

/** Operators first: the wave of a database comes after theirs. */
export const databaseBlocks = (parameters: Parameters): Block[] => {
  const { install, size, databaseReplicas, postgresVersion, backup } = parameters
  const cluster = on(workloadCluster(parameters))
  const { cores, memory, disk } = sizeOf('postgres-primary', size)
  return [
    ...(install.certManager ? [block(certManager, 'cert-manager', cluster)] : []),
    ...(install.operators
      ? [
          block(operators, 'operators', {
            ...cluster,
            ...parameters.operators,
            cloudNativePg: true,
            waitForCertManager: install.certManager,
          }),
        ]
      : []),
    block(postgres, DATABASE, {
      ...cluster,
      ...storageOf(parameters),
      ...{ version: postgresVersion, instances: 1 + databaseReplicas, cores, memory, backup },
      storage: disk,
      database: 'sankofa',
      owner: 'sankofa',
    }),
  ]
}

export const storageOf = ({ storageClass }: Parameters) =>
  storageClass === undefined ? {} : { storageClass }

/** Names of the applications. Keycloak's is not among them: it ends its TLS itself, so no proxy in HTTP leads to it. */
export const hostnames = (domain: string): string[] => [
  domain,
  ...['api', 'portal'].map((label) => `${label}.${domain}`),
]

const HTTP = 80
const ends = {
  minimum: { cores: 2, memory: { value: 4, unit: 'GB' }, disk: { value: 50, unit: 'GB' } },
  maximum: { cores: 4, memory: { value: 8, unit: 'GB' }, disk: { value: 100, unit: 'GB' } },
} as const

/** Sizes are those of the same machines in loc_az_hci: this system's section has none. */
export const machineBlocks = (parameters: Parameters): Block[] => {
  const { infrastructureVms, size, domain } = parameters
  if (infrastructureVms === undefined) return []
  const { site, ingressAddress, cloudflaredSha256: sha256 } = infrastructureVms
  const upstream = { address: ingressAddress, port: HTTP }
  const place = { ...on(workloadCluster(parameters)), site }
  return [
    block(applianceVm, 'nginx', {
      ...place,
      appliance: {
        kind: 'nginx-proxy',
        size: ends[size],
        sites: hostnames(domain).map((hostname) => ({ hostname, upstreams: [upstream] })),
      },
    }),
    block(applianceVm, 'tunnel', {
      ...place,
      appliance: {
        kind: 'cloudflare-tunnel',
        size: ends[size],
        release: sha256 === undefined ? {} : { sha256 },
        names: hostnames(domain).map((hostname) => ({ hostname, ...upstream })),
      },
    }),
  ]
}
