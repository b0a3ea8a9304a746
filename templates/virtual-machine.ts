// Template virtual-machine: one VM on a Proxmox site, with its user-data and the image it starts from.
import { VirtualMachineParameters } from '../schemas/parameters/virtual-machine.ts'
import { demandMiB } from '../schemas/quantity.ts'
import type { Template } from '../schemas/template.ts'
import { userData } from './parts/cloud-init.ts'
import { noProxmox } from './parts/findings.ts'
import { scopeOf } from './parts/object.ts'
import { userDataFile } from './parts/proxmox-file.ts'
import { imageFiles } from './parts/proxmox-image.ts'
import { proxmoxVm } from './parts/proxmox-vm.ts'
import { placed, placeOf } from './parts/where.ts'

const NAME = 'virtual-machine'

export const virtualMachine: Template<VirtualMachineParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Virtual machine',
  description: 'One Ubuntu VM on a Proxmox site, reachable with the SSH keys given.',
  kind: NAME,
  parameters: VirtualMachineParameters,
  examples: [
    {
      title: 'A small server',
      name: 'web',
      parameters: {
        site: 'r630-01',
        cores: 2,
        memory: { value: 4, unit: 'GiB' },
        packages: ['nginx'],
      },
    },
  ],
  renders: ['EnvironmentVM', 'EnvironmentFile', 'EnvironmentDownloadFile'],
  cluster: ({ cluster }) => cluster,
  demand: (name, { site, cores, memory, disk }) => ({
    vms: [
      {
        name,
        role: 'vm',
        group: name,
        spread: 'primary',
        cores,
        memoryMiB: demandMiB(memory),
        diskGiB: Math.ceil(demandMiB(disk) / 1024),
      },
    ],
    sites: [site],
  }),
  findings: ({ cluster }) => noProxmox(cluster),
  render: (input) => {
    const { name, cluster, sites, parameters, placement } = input
    const scope = scopeOf(NAME, input)
    const machines = placed([name], placement).map((vm) => ({ vm, place: placeOf(sites, vm) }))
    const data = userData({
      hostname: name,
      sshAuthorizedKeys: parameters.sshAuthorizedKeys,
      packages: parameters.packages,
    })
    return [
      {
        wave: 60,
        name,
        objects: [
          ...imageFiles(scope, { places: machines.map(({ place }) => place), cluster }),
          ...machines.map((machine) =>
            userDataFile(scope, { ...machine, cluster, userData: data }),
          ),
          ...machines.map((machine) =>
            proxmoxVm(scope, { ...machine, cluster, onBoot: parameters.startOnBoot }),
          ),
        ],
      },
    ]
  },
}
