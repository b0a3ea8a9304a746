// The values of the chart argo-cd that we set. Secrets are made on the cluster or lie there already.
import * as z from 'zod'
import { ObjectName } from '../manifests/words.ts'
import { ChartResources } from './resources.ts'

const Host = z
  .string()
  .max(253)
  .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/)
const Sized = z.strictObject({ resources: ChartResources })
const Replicated = Sized.extend({
  replicas: z.int().min(1).max(5),
  pdb: z.strictObject({ enabled: z.boolean(), maxUnavailable: z.literal(1) }),
})

/** No key here names a client secret: the only way in is PKCE. */
const OidcConfig = z
  .string()
  .max(2000)
  .regex(
    /^name: OpenID Connect\nissuer: "https:\/\/[^"\n]+"\nclientID: "[^"\n]+"\nenablePKCEAuthentication: true\nrequestedScopes: [^\n]+\nrequestedIDTokenClaims: [^\n]+\n$/,
  )

const Config = z.strictObject({
  'application.resourceTrackingMethod': z.literal('annotation'),
  'admin.enabled': z.boolean(),
  'exec.enabled': z.literal(false),
  'resource.customizations': z.string().max(5000),
  'resource.exclusions': z.string().max(5000),
  'oidc.config': OidcConfig.optional(),
})
const Params = z.strictObject({
  'applicationsetcontroller.enable.progressive.syncs': z.literal(true),
  'controller.diff.server.side': z.literal(true),
  'server.insecure': z.boolean(),
})
const Rbac = z.strictObject({
  'policy.default': z.literal(''),
  'policy.csv': z.string().regex(/^(?:g, [^,\s]{1,100}, role:(?:admin|readonly)\n){0,2}$/),
})

const Server = Replicated.extend({
  ingress: z
    .strictObject({
      enabled: z.literal(true),
      ingressClassName: ObjectName,
      tls: z.literal(true),
    })
    .optional(),
  certificate: z
    .strictObject({
      enabled: z.literal(true),
      issuer: z.strictObject({
        group: z.literal('cert-manager.io'),
        kind: z.literal('ClusterIssuer'),
        name: ObjectName,
      }),
    })
    .optional(),
})

export const argoCdValues = z
  .strictObject({
    fullnameOverride: z.literal('argocd'),
    crds: z.strictObject({ install: z.literal(true), keep: z.literal(true) }),
    global: z.strictObject({ domain: Host }),
    configs: z.strictObject({ cm: Config, params: Params, rbac: Rbac }),
    controller: Sized.extend({ replicas: z.literal(1) }),
    server: Server,
    repoServer: Replicated,
    applicationSet: Replicated,
    notifications: Sized.extend({
      enabled: z.literal(true),
      cm: z.strictObject({ create: z.boolean() }),
      secret: z.strictObject({ create: z.boolean() }),
    }),
    dex: z.strictObject({ enabled: z.literal(false) }),
    redis: Sized,
    redisSecretInit: Sized,
    'redis-ha': z.strictObject({
      enabled: z.boolean(),
      redis: Sized,
      sentinel: Sized,
      haproxy: Sized,
    }),
  })
  .refine(
    ({ configs, server }) => configs.params['server.insecure'] === (server.ingress !== undefined),
    'TLS ends either at the ingress or at the server',
  )
export type ArgoCdValues = z.infer<typeof argoCdValues>
