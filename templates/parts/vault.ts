// How a machine gets its own secrets: it asks the vault with its own identity (Azure Arc), after it has been connected.
// No secret, and nothing that leads to one, is in user-data: only the secret's name.
// Sources: Azure Arc "managed identity for servers" (challenge file), Key Vault REST API 7.4 (Get Secret).
import { lines, word } from './shell.ts'

export const VAULT_READER = '/usr/local/sbin/phoenix-vault-read'

/** phoenix-vault-read SECRET FILE OWNER: waits until the machine is connected, then writes FILE for OWNER only. */
export const vaultReaderScript = (): string =>
  lines(
    '#!/bin/sh',
    '# Reads one secret of the vault, with the identity of this machine, into a file that only its owner can read.',
    '# Waits until the machine is connected to Azure Arc and the vault answers. The value is never an argument',
    '# of a command and is never printed.',
    'set -eu',
    'umask 077',
    'secret=$1 file=$2 owner=$3',
    '',
    '# Written when the machine is connected; one line VAULT_URL=https://<name>.vault.azure.net',
    'vault_url() {',
    "  sed -n 's/^VAULT_URL=\\(https:[/][/][A-Za-z0-9.-]*\\)[/]*$/\\1/p' /etc/phoenix/vault.env | grep .",
    '}',
    '',
    'token() {',
    "  endpoint='http://127.0.0.1:40342/metadata/identity/oauth2/token?api-version=2019-11-01'",
    '  endpoint="$endpoint&resource=https%3A%2F%2Fvault.azure.net"',
    '  challenge=$(curl -s -D - -o /dev/null -H Metadata:true "$endpoint" | tr -d "\\r" |',
    "    sed -n 's/^[Ww]ww-[Aa]uthenticate: Basic realm=//p')",
    '  case $challenge in',
    '    *..*) return 1 ;;',
    '    /var/opt/azcmagent/tokens/*.key) ;;',
    '    *) return 1 ;;',
    '  esac',
    '  printf \'header = "Authorization: Basic %s"\\n\' "$(cat "$challenge")" |',
    '    curl -sf -K - -H Metadata:true "$endpoint" | jq -er .access_token',
    '}',
    '',
    'read_secret() {',
    '  url=$(vault_url) && bearer=$(token) || return 1',
    '  printf \'header = "Authorization: Bearer %s"\\n\' "$bearer" |',
    '    curl -sf -K - "$url/secrets/$secret?api-version=7.4" | jq -er .value',
    '}',
    '',
    'until value=$(read_secret 2>/dev/null); do',
    '  echo "waiting for the vault: is this machine connected, and may it read its secret?" >&2',
    '  sleep 30',
    'done',
    'printf \'%s\\n\' "$value" > "$file.new"',
    'chown "$owner:$owner" "$file.new"',
    'chmod 0400 "$file.new"',
    'mv "$file.new" "$file"',
  )

interface Unit {
  description: string
  /** Name in the vault. */
  secret: string
  /** Directory under /run, which is memory. */
  runtimeDirectory: string
  file: string
  owner: string
}

/** A oneshot unit that puts a secret into /run before the service that needs it starts. */
export const vaultUnit = ({ description, secret, runtimeDirectory, file, owner }: Unit): string =>
  lines(
    '[Unit]',
    `Description=${description}`,
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    'TimeoutStartSec=infinity',
    `RuntimeDirectory=${runtimeDirectory}`,
    'RuntimeDirectoryMode=0711',
    `ExecStart=${VAULT_READER} ${word(secret)} ${word(file)} ${word(owner)}`,
  )
