// Hyperledger FireFly against a node that is already there, made by its own CLI from a release whose SHA-256 was
// reviewed. The keys it signs with are made on the machine, by the CLI.
import type { ApplianceOf } from '../../schemas/parameters/appliance-vm.ts'
import { scriptFile, textFile } from '../parts/cloud-init.ts'
import { releaseFiles, type Setup } from '../parts/machine-setup.ts'
import { block, handOn } from '../parts/nginx.ts'
import { installerName, programPath, type Release } from '../parts/release.ts'
import { lines, word } from '../parts/shell.ts'
import { startUnits, UNITS } from '../parts/units.ts'
import { DOCKER, dockerStaysInside } from './docker.ts'
import { nginxSetup } from './nginx-proxy.ts'

const SCRIPT = '/usr/local/sbin/phoenix-firefly'
const API_PORT = 5000

/** Archive names as in .goreleaser.yml of firefly-cli v1.3.3; the empty word ends the name of the variable. */
const FIREFLY_CLI: Release = {
  name: 'firefly',
  title: 'FireFly CLI',
  url: 'https://github.com/hyperledger/firefly-cli/releases/download/v$VERSION/firefly-cli_$VERSION""_Linux_x86_64.tar.gz',
  program: 'ff',
  unpack: [
    'install -d -m 0755 "$directory"',
    'tar -xzf "$archive" -C "$directory" --no-same-owner ff',
  ],
}

/** The Sandbox would be an image without a version; a stack without a contract has one party. */
const script = ({ stack, rpcUrl, chainId, contract }: ApplianceOf<'firefly'>): string =>
  lines(
    '#!/bin/sh',
    '# Makes the FireFly stack once, and starts it.',
    'set -eu',
    'export FIREFLY_HOME=/var/lib/firefly',
    `ff=${programPath(FIREFLY_CLI)}`,
    'if [ ! -d "$FIREFLY_HOME/stacks/main" ]; then',
    '  "$ff" init ethereum main 1 --ansi never --blockchain-node remote-rpc \\',
    `    --remote-node-url ${word(rpcUrl)} --chain-id ${chainId} --release ${word(stack)} \\`,
    '    --token-providers none --sandbox-enabled=false \\',
    contract === undefined
      ? '    --multiparty=false'
      : `    --multiparty=true --contract-address ${word(contract)}`,
    'fi',
    'exec "$ff" start main --ansi never --verbose',
  )

const unit = (): string =>
  lines(
    '[Unit]',
    'Description=Hyperledger FireFly',
    `Requires=docker.service ${installerName(FIREFLY_CLI)}`,
    `After=network-online.target docker.service ${installerName(FIREFLY_CLI)}`,
    'Wants=network-online.target',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    'Environment=HOME=/root',
    'StateDirectory=firefly',
    'StateDirectoryMode=0700',
    'TimeoutStartSec=30min',
    `ExecStart=${SCRIPT}`,
    `ExecStop=/usr/bin/env FIREFLY_HOME=/var/lib/firefly ${programPath(FIREFLY_CLI)} stop main`,
    'Restart=on-failure',
    'RestartSec=60',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  )

export const firefly = (appliance: ApplianceOf<'firefly'>): Setup => {
  const nginx = nginxSetup(
    block('server', [
      'listen 80 default_server;',
      'client_max_body_size 16m;',
      ...block('location /', handOn(`http://127.0.0.1:${API_PORT}`)),
    ]),
  )
  return {
    ...nginx,
    packages: [...DOCKER, 'curl', 'openssl', ...nginx.packages],
    files: [
      dockerStaysInside(),
      ...releaseFiles(FIREFLY_CLI, appliance.cli),
      scriptFile(SCRIPT, script(appliance)),
      textFile(`${UNITS}/firefly.service`, unit()),
      ...nginx.files,
    ],
    commands: [...nginx.commands, ...startUnits('firefly.service')],
  }
}
