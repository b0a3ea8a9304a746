// Values of the charts argo-cd and argocd-apps: what Phoenix' trees need of Argo CD, and nothing that opens it wider.
import type { ArgoCdValues } from '../../schemas/charts/argo-cd.ts'
import type { ArgocdAppsValues } from '../../schemas/charts/argocd-apps.ts'
import type { ArgocdParameters } from '../../schemas/parameters/argocd.ts'
import type { Engine } from '../../schemas/place.ts'
import { customHealth, exclusions } from './argocd-health.ts'
import { roomFor } from './chart-resources.ts'

type Login = NonNullable<ArgocdParameters['login']>

/** `engine` is what follows this cluster: where that is Argo CD, Phoenix' own entry points keep its notifications. */
export const argoCd = (parameters: ArgocdParameters, engine: Engine): ArgoCdValues => {
  const { domain, highAvailability, login, ingress } = parameters
  const replicas = highAvailability ? parameters.replicas : 1
  const replicated = { replicas, pdb: { enabled: highAvailability, maxUnavailable: 1 as const } }
  const ours = engine === 'argocd'
  return {
    // The release is called after the chart; its objects keep the names that everybody's guides use.
    fullnameOverride: 'argocd',
    crds: { install: true, keep: true },
    global: { domain },
    configs: {
      cm: {
        'application.resourceTrackingMethod': 'annotation',
        'admin.enabled': login === undefined,
        'exec.enabled': false,
        'resource.customizations': customHealth,
        'resource.exclusions': exclusions,
        ...(login === undefined ? {} : { 'oidc.config': oidc(login) }),
      },
      params: {
        // The waves of a tenant's components are steps of a RollingSync.
        'applicationsetcontroller.enable.progressive.syncs': true,
        'controller.diff.server.side': true,
        // With an ingress, TLS ends there.
        'server.insecure': ingress !== undefined,
      },
      rbac: { 'policy.default': '', 'policy.csv': login === undefined ? '' : policy(login) },
    },
    controller: { replicas: 1, resources: roomFor('250m', '2Gi') },
    server: {
      ...replicated,
      resources: roomFor('100m', '256Mi'),
      ...(ingress === undefined ? {} : wayIn(ingress)),
    },
    repoServer: { ...replicated, resources: roomFor('100m', '512Mi') },
    applicationSet: { ...replicated, resources: roomFor('50m', '256Mi') },
    notifications: {
      enabled: true,
      cm: { create: !ours },
      secret: { create: !ours },
      resources: roomFor('50m', '128Mi'),
    },
    dex: { enabled: false },
    redis: { resources: roomFor('50m', '128Mi') },
    redisSecretInit: { resources: roomFor('50m', '128Mi') },
    'redis-ha': {
      enabled: highAvailability,
      redis: { resources: roomFor('50m', '128Mi') },
      sentinel: { resources: roomFor('20m', '64Mi') },
      haproxy: { resources: roomFor('50m', '128Mi') },
    },
  }
}

const wayIn = ({ className, clusterIssuer }: NonNullable<ArgocdParameters['ingress']>) => ({
  ingress: { enabled: true as const, ingressClassName: className, tls: true as const },
  certificate: {
    enabled: true as const,
    issuer: {
      group: 'cert-manager.io' as const,
      kind: 'ClusterIssuer' as const,
      name: clusterIssuer,
    },
  },
})

/** Quoted as JSON, which is YAML too: what was asked for stays one word. */
const oidc = ({ issuer, clientId }: Login): string =>
  [
    'name: OpenID Connect',
    `issuer: ${JSON.stringify(issuer)}`,
    `clientID: ${JSON.stringify(clientId)}`,
    'enablePKCEAuthentication: true',
    'requestedScopes: ["openid", "profile", "email"]',
    'requestedIDTokenClaims: {"groups": {"essential": true}}',
    '',
  ].join('\n')

const policy = ({ adminGroup, viewerGroup }: Login): string =>
  [
    `g, ${adminGroup}, role:admin`,
    ...(viewerGroup === undefined ? [] : [`g, ${viewerGroup}, role:readonly`]),
    '',
  ].join('\n')

const NOWHERE = 'https://nowhere.invalid'
const EVERYTHING: [{ group: '*'; kind: '*' }] = [{ group: '*', kind: '*' }]

/**
 * The project `default`, which Argo CD makes on its own and which may deploy anything anywhere. The chart leaves empty
 * lists out, and what is left out stays as it was: so each list says something, and that leads nowhere.
 */
export const closedDefaultProject: ArgocdAppsValues = {
  projects: {
    default: {
      namespace: 'argocd',
      // The chart does not quote it: a colon would break its YAML.
      description: 'Closed, since every tenant has a project of its own',
      sourceRepos: [NOWHERE],
      destinations: [{ server: NOWHERE, namespace: 'nowhere' }],
      clusterResourceBlacklist: EVERYTHING,
      namespaceResourceBlacklist: EVERYTHING,
    },
  },
}
