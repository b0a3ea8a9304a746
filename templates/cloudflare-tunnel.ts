// Template cloudflare-tunnel: cloudflared pods that lead public names to Services of the tenant. No port is opened to
// the outside. It makes neither the tunnel, nor its DNS records (dns-records), nor the applications of Cloudflare
// Access: it only refuses, where asked to, what such an application did not let through.
import { CloudflareTunnelParameters } from '../schemas/parameters/cloudflare-tunnel.ts'
import type { Manifest, Template } from '../schemas/template.ts'
import { finding } from './parts/findings.ts'
import { fingerprint } from './parts/fingerprint.ts'
import { allowOut, INTERNET, OWN_PODS } from './parts/network-policy.ts'
import { object, type Scope, scopeOf } from './parts/object.ts'
import { deployment, deploymentPods, podsOf } from './parts/pod.ts'
import { demandOfPods } from './parts/pod-demand.ts'
import { disruptionBudget } from './parts/service.ts'
import { onlyWith } from './parts/tunnel.ts'

const NAME = 'cloudflare-tunnel'
const CONFIG = { directory: '/etc/cloudflared', file: 'config.yaml' }
const CREDENTIALS = { directory: '/etc/cloudflared-credentials', file: 'credentials.json' }
const METRICS_PORT = 2000
/** Cloudflare docs, "Tunnel with firewall": QUIC and HTTP/2 to the edge. */
const EDGE_PORT = 7844
/** Where the keys are that tokens of Cloudflare Access are signed with. */
const KEYS_PORT = 443
/** `nonroot` of the image. */
const USER = 65_532

export const cloudflareTunnel: Template<CloudflareTunnelParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Cloudflare tunnel',
  description:
    'Public names that lead through a Cloudflare tunnel to Services of the tenant, ' +
    'each open to everybody or only to whom Cloudflare Access lets through.',
  kind: NAME,
  parameters: CloudflareTunnelParameters,
  examples: [
    {
      title: 'A portal and its interface under one name',
      name: 'public',
      parameters: {
        tunnel: '0f5c1d2e-3a4b-4c5d-8e6f-7a8b9c0d1e2f',
        credentials: { name: 'public-tunnel', key: 'credentials.json' },
        ingress: [
          { hostname: 'portal.example.org', path: '/api', service: 'portal-api', port: 8080 },
          { hostname: 'portal.example.org', service: 'portal', port: 9898 },
        ],
      },
    },
    {
      title: 'An internal portal behind Cloudflare Access',
      name: 'internal',
      parameters: {
        tunnel: '0f5c1d2e-3a4b-4c5d-8e6f-7a8b9c0d1e2f',
        credentials: { name: 'public-tunnel', key: 'credentials.json' },
        ingress: [
          {
            hostname: 'internal.example.org',
            service: 'portal-internal',
            port: 8080,
            access: {
              teamName: 'example',
              audTags: ['4714c1358e65fe4b408ad6d432a5f878f08194bdb4752441fd56faefa9b2b6f2'],
            },
          },
        ],
      },
    },
  ],
  renders: ['Deployment', 'ConfigMap', 'PodDisruptionBudget', 'NetworkPolicy'],
  cluster: ({ cluster }) => cluster,
  demand: (name, parameters) =>
    demandOfPods(
      deploymentPods(name, { count: parameters.replicas, resources: parameters.resources }),
    ),
  rules: ['SINGLE-INSTANCE'],
  findings: ({ parameters: { replicas } }) =>
    replicas === 1
      ? [
          finding('SINGLE-INSTANCE', 'With one pod, every restart cuts all public names off.', {
            pointer: '/parameters/replicas',
          }),
        ]
      : [],
  render: (input) => {
    const scope = scopeOf(NAME, input)
    const config = configOf(scope, input.parameters)
    return [
      {
        wave: 80,
        name: input.name,
        objects: [
          object('ConfigMap', configName(scope), scope, { data: { [CONFIG.file]: config } }),
          cloudflared(scope, input.parameters, config),
          disruptionBudget(scope),
          ...gates(scope, input.parameters),
        ],
      },
    ]
  },
}

const configName = ({ resource }: Scope): string => `${resource}-config`

/** JSON, which every YAML reader takes. The last rule must match everything (Cloudflare docs, "Configuration file"). */
const configOf = ({ tenant }: Scope, { tunnel, ingress }: CloudflareTunnelParameters): string => {
  const config = {
    tunnel,
    'credentials-file': `${CREDENTIALS.directory}/${CREDENTIALS.file}`,
    metrics: `0.0.0.0:${METRICS_PORT}`,
    'no-autoupdate': true,
    ingress: [
      ...ingress.map(({ hostname, path, service, port, access }) => ({
        hostname,
        // A regular expression; what a path may hold has no meaning in one.
        ...(path === undefined ? {} : { path: `^${path}(/|$)` }),
        service: `http://${service}.${tenant}.svc:${port}`,
        ...(access === undefined ? {} : { originRequest: onlyWith(access) }),
      })),
      { service: 'http_status:404' },
    ],
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

const cloudflared = (
  scope: Scope,
  { version, resources, replicas, credentials: { name, key } }: CloudflareTunnelParameters,
  config: string,
): Manifest => {
  /** Ready while at least one connection to the edge stands. */
  const ready = { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 10 }
  return deployment(scope, {
    image: `docker.io/cloudflare/cloudflared:${version}`,
    args: ['tunnel', '--config', `${CONFIG.directory}/${CONFIG.file}`, 'run'],
    port: { name: 'http', containerPort: METRICS_PORT },
    resources,
    replicas,
    runAsUser: USER,
    // cloudflared reads its configuration once, when it starts.
    annotations: { 'phoenix.cloud/configuration': fingerprint(config) },
    probes: {
      startupProbe: { ...ready, failureThreshold: 12 },
      livenessProbe: { ...ready, timeoutSeconds: 3, failureThreshold: 6 },
      readinessProbe: { ...ready, timeoutSeconds: 3 },
    },
    volumes: [
      {
        volume: { name: 'config', configMap: { name: configName(scope) } },
        mountPath: CONFIG.directory,
      },
      {
        volume: {
          name: 'credentials',
          secret: {
            secretName: name,
            items: [{ key, path: CREDENTIALS.file }],
            defaultMode: 0o440,
          },
        },
        mountPath: CREDENTIALS.directory,
      },
    ],
  })
}

/** Out to the edge, and to the tenant's pods: each of those says for itself who may come in. */
const gates = (scope: Scope, { ingress }: CloudflareTunnelParameters): Manifest[] => {
  const pods = podsOf(scope.resource)
  const checks = ingress.some(({ access }) => access !== undefined)
  return [
    allowOut(scope, {
      name: 'edge',
      pods,
      peers: [INTERNET],
      ports: [
        { protocol: 'UDP', port: EDGE_PORT },
        { protocol: 'TCP', port: EDGE_PORT },
        ...(checks ? [{ protocol: 'TCP' as const, port: KEYS_PORT }] : []),
      ],
    }),
    allowOut(scope, { name: 'origins', pods, peers: [OWN_PODS], ports: [] }),
  ]
}
