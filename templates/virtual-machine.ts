// Template virtual-machine: one VM on a Proxmox site, with its user-data and the image it starts from. What connects it to Azure Arc
// holds a token and is not in its user-data, which is in Git: its command is run on it, or is vendor data of its first start.
import { VirtualMachineParameters } from '../schemas/parameters/virtual-machine.ts'
import type { Template } from '../schemas/template.ts'
import { noProxmox } from './parts/findings.ts'
import { machineDemand, machineObjects } from './parts/machines.ts'
import { scopeOf } from './parts/object.ts'

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
  demand: (name, parameters) => ({
    vms: [machineDemand({ name, group: name, spread: 'primary' }, parameters)],
    sites: [parameters.site],
  }),
  rules: ['CLUSTER-UNKNOWN'],
  findings: ({ cluster }) => noProxmox(cluster),
  render: (input) => [
    {
      wave: 60,
      name: input.name,
      objects: machineObjects(scopeOf(NAME, input), [input.name], input),
    },
  ],
}
