// Template k3s-cluster: a Kubernetes cluster of K3s on Proxmox VMs, made and kept by Cluster API on another cluster.
// The planner places its machines like any other, and Cluster API is held to those hosts and addresses.
import { K3sClusterParameters, MOST_MACHINES } from '../../schemas/parameters/k3s-cluster.ts'
import type { VmPlacement } from '../../schemas/plan.ts'
import type { Manifest, RenderInput, Template, VmDemand } from '../../schemas/template.ts'
import { capiCluster, machineDeployment } from '../parts/cluster-api.ts'
import { fingerprint } from '../parts/fingerprint.ts'
import { controlPlaneName, k3sControlPlane, k3sWorkerConfig } from '../parts/k3s.ts'
import { machineDemand } from '../parts/machines.ts'
import { type Scope, scopeOf } from '../parts/object.ts'
import { machineTemplate, proxmoxCluster } from '../parts/proxmox-cluster.ts'
import { type Place, placeOf } from '../parts/where.ts'
import { findingsOf, lossOf } from './findings.ts'

const NAME = 'k3s-cluster'

export const k3sCluster: Template<K3sClusterParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'K3s cluster on Proxmox',
  description:
    'Control plane and workers of K3s on Proxmox VMs, made, replaced and upgraded by Cluster API (CAPMOX and cluster-api-k3s).',
  kind: NAME,
  parameters: K3sClusterParameters,
  examples: [
    {
      title: 'One control plane and three workers over two sites',
      name: 'apps',
      parameters: {
        sites: ['r630-01', 'ml110-01'],
        endpoint: '192.168.11.60',
        workers: { count: 3, cores: 4, memory: { value: 16, unit: 'GiB' } },
        templates: [
          { host: 'r630-01', vmId: 9000 },
          { host: 'ml110-01', vmId: 9001 },
        ],
        credentials: 'proxmox-api',
      },
    },
  ],
  renders: [
    ...['Cluster', 'ProxmoxCluster', 'ProxmoxMachineTemplate', 'KThreesControlPlane'],
    ...['KThreesConfigTemplate', 'MachineDeployment'],
  ],
  cluster: ({ cluster }) => cluster,
  demand: (name, parameters) => {
    const { sites, firstVmId, firstAddress } = parameters
    return {
      vms: machinesOf(name, parameters),
      sites,
      ...(firstVmId === undefined ? {} : { firstVmId }),
      ...(firstAddress === undefined ? {} : { firstAddress }),
    }
  },
  rules: ['HOST-UNKNOWN', 'IP-UNIQUE', 'SINGLE-INSTANCE', 'VM-TEMPLATE'],
  findings: findingsOf,
  onLoss: ({ placement }, { site }) => lossOf(placement, site),
  render: (input) => [{ wave: 60, name: input.name, objects: objectsOf(input) }],
}

/** CAPMOX counts memory in steps of so many MiB. */
const MEMORY_STEP_MIB = 8

/** The machines by their places in the plan; Cluster API gives them names of its own. */
const machinesOf = (name: string, { controlPlane, workers }: K3sClusterParameters): VmDemand[] => {
  const group = (suffix: string, spread: VmDemand['spread'], size: typeof workers) =>
    Array.from({ length: size.count }, (_, index): VmDemand => {
      const where = { name: `${name}-${suffix}-${index + 1}`, group: `${name}-${suffix}`, spread }
      const vm = machineDemand(where, { ...size, ...NOTHING_INSTALLED })
      const memoryMiB = Math.ceil(vm.memoryMiB / MEMORY_STEP_MIB) * MEMORY_STEP_MIB
      return { ...vm, role: suffix, memoryMiB }
    })
  return [
    ...group('control-plane', 'primary', controlPlane),
    // A control plane is replaced by adding one first: the room and the address for it are held back.
    ...group('spare', 'primary', { ...controlPlane, count: 1 }),
    ...group('worker', 'even', workers),
  ]
}

const NOTHING_INSTALLED = { sshAuthorizedKeys: [], packages: [], startOnBoot: true }

const objectsOf = (input: RenderInput<K3sClusterParameters>): Manifest[] => {
  const { sites, placement, parameters } = input
  const { endpoint, credentials, podCidr, serviceCidr } = parameters
  const scope = scopeOf(NAME, input)
  const machines = placement.map((vm) => ({ vm, place: placeOf(sites, vm) }))
  const controlPlane = machines.filter(({ vm }) => vm.role === 'control-plane')
  const [first] = controlPlane
  if (!first) throw new Error('a control plane has no place')
  const mould = mouldOf(scope, 'control-plane', controlPlane, parameters)
  return [
    capiCluster(scope, { podCidr, serviceCidr, controlPlane: controlPlaneName(scope) }),
    proxmoxCluster(scope, { endpoint, credentials, network: first.place.site.network, placement }),
    mould,
    k3sControlPlane(scope, parameters, mould.metadata.name),
    ...workersOf(
      scope,
      machines.filter(({ vm }) => vm.role === 'worker'),
      parameters,
    ),
  ]
}

interface Machine {
  vm: VmPlacement
  place: Place
}

/** Each host has a deployment of its own: a clone stays on the host of its template. */
const workersOf = (
  scope: Scope,
  machines: readonly Machine[],
  parameters: K3sClusterParameters,
): Manifest[] => {
  const config = k3sWorkerConfig(scope)
  const perHost = new Map<string, Machine[]>()
  for (const machine of machines) {
    const host = machine.place.host.name
    perHost.set(host, [...(perHost.get(host) ?? []), machine])
  }
  const deployments = [...perHost.values()].flatMap((onHost) => {
    const { place } = onHost[0] as Machine
    const suffix = shortName(place.host.name)
    const mould = mouldOf(scope, suffix, onHost, parameters)
    return [
      mould,
      machineDeployment(scope, {
        name: `${scope.resource}-${suffix}`,
        replicas: onHost.length,
        version: parameters.version,
        config: config.metadata.name,
        machines: mould.metadata.name,
        place,
      }),
    ]
  })
  return [config, ...deployments]
}

/** Names of objects have 63 characters, a resource's up to 40. */
const LONGEST_HOST = 12
const shortName = (host: string): string =>
  host.length <= LONGEST_HOST ? host : `${host.slice(0, 3)}-${fingerprint(host)}`

const mouldOf = (
  scope: Scope,
  suffix: string,
  machines: readonly Machine[],
  { templates, firstVmId }: K3sClusterParameters,
): Manifest => {
  const { vm, place } = machines[0] as Machine
  const hosts = [...new Set(machines.map((machine) => machine.place.host.name))]
  const source = templates.find(({ host }) => hosts.includes(host)) ?? templates[0]
  if (!source) throw new Error('a cluster has no template')
  return machineTemplate(scope, {
    suffix,
    role: vm.role,
    source,
    hosts,
    vm,
    place,
    ...(firstVmId === undefined
      ? {}
      : { vmIds: { start: firstVmId, end: firstVmId + MOST_MACHINES - 1 } }),
  })
}
