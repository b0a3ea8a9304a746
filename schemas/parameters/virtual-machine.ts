// Parameters of the template virtual-machine: one VM on a Proxmox site.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { coresBetween, sizeOfAtLeast } from '../quantity.ts'

/** An OpenSSH public key of one line. */
export const SshPublicKey = z
  .string()
  .max(800)
  .regex(
    /^(?:ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa) [A-Za-z0-9+/]{60,740}={0,2}(?: [A-Za-z0-9@._-]{1,60})?$/,
  )

export const VirtualMachineParameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Cluster whose Crossplane manages the VM; absent: the only one there is',
  ),
  site: HostName.describe('Site to place the VM on'),
  cores: coresBetween(1, 64).default(2),
  memory: sizeOfAtLeast(512).default({ value: 4, unit: 'GiB' }),
  disk: sizeOfAtLeast(4096).default({ value: 20, unit: 'GiB' }),
  sshAuthorizedKeys: z.array(SshPublicKey).max(20).default([]),
  packages: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9.+-]{0,60}$/))
    .max(50)
    .default([])
    .describe('Debian or Ubuntu packages to install'),
  startOnBoot: z.boolean().default(true),
})
export type VirtualMachineParameters = z.infer<typeof VirtualMachineParameters>
