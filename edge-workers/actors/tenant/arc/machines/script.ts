// The script that connects one machine to Azure Arc, as text. All that is said of the machine is one line of JSON between two marks:
// no shell reads it, and the token is in no command line. Source: learn.microsoft.com, azcmagent connect (--config, --access-token).
import { MACHINE_TAG } from '../../../../../schemas/arc-machine.ts'
import type { AzureScope } from '../../../../../schemas/azure-scope.ts'
import type { ScriptFormat } from './wallet-contracts.ts'

export interface Onboarding {
  id: string
  name: string
  tags: Record<string, string>
  scope: AzureScope
  token: string
  /** Of the token. */
  expiresAt: string
  correlationId: string
  /** Nothing is to be installed: the machine would be a laptop. */
  simulated: boolean
}

export const CONFIG_MARK = 'PHOENIX_CONFIG'
/** Where cloud-init puts it: gone with the next start of the machine. */
const RUN_PATH = '/run/phoenix-onboard-arc.sh'

const tagsOf = ({ id, tags }: Onboarding): string =>
  Object.entries({ ...tags, [MACHINE_TAG]: id })
    .map(([name, value]) => `${name}=${value}`)
    .join(',')

/** Keys are the options of `azcmagent connect` by their long names. */
export const configOf = (asked: Onboarding) => ({
  'subscription-id': asked.scope.subscriptionId,
  'resource-group': asked.scope.resourceGroup,
  'tenant-id': asked.scope.entraTenantId,
  location: asked.scope.location,
  cloud: 'AzureCloud',
  'resource-name': asked.name,
  tags: tagsOf(asked),
  'correlation-id': asked.correlationId,
  'access-token': asked.token,
})

const SIMULATED = `  echo 'Simulated: this Phoenix runs on a laptop, and nothing was installed.' >&2
  echo 'Give this script to: npm run -s arc-agent' >&2
  exit 0
`

/** Read to its end before anything of it runs: what breaks off in the middle does nothing. */
export const scriptOf = (asked: Onboarding): string => `#!/usr/bin/env bash
# Connects this machine to Azure Arc. Made for one machine and one download.
# It holds a token, until ${asked.expiresAt}: keep it nowhere.
set -euo pipefail
umask 077

fail() {
  echo "phoenix: $*" >&2
  exit 1
}

check_machine() {
  [ "$(id -u)" = 0 ] || fail 'run this as root'
  case "$(uname -m)" in
    x86_64 | aarch64) ;;
    *) fail 'the agent runs on x86_64 and aarch64' ;;
  esac
  # Proxmox VE is a Debian, and says so here.
  local known
  known="$(. /etc/os-release && echo " \${ID:-} \${ID_LIKE:-} ")"
  case "$known" in
    *' debian '* | *' ubuntu '* | *' rhel '* | *' centos '* | *' fedora '* | *' rocky '* | *' almalinux '* | *' ol '* | *' sles '* | *' suse '* | *' amzn '* | *' azurelinux '* | *' mariner '*) ;;
    *) fail 'Azure Arc has no agent for this distribution' ;;
  esac
}

install_agent() {
  if command -v azcmagent > /dev/null; then return; fi
  command -v wget > /dev/null || fail 'install wget first'
  wget -q https://aka.ms/azcmagent -O "$work/install_linux_azcmagent.sh" ||
    fail 'the installer of the agent cannot be fetched from aka.ms'
  # What it installs is for everybody: apt reads its keys as a user of its own.
  (umask 022 && bash "$work/install_linux_azcmagent.sh")
}

main() {
${asked.simulated ? SIMULATED : ''}  check_machine
  work="$(mktemp -d)"
  trap 'rm -rf -- "$work"' EXIT
  install_agent
  cat > "$work/config.json" << '${CONFIG_MARK}'
${JSON.stringify(configOf(asked))}
${CONFIG_MARK}
  azcmagent connect --config "$work/config.json"
  echo 'phoenix: connected. Azure shows the machine in some minutes.'
}

main "$@"
`

/** cloud-config (JSON is YAML): cloud-init writes the script where the next start forgets it, runs it, and takes it away. */
const cloudConfigOf = (script: string): string =>
  `#cloud-config\n${JSON.stringify(
    {
      write_files: [
        {
          ...{ path: RUN_PATH, owner: 'root:root', permissions: '0700', encoding: 'b64' },
          content: btoa(script),
        },
      ],
      runcmd: [
        ['bash', RUN_PATH],
        ['rm', '-f', RUN_PATH],
      ],
    },
    null,
    2,
  )}\n`

/** ASCII but for values of tags, which JSON escapes. */
const ascii = (script: string): string =>
  script.replaceAll(/[^ -~\n]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)

export const onboardingText = (asked: Onboarding, format: ScriptFormat): string => {
  const script = ascii(scriptOf(asked))
  return format === 'script' ? script : cloudConfigOf(script)
}
