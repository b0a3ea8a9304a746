// The values of the chart openbao that we set. The server's configuration is JSON in a text; it is read here, so that
// no secret and no listener in the clear can stand in it.
import * as z from 'zod'
import { ObjectName, OwnLabel, Quantity, Resources } from '../manifests/words.ts'

const Path = z
  .string()
  .regex(/^\/openbao\/userconfig\/[a-z0-9-]{1,63}\/(?:tls\.crt|tls\.key|ca\.crt)$/)
const ServerName = z.string().regex(/^openbao\.[a-z0-9-]{1,63}\.svc$/)
const Replicas = z.union([z.literal(3), z.literal(5)])
const On = z.strictObject({ enabled: z.literal(true) })
const Off = z.strictObject({ enabled: z.literal(false) })

export const openbaoConfig = z.strictObject({
  ui: z.literal(false),
  listener: z.tuple([
    z.strictObject({
      tcp: z.strictObject({
        address: z.literal('[::]:8200'),
        cluster_address: z.literal('[::]:8201'),
        tls_cert_file: Path,
        tls_key_file: Path,
        tls_min_version: z.literal('tls12'),
        tls_disable_client_certs: z.literal(true),
      }),
    }),
  ]),
  storage: z.strictObject({
    raft: z.strictObject({
      path: z.literal('/openbao/data'),
      retry_join: z
        .array(
          z.strictObject({
            leader_api_addr: z.string().regex(/^https:\/\/openbao-[0-4]\.openbao-internal:8200$/),
            leader_ca_cert_file: Path,
            leader_tls_servername: ServerName,
          }),
        )
        .min(3)
        .max(5),
    }),
  }),
  seal: z.tuple([
    z.strictObject({
      azurekeyvault: z.strictObject({
        tenant_id: z.guid(),
        vault_name: z.string().regex(/^[a-z][a-z0-9-]{1,22}[a-z0-9]$/),
        key_name: z.string().regex(/^[A-Za-z0-9-]{1,127}$/),
      }),
    }),
  ]),
  audit: z.tuple([
    z.strictObject({
      file: z.strictObject({
        'to-disk': z.strictObject({
          description: z.string().max(100),
          options: z.strictObject({ file_path: z.literal('/openbao/audit/audit.log') }),
        }),
      }),
    }),
  ]),
  service_registration: z.strictObject({ kubernetes: z.strictObject({}) }),
})
export type OpenbaoConfig = z.infer<typeof openbaoConfig>

const ConfigText = z
  .string()
  .max(10_000)
  .refine((text) => {
    try {
      return openbaoConfig.safeParse(JSON.parse(text)).success
    } catch {
      return false
    }
  }, 'not the configuration we write')

const Storage = z.strictObject({
  enabled: z.literal(true),
  size: Quantity,
  storageClass: ObjectName.optional(),
})

export const openbaoValues = z.strictObject({
  global: z.strictObject({ tlsDisable: z.literal(false) }),
  injector: Off,
  csi: Off,
  ui: Off,
  server: z.strictObject({
    extraLabels: OwnLabel.extend({ 'azure.workload.identity/use': z.literal('true') }),
    serviceAccount: z.strictObject({
      annotations: z.strictObject({
        'azure.workload.identity/client-id': z.guid(),
        'azure.workload.identity/tenant-id': z.guid(),
      }),
    }),
    authDelegator: z.strictObject({ enabled: z.boolean() }),
    resources: Resources,
    extraEnvironmentVars: z.strictObject({
      BAO_AZUREKEYVAULT_AUTH_METHOD: z.literal('workload_identity'),
      BAO_CACERT: Path,
      BAO_TLS_SERVER_NAME: ServerName,
    }),
    extraVolumes: z.tuple([
      z.strictObject({
        type: z.literal('secret'),
        name: ObjectName,
        defaultMode: z.literal(0o440),
      }),
    ]),
    volumes: z.tuple([
      z.strictObject({
        name: z.literal('tmp'),
        emptyDir: z.strictObject({ sizeLimit: z.literal('64Mi') }),
      }),
    ]),
    volumeMounts: z.tuple([
      z.strictObject({ name: z.literal('tmp'), mountPath: z.literal('/tmp') }),
    ]),
    livenessProbe: On.extend({ path: z.string().startsWith('/v1/sys/health?') }),
    statefulSet: z.strictObject({
      securityContext: z.strictObject({
        container: z.strictObject({
          allowPrivilegeEscalation: z.literal(false),
          capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
          readOnlyRootFilesystem: z.literal(true),
        }),
      }),
    }),
    dataStorage: Storage,
    auditStorage: Storage,
    ha: On.extend({
      replicas: Replicas,
      raft: On.extend({ setNodeId: z.literal(true), config: ConfigText }),
    }),
  }),
})
export type OpenbaoValues = z.infer<typeof openbaoValues>
