// Gitea from a release whose SHA-256 was reviewed, with SQLite and its own SSH server. Its secrets are made on the
// machine, once. The first administrator is made there too: gitea admin user create --admin.
import type { ApplianceOf } from '../../schemas/parameters/appliance-vm.ts'
import { scriptFile, textFile } from '../parts/cloud-init.ts'
import { releaseFiles, type Setup } from '../parts/machine-setup.ts'
import { installerName, programPath, type Release } from '../parts/release.ts'
import { lines } from '../parts/shell.ts'
import { HARDENED, startUnits, systemUser, UNITS } from '../parts/units.ts'

export const GIT_PORTS = { http: 3000, ssh: 2222 }
const HOME = '/var/lib/gitea'
const CONFIG_FILE = '/etc/gitea/app.ini'
const SECRETS_SCRIPT = '/usr/local/sbin/phoenix-gitea-secrets'
const USER = 'gitea'

const GITEA: Release = {
  name: 'gitea',
  title: 'Gitea',
  url: 'https://dl.gitea.com/gitea/$VERSION/gitea-$VERSION-linux-amd64',
  program: 'gitea',
  unpack: ['install -d -m 0755 "$directory"', 'install -m 0755 "$archive" "$directory/gitea"'],
}

/** Where a secret lies, by its setting (Gitea docs, "Configuration cheat sheet"), and what Gitea calls it. */
const SECRETS = [
  { file: 'internal-token', word: 'INTERNAL_TOKEN' },
  { file: 'secret-key', word: 'SECRET_KEY' },
  { file: 'oauth2-jwt', word: 'JWT_SECRET' },
  { file: 'lfs-jwt', word: 'JWT_SECRET' },
] as const
const uriOf = (file: (typeof SECRETS)[number]['file']): string => `file:${HOME}/secrets/${file}`

const configuration = ({ hostname }: ApplianceOf<'git-server'>): string =>
  lines(
    `APP_NAME = ${hostname}`,
    `RUN_USER = ${USER}`,
    `WORK_PATH = ${HOME}`,
    '',
    '[server]',
    'PROTOCOL = http',
    'HTTP_ADDR = 0.0.0.0',
    `HTTP_PORT = ${GIT_PORTS.http}`,
    `ROOT_URL = https://${hostname}/`,
    `SSH_DOMAIN = ${hostname}`,
    'START_SSH_SERVER = true',
    'BUILTIN_SSH_SERVER_USER = git',
    `SSH_PORT = ${GIT_PORTS.ssh}`,
    `SSH_LISTEN_PORT = ${GIT_PORTS.ssh}`,
    'LFS_START_SERVER = true',
    `LFS_JWT_SECRET_URI = ${uriOf('lfs-jwt')}`,
    '',
    '[database]',
    'DB_TYPE = sqlite3',
    `PATH = ${HOME}/data/gitea.db`,
    '',
    '[security]',
    'INSTALL_LOCK = true',
    `INTERNAL_TOKEN_URI = ${uriOf('internal-token')}`,
    `SECRET_KEY_URI = ${uriOf('secret-key')}`,
    '',
    '[oauth2]',
    `JWT_SECRET_URI = ${uriOf('oauth2-jwt')}`,
    '',
    '[service]',
    'DISABLE_REGISTRATION = true',
    'REQUIRE_SIGNIN_VIEW = true',
    '',
    '[session]',
    'COOKIE_SECURE = true',
    '',
    '[log]',
    'MODE = console',
  )

const secretsScript = (): string =>
  lines(
    '#!/bin/sh',
    '# Makes the secrets of this server, each once. They never leave the machine.',
    'set -eu',
    'umask 077',
    `directory=${HOME}/secrets`,
    'mkdir -p "$directory"',
    'make() {',
    '  [ ! -s "$directory/$1" ] || return 0',
    `  ${programPath(GITEA)} generate secret "$2" > "$directory/$1.new"`,
    '  mv "$directory/$1.new" "$directory/$1"',
    '}',
    ...SECRETS.map(({ file, word }) => `make ${file} ${word}`),
  )

const unit = (): string =>
  lines(
    '[Unit]',
    'Description=Gitea',
    'Wants=network-online.target',
    `Requires=${installerName(GITEA)}`,
    `After=network-online.target ${installerName(GITEA)}`,
    '',
    '[Service]',
    `User=${USER}`,
    `Group=${USER}`,
    'StateDirectory=gitea',
    'StateDirectoryMode=0750',
    `WorkingDirectory=${HOME}`,
    `Environment=HOME=${HOME} USER=${USER} GITEA_WORK_DIR=${HOME}`,
    `ExecStartPre=${SECRETS_SCRIPT}`,
    `ExecStart=${programPath(GITEA)} web --config ${CONFIG_FILE}`,
    'Restart=always',
    'RestartSec=10',
    ...HARDENED,
    'PrivateTmp=true',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  )

export const gitServer = (appliance: ApplianceOf<'git-server'>): Setup => ({
  packages: ['git', 'curl'],
  users: [systemUser(USER)],
  files: [
    ...releaseFiles(GITEA, appliance.release),
    textFile(CONFIG_FILE, configuration(appliance)),
    scriptFile(SECRETS_SCRIPT, secretsScript()),
    textFile(`${UNITS}/gitea.service`, unit()),
  ],
  commands: startUnits('gitea.service'),
})
