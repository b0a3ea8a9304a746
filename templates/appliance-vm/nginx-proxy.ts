// nginx in front of other machines: one server per name. Certificates come from the vault with the machine's own
// identity; nginx starts once they are there.
import type { ApplianceOf, ProxySite } from '../../schemas/parameters/appliance-vm.ts'
import { scriptFile, textFile, type WriteFile } from '../parts/cloud-init.ts'
import { NOTHING, type Setup } from '../parts/machine-setup.ts'
import { block, handOn, preamble, upstream } from '../parts/nginx.ts'
import { lines } from '../parts/shell.ts'
import { UNITS } from '../parts/units.ts'
import { VAULT_READER, vaultReaderScript, vaultUnit } from '../parts/vault.ts'

const NO_DEFAULT_SITE = ['rm', '-f', '/etc/nginx/sites-enabled/default']

/** nginx as installed, with one configuration of ours. Written after the package, which starts without it. */
export const nginxSetup = (configuration: readonly string[]): Setup => ({
  ...NOTHING,
  packages: ['nginx'],
  files: [
    {
      ...textFile('/etc/nginx/conf.d/phoenix.conf', lines(...preamble(), ...configuration)),
      defer: true,
    },
  ],
  commands: [
    NO_DEFAULT_SITE,
    ['systemctl', 'daemon-reload'],
    ['systemctl', 'enable', 'nginx'],
    ['systemctl', 'restart', '--no-block', 'nginx'],
  ],
})

const certificateUnit = (index: number): string => `tls-${index}`
const certificateFile = (index: number): string => `/run/${certificateUnit(index)}/certificate.pem`

const nobody = block('server', ['listen 80 default_server;', 'return 404;'])

const serverOf = ({ hostname, certificate }: ProxySite, index: number): string[] => {
  const name = `server_name ${hostname};`
  const site = block('location /', handOn(`http://site_${index}`))
  if (certificate === undefined) return block('server', ['listen 80;', name, ...site])
  return [
    ...block('server', ['listen 80;', name, 'return 301 https://$host$request_uri;']),
    ...block('server', [
      'listen 443 ssl http2;',
      name,
      // One file holds the chain and the key.
      `ssl_certificate ${certificateFile(index)};`,
      `ssl_certificate_key ${certificateFile(index)};`,
      'ssl_protocols TLSv1.2 TLSv1.3;',
      'add_header Strict-Transport-Security "max-age=31536000" always;',
      ...site,
    ]),
  ]
}

const certificateFiles = (sites: readonly ProxySite[]): WriteFile[] => {
  const secured = sites.flatMap(({ certificate }, index) =>
    certificate === undefined ? [] : [{ secret: certificate, index }],
  )
  if (secured.length === 0) return []
  const units = secured.map(({ index }) => `${certificateUnit(index)}.service`).join(' ')
  return [
    scriptFile(VAULT_READER, vaultReaderScript()),
    ...secured.map(({ secret, index }) =>
      textFile(
        `${UNITS}/${certificateUnit(index)}.service`,
        vaultUnit({
          description: 'Read a certificate from the vault',
          secret,
          runtimeDirectory: certificateUnit(index),
          file: certificateFile(index),
          owner: 'root',
        }),
      ),
    ),
    {
      ...textFile(
        `${UNITS}/nginx.service.d/certificates.conf`,
        lines('[Unit]', `Requires=${units}`, `After=${units}`),
      ),
      defer: true,
    },
  ]
}

export const nginxProxy = ({ sites }: ApplianceOf<'nginx-proxy'>): Setup => {
  const nginx = nginxSetup([
    ...sites.flatMap(({ upstreams }, index) =>
      upstream(
        `site_${index}`,
        upstreams.map(({ address, port }) => `${address}:${port}`),
      ),
    ),
    ...nobody,
    ...sites.flatMap(serverOf),
  ])
  const certificates = certificateFiles(sites)
  return {
    ...nginx,
    packages: [...nginx.packages, ...(certificates.length === 0 ? [] : ['curl', 'jq'])],
    files: [...nginx.files, ...certificates],
  }
}
