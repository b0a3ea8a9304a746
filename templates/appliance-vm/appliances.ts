// The one table of appliances: how each is set up, and on which ports it is reached.
import type { Appliance, ApplianceOf } from '../../schemas/parameters/appliance-vm.ts'
import type { VmPlacement } from '../../schemas/plan.ts'
import { PORTS } from '../besu-network/roles.ts'
import type { Setup } from '../parts/machine-setup.ts'
import { besuNode } from './besu-node.ts'
import { blockscout } from './blockscout.ts'
import { cacti } from './cacti.ts'
import { firefly } from './firefly.ts'
import { GIT_PORTS, gitServer } from './git-server.ts'
import { nginxProxy } from './nginx-proxy.ts'
import { tunnel } from './tunnel.ts'

type Machine = Pick<VmPlacement, 'name' | 'address' | 'memoryMiB'>
interface Row<K extends Appliance['kind']> {
  setup: (appliance: ApplianceOf<K>, machine: Machine) => Setup
  /** TCP. The tunnel is reached by nobody: it goes out. */
  ports: readonly number[]
  /** What it downloads, and where that is asked for; null: signed packages and pinned images only. */
  download: { parameter: string; sha256: (appliance: ApplianceOf<K>) => string | undefined } | null
}

const appliances: { [K in Appliance['kind']]: Row<K> } = {
  'nginx-proxy': { setup: nginxProxy, ports: [80, 443], download: null },
  'cloudflare-tunnel': {
    setup: tunnel,
    ports: [],
    download: { parameter: 'release', sha256: ({ release }) => release.sha256 },
  },
  cacti: { setup: cacti, ports: [80], download: null },
  firefly: {
    setup: firefly,
    ports: [80],
    download: { parameter: 'cli', sha256: ({ cli }) => cli.sha256 },
  },
  blockscout: { setup: blockscout, ports: [80], download: null },
  'git-server': {
    setup: gitServer,
    ports: [GIT_PORTS.http, GIT_PORTS.ssh],
    download: { parameter: 'release', sha256: ({ release }) => release.sha256 },
  },
  'besu-node': {
    setup: besuNode,
    ports: [PORTS.http, PORTS.ws, PORTS.p2p],
    download: { parameter: 'release', sha256: ({ release }) => release.sha256 },
  },
}

const rowOf = ({ kind }: Appliance): Row<Appliance['kind']> =>
  appliances[kind] as Row<Appliance['kind']>

export const setupOf = (appliance: Appliance, machine: Machine): Setup =>
  rowOf(appliance).setup(appliance, machine)

export const portsOf = (appliance: Appliance): readonly number[] => rowOf(appliance).ports

/** The parameter of a download without a SHA-256, if there is one. */
export const uncheckedDownload = (appliance: Appliance): string | undefined => {
  const { download } = rowOf(appliance)
  return download !== null && download.sha256(appliance) === undefined
    ? download.parameter
    : undefined
}
