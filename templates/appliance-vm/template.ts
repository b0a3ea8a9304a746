// Template appliance-vm: one Proxmox VM that runs one well-known service, set up by cloud-init at its first start.
// Later changes of its parameters do not reach a running machine: user-data is read once.
import {
  ApplianceVmParameters,
  type ApplianceVmParameters as Parameters,
} from '../../schemas/parameters/appliance-vm.ts'
import type { Site } from '../../schemas/place.ts'
import type { VmPlacement } from '../../schemas/plan.ts'
import type { Template } from '../../schemas/template.ts'
import type { CloudConfig } from '../parts/cloud-init.ts'
import { finding, noProxmox } from '../parts/findings.ts'
import { firewallRules, type Opening, sshOpening } from '../parts/firewall.ts'
import { setUpMachine } from '../parts/machine-setup.ts'
import { machineDemand, machinesWith } from '../parts/machines.ts'
import { scopeOf } from '../parts/object.ts'
import { portsOf, setupOf, uncheckedDownload } from './appliances.ts'
import { examples } from './examples.ts'

const NAME = 'appliance-vm'

export const applianceVm: Template<Parameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Appliance',
  description:
    'One VM with one service: a reverse proxy, a Cloudflare tunnel, Cacti, Hyperledger FireFly, ' +
    'a Blockscout explorer, a Besu node or a Git server (Gitea). TLS ends at the proxy or at Cloudflare.',
  kind: NAME,
  parameters: ApplianceVmParameters,
  examples,
  renders: ['EnvironmentVM', 'EnvironmentFile', 'EnvironmentDownloadFile'],
  cluster: ({ cluster }) => cluster,
  demand: (name, { site, address, appliance }) => ({
    vms: [
      {
        ...machineDemand({ name, group: name, spread: 'primary' }, appliance.size),
        role: appliance.kind,
      },
    ],
    sites: [site],
    ...(address === undefined ? {} : { firstAddress: address }),
  }),
  rules: ['CLUSTER-UNKNOWN', 'DOWNLOAD-CHECKSUM', 'SINGLE-INSTANCE'],
  findings: ({ cluster, parameters: { appliance } }) => {
    const unchecked = uncheckedDownload(appliance)
    return [
      ...noProxmox(cluster),
      ...(unchecked === undefined
        ? []
        : [
            finding('DOWNLOAD-CHECKSUM', 'The machine will install nothing until it has one.', {
              pointer: `/parameters/appliance/${unchecked}/sha256`,
            }),
          ]),
      ...(appliance.kind === 'nginx-proxy' || appliance.kind === 'cloudflare-tunnel'
        ? [
            finding('SINGLE-INSTANCE', 'With one machine, its restart cuts off all behind it.', {
              pointer: '/parameters/appliance/kind',
            }),
          ]
        : []),
    ]
  },
  render: (input) => [
    {
      wave: 60,
      name: input.name,
      objects: machinesWith(scopeOf(NAME, input), [input.name], input, ({ vm, place }) =>
        applianceUserData(vm, input.parameters, place.site),
      ),
    },
  ],
}

const openingsOf = ({ appliance, allowFrom }: Parameters, site: Site): Opening[] => {
  const sources = allowFrom.length > 0 ? allowFrom : [site.network.cidr]
  return portsOf(appliance).flatMap((port) =>
    sources.map((from) => ({ protocol: 'tcp' as const, from, port })),
  )
}

const applianceUserData = (vm: VmPlacement, parameters: Parameters, site: Site): CloudConfig => {
  const { appliance, sshAuthorizedKeys } = parameters
  return setUpMachine({
    hostname: vm.name,
    sshAuthorizedKeys,
    firewall: firewallRules([
      ...sshOpening(sshAuthorizedKeys, site),
      ...openingsOf(parameters, site),
    ]),
    setup: setupOf(appliance, vm),
  })
}
