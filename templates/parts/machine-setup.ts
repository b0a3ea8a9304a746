// What a machine with a job of its own gets at its first start: its firewall first, then what the job needs.
import type { CloudConfig, WriteFile } from './cloud-init.ts'
import { scriptFile, textFile, userData } from './cloud-init.ts'
import { FIREWALL, FIREWALL_RULES_FILE, firewallScript } from './firewall.ts'
import {
  installerName,
  installerPath,
  installScript,
  installUnit,
  type Pinned,
  type Release,
  releaseFile,
  releasePath,
} from './release.ts'
import { UNITS } from './units.ts'

export interface Setup {
  packages: string[]
  users: unknown[]
  files: WriteFile[]
  commands: string[][]
}

export const NOTHING: Setup = { packages: [], users: [], files: [], commands: [] }

/** What it takes to have a release installed by a unit of that name. */
export const releaseFiles = (release: Release, pinned: Pinned): WriteFile[] => [
  textFile(releasePath(release), releaseFile(pinned)),
  scriptFile(installerPath(release), installScript(release)),
  textFile(`${UNITS}/${installerName(release)}`, installUnit(release)),
]

interface Input {
  hostname: string
  sshAuthorizedKeys: string[]
  /** Lines of the firewall's list. */
  firewall: string
  setup: Setup
}

export const setUpMachine = ({ setup, firewall, ...machine }: Input): CloudConfig =>
  userData({
    ...machine,
    packages: ['ufw', ...setup.packages],
    users: setup.users,
    files: [
      textFile(FIREWALL_RULES_FILE, firewall),
      scriptFile(FIREWALL, firewallScript()),
      ...setup.files,
    ],
    commands: [[FIREWALL], ...setup.commands],
  })
