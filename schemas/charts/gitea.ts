// The values of the chart gitea that we set. Passwords are named by their Secrets; there is no field for one.
import * as z from 'zod'
import { ObjectName, OwnLabel, Quantity, Resources, SecretKey } from '../manifests/words.ts'
import { DnsHost } from '../parameters/dns-name.ts'

const Off = z.strictObject({ enabled: z.literal(false) })
const fromSecret = (name: string) =>
  z.strictObject({
    name: z.literal(name),
    valueFrom: z.strictObject({ secretKeyRef: SecretKey }),
  })

const Server = z.strictObject({
  DOMAIN: DnsHost,
  ROOT_URL: z.url({ protocol: /^https$/ }),
  DISABLE_SSH: z.boolean(),
  START_SSH_SERVER: z.boolean(),
  SSH_PORT: z.literal(22),
  SSH_LISTEN_PORT: z.literal(2222),
})

export const giteaValues = z.strictObject({
  replicaCount: z.literal(1),
  strategy: z.strictObject({ type: z.literal('Recreate') }),
  image: z.strictObject({ rootless: z.literal(true) }),
  podSecurityContext: z.strictObject({
    runAsNonRoot: z.literal(true),
    fsGroup: z.literal(1000),
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  containerSecurityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
    readOnlyRootFilesystem: z.literal(true),
    runAsNonRoot: z.literal(true),
    runAsUser: z.literal(1000),
    runAsGroup: z.literal(1000),
  }),
  service: z.strictObject({
    http: z.strictObject({ type: z.literal('ClusterIP'), port: z.literal(3000) }),
    ssh: z.strictObject({ type: z.literal('ClusterIP'), port: z.literal(22) }),
  }),
  deployment: z.strictObject({ labels: OwnLabel }),
  resources: Resources,
  initContainers: z.strictObject({ resources: Resources }),
  persistence: z.strictObject({ size: Quantity, storageClass: ObjectName.optional() }),
  gitea: z.strictObject({
    admin: z.strictObject({
      existingSecret: ObjectName,
      email: z.email(),
      passwordMode: z.literal('keepUpdated'),
    }),
    config: z.strictObject({
      server: Server,
      database: z.strictObject({
        DB_TYPE: z.literal('postgres'),
        HOST: z.string().regex(/^[a-z0-9.-]{1,253}:[0-9]{1,5}$/),
        NAME: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
        SSL_MODE: z.literal('require'),
      }),
      service: z.strictObject({
        DISABLE_REGISTRATION: z.literal(true),
        REQUIRE_SIGNIN_VIEW: z.boolean(),
      }),
      session: z.strictObject({ PROVIDER: z.literal('db') }),
      cache: z.strictObject({ ADAPTER: z.literal('memory') }),
      queue: z.strictObject({ TYPE: z.literal('level') }),
      actions: z.strictObject({ ENABLED: z.literal(false) }),
    }),
    additionalConfigFromEnvs: z.tuple([
      fromSecret('GITEA__DATABASE__USER'),
      fromSecret('GITEA__DATABASE__PASSWD'),
    ]),
    livenessProbe: z.strictObject({ timeoutSeconds: z.literal(5) }),
    readinessProbe: z.strictObject({ timeoutSeconds: z.literal(5) }),
  }),
  postgresql: Off,
  'postgresql-ha': Off,
  valkey: Off,
  'valkey-cluster': Off,
  test: Off,
})
export type GiteaValues = z.infer<typeof giteaValues>
