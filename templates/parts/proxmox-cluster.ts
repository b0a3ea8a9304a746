// Cluster API's side of Proxmox (CAPMOX): where a cluster's machines may stand, which addresses they share, and what
// is cloned for one. CAPMOX places and numbers by itself; these objects leave it no more than the plan gave.
import type { Network } from '../../schemas/place.ts'
import type { VmPlacement } from '../../schemas/plan.ts'
import type { Manifest } from '../../schemas/template.ts'
import { fingerprint } from './fingerprint.ts'
import { pruneGuards } from './guards.ts'
import { object, type Scope } from './object.ts'
import { BEFORE_MACHINES } from './proxmox.ts'
import { tags } from './proxmox-vm.ts'
import type { Place } from './where.ts'

/** Where the API server of a cluster answers. */
export const API_PORT = 6443

/** By this label Cluster API finds what belongs to a cluster, when it moves or describes one. */
export const clusterLabel = ({ resource }: Scope) => ({ 'cluster.x-k8s.io/cluster-name': resource })

/** Infrastructure comes before the cluster, and goes after it. */
export const infrastructure = (scope: Scope) => ({
  labels: clusterLabel(scope),
  annotations: { ...pruneGuards(scope), ...BEFORE_MACHINES },
})

interface Grounds {
  endpoint: string
  /** Of the Secret with Proxmox's API token, in the same namespace. */
  credentials: string
  network: Network
  placement: readonly VmPlacement[]
}

/** Its pool is exactly the plan's addresses, so that what the ledger holds back is what the machines get. */
export const proxmoxCluster = (
  scope: Scope,
  { endpoint, credentials, network, placement }: Grounds,
): Manifest => {
  const spec = {
    controlPlaneEndpoint: { host: endpoint, port: API_PORT },
    allowedNodes: [...new Set(placement.map(({ host }) => host))],
    ipv4Config: {
      addresses: placement.map(({ address }) => address),
      prefix: Number(network.cidr.split('/')[1]),
      gateway: network.gateway,
    },
    dnsServers: network.dns,
    credentialsRef: { name: credentials },
  }
  return object('ProxmoxCluster', scope.resource, scope, { spec }, infrastructure(scope))
}

interface Mould {
  /** Of the name, before the fingerprint. */
  suffix: string
  role: string
  source: { host: string; vmId: number }
  /** Hosts on which a clone may stand: with local storage the source's own. */
  hosts: readonly string[]
  vm: Pick<VmPlacement, 'cores' | 'memoryMiB' | 'diskGiB'>
  place: Place
  vmIds?: { start: number; end: number }
}

/** CAPMOX refuses to change one, so another content has another name and Cluster API replaces the machines. */
export const machineTemplate = (scope: Scope, mould: Mould): Manifest => {
  const { suffix, role, source, hosts, vm, place, vmIds } = mould
  const spec = {
    template: {
      spec: {
        sourceNode: source.host,
        templateID: source.vmId,
        allowedNodes: [...hosts],
        full: true,
        storage: place.host.storage.datastore,
        numSockets: 1,
        numCores: vm.cores,
        memoryMiB: vm.memoryMiB,
        disks: { bootVolume: { disk: 'scsi0', sizeGb: vm.diskGiB } },
        network: {
          networkDevices: [
            {
              name: 'net0',
              bridge: place.site.network.bridge,
              model: 'virtio',
              defaultIPv4: true,
            },
          ],
        },
        ...(vmIds === undefined ? {} : { vmIDRange: vmIds }),
        tags: tags(scope, role),
      },
    },
  }
  const name = `${scope.resource}-${suffix}-${fingerprint(JSON.stringify(spec))}`
  return object('ProxmoxMachineTemplate', name, scope, { spec }, infrastructure(scope))
}
