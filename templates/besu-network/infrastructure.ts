// The machines around the chain: nginx in front of the public RPC nodes, the tunnel in front of nginx,
// and Prometheus. Configurations that are YAML are written as JSON, which every YAML reader takes.
import { lines } from '../parts/shell.ts'
import { addressesOf, type Machine, type Network, publicRpc } from './nodes.ts'
import { PORTS } from './roles.ts'

/** JSON-RPC at /, WebSocket at /ws. Besu answers only to host names on its list, so nginx names localhost. */
export const nginxSite = (network: Network): string => {
  const upstreams = publicRpc(network)
  const forward = (upstream: string): string[] => [
    `    proxy_pass http://${upstream};`,
    '    proxy_http_version 1.1;',
    '    proxy_set_header Host localhost;',
  ]
  const upstream = (name: string, port: number): string[] => [
    `upstream ${name} {`,
    ...upstreams.map((address) => `  server ${address}:${port};`),
    '}',
  ]
  if (upstreams.length === 0) {
    return lines('server {', `  listen ${PORTS.proxy} default_server;`, '  return 503;', '}')
  }
  return lines(
    ...upstream('besu_http', PORTS.http),
    ...upstream('besu_ws', PORTS.ws),
    'server {',
    `  listen ${PORTS.proxy} default_server;`,
    '  client_max_body_size 1m;',
    '  location = /healthz {',
    '    return 204;',
    '  }',
    '  location = /ws {',
    ...forward('besu_ws/'),
    '    proxy_set_header Upgrade $http_upgrade;',
    '    proxy_set_header Connection upgrade;',
    '    proxy_read_timeout 1h;',
    '  }',
    '  location = / {',
    ...forward('besu_http'),
    '  }',
    '}',
  )
}

/** Rules are tried from the top; the last one must match everything (Cloudflare docs, "Configuration file"). */
export const tunnelConfig = (network: Network): string => {
  const [proxy] = addressesOf(network, 'nginx-proxy')
  const ingress = [
    ...(proxy === undefined
      ? []
      : [{ path: '^/(ws|healthz)?$', service: `http://${proxy}:${PORTS.proxy}` }]),
    { service: 'http_status:404' },
  ]
  return `${JSON.stringify({ ingress }, null, 2)}\n`
}

/** cloudflared comes from Cloudflare's own package repository; the unit starts once somebody has installed it. */
export const INSTALLED_BY_HAND = ['ConditionFileIsExecutable=/usr/bin/cloudflared']

export const prometheusConfig = (network: Network): string => {
  const job = (name: string, port: number, machines: readonly Machine[]) => ({
    job_name: name,
    static_configs: machines.map(({ node, role, vm }) => ({
      targets: [`${vm.address}:${port}`],
      labels: { node, role, site: vm.site },
    })),
  })
  const config = {
    global: { scrape_interval: '15s' },
    scrape_configs: [
      job('besu', PORTS.metrics, network.chain),
      job('node', PORTS.nodeExporter, network.machines),
    ],
  }
  return `${JSON.stringify(config, null, 2)}\n`
}
