// Parameters of the template keycloak: the server, the database it finds by reference, and one realm to begin with.
import * as z from 'zod'
import { Slug } from '../ids.ts'
import { coresBetween, gib } from '../quantity.ts'
import { DnsHost } from './dns-name.ts'
import { HttpsOrigin, ReachableHost, RedirectUri, SecretName, sizeBetween } from './workload.ts'

const RoleName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,62}$/)
/** One line that cannot be taken for anything but words. */
const Words = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ,.'’()-]{0,99}$/u)

const unique = (names: string[]): boolean => new Set(names).size === names.length

const Client = z.strictObject({
  clientId: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  access: z
    .enum(['public', 'confidential'])
    .default('public')
    .describe('confidential: Keycloak makes the client’s secret, and it is read there'),
  redirectUris: z.array(RedirectUri).min(1).max(20),
  webOrigins: z.array(HttpsOrigin).max(20).default([]),
})
const Realm = z.strictObject({
  name: Slug.refine((name) => name !== 'master', 'master is the administrators’ realm'),
  displayName: Words.optional(),
  roles: z
    .array(z.strictObject({ name: RoleName, description: Words.optional() }))
    .max(100)
    .default([])
    .refine((roles) => unique(roles.map(({ name }) => name)), 'two roles of one name'),
  clients: z
    .array(Client)
    .max(100)
    .default([])
    .refine((clients) => unique(clients.map(({ clientId }) => clientId)), 'two clients of one id'),
})

export const KeycloakParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to run on; absent: the only one there is'),
  hostname: DnsHost.describe('Public name of the server'),
  tlsSecret: SecretName.describe('Secret with the keys tls.crt and tls.key for that name'),
  behindProxy: z
    .boolean()
    .default(false)
    .describe('True only when every request comes through a proxy that sets X-Forwarded headers'),
  instances: z.int().min(1).max(9).default(2),
  cores: coresBetween(1, 8).default(2).describe('Per instance'),
  memory: sizeBetween(gib(1), gib(16)).default({ value: 2, unit: 'GiB' }).describe('Per instance'),
  database: z
    .strictObject({
      host: ReachableHost.describe('For a resource of the template postgres: <its name>-rw'),
      port: z.int().min(1).max(65_535).default(5432),
      name: z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,62}$/)
        .default('keycloak'),
      secret: SecretName.describe(
        'Secret with the keys username and password; for a resource of the template postgres: <its name>-app',
      ),
    })
    .describe('A PostgreSQL database that exists'),
  adminSecret: SecretName.optional().describe(
    'Secret with the keys username and password of the first administrator; absent: the operator makes <name>-initial-admin',
  ),
  realm: Realm.describe('Made once; a realm that exists is not changed by it'),
})
export type KeycloakParameters = z.infer<typeof KeycloakParameters>
