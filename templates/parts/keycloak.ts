// The Keycloak operator's two objects: the server and the import of a realm. No image is named: the operator
// brings the release that it was made for.
import type { KeycloakRealmImportSpec, KeycloakSpec } from '../../schemas/manifests/keycloak.ts'
import type { KeycloakParameters } from '../../schemas/parameters/keycloak.ts'
import type { Manifest, PodDemand } from '../../schemas/template.ts'
import { pruneGuards } from './guards.ts'
import { allowOut, OWN_PODS } from './network-policy.ts'
import { object, type Scope } from './object.ts'
import { podsOf } from './pod.ts'
import { podDemand } from './pod-demand.ts'
import { amountsOf, resourcesOf } from './resources.ts'
import { restrictedContainer, restrictedPod } from './restricted.ts'

export const keycloakServer = (scope: Scope, parameters: KeycloakParameters): Manifest => {
  const { hostname, tlsSecret, behindProxy, instances } = parameters
  const { database, adminSecret } = parameters
  const spec: KeycloakSpec = {
    instances,
    db: {
      vendor: 'postgres',
      host: database.host,
      port: database.port,
      database: database.name,
      usernameSecret: { name: database.secret, key: 'username' },
      passwordSecret: { name: database.secret, key: 'password' },
    },
    http: { httpEnabled: false, tlsSecret },
    hostname: { hostname },
    ...(behindProxy ? { proxy: { headers: 'xforwarded' } } : {}),
    ...(adminSecret === undefined ? {} : { bootstrapAdmin: { user: { secret: adminSecret } } }),
    // How the world reaches it is another resource's matter.
    ingress: { enabled: false },
    // The operator's own policy lets clients and other instances in.
    networkPolicy: { enabled: true },
    // Never in the clear, whatever the server offers.
    additionalOptions: [{ name: 'db-url-properties', value: '?sslmode=require' }],
    resources: resourcesOf(amountsOf(parameters)),
    // The only place where the operator takes labels and security contexts; by itself it sets none of the latter.
    unsupported: {
      podTemplate: {
        metadata: { labels: { 'phoenix.cloud/resource': scope.resource } },
        spec: {
          securityContext: restrictedPod(),
          containers: [{ name: 'keycloak', securityContext: restrictedContainer() }],
        },
      },
    },
  }
  return object('Keycloak', scope.resource, scope, { spec }, { annotations: pruneGuards(scope) })
}

type Realm = KeycloakParameters['realm']

/** Authorization code with PKCE and nothing older (RFC 9700 §2.1). */
const clientOf = ({
  clientId,
  access,
  redirectUris,
  webOrigins,
}: Realm['clients'][number]): KeycloakRealmImportSpec['realm']['clients'][number] => ({
  clientId,
  enabled: true,
  protocol: 'openid-connect',
  publicClient: access === 'public',
  standardFlowEnabled: true,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  serviceAccountsEnabled: false,
  redirectUris,
  webOrigins,
  attributes: { 'pkce.code.challenge.method': 'S256' },
})

export const keycloakRealm = (scope: Scope, { realm }: KeycloakParameters): Manifest => {
  const { name, displayName, roles, clients } = realm
  const spec: KeycloakRealmImportSpec = {
    keycloakCRName: scope.resource,
    realm: {
      realm: name,
      ...(displayName === undefined ? {} : { displayName }),
      enabled: true,
      sslRequired: 'all',
      registrationAllowed: false,
      bruteForceProtected: true,
      roles: {
        realm: roles.map(({ name: role, description }) => ({
          name: role,
          ...(description === undefined ? {} : { description }),
        })),
      },
      clients: clients.map(clientOf),
    },
  }
  return object('KeycloakRealmImport', scope.resource, scope, { spec })
}

/** The realm is imported by a Job whose pod is one more of the server's. */
export const keycloakPods = (name: string, parameters: KeycloakParameters): PodDemand[] => {
  const containers = [amountsOf(parameters)]
  return [
    podDemand(name, { count: parameters.instances, containers }),
    podDemand(`${name}-import`, { count: 1, containers }),
  ]
}

const tcp = (port: number) => ({ protocol: 'TCP' as const, port })
/** Of the instances among themselves: messages, and watching each other. */
const CLUSTERING = [7800, 57_800].map(tcp)

/** The server and the import of its realm, out to the database and to the other instances. */
export const keycloakGates = (scope: Scope, { database }: KeycloakParameters): Manifest[] => {
  const pods = podsOf(scope.resource)
  // A name without a dot is a Service of this namespace; where another one leads is not known here.
  const databases = database.host.includes('.') ? { ipBlock: { cidr: '0.0.0.0/0' } } : OWN_PODS
  return [
    allowOut(scope, { name: 'database', pods, peers: [databases], ports: [tcp(database.port)] }),
    allowOut(scope, {
      name: 'to-peers',
      pods,
      peers: [{ podSelector: { matchLabels: pods } }],
      ports: CLUSTERING,
    }),
  ]
}
