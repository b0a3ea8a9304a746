// One EnvironmentVM per machine, emitted directly: a reviewer sees every core, GiB and address in the diff.
// Fields: provider-proxmox-bpg v1.18; blocks are arrays of one object, memory is MiB, disk is GiB.
import type { Cluster } from '../../schemas/place.ts'
import type { VmPlacement } from '../../schemas/plan.ts'
import type { Manifest } from '../../schemas/template.ts'
import { managementPolicies, pruneGuards } from './guards.ts'
import { object, type Scope } from './object.ts'
import { imageVolume, providerConfigRef, snippetVolume } from './proxmox.ts'
import type { Place } from './where.ts'

interface Input {
  vm: VmPlacement
  place: Place
  cluster: Cluster
  onBoot?: boolean
  /** Order in which a host starts its machines; lower first. */
  startupOrder?: number
}

export const proxmoxVm = (
  scope: Scope,
  { vm, place: { site, host }, cluster, onBoot = true, startupOrder }: Input,
): Manifest =>
  object(
    'EnvironmentVM',
    vm.name,
    scope,
    {
      spec: {
        managementPolicies: managementPolicies(scope),
        providerConfigRef: providerConfigRef(cluster),
        forProvider: {
          nodeName: host.name,
          vmId: vm.vmId,
          name: vm.name,
          tags: tags(scope, vm.role),
          cpu: [{ cores: vm.cores, sockets: 1, type: 'x86-64-v2-AES' }],
          memory: [{ dedicated: vm.memoryMiB }],
          disk: [
            {
              interface: 'scsi0',
              datastoreId: host.storage.datastore,
              size: vm.diskGiB,
              importFrom: imageVolume(scope, site.image),
              discard: 'on',
              iothread: true,
            },
          ],
          networkDevice: [{ bridge: site.network.bridge, model: 'virtio' }],
          initialization: [
            {
              datastoreId: host.storage.datastore,
              dns: [{ servers: site.network.dns }],
              ipConfig: [
                {
                  ipv4: [
                    {
                      address: `${vm.address}/${site.network.cidr.split('/')[1]}`,
                      gateway: site.network.gateway,
                    },
                  ],
                },
              ],
              userDataFileId: snippetVolume(scope, site.image, vm.name),
            },
          ],
          agent: [{ enabled: true }],
          operatingSystem: [{ type: 'l26' }],
          scsiHardware: 'virtio-scsi-single',
          // Ubuntu's cloud images expect a serial console.
          serialDevice: [{ device: 'socket' }],
          bootOrder: ['scsi0'],
          ...(startupOrder === undefined
            ? {}
            : { startup: [{ order: startupOrder, upDelay: 15 }] }),
          onBoot,
          started: true,
          protection: !scope.guardsLifted,
        },
      },
    },
    { annotations: { 'crossplane.io/external-name': String(vm.vmId), ...pruneGuards(scope) } },
  )

/** Proxmox sorts tags; unsorted ones would look like drift. */
export const tags = ({ tenant, resource }: Scope, role: string): string[] =>
  ['phoenix', `tenant-${tenant}`, `resource-${resource}`, `role-${role}`].sort()
