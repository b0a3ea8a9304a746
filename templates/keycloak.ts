// Template keycloak: an identity server and its first realm. Database, certificate and administrator are found by the
// names of their Secrets; it makes no user and no password.
import { KeycloakParameters } from '../schemas/parameters/keycloak.ts'
import type { Template } from '../schemas/template.ts'
import { keycloakGates, keycloakPods, keycloakRealm, keycloakServer } from './parts/keycloak.ts'
import { scopeOf } from './parts/object.ts'
import { demandOfPods } from './parts/pod-demand.ts'

const NAME = 'keycloak'

export const keycloak: Template<KeycloakParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Keycloak',
  description:
    'An identity server with a realm, its roles and its clients (OpenID Connect). ' +
    'Needs the Keycloak operator (v2beta1) watching the namespace, and a PostgreSQL database.',
  kind: NAME,
  parameters: KeycloakParameters,
  examples: [
    {
      title: 'A realm for a portal',
      name: 'identity',
      parameters: {
        hostname: 'id.example.com',
        tlsSecret: 'identity-tls',
        database: { host: 'identity-db-rw', secret: 'identity-db-app' },
        realm: {
          name: 'staff',
          displayName: 'Staff',
          roles: [{ name: 'operator', description: 'May ask for changes' }, { name: 'auditor' }],
          clients: [
            {
              clientId: 'portal',
              redirectUris: ['https://portal.example.com/*'],
              webOrigins: ['https://portal.example.com'],
            },
            {
              clientId: 'back-office',
              access: 'confidential',
              redirectUris: ['https://office.example.com/callback'],
            },
          ],
        },
      },
    },
  ],
  renders: ['Keycloak', 'KeycloakRealmImport', 'NetworkPolicy'],
  cluster: ({ cluster }) => cluster,
  demand: (name, parameters) => demandOfPods(keycloakPods(name, parameters)),
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 50,
        name,
        objects: [
          keycloakServer(scope, parameters),
          keycloakRealm(scope, parameters),
          ...keycloakGates(scope, parameters),
        ],
      },
    ]
  },
}
