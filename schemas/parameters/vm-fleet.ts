// Parameters of the template vm-fleet: several VMs of one size over one or more Proxmox sites.
import * as z from 'zod'
import { HostName } from '../ids.ts'
import { VirtualMachineParameters } from './virtual-machine.ts'

export const VmFleetParameters = VirtualMachineParameters.omit({ site: true }).extend({
  sites: z
    .array(HostName)
    .min(1)
    .max(16)
    .describe('Sites to spread the VMs over, evenly; the first takes what is left over'),
  count: z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe('Number of VMs; they avoid each other’s host within a site'),
  firstVmId: z
    .int()
    .min(100)
    .max(999_999_000)
    .optional()
    .describe('Default: the first free id; the others follow'),
  firstAddress: z.ipv4().optional().describe('Default: the first free address of the site’s pool'),
})
export type VmFleetParameters = z.infer<typeof VmFleetParameters>
