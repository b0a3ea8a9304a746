// The objects of the Keycloak operator, as far as we emit them. A realm has clients and roles; there is no field in
// which a password, a client's secret or a user could stand.
import * as z from 'zod'
import {
  ObjectName,
  OwnLabel,
  Resources,
  RestrictedContainer,
  RestrictedPod,
  SecretKey,
} from './words.ts'

const Text = z.string().min(1).max(255)
const Host = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/)

const Client = z.strictObject({
  clientId: Text,
  enabled: z.literal(true),
  protocol: z.literal('openid-connect'),
  publicClient: z.boolean(),
  standardFlowEnabled: z.literal(true),
  implicitFlowEnabled: z.literal(false),
  directAccessGrantsEnabled: z.literal(false),
  serviceAccountsEnabled: z.literal(false),
  redirectUris: z.array(z.string().startsWith('https://')).min(1),
  webOrigins: z.array(z.string().startsWith('https://')),
  attributes: z.strictObject({ 'pkce.code.challenge.method': z.literal('S256') }),
})

export const keycloakShapes = {
  Keycloak: {
    spec: z.strictObject({
      instances: z.int().min(1).max(9),
      db: z.strictObject({
        vendor: z.literal('postgres'),
        host: Host,
        port: z.int().min(1).max(65_535),
        database: Text,
        usernameSecret: SecretKey,
        passwordSecret: SecretKey,
      }),
      http: z.strictObject({ httpEnabled: z.literal(false), tlsSecret: ObjectName }),
      hostname: z.strictObject({ hostname: Host }),
      proxy: z.strictObject({ headers: z.literal('xforwarded') }).optional(),
      bootstrapAdmin: z.strictObject({ user: z.strictObject({ secret: ObjectName }) }).optional(),
      ingress: z.strictObject({ enabled: z.literal(false) }),
      networkPolicy: z.strictObject({ enabled: z.literal(true) }),
      additionalOptions: z
        .array(
          z.strictObject({
            name: z.literal('db-url-properties'),
            value: z.literal('?sslmode=require'),
          }),
        )
        .length(1),
      resources: Resources,
      unsupported: z.strictObject({
        podTemplate: z.strictObject({
          metadata: z.strictObject({ labels: OwnLabel }),
          spec: z.strictObject({
            securityContext: RestrictedPod,
            containers: z
              .array(
                z.strictObject({
                  name: z.literal('keycloak'),
                  securityContext: RestrictedContainer,
                }),
              )
              .length(1),
          }),
        }),
      }),
    }),
  },
  KeycloakRealmImport: {
    spec: z.strictObject({
      keycloakCRName: ObjectName,
      realm: z.strictObject({
        realm: ObjectName,
        displayName: Text.optional(),
        enabled: z.literal(true),
        sslRequired: z.literal('all'),
        registrationAllowed: z.literal(false),
        bruteForceProtected: z.literal(true),
        roles: z.strictObject({
          realm: z.array(z.strictObject({ name: Text, description: Text.optional() })),
        }),
        clients: z.array(Client),
      }),
    }),
  },
} satisfies Record<string, z.ZodRawShape>

export type KeycloakSpec = z.infer<typeof keycloakShapes.Keycloak.spec>
export type KeycloakRealmImportSpec = z.infer<typeof keycloakShapes.KeycloakRealmImport.spec>
