// One request for each appliance, as a tenant would send it.
import type { Template } from '../../schemas/template.ts'

const site = 'ml110-01'
const rpcUrl = 'http://192.168.11.114:8545'

export const examples: Template['examples'] = [
  {
    title: 'A reverse proxy with certificates from the vault',
    name: 'proxy',
    parameters: {
      site,
      appliance: {
        kind: 'nginx-proxy',
        sites: [
          {
            hostname: 'portal.example.org',
            upstreams: [
              { address: '192.168.11.120', port: 8080 },
              { address: '192.168.11.121', port: 8080 },
            ],
            certificate: 'portal-example-org',
          },
          {
            hostname: 'graphs.example.org',
            upstreams: [{ address: '192.168.11.122', port: 80 }],
          },
        ],
      },
    },
  },
  {
    title: 'A tunnel from Cloudflare to the proxy',
    name: 'tunnel',
    parameters: {
      site,
      appliance: {
        kind: 'cloudflare-tunnel',
        names: [{ hostname: 'portal.example.org', address: '192.168.11.130', port: 80 }],
      },
    },
  },
  {
    title: 'Cacti for the site',
    name: 'cacti',
    parameters: { site, appliance: { kind: 'cacti' } },
  },
  {
    title: 'FireFly as a gateway to chain 138',
    name: 'firefly',
    parameters: { site, appliance: { kind: 'firefly', rpcUrl } },
  },
  {
    title: 'An explorer of chain 138',
    name: 'explorer',
    parameters: {
      site,
      appliance: {
        kind: 'blockscout',
        hostname: 'explorer.example.org',
        rpcUrl,
        traces: true,
        networkName: 'DBIS 138',
      },
    },
  },
  {
    title: 'A Git server for the site',
    name: 'git',
    parameters: { site, appliance: { kind: 'git-server', hostname: 'git.example.org' } },
  },
  {
    title: 'A node that joins a chain',
    name: 'node',
    parameters: {
      site,
      address: '192.168.11.244',
      appliance: {
        kind: 'besu-node',
        genesisSha256: 'c4'.repeat(32),
        peers: [`enode://${'3f'.repeat(64)}@192.168.11.114:30303`],
      },
    },
  },
]
