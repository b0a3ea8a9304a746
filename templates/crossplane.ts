// Template crossplane: Crossplane v2 with the Proxmox provider, once per cluster, and optionally a login to Proxmox.
// Machines refer to a cluster-wide ClusterProviderConfig, which no tenant's tree can hold: that one is made by hand.
import { CrossplaneParameters } from '../schemas/parameters/crossplane.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { roomFor } from './parts/chart-resources.ts'
import { helmRelease } from './parts/helm-release.ts'
import { scopeOf } from './parts/object.ts'
import { providerConfig } from './parts/provider-config.ts'

const NAME = 'crossplane'
const PROXMOX = 'xpkg.upbound.io/valkiriaaquaticamendi/provider-proxmox-bpg:v1.18.0'

export const crossplane: Template<CrossplaneParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Crossplane with Proxmox',
  description:
    'Crossplane and its Proxmox provider, installed for a whole cluster. A login to Proxmox made here serves this ' +
    'namespace only; virtual machines use the ClusterProviderConfig that their cluster names.',
  kind: NAME,
  parameters: CrossplaneParameters,
  examples: [
    {
      title: 'Two controllers, and a login kept in a Secret',
      name: 'crossplane',
      parameters: { proxmox: { name: 'proxmox-login', key: 'credentials' } },
    },
  ],
  renders: ['HelmRepository', 'HelmRelease', 'ProviderConfig'],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const { replicas, proxmox } = parameters
    const scope = scopeOf(NAME, input)
    const installed = helmRelease(scope, {
      chart: 'crossplane',
      values: {
        replicas,
        rbacManager: { replicas },
        // Only the namespaced kinds: a cluster-scoped machine would belong to no tenant.
        provider: { packages: [PROXMOX], defaultActivations: ['*.proxmoxbpg.m.crossplane.io'] },
        resourcesCrossplane: roomFor('100m', '1Gi'),
        resourcesRBACManager: roomFor('50m', '512Mi'),
      },
    })
    return [
      { wave: 20, name, objects: installed },
      // A wave later: its kind arrives with the provider.
      ...(proxmox === undefined
        ? []
        : [{ wave: 30, name, objects: [providerConfig(scope, proxmox)] }]),
    ]
  },
}
