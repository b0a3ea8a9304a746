// cloud-init user-data as plain data. The text is written where all YAML is written (gitops/cloud-config.ts):
// a template leaves a marker. Commands are argument lists, never shell text.

/** The keys of a cloud-config that we use (cloud-init module reference). */
export interface CloudConfig {
  hostname: string
  manage_etc_hosts: boolean
  ssh_pwauth: boolean
  disable_root: boolean
  ssh_authorized_keys?: string[]
  package_update: boolean
  packages: string[]
  users?: unknown[]
  write_files?: WriteFile[]
  runcmd: string[][]
}

/** Files are owned by root: cloud-init writes them before it makes other users. */
export interface WriteFile {
  path: string
  permissions: '0644' | '0755'
  content: string
  /** Written after packages are installed, over what they brought. */
  defer?: boolean
}

export interface CloudConfigText {
  $cloudConfig: CloudConfig
}

export const cloudConfig = (value: CloudConfig): CloudConfigText => ({ $cloudConfig: value })

/** Non-executable text file. */
export const textFile = (path: string, content: string): WriteFile => ({
  path,
  permissions: '0644',
  content,
})

export const scriptFile = (path: string, content: string): WriteFile => ({
  path,
  permissions: '0755',
  content,
})

const EVERY_MACHINE = ['qemu-guest-agent']

interface Input {
  hostname: string
  sshAuthorizedKeys: string[]
  packages: string[]
  users?: unknown[]
  files?: WriteFile[]
  commands?: string[][]
}

/** User-data with what every machine of ours has: no passwords, no root login, the guest agent. */
export const userData = ({
  hostname,
  sshAuthorizedKeys,
  packages,
  users = [],
  files = [],
  commands = [],
}: Input): CloudConfig => ({
  hostname,
  manage_etc_hosts: true,
  ssh_pwauth: false,
  disable_root: true,
  ...(sshAuthorizedKeys.length > 0 ? { ssh_authorized_keys: sshAuthorizedKeys } : {}),
  package_update: true,
  packages: [...new Set([...EVERY_MACHINE, ...packages])],
  ...(users.length > 0 ? { users: ['default', ...users] } : {}),
  ...(files.length > 0 ? { write_files: files } : {}),
  runcmd: [['systemctl', 'enable', '--now', 'qemu-guest-agent'], ...commands],
})
