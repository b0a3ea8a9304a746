// What cloud-init does on a machine of each role: packages, files, commands. Node keys are never among them.
import type { BesuRole } from '../../schemas/parameters/besu-network.ts'
import type { Site } from '../../schemas/place.ts'
import { type CloudConfig, scriptFile, textFile } from '../parts/cloud-init.ts'
import { NOTHING, type Setup, setUpMachine } from '../parts/machine-setup.ts'
import {
  installerPath,
  installScript,
  installUnit,
  releaseFile,
  releasePath,
} from '../parts/release.ts'
import {
  TUNNEL_CONFIG,
  TUNNEL_SCRIPT,
  TUNNEL_UNITS,
  TUNNEL_USER,
  tunnelCredentialsUnit,
  tunnelScript,
  tunnelUnit,
} from '../parts/tunnel.ts'
import { startUnits, systemUser, UNITS } from '../parts/units.ts'
import { VAULT_READER, vaultReaderScript } from '../parts/vault.ts'
import { BESU_RELEASE, BESU_UNITS, besuUnit, environmentFile, keyUnit } from './besu-service.ts'
import {
  CONFIG_DIRECTORY,
  configFile,
  genesisFile,
  permissionsFile,
  staticNodesFile,
} from './chain-files.ts'
import { firewallOf } from './firewall.ts'
import { INSTALLED_BY_HAND, nginxSite, prometheusConfig, tunnelConfig } from './infrastructure.ts'
import type { ChainNode, Machine, Network } from './nodes.ts'

const besu = (network: Network, node: ChainNode): Setup => ({
  packages: ['openjdk-21-jre-headless', 'libjemalloc2', 'curl', 'jq'],
  users: [systemUser('besu')],
  files: [
    textFile(`${CONFIG_DIRECTORY}/config.toml`, configFile(network, node.role)),
    textFile(`${CONFIG_DIRECTORY}/genesis.json`, genesisFile(network)),
    textFile(`${CONFIG_DIRECTORY}/static-nodes.json`, staticNodesFile(network, node.role)),
    textFile(`${CONFIG_DIRECTORY}/permissions_config.toml`, permissionsFile(network)),
    textFile('/etc/default/besu', environmentFile(node.vm)),
    textFile(releasePath(BESU_RELEASE), releaseFile(network.parameters.besu)),
    scriptFile(installerPath(BESU_RELEASE), installScript(BESU_RELEASE)),
    scriptFile(VAULT_READER, vaultReaderScript()),
    textFile(`${UNITS}/${BESU_UNITS[0]}`, installUnit(BESU_RELEASE)),
    textFile(`${UNITS}/${BESU_UNITS[1]}`, keyUnit(node)),
    textFile(`${UNITS}/${BESU_UNITS[2]}`, besuUnit()),
  ],
  commands: startUnits('besu.service'),
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
    users: [systemUser(TUNNEL_USER)],
    files: [
      textFile(TUNNEL_CONFIG, tunnelConfig(network)),
      scriptFile(TUNNEL_SCRIPT, tunnelScript()),
      scriptFile(VAULT_READER, vaultReaderScript()),
      textFile(`${UNITS}/${TUNNEL_UNITS[0]}`, tunnelCredentialsUnit(machine.vm.name)),
      textFile(`${UNITS}/${TUNNEL_UNITS[1]}`, tunnelUnit(INSTALLED_BY_HAND)),
    ],
    commands: startUnits('tunnel.service'),
  }),
}

const setupOf = (network: Network, machine: Machine): Setup => {
  const node = network.chain.find(({ node: name }) => name === machine.node)
  if (node) return besu(network, node)
  return infrastructure[machine.role as keyof typeof infrastructure](network, machine)
}

/** The whole user-data of one machine. */
export const machineUserData = (network: Network, machine: Machine, site: Site): CloudConfig => {
  const setup = setupOf(network, machine)
  return setUpMachine({
    hostname: machine.vm.name,
    sshAuthorizedKeys: network.parameters.sshAuthorizedKeys,
    firewall: firewallOf(network, machine, site),
    setup: { ...setup, packages: ['prometheus-node-exporter', ...setup.packages] },
  })
}
