// The firewall of a machine (ufw): everything in is refused but what a list names, everything out is let go.
// The list is data that a fixed script reads, so no value is ever part of a shell text.
import type { Site } from '../../schemas/place.ts'
import { lines } from './shell.ts'

export const FIREWALL = '/usr/local/sbin/phoenix-firewall'
export const FIREWALL_RULES_FILE = '/etc/phoenix/firewall'
const SSH_PORT = 22

export interface Opening {
  protocol: 'tcp' | 'udp'
  /** An address or a network. */
  from: string
  port: number
}

/** SSH is open to the site's own network where keys were given. */
export const sshOpening = (sshAuthorizedKeys: readonly string[], site: Site): Opening[] =>
  sshAuthorizedKeys.length > 0 ? [{ protocol: 'tcp', from: site.network.cidr, port: SSH_PORT }] : []

/** One rule a line: protocol, source, port. */
export const firewallRules = (openings: readonly Opening[]): string =>
  openings.map(({ protocol, from, port }) => `${protocol} ${from} ${port}\n`).join('')

export const firewallScript = (): string =>
  lines(
    '#!/bin/sh',
    `# Lets in what ${FIREWALL_RULES_FILE} names (protocol, source, port) and nothing else.`,
    'set -eu',
    'ufw default deny incoming',
    'ufw default allow outgoing',
    'while read -r protocol source port; do',
    '  ufw allow proto "$protocol" from "$source" to any port "$port"',
    `done < ${FIREWALL_RULES_FILE}`,
    'ufw --force enable',
  )
