// Cacti from Ubuntu's packages, which make its database and that database's password on the machine.
import { NOTHING, type Setup } from '../parts/machine-setup.ts'

/** The database runs before Cacti comes: the package sets its tables up while it is installed. */
export const cacti = (): Setup => ({
  ...NOTHING,
  packages: ['mariadb-server', 'snmp', 'snmpd'],
  commands: [
    ['systemctl', 'enable', '--now', 'mariadb', 'snmpd'],
    [
      ...['env', 'DEBIAN_FRONTEND=noninteractive'],
      ...['apt-get', 'install', '--yes', 'cacti', 'cacti-spine'],
    ],
  ],
})
