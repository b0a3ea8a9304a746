// cloudflared on a machine of its own, from a release whose SHA-256 was reviewed.
import type { ApplianceOf } from '../../schemas/parameters/appliance-vm.ts'
import { scriptFile, textFile } from '../parts/cloud-init.ts'
import { releaseFiles, type Setup } from '../parts/machine-setup.ts'
import { installerName, programPath, type Release } from '../parts/release.ts'
import {
  onlyWith,
  TUNNEL_CONFIG,
  TUNNEL_SCRIPT,
  TUNNEL_UNITS,
  TUNNEL_USER,
  tunnelCredentialsUnit,
  tunnelScript,
  tunnelUnit,
} from '../parts/tunnel.ts'
import { startUnits, systemUser, UNITS } from '../parts/units.ts'
import { VAULT_READER, vaultReaderScript } from '../parts/vault.ts'

const CLOUDFLARED: Release = {
  name: 'cloudflared',
  title: 'cloudflared',
  url: 'https://github.com/cloudflare/cloudflared/releases/download/$VERSION/cloudflared-linux-amd64',
  program: 'cloudflared',
  unpack: [
    'install -d -m 0755 "$directory"',
    'install -m 0755 "$archive" "$directory/cloudflared"',
  ],
}

/** Rules are tried from the top; the last one must match everything (Cloudflare docs, "Configuration file"). */
const configOf = ({ names }: ApplianceOf<'cloudflare-tunnel'>): string => {
  const ingress = [
    ...names.map(({ hostname, address, port, access }) => ({
      hostname,
      service: `http://${address}:${port}`,
      ...(access === undefined ? {} : { originRequest: onlyWith(access) }),
    })),
    { service: 'http_status:404' },
  ]
  return `${JSON.stringify({ ingress }, null, 2)}\n`
}

export const tunnel = (
  appliance: ApplianceOf<'cloudflare-tunnel'>,
  { name }: { name: string },
): Setup => {
  const installed = installerName(CLOUDFLARED)
  return {
    packages: ['curl', 'jq'],
    users: [systemUser(TUNNEL_USER)],
    files: [
      ...releaseFiles(CLOUDFLARED, appliance.release),
      textFile(TUNNEL_CONFIG, configOf(appliance)),
      scriptFile(TUNNEL_SCRIPT, tunnelScript(programPath(CLOUDFLARED))),
      scriptFile(VAULT_READER, vaultReaderScript()),
      textFile(`${UNITS}/${TUNNEL_UNITS[0]}`, tunnelCredentialsUnit(name)),
      textFile(
        `${UNITS}/${TUNNEL_UNITS[1]}`,
        tunnelUnit([`Requires=${installed}`, `After=${installed}`]),
      ),
    ],
    commands: startUnits(TUNNEL_UNITS[1]),
  }
}
