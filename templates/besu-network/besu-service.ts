// Besu on a machine: a checked download, the key from the vault, and the service.
import type { VmPlacement } from '../../schemas/plan.ts'
import type { Release } from '../parts/release.ts'
import { lines } from '../parts/shell.ts'
import { vaultUnit } from '../parts/vault.ts'
import { DATA_DIRECTORY, KEY_FILE } from './chain-files.ts'
import type { ChainNode } from './nodes.ts'

export const BESU_UNITS = ['besu-install.service', 'besu-key.service', 'besu.service'] as const

export const BESU_RELEASE: Release = {
  name: 'besu',
  title: 'Besu',
  url: 'https://github.com/hyperledger/besu/releases/download/$VERSION/besu-$VERSION.tar.gz',
  program: 'bin/besu',
  unpack: ['tar -xzf "$archive" -C /opt/besu --no-same-owner'],
}

export const keyUnit = ({ vm }: ChainNode): string =>
  vaultUnit({
    description: 'Read the Besu node key from the vault',
    secret: nodeKeySecret(vm.name),
    runtimeDirectory: 'besu-key',
    file: KEY_FILE,
    owner: 'besu',
  })

/** Name of a node key in the tenant's vault. */
export const nodeKeySecret = (vmName: string): string => `${vmName}-node-key`

/** `needs`: the units that give it what it cannot start without. */
export const besuUnit = (needs: string = BESU_UNITS.slice(0, 2).join(' ')): string =>
  lines(
    '[Unit]',
    'Description=Besu',
    'Wants=network-online.target',
    `Requires=${needs}`,
    `After=network-online.target ${needs}`,
    '',
    '[Service]',
    'User=besu',
    'Group=besu',
    'EnvironmentFile=/etc/default/besu',
    'StateDirectory=besu',
    'StateDirectoryMode=0750',
    'ExecStart=/opt/besu/current/bin/besu --config-file=/etc/besu/config.toml',
    'Restart=on-failure',
    'RestartSec=10',
    'TimeoutStopSec=120',
    'LimitNOFILE=1048576',
    'NoNewPrivileges=true',
    'ProtectSystem=strict',
    'ProtectHome=true',
    'PrivateTmp=true',
    `ReadWritePaths=${DATA_DIRECTORY}`,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  )

/** What differs per machine: its own address and its share of memory for the JVM. */
export const environmentFile = ({
  memoryMiB,
  address,
}: Pick<VmPlacement, 'memoryMiB' | 'address'>): string =>
  lines(`JAVA_OPTS=-Xmx${heapGiB(memoryMiB)}g`, `BESU_P2P_HOST=${address}`)

/** Half of the memory, at least 4 GiB (Besu's floor for private networks), but 2 GiB stay for the system. */
export const heapGiB = (memoryMiB: number): number => {
  const total = Math.floor(memoryMiB / 1024)
  return Math.max(1, Math.min(Math.max(4, Math.floor(total / 2)), total - 2))
}
