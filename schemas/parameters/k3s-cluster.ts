// Parameters of the template k3s-cluster: a Kubernetes cluster of K3s on Proxmox VMs, made by Cluster API.
// It holds no secret: Proxmox's API token is named, and the cluster's own keys are made where it is made.

import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { coresBetween, gib, type Size } from '../quantity.ts'
import { isUnique } from '../unique.ts'
import { SecretName, sizeBetween } from './workload.ts'

/** Most machines of one cluster, the spare one included: its VM ids lie in a block of this size. */
export const MOST_MACHINES = 56
const MOST_WORKERS = 50

const machine = (defaults: { memory: Size; disk: Size }) => ({
  cores: coresBetween(2, 64).default(4),
  memory: sizeBetween(gib(2), gib(512)).default(defaults.memory),
  disk: sizeBetween(gib(20), gib(4096)).default(defaults.disk),
})

/** A /16 of 10.0.0.0/8: pods and services are never numerous enough for more, and two of them overlap only if equal. */
const ClusterRange = z
  .string()
  .regex(
    /^10\.(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\.0\.0\/16$/,
    'a /16 of 10.0.0.0/8',
  )

const VmTemplate = z.strictObject({
  host: HostName.describe('Proxmox node on which the template is'),
  vmId: z.int().min(100).max(999_999_999).describe('VM id of the template'),
})
export type VmTemplate = z.infer<typeof VmTemplate>

export const K3sClusterParameters = z
  .strictObject({
    cluster: Slug.optional().describe(
      'Cluster whose Cluster API makes the new one; absent: the only one there is',
    ),
    sites: z
      .array(HostName)
      .min(1)
      .max(16)
      .describe(
        'Sites of one network and one Proxmox cluster. Workers spread over all of them, the control plane is on the first',
      ),
    version: z
      .string()
      .regex(/^v1\.(?:3[2-9]|[4-9][0-9])\.[0-9]{1,2}\+k3s[1-9]$/, 'for instance v1.34.5+k3s1')
      .default('v1.34.5+k3s1')
      .describe('Release of K3s; a new one replaces the machines one after the other'),
    endpoint: z
      .ipv4()
      .describe(
        'Address of the API server: in the sites’ network, outside the range that Phoenix gives out, and nobody else’s',
      ),
    podCidr: ClusterRange.default('10.42.0.0/16').describe('Addresses of pods; fixed once made'),
    serviceCidr: ClusterRange.default('10.43.0.0/16').describe(
      'Addresses of Services; fixed once made',
    ),
    disableComponents: z
      .array(z.enum(['local-storage', 'metrics-server', 'servicelb', 'traefik']))
      .max(4)
      .refine(isUnique, 'each component only once')
      .default(['servicelb', 'traefik'])
      .describe('What K3s brings along and shall not start'),
    controlPlane: z
      .strictObject({
        count: z
          .literal([1, 3, 5])
          .default(1)
          .describe(
            '3 survive the loss of one, 5 of two. More than 1 need shared storage, or stand on one host',
          ),
        ...machine({ memory: gib(16), disk: gib(50) }),
      })
      .prefault({})
      .describe('Machines of the API server and etcd'),
    workers: z
      .strictObject({
        count: z.int().min(1).max(MOST_WORKERS).default(3),
        ...machine({ memory: gib(16), disk: gib(100) }),
      })
      .prefault({})
      .describe('Machines of the pods'),
    templates: z
      .array(VmTemplate)
      .min(1)
      .max(64)
      .refine((all) => isUnique(all.map(({ host }) => host)), 'each host only once')
      .describe(
        'VM templates to clone: cloud image with cloud-init and qemu-guest-agent, boot disk scsi0. One on every host whose storage is local',
      ),
    credentials: SecretName.describe(
      'Secret in the tenant’s namespace with Proxmox’s url, token, secret, root_ca and insecure=false; put there from the vault, never from Git',
    ),
    firstVmId: z
      .int()
      .min(100)
      .max(999_999_000)
      .optional()
      .describe(
        `First of ${MOST_MACHINES} VM ids that are this cluster’s own. Default: Proxmox takes its lowest free ones`,
      ),
    firstAddress: z.ipv4().optional().describe('Default: the first free address of the network'),
  })
  .refine(({ podCidr, serviceCidr }) => podCidr !== serviceCidr, {
    path: ['serviceCidr'],
    error: 'pods and Services need ranges of their own',
  })
export type K3sClusterParameters = z.infer<typeof K3sClusterParameters>
