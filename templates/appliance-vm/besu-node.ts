// A Besu node of a chain that others make: it follows, serves JSON-RPC, and has no say in consensus. Its key is made on
// the machine by Besu itself. Whoever runs the chain puts genesis.json there; until then the node waits.
import type { ApplianceOf } from '../../schemas/parameters/appliance-vm.ts'
import type { VmPlacement } from '../../schemas/plan.ts'
import {
  BESU_RELEASE,
  BESU_UNITS,
  besuUnit,
  environmentFile,
} from '../besu-network/besu-service.ts'
import { CONFIG_DIRECTORY, DATA_DIRECTORY } from '../besu-network/chain-files.ts'
import { chainRoles, PORTS } from '../besu-network/roles.ts'
import { scriptFile, textFile } from '../parts/cloud-init.ts'
import { releaseFiles, type Setup } from '../parts/machine-setup.ts'
import { lines, word } from '../parts/shell.ts'
import { toToml } from '../parts/toml.ts'
import { startUnits, systemUser, UNITS } from '../parts/units.ts'

const GENESIS_FILE = `${CONFIG_DIRECTORY}/genesis.json`
const PEERS_FILE = `${CONFIG_DIRECTORY}/static-nodes.json`
const GENESIS_SCRIPT = '/usr/local/sbin/phoenix-besu-genesis'
const GENESIS_UNIT = 'besu-genesis.service'
const [INSTALL_UNIT, , BESU_UNIT] = BESU_UNITS

/** Explorers ask for states and traces of long ago, so it keeps them, as an archive node does. */
const configuration = (address: string): string => {
  const { storage, http } = chainRoles.archive
  return toToml({
    'data-path': DATA_DIRECTORY,
    'genesis-file': GENESIS_FILE,
    'static-nodes-file': PEERS_FILE,
    'p2p-port': PORTS.p2p,
    'nat-method': 'NONE',
    'discovery-enabled': false,
    'sync-mode': 'FULL',
    'data-storage-format': storage,
    // A node that asks for gas would silently drop what a chain without fees lets pass.
    'min-gas-price': 0,
    'rpc-http-enabled': true,
    'rpc-http-host': '0.0.0.0',
    'rpc-http-port': PORTS.http,
    'rpc-http-api': http,
    'rpc-ws-enabled': true,
    'rpc-ws-host': '0.0.0.0',
    'rpc-ws-port': PORTS.ws,
    'rpc-ws-api': chainRoles.rpc.ws,
    'host-allowlist': ['localhost', '127.0.0.1', address],
    logging: 'INFO',
  })
}

const genesisScript = (sha256 = ''): string =>
  lines(
    '#!/bin/sh',
    `# Waits until ${GENESIS_FILE} is there, and is the one whose SHA-256 was given, if one was.`,
    'set -eu',
    `file=${GENESIS_FILE} sha256=${word(sha256)}`,
    'is_right() {',
    '  [ -s "$file" ] || return 1',
    '  [ -z "$sha256" ] || echo "$sha256  $file" | sha256sum --check --status',
    '}',
    'until is_right; do',
    '  echo "waiting for the right $file" >&2',
    '  sleep 30',
    'done',
  )

const genesisUnit = (): string =>
  lines(
    '[Unit]',
    'Description=Wait for the genesis of the chain',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    'TimeoutStartSec=infinity',
    `ExecStart=${GENESIS_SCRIPT}`,
  )

export const besuNode = (
  { release, genesisSha256, peers }: ApplianceOf<'besu-node'>,
  machine: Pick<VmPlacement, 'address' | 'memoryMiB'>,
): Setup => ({
  packages: ['openjdk-21-jre-headless', 'libjemalloc2', 'curl'],
  users: [systemUser('besu')],
  files: [
    ...releaseFiles(BESU_RELEASE, release),
    textFile(`${CONFIG_DIRECTORY}/config.toml`, configuration(machine.address)),
    textFile(PEERS_FILE, `${JSON.stringify(peers, null, 2)}\n`),
    textFile('/etc/default/besu', environmentFile(machine)),
    scriptFile(GENESIS_SCRIPT, genesisScript(genesisSha256)),
    textFile(`${UNITS}/${GENESIS_UNIT}`, genesisUnit()),
    textFile(`${UNITS}/${BESU_UNIT}`, besuUnit(`${INSTALL_UNIT} ${GENESIS_UNIT}`)),
  ],
  commands: startUnits(BESU_UNIT),
})
