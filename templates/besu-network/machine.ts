// What cloud-init does on a machine of each role: packages, files, commands. Node keys are never among them.
import type { BesuRole } from '../../schemas/parameters/besu-network.ts'
import type { Site } from '../../schemas/place.ts'
import {
  type CloudConfig,
  scriptFile,
  textFile,
  userData,
  type WriteFile,
} from '../parts/cloud-init.ts'
import { VAULT_READER, vaultReaderScript } from '../parts/vault.ts'
import {
  BESU_UNITS,
  besuUnit,
  environmentFile,
  installScript,
  installUnit,
  keyUnit,
  releaseFile,
} from './besu-service.ts'
import {
  CONFIG_DIRECTORY,
  configFile,
  genesisFile,
  permissionsFile,
  staticNodesFile,
} from './chain-files.ts'
import { FIREWALL_RULES_FILE, firewallRules, firewallScript } from './firewall.ts'
import {
  nginxSite,
  prometheusConfig,
  tunnelConfig,
  tunnelCredentialsUnit,
  tunnelScript,
  tunnelUnit,
} from './infrastructure.ts'
import type { ChainNode, Machine, Network } from './nodes.ts'

interface Setup {
  packages: string[]
  users: unknown[]
  files: WriteFile[]
  commands: string[][]
}

const FIREWALL = '/usr/local/sbin/phoenix-firewall'
const UNITS = '/etc/systemd/system'
const NOTHING: Setup = { packages: [], users: [], files: [], commands: [] }

const systemUser = (name: string) => ({ name, system: true, shell: '/usr/sbin/nologin' })

/** Services are started without waiting: some of them wait for the vault. */
const start = (...units: string[]): string[][] => [
  ['systemctl', 'daemon-reload'],
  ['systemctl', 'enable', ...units],
  ['systemctl', 'start', '--no-block', ...units],
]

const besu = (network: Network, node: ChainNode): Setup => ({
  packages: ['openjdk-21-jre-headless', 'libjemalloc2', 'curl', 'jq'],
  users: [systemUser('besu')],
  files: [
    textFile(`${CONFIG_DIRECTORY}/config.toml`, configFile(network, node.role)),
    textFile(`${CONFIG_DIRECTORY}/genesis.json`, genesisFile(network)),
    textFile(`${CONFIG_DIRECTORY}/static-nodes.json`, staticNodesFile(network, node.role)),
    textFile(`${CONFIG_DIRECTORY}/permissions_config.toml`, permissionsFile(network)),
    textFile('/etc/default/besu', environmentFile(node)),
    textFile('/etc/phoenix/besu-release', releaseFile(network.parameters.besu)),
    scriptFile('/usr/local/sbin/phoenix-install-besu', installScript()),
    scriptFile(VAULT_READER, vaultReaderScript()),
    textFile(`${UNITS}/${BESU_UNITS[0]}`, installUnit()),
    textFile(`${UNITS}/${BESU_UNITS[1]}`, keyUnit(node)),
    textFile(`${UNITS}/${BESU_UNITS[2]}`, besuUnit()),
  ],
  commands: start('besu.service'),
})

const infrastructure: Record<
  Exclude<BesuRole, ChainNode['role']>,
  (network: Network, machine: Machine) => Setup
> = {
  monitoring: (network) => ({
    ...NOTHING,
    packages: ['prometheus'],
    files: [
      { ...textFile('/etc/prometheus/prometheus.yml', prometheusConfig(network)), defer: true },
    ],
    commands: [['systemctl', 'restart', 'prometheus']],
  }),
  oracle: () => NOTHING,
  'nginx-proxy': (network) => ({
    ...NOTHING,
    packages: ['nginx'],
    files: [textFile('/etc/nginx/conf.d/rpc.conf', nginxSite(network))],
    commands: [
      ['rm', '-f', '/etc/nginx/sites-enabled/default'],
      ['systemctl', 'restart', 'nginx'],
    ],
  }),
  'cloudflare-tunnel': (network, machine) => ({
    packages: ['curl', 'jq'],
    users: [systemUser('cloudflared')],
    files: [
      textFile('/etc/cloudflared/config.yml', tunnelConfig(network)),
      scriptFile('/usr/local/sbin/phoenix-tunnel', tunnelScript()),
      scriptFile(VAULT_READER, vaultReaderScript()),
      textFile(`${UNITS}/tunnel-credentials.service`, tunnelCredentialsUnit(machine)),
      textFile(`${UNITS}/tunnel.service`, tunnelUnit()),
    ],
    commands: start('tunnel.service'),
  }),
}

const setupOf = (network: Network, machine: Machine): Setup => {
  const node = network.chain.find(({ node: name }) => name === machine.node)
  if (node) return besu(network, node)
  return infrastructure[machine.role as keyof typeof infrastructure](network, machine)
}

/** The whole user-data of one machine. */
export const machineUserData = (network: Network, machine: Machine, site: Site): CloudConfig => {
  const { packages, users, files, commands } = setupOf(network, machine)
  return userData({
    hostname: machine.vm.name,
    sshAuthorizedKeys: network.parameters.sshAuthorizedKeys,
    packages: ['ufw', 'prometheus-node-exporter', ...packages],
    users,
    files: [
      textFile(FIREWALL_RULES_FILE, firewallRules(network, machine, site)),
      scriptFile(FIREWALL, firewallScript()),
      ...files,
    ],
    commands: [[FIREWALL], ...commands],
  })
}
