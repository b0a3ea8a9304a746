// Template vm-fleet: several VMs of one size, spread evenly over sites and away from each other's host.
import { VmFleetParameters } from '../schemas/parameters/vm-fleet.ts'
import type { Template } from '../schemas/template.ts'
import { finding, noProxmox } from './parts/findings.ts'
import { machineDemand, machineObjects } from './parts/machines.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'vm-fleet'

const namesOf = (name: string, { count }: VmFleetParameters): string[] =>
  Array.from({ length: count }, (_, index) => `${name}-${String(index + 1).padStart(2, '0')}`)

export const vmFleet: Template<VmFleetParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Fleet of virtual machines',
  description: 'Ubuntu VMs of one size, spread evenly over Proxmox sites, on different hosts.',
  kind: NAME,
  parameters: VmFleetParameters,
  examples: [
    {
      title: 'Three workers over two sites',
      name: 'worker',
      parameters: {
        sites: ['r630-01', 'ml110-01'],
        count: 3,
        cores: 4,
        memory: { value: 8, unit: 'GiB' },
      },
    },
  ],
  renders: ['EnvironmentVM', 'EnvironmentFile', 'EnvironmentDownloadFile'],
  cluster: ({ cluster }) => cluster,
  demand: (name, parameters) => {
    const { sites, firstVmId, firstAddress } = parameters
    return {
      vms: namesOf(name, parameters).map((vm) =>
        machineDemand({ name: vm, group: name, spread: 'even' }, parameters),
      ),
      sites,
      ...(firstVmId === undefined ? {} : { firstVmId }),
      ...(firstAddress === undefined ? {} : { firstAddress }),
    }
  },
  rules: ['CLUSTER-UNKNOWN', 'SINGLE-INSTANCE'],
  findings: ({ cluster, parameters: { count } }) => [
    ...noProxmox(cluster),
    ...(count === 1
      ? [
          finding('SINGLE-INSTANCE', 'A fleet of one machine has nothing to take over.', {
            pointer: '/parameters/count',
          }),
        ]
      : []),
  ],
  render: (input) => [
    {
      wave: 60,
      name: input.name,
      objects: machineObjects(scopeOf(NAME, input), namesOf(input.name, input.parameters), input),
    },
  ],
}
