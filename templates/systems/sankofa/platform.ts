// What the phase kubernetes puts on the cluster: charts, identity, the three applications and who may talk to whom.
import type { SankofaParameters as Parameters } from '../../../schemas/parameters/systems/sankofa.ts'
import type { Block } from '../../../schemas/system.ts'
import { application } from '../../application.ts'
import { argocd } from '../../argocd.ts'
import { certificate } from '../../certificate.ts'
import { cloudflareTunnel } from '../../cloudflare-tunnel.ts'
import { crossplane } from '../../crossplane.ts'
import { ingress } from '../../ingress.ts'
import { keycloak } from '../../keycloak.ts'
import { monitoring } from '../../monitoring.ts'
import { networkPolicies } from '../../network-policies.ts'
import { postgres } from '../../postgres.ts'
import { vault } from '../../vault.ts'
import { block } from '../block.ts'
import { DATABASE, hostnames, on, storageOf, workloadCluster } from './blocks.ts'

export const REALM = 'sankofa'
export const IDENTITY = 'identity'
const IDENTITY_DATABASE = 'identity-db'
const CERTIFICATE = 'public'
const PORTS = { api: 4000, frontend: 3000, portal: 3000 } as const
const DATABASE_PORT = 5432
const KEYCLOAK_PORT = 8443

const urlOf = (label: string, domain: string): string => `https://${label}.${domain}`
const issuerOf = ({ domain }: Parameters): string => `${urlOf('id', domain)}/realms/${REALM}`

/** In the source's order; the waves of the templates keep it. */
export const platformBlocks = (parameters: Parameters, name: string): Block[] => [
  ...charts(parameters),
  ...identity(parameters, name),
  ...applications(parameters, name),
  ...waysIn(parameters, name),
]

const charts = (parameters: Parameters): Block[] => {
  const { install, proxmoxLogin, argocdLogin, grafanaSecret, alerts, unseal, domain } = parameters
  const cluster = on(workloadCluster(parameters))
  const storage = storageOf(parameters)
  return [
    ...(install.crossplane
      ? [block(crossplane, 'crossplane', { ...cluster, proxmox: proxmoxLogin })]
      : []),
    ...(install.argocd
      ? [
          block(argocd, 'argocd', {
            ...cluster,
            domain: `argocd.${domain}`,
            ...(argocdLogin === undefined ? {} : { login: argocdLogin }),
          }),
        ]
      : []),
    ...(install.monitoring
      ? [
          block(monitoring, 'monitoring', {
            ...cluster,
            ...storage,
            grafana: { adminSecret: grafanaSecret },
            alerts,
          }),
        ]
      : []),
    ...(install.vault
      ? [
          block(vault, 'vault', {
            ...cluster,
            ...storage,
            unseal,
            tlsSecret: parameters.vaultTlsSecret,
          }),
        ]
      : []),
  ]
}

const identity = (parameters: Parameters, name: string): Block[] => {
  const { domain, issuer, tlsSecret, postgresVersion, backup } = parameters
  const cluster = on(workloadCluster(parameters))
  const database = `${name}-${IDENTITY_DATABASE}`
  return [
    ...(issuer === undefined
      ? []
      : [
          block(certificate, CERTIFICATE, {
            ...cluster,
            issuer,
            dnsNames: [...hostnames(domain), `id.${domain}`],
          }),
        ]),
    block(postgres, IDENTITY_DATABASE, {
      ...cluster,
      ...storageOf(parameters),
      ...{ version: postgresVersion, instances: 3, cores: 1, backup },
      memory: { value: 2, unit: 'GiB' },
      storage: { value: 20, unit: 'GiB' },
      walStorage: { value: 5, unit: 'GiB' },
      database: 'keycloak',
      owner: 'keycloak',
    }),
    block(keycloak, IDENTITY, {
      ...cluster,
      hostname: `id.${domain}`,
      tlsSecret: issuer === undefined ? tlsSecret : certificateSecret(name),
      database: { host: `${database}-rw`, name: 'keycloak', secret: `${database}-app` },
      realm: realmOf(domain),
    }),
  ]
}

const certificateSecret = (name: string): string => `${name}-${CERTIFICATE}-tls`

const realmOf = (domain: string) => ({
  name: REALM,
  displayName: 'Sankofa Phoenix',
  roles: [
    { name: 'system-admin', description: 'Administers the platform and its tenants' },
    { name: 'tenant-admin', description: 'Administers one tenant' },
    { name: 'billing', description: 'Sees and settles invoices' },
  ],
  clients: [
    {
      clientId: 'portal',
      access: 'confidential',
      redirectUris: [`${urlOf('portal', domain)}/api/auth/callback/keycloak`],
      webOrigins: [urlOf('portal', domain)],
    },
    {
      clientId: 'frontend',
      redirectUris: [`https://${domain}/*`],
      webOrigins: [`https://${domain}`],
    },
    { clientId: 'argocd', redirectUris: [`${urlOf('argocd', domain)}/auth/callback`] },
  ],
})

const applications = (parameters: Parameters, name: string): Block[] => {
  const { images, pullSecret, portalSecret, domain } = parameters
  const cluster = on(workloadCluster(parameters))
  const app = (id: keyof typeof PORTS, env: object[]) =>
    block(application, id, {
      ...cluster,
      ...(pullSecret === undefined ? {} : { pullSecret }),
      image: images[id],
      port: PORTS[id],
      env: [{ name: 'PORT', value: String(PORTS[id]) }, ...env],
      resources: {
        requests: { cpu: '250m', memory: '512Mi' },
        limits: { cpu: '1', memory: '1Gi' },
      },
      // Images of Node name their user; a number is needed to see that it is not root.
      runAsUser: 1000,
    })
  const secret = (variable: string, key: string) => ({
    name: variable,
    secretKeyRef: { name: portalSecret, key },
  })
  const issuer = { name: 'KEYCLOAK_ISSUER', value: issuerOf(parameters) }
  const inside = { name: 'API_URL', value: `http://${name}-api:${PORTS.api}` }
  return [
    block(networkPolicies, 'paths', { ...cluster, rules: rulesOf(name) }),
    app('api', [
      { name: 'DATABASE_URL', secretKeyRef: { name: `${name}-${DATABASE}-app`, key: 'uri' } },
      issuer,
    ]),
    app('frontend', [inside]),
    app('portal', [
      inside,
      issuer,
      { name: 'NEXTAUTH_URL', value: urlOf('portal', domain) },
      { name: 'KEYCLOAK_ID', value: 'portal' },
      secret('NEXTAUTH_SECRET', 'nextauth-secret'),
      secret('KEYCLOAK_SECRET', 'client-secret'),
    ]),
  ]
}

/** The issuer has one name for browsers and pods alike, so pods go out to it. */
const rulesOf = (name: string) => {
  const rule = (id: string, from: string, to: object, port: number) => ({
    name: id,
    from: { resource: `${name}-${from}` },
    to,
    ports: [{ port }],
  })
  const api = { resource: `${name}-api` }
  const server = { resource: `${name}-${IDENTITY}` }
  const web = { internet: true }
  return [
    rule('database', 'api', { pods: { 'cnpg.io/cluster': `${name}-${DATABASE}` } }, DATABASE_PORT),
    rule('frontend-api', 'frontend', api, PORTS.api),
    rule('portal-api', 'portal', api, PORTS.api),
    rule('api-identity', 'api', server, KEYCLOAK_PORT),
    rule('portal-identity', 'portal', server, KEYCLOAK_PORT),
    rule('api-issuer', 'api', web, 443),
    rule('portal-issuer', 'portal', web, 443),
  ]
}

/** Keycloak's name is led past all of them (task tunnel-routes). */
const waysIn = (parameters: Parameters, name: string): Block[] => {
  const { ingress: controller, tunnel, issuer, tlsSecret, domain } = parameters
  const cluster = on(workloadCluster(parameters))
  const entries = (['frontend', 'api', 'portal'] as const).map((id) => ({
    id,
    host: id === 'frontend' ? domain : `${id}.${domain}`,
    service: `${name}-${id}`,
    port: PORTS[id],
  }))
  return [
    ...(controller === undefined
      ? []
      : entries.map(({ id, host, service, port }) =>
          block(ingress, `${id}-entry`, {
            ...cluster,
            ingressClass: controller.className,
            controllerNamespace: controller.controllerNamespace,
            hosts: [host],
            tlsSecret: issuer === undefined ? tlsSecret : certificateSecret(name),
            paths: [{ path: '/', service, port }],
          }),
        )),
    ...(tunnel === undefined
      ? []
      : [
          block(cloudflareTunnel, 'entry', {
            ...cluster,
            tunnel: tunnel.id,
            credentials: tunnel.credentials,
            ingress: entries.map(({ host, service, port }) => ({ hostname: host, service, port })),
          }),
        ]),
  ]
}
