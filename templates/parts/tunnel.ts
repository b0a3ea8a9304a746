// cloudflared: what a rule says about Cloudflare Access, and cloudflared on a machine, where it runs the tunnel that
// its credentials name, which come from the vault.
import type { TunnelAccess } from '../../schemas/parameters/cloudflare-tunnel.ts'
import { lines } from './shell.ts'
import { HARDENED } from './units.ts'
import { vaultUnit } from './vault.ts'

const CREDENTIALS = '/run/tunnel/credentials.json'
export const TUNNEL_CONFIG = '/etc/cloudflared/config.yml'
export const TUNNEL_SCRIPT = '/usr/local/sbin/phoenix-tunnel'
export const TUNNEL_USER = 'cloudflared'
export const TUNNEL_UNITS = ['tunnel-credentials.service', 'tunnel.service'] as const

/** On the rule itself: cloudflared takes no notice of it anywhere else (cloudflare/cloudflared#784). */
export const onlyWith = ({ teamName, audTags }: TunnelAccess) => ({
  access: { required: true, teamName, audTag: audTags },
})

/** The tunnel's id is part of its credentials. */
export const tunnelScript = (program = 'cloudflared'): string =>
  lines(
    '#!/bin/sh',
    '# Runs the tunnel that its credentials name.',
    'set -eu',
    `tunnel=$(jq -er .TunnelID ${CREDENTIALS})`,
    `exec ${program} tunnel --no-autoupdate --config ${TUNNEL_CONFIG} \\`,
    `  --credentials-file ${CREDENTIALS} run "$tunnel"`,
  )

export const tunnelCredentialsUnit = (vmName: string): string =>
  vaultUnit({
    description: 'Read the tunnel credentials from the vault',
    secret: `${vmName}-credentials`,
    runtimeDirectory: 'tunnel',
    file: CREDENTIALS,
    owner: TUNNEL_USER,
  })

/** `start` says what else must be so before it starts, as lines of [Unit]. */
export const tunnelUnit = (start: readonly string[]): string =>
  lines(
    '[Unit]',
    'Description=Cloudflare Tunnel',
    'Wants=network-online.target',
    'Requires=tunnel-credentials.service',
    'After=network-online.target tunnel-credentials.service',
    ...start,
    '',
    '[Service]',
    `User=${TUNNEL_USER}`,
    `ExecStart=${TUNNEL_SCRIPT}`,
    'Restart=always',
    'RestartSec=10',
    ...HARDENED,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  )
