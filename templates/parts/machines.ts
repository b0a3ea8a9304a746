// Plain machines on Proxmox: what is asked for one before it has a place, and the objects of those that have one.
// Machines with a job of their own bring their own user-data instead (besu-network).
import type { VirtualMachineParameters } from '../../schemas/parameters/virtual-machine.ts'
import { demandMiB } from '../../schemas/quantity.ts'
import type { Manifest, RenderInput, VmDemand } from '../../schemas/template.ts'
import { userData } from './cloud-init.ts'
import type { Scope } from './object.ts'
import { userDataFile } from './proxmox-file.ts'
import { imageFiles } from './proxmox-image.ts'
import { proxmoxVm } from './proxmox-vm.ts'
import { placed, placeOf } from './where.ts'

type MachineParameters = Omit<VirtualMachineParameters, 'site'>

/** Demand is rounded up: never understated. */
export const machineDemand = (
  where: Pick<VmDemand, 'name' | 'group' | 'spread'>,
  { cores, memory, disk }: MachineParameters,
): VmDemand => ({
  ...where,
  role: 'vm',
  cores,
  memoryMiB: demandMiB(memory),
  diskGiB: Math.ceil(demandMiB(disk) / 1024),
})

/** An image per host, then user-data and VM of each name. @throws {Error} when a name has no place. */
export const machineObjects = (
  scope: Scope,
  names: readonly string[],
  input: Pick<RenderInput<MachineParameters>, 'cluster' | 'sites' | 'placement' | 'parameters'>,
): Manifest[] => {
  const { cluster, sites, placement, parameters } = input
  const { sshAuthorizedKeys, packages, startOnBoot } = parameters
  const machines = placed(names, placement).map((vm) => ({ vm, place: placeOf(sites, vm) }))
  return [
    ...imageFiles(scope, { places: machines.map(({ place }) => place), cluster }),
    ...machines.map((machine) =>
      userDataFile(scope, {
        ...machine,
        cluster,
        userData: userData({ hostname: machine.vm.name, sshAuthorizedKeys, packages }),
      }),
    ),
    ...machines.map((machine) => proxmoxVm(scope, { ...machine, cluster, onBoot: startOnBoot })),
  ]
}
