// What machines have to do with systemd: where units lie, how they are started, and accounts for their services.

export const UNITS = '/etc/systemd/system'

/** An account that nobody can log in to. */
export const systemUser = (name: string) => ({ name, system: true, shell: '/usr/sbin/nologin' })

/** Services are started without waiting: some of them wait for the vault. */
export const startUnits = (...units: string[]): string[][] => [
  ['systemctl', 'daemon-reload'],
  ['systemctl', 'enable', ...units],
  ['systemctl', 'start', '--no-block', ...units],
]

/** What a service that nobody logs in to never needs. */
export const HARDENED = [
  'NoNewPrivileges=true',
  'ProtectSystem=strict',
  'ProtectHome=true',
] as const
