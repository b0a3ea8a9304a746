// Clusters of Cluster API with K3s on Proxmox, exactly as we emit them. References stay within the tenant's namespace,
// and no field of these shapes can hold a credential.
import * as z from 'zod'
import { ObjectName } from './words.ts'

const Range = z.cidrv4()
const Ranges = z.strictObject({ cidrBlocks: z.array(Range).length(1) })
const ref = (apiGroup: string, kind: string) =>
  z.strictObject({ apiGroup: z.literal(apiGroup), kind: z.literal(kind), name: ObjectName })
const INFRASTRUCTURE = 'infrastructure.cluster.x-k8s.io'
const Version = z.string().regex(/^v1\.[0-9]{2}\.[0-9]{1,2}\+k3s[1-9]$/)
const VmId = z.int().min(100).max(999_999_999)
const Nodes = z.array(ObjectName).min(1)

const AgentConfig = z.strictObject({
  nodeName: z.literal('{{ ds.meta_data.local_hostname }}'),
  kubeletArgs: z.tuple([z.literal('provider-id=proxmox://{{ ds.meta_data.instance_id }}')]),
})
const file = (path: string, permissions: string) =>
  z.strictObject({
    path: z.literal(path),
    owner: z.literal('root:root'),
    permissions: z.literal(permissions),
    // cloud-init reads the whole as a Jinja template.
    content: z
      .string()
      .max(10_000)
      .refine((text) => !/\{[{%#]/.test(text)),
  })

const KThreesControlPlane = z.strictObject({
  replicas: z.literal([1, 3, 5]),
  version: Version,
  machineTemplate: z.strictObject({
    infrastructureRef: z.strictObject({
      apiVersion: z.literal(`${INFRASTRUCTURE}/v1alpha2`),
      kind: z.literal('ProxmoxMachineTemplate'),
      name: ObjectName,
      namespace: ObjectName,
    }),
    nodeDrainTimeout: z.literal('10m'),
  }),
  kthreesConfigSpec: z.strictObject({
    serverConfig: z.strictObject({
      clusterCidr: Range,
      serviceCidr: Range,
      clusterDNS: z.ipv4(),
      disableCloudController: z.literal(false),
      disableComponents: z.array(
        z.enum(['local-storage', 'metrics-server', 'servicelb', 'traefik']),
      ),
    }),
    agentConfig: AgentConfig,
    files: z.tuple([
      file('/etc/rancher/k3s/config.yaml.d/10-phoenix.yaml', '0600'),
      file('/var/lib/rancher/k3s/server/manifests/kube-vip.yaml', '0600'),
    ]),
  }),
})

const Selector = z.strictObject({
  'cluster.x-k8s.io/cluster-name': ObjectName,
  'cluster.x-k8s.io/deployment-name': ObjectName,
})

const MachineDeployment = z.strictObject({
  clusterName: ObjectName,
  replicas: z.int().min(1).max(50),
  selector: z.strictObject({ matchLabels: Selector }),
  rollout: z.strictObject({
    strategy: z.strictObject({
      type: z.literal('RollingUpdate'),
      rollingUpdate: z.strictObject({ maxSurge: z.literal(0), maxUnavailable: z.literal(1) }),
    }),
  }),
  template: z.strictObject({
    metadata: z.strictObject({
      labels: Selector.extend({
        'node.cluster.x-k8s.io/site': ObjectName,
        'node.cluster.x-k8s.io/host': ObjectName,
      }),
    }),
    spec: z.strictObject({
      clusterName: ObjectName,
      version: Version,
      bootstrap: z.strictObject({
        configRef: ref('bootstrap.cluster.x-k8s.io', 'KThreesConfigTemplate'),
      }),
      infrastructureRef: ref(INFRASTRUCTURE, 'ProxmoxMachineTemplate'),
      deletion: z.strictObject({ nodeDrainTimeoutSeconds: z.literal(600) }),
    }),
  }),
})

const MachineSpec = z.strictObject({
  sourceNode: ObjectName,
  templateID: VmId,
  allowedNodes: Nodes,
  full: z.literal(true),
  storage: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  numSockets: z.literal(1),
  numCores: z.int().min(2).max(64),
  memoryMiB: z.int().min(2048).multipleOf(8),
  disks: z.strictObject({
    bootVolume: z.strictObject({ disk: z.literal('scsi0'), sizeGb: z.int().min(20) }),
  }),
  network: z.strictObject({
    networkDevices: z
      .array(
        z.strictObject({
          name: z.literal('net0'),
          bridge: z.string().regex(/^[a-z][a-z0-9]{0,14}$/),
          model: z.literal('virtio'),
          defaultIPv4: z.literal(true),
        }),
      )
      .length(1),
  }),
  vmIDRange: z.strictObject({ start: VmId, end: VmId }).optional(),
  tags: z.array(z.string().regex(/^[a-z0-9_][a-z0-9_.+-]*$/)).min(1),
})

export const clusterApiShapes = {
  CapiCluster: {
    spec: z.strictObject({
      clusterNetwork: z.strictObject({
        pods: Ranges,
        services: Ranges,
        serviceDomain: z.literal('cluster.local'),
      }),
      controlPlaneRef: ref('controlplane.cluster.x-k8s.io', 'KThreesControlPlane'),
      infrastructureRef: ref(INFRASTRUCTURE, 'ProxmoxCluster'),
    }),
  },
  KThreesControlPlane: { spec: KThreesControlPlane },
  KThreesConfigTemplate: {
    spec: z.strictObject({
      template: z.strictObject({ spec: z.strictObject({ agentConfig: AgentConfig }) }),
    }),
  },
  MachineDeployment: { spec: MachineDeployment },
  ProxmoxCluster: {
    spec: z.strictObject({
      controlPlaneEndpoint: z.strictObject({ host: z.ipv4(), port: z.literal(6443) }),
      allowedNodes: Nodes,
      ipv4Config: z.strictObject({
        addresses: z.array(z.ipv4()).min(1),
        prefix: z.int().min(1).max(32),
        gateway: z.ipv4(),
      }),
      dnsServers: z.array(z.ipv4()).min(1),
      credentialsRef: z.strictObject({ name: ObjectName }),
    }),
  },
  ProxmoxMachineTemplate: {
    spec: z.strictObject({ template: z.strictObject({ spec: MachineSpec }) }),
  },
} satisfies Partial<Record<string, z.ZodRawShape>>
