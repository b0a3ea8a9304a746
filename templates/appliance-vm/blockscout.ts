// The Blockscout explorer of a chain: database, backend and frontend as containers, nginx in front of both.
// Its secrets are made on the machine, once. Environment as in docker-compose/ of blockscout v11.2.7.
import type { ApplianceOf } from '../../schemas/parameters/appliance-vm.ts'
import { scriptFile, textFile } from '../parts/cloud-init.ts'
import type { Setup } from '../parts/machine-setup.ts'
import { block, handOn } from '../parts/nginx.ts'
import { lines } from '../parts/shell.ts'
import { startUnits, UNITS } from '../parts/units.ts'
import { DOCKER, dockerStaysInside } from './docker.ts'
import { nginxSetup } from './nginx-proxy.ts'

const COMPOSE_FILE = '/etc/blockscout/compose.json'
const SECRETS_FILE = '/var/lib/blockscout/secrets.env'
const SECRETS_SCRIPT = '/usr/local/sbin/phoenix-blockscout-secrets'
const BACKEND_PORT = 4000
const FRONTEND_PORT = 3000
const POSTGRES = 'docker.io/library/postgres:17.6'

const backendEnvironment = ({
  hostname,
  rpcUrl,
  chainId,
  traces,
}: ApplianceOf<'blockscout'>): Record<string, string> => ({
  ETHEREUM_JSONRPC_VARIANT: 'besu',
  ETHEREUM_JSONRPC_HTTP_URL: rpcUrl,
  ETHEREUM_JSONRPC_TRACE_URL: rpcUrl,
  CHAIN_ID: String(chainId),
  INDEXER_DISABLE_INTERNAL_TRANSACTIONS_FETCHER: String(!traces),
  // It asks for an interface that Besu does not offer to others by default.
  INDEXER_DISABLE_PENDING_TRANSACTIONS_FETCHER: 'true',
  ECTO_SSL_MODE: 'disable',
  PORT: String(BACKEND_PORT),
  BLOCKSCOUT_HOST: hostname,
  BLOCKSCOUT_PROTOCOL: 'https',
  ACCOUNT_ENABLED: 'false',
  DISABLE_MARKET: 'true',
  // Nothing of a private chain is sent to services elsewhere.
  MICROSERVICE_SC_VERIFIER_ENABLED: 'false',
  MICROSERVICE_SIG_PROVIDER_ENABLED: 'false',
  MICROSERVICE_VISUALIZE_SOL2UML_ENABLED: 'false',
})

const frontendEnvironment = ({
  hostname,
  chainId,
  networkName,
}: ApplianceOf<'blockscout'>): Record<string, string> => ({
  NEXT_PUBLIC_API_HOST: hostname,
  NEXT_PUBLIC_API_PROTOCOL: 'https',
  NEXT_PUBLIC_API_WEBSOCKET_PROTOCOL: 'wss',
  NEXT_PUBLIC_APP_HOST: hostname,
  NEXT_PUBLIC_APP_PROTOCOL: 'https',
  NEXT_PUBLIC_NETWORK_ID: String(chainId),
  NEXT_PUBLIC_NETWORK_NAME: networkName,
  NEXT_PUBLIC_NETWORK_SHORT_NAME: networkName,
  NEXT_PUBLIC_NETWORK_CURRENCY_NAME: 'Ether',
  NEXT_PUBLIC_NETWORK_CURRENCY_SYMBOL: 'ETH',
  NEXT_PUBLIC_NETWORK_CURRENCY_DECIMALS: '18',
  NEXT_PUBLIC_AD_BANNER_PROVIDER: 'none',
  NEXT_PUBLIC_AD_TEXT_PROVIDER: 'none',
})

/** JSON, which every YAML reader takes. */
const compose = (appliance: ApplianceOf<'blockscout'>): string => {
  const restart = 'unless-stopped'
  const services = {
    db: {
      image: POSTGRES,
      restart,
      shm_size: '256m',
      environment: { POSTGRES_DB: 'blockscout', POSTGRES_USER: 'blockscout' },
      env_file: SECRETS_FILE,
      volumes: ['database:/var/lib/postgresql/data'],
      healthcheck: {
        test: ['CMD', 'pg_isready', '--username=blockscout', '--dbname=blockscout'],
        interval: '10s',
        retries: 30,
      },
    },
    backend: {
      image: `ghcr.io/blockscout/blockscout:${appliance.backend}`,
      restart,
      stop_grace_period: '5m',
      command: [
        'sh',
        '-c',
        'bin/blockscout eval "Elixir.Explorer.ReleaseTasks.create_and_migrate()" && exec bin/blockscout start',
      ],
      environment: backendEnvironment(appliance),
      env_file: SECRETS_FILE,
      depends_on: { db: { condition: 'service_healthy' } },
      ports: [`127.0.0.1:${BACKEND_PORT}:${BACKEND_PORT}`],
    },
    frontend: {
      image: `ghcr.io/blockscout/frontend:${appliance.frontend}`,
      restart,
      environment: frontendEnvironment(appliance),
      ports: [`127.0.0.1:${FRONTEND_PORT}:${FRONTEND_PORT}`],
    },
  }
  return `${JSON.stringify({ services, volumes: { database: {} } }, null, 2)}\n`
}

const secretsScript = (): string =>
  lines(
    '#!/bin/sh',
    '# Makes the secrets of this explorer, once. They never leave the machine.',
    'set -eu',
    'umask 077',
    `file=${SECRETS_FILE}`,
    '[ ! -s "$file" ] || exit 0',
    'word=$(openssl rand -hex 24)',
    '{',
    '  echo "POSTGRES_PASSWORD=$word"',
    '  echo "DATABASE_URL=postgresql://blockscout:$word@db:5432/blockscout"',
    '  echo "SECRET_KEY_BASE=$(openssl rand -hex 48)"',
    '} > "$file.new"',
    'mv "$file.new" "$file"',
  )

const unit = (): string => {
  const docker = `/usr/bin/docker compose --project-name blockscout --file ${COMPOSE_FILE}`
  return lines(
    '[Unit]',
    'Description=Blockscout',
    'Wants=network-online.target',
    'Requires=docker.service',
    'After=network-online.target docker.service',
    '',
    '[Service]',
    'StateDirectory=blockscout',
    'StateDirectoryMode=0700',
    `ExecStartPre=${SECRETS_SCRIPT}`,
    `ExecStart=${docker} up`,
    `ExecStop=${docker} stop`,
    'TimeoutStopSec=6min',
    'Restart=always',
    'RestartSec=30',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  )
}

export const blockscout = (appliance: ApplianceOf<'blockscout'>): Setup => {
  const nginx = nginxSetup(
    block('server', [
      'listen 80 default_server;',
      ...block(
        'location ~ ^/(api|socket|sitemap\\.xml)(/|$)',
        handOn(`http://127.0.0.1:${BACKEND_PORT}`),
      ),
      ...block('location /', handOn(`http://127.0.0.1:${FRONTEND_PORT}`)),
    ]),
  )
  return {
    ...nginx,
    packages: [...DOCKER, 'openssl', ...nginx.packages],
    files: [
      dockerStaysInside(),
      textFile(COMPOSE_FILE, compose(appliance)),
      scriptFile(SECRETS_SCRIPT, secretsScript()),
      textFile(`${UNITS}/blockscout.service`, unit()),
      ...nginx.files,
    ],
    commands: [...nginx.commands, ...startUnits('blockscout.service')],
  }
}
