// Machines on Proxmox: what is asked for one before it has a place, and the objects of those that have one.
// Plain ones get packages and keys; those with a job of their own bring their own user-data.
import type { VirtualMachineParameters } from '../../schemas/parameters/virtual-machine.ts'
import type { VmPlacement } from '../../schemas/plan.ts'
import { demandMiB } from '../../schemas/quantity.ts'
import type { Manifest, RenderInput, VmDemand } from '../../schemas/template.ts'
import { type CloudConfig, userData } from './cloud-init.ts'
import type { Scope } from './object.ts'
import { userDataFile } from './proxmox-file.ts'
import { imageFiles } from './proxmox-image.ts'
import { proxmoxVm } from './proxmox-vm.ts'
import { type Place, placed, placeOf } from './where.ts'

type MachineParameters = Omit<VirtualMachineParameters, 'site'>
type Size = Pick<MachineParameters, 'cores' | 'memory' | 'disk'>

/** Demand is rounded up: never understated. */
export const machineDemand = (
  where: Pick<VmDemand, 'name' | 'group' | 'spread'>,
  { cores, memory, disk }: Size,
): VmDemand => ({
  ...where,
  role: 'vm',
  cores,
  memoryMiB: demandMiB(memory),
  diskGiB: Math.ceil(demandMiB(disk) / 1024),
})

interface Machine {
  vm: VmPlacement
  place: Place
}
type Surroundings = Pick<RenderInput<unknown>, 'cluster' | 'sites' | 'placement'>

/** An image per host, then user-data and VM of each name. @throws {Error} when a name has no place. */
export const machinesWith = (
  scope: Scope,
  names: readonly string[],
  { cluster, sites, placement }: Surroundings,
  userDataOf: (machine: Machine) => CloudConfig,
  onBoot = true,
): Manifest[] => {
  const machines = placed(names, placement).map((vm) => ({ vm, place: placeOf(sites, vm) }))
  return [
    ...imageFiles(scope, { places: machines.map(({ place }) => place), cluster }),
    ...machines.map((machine) =>
      userDataFile(scope, { ...machine, cluster, userData: userDataOf(machine) }),
    ),
    ...machines.map((machine) => proxmoxVm(scope, { ...machine, cluster, onBoot })),
  ]
}

/** Plain machines. */
export const machineObjects = (
  scope: Scope,
  names: readonly string[],
  input: Surroundings & { parameters: MachineParameters },
): Manifest[] => {
  const { sshAuthorizedKeys, packages, startOnBoot } = input.parameters
  return machinesWith(
    scope,
    names,
    input,
    ({ vm }) => userData({ hostname: vm.name, sshAuthorizedKeys, packages }),
    startOnBoot,
  )
}
