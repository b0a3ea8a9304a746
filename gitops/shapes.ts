// The closed table of kinds that may reach a tenant's repository, with what we emit of each. Ours are exact;
// Kubernetes' and the engines' own are held to the structure we rely on. Independent of the templates' code.
import * as z from 'zod'
import { azureShapes } from '../schemas/manifests/azure.ts'
import { azureArcShapes } from '../schemas/manifests/azure-arc.ts'
import { azureGatewayShapes } from '../schemas/manifests/azure-gateway.ts'
import { azureMonitoringShapes } from '../schemas/manifests/azure-monitoring.ts'
import { azureNetworkShapes } from '../schemas/manifests/azure-network.ts'
import { certificateShapes } from '../schemas/manifests/certificate.ts'
import { clusterApiShapes } from '../schemas/manifests/cluster-api.ts'
import { helmShapes } from '../schemas/manifests/helm.ts'
import { ingressShapes } from '../schemas/manifests/ingress.ts'
import { keycloakShapes } from '../schemas/manifests/keycloak.ts'
import { monitoringShapes } from '../schemas/manifests/monitoring.ts'
import { networkPolicyShapes } from '../schemas/manifests/network-policy.ts'
import { openTelemetryShapes } from '../schemas/manifests/opentelemetry.ts'
import { postgresShapes } from '../schemas/manifests/postgres.ts'
import { providerConfigShapes } from '../schemas/manifests/provider-config.ts'
import { redisShapes } from '../schemas/manifests/redis.ts'
import { secretStoreShapes } from '../schemas/manifests/secret-store.ts'
import { workloadShapes } from '../schemas/manifests/workload.ts'
import type { Manifest } from '../schemas/template.ts'
import { apiVersions, type Kind, kindOf } from '../templates/index.ts'

const Name = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,251}[a-z0-9])?$/)
const Label = z.string().regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/)
const Metadata = z.strictObject({
  name: Name,
  namespace: Name.optional(),
  labels: z.record(z.string(), Label),
  annotations: z.record(z.string(), z.string().max(2000)).optional(),
})

/** A block of the Proxmox provider: an array of one object. */
const one = <T extends z.ZodType>(item: T) => z.array(item).length(1)
const Volume = z.string().regex(/^[a-z][a-z0-9-]{0,62}:(?:import|snippets)\/[A-Za-z0-9._-]{1,255}$/)
const Text = z.string().min(1).max(500)

const managed = <T extends z.ZodType>(forProvider: T) =>
  z.strictObject({
    managementPolicies: z.array(z.string()).optional(),
    providerConfigRef: z.strictObject({ kind: z.literal('ClusterProviderConfig'), name: Name }),
    forProvider,
  })

const Vm = managed(
  z.strictObject({
    nodeName: Name,
    vmId: z.int().min(100).max(999_999_999),
    name: Name,
    tags: z.array(z.string().regex(/^[a-z0-9_][a-z0-9_.+-]*$/)),
    cpu: one(z.strictObject({ cores: z.int().min(1), sockets: z.literal(1), type: Text })),
    memory: one(z.strictObject({ dedicated: z.int().min(1) })),
    disk: one(
      z.strictObject({
        interface: Text,
        datastoreId: Text,
        size: z.int().min(1),
        importFrom: Volume,
        discard: z.literal('on'),
        iothread: z.boolean(),
      }),
    ),
    networkDevice: one(z.strictObject({ bridge: Text, model: z.literal('virtio') })),
    initialization: one(
      z.strictObject({
        datastoreId: Text,
        dns: one(z.strictObject({ servers: z.array(z.ipv4()).min(1) })),
        ipConfig: one(
          z.strictObject({ ipv4: one(z.strictObject({ address: z.cidrv4(), gateway: z.ipv4() })) }),
        ),
        userDataFileId: Volume,
      }),
    ),
    agent: one(z.strictObject({ enabled: z.literal(true) })),
    operatingSystem: one(z.strictObject({ type: z.literal('l26') })),
    scsiHardware: Text,
    serialDevice: one(z.strictObject({ device: z.literal('socket') })),
    bootOrder: z.array(Text),
    startup: one(z.strictObject({ order: z.int().min(1), upDelay: z.int().min(0) })).optional(),
    onBoot: z.boolean(),
    started: z.boolean(),
    protection: z.boolean(),
  }),
)

const UserDataFile = managed(
  z.strictObject({
    contentType: z.literal('snippets'),
    datastoreId: Text,
    nodeName: Name,
    sourceRaw: one(
      z.strictObject({ fileName: Text, data: z.string().startsWith('#cloud-config\n') }),
    ),
  }),
)

const Image = managed(
  z.strictObject({
    contentType: z.literal('import'),
    datastoreId: Text,
    nodeName: Name,
    url: z.url({ protocol: /^https$/ }),
    fileName: Text,
    checksum: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    checksumAlgorithm: z.literal('sha256').optional(),
    overwrite: z.literal(false),
  }),
)

const Rules = z.array(
  z.strictObject({
    apiGroups: z.array(z.string()),
    resources: z.array(z.string().regex(/^[a-z]+$/, 'no wildcard, no subresource')),
    verbs: z.array(z.string().regex(/^[a-z]+$/)),
  }),
)
const Loose = z.record(z.string(), z.unknown())

/** The fields beside apiVersion, kind and metadata. */
const fields: Record<Kind, z.ZodRawShape> = {
  ConfigMap: { data: z.record(z.string().regex(/^[A-Za-z0-9._-]{1,253}$/), z.string()) },
  LimitRange: { spec: z.strictObject({ limits: z.array(Loose) }) },
  Namespace: {},
  ResourceQuota: { spec: z.strictObject({ hard: z.record(z.string(), z.string()) }) },
  ServiceAccount: { automountServiceAccountToken: z.literal(false) },
  ...azureShapes,
  ...azureArcShapes,
  ...azureGatewayShapes,
  ...azureMonitoringShapes,
  ...azureNetworkShapes,
  ...certificateShapes,
  ...clusterApiShapes,
  ...helmShapes,
  ...ingressShapes,
  ...monitoringShapes,
  ...networkPolicyShapes,
  ...openTelemetryShapes,
  ...workloadShapes,
  ...keycloakShapes,
  ...postgresShapes,
  ...providerConfigShapes,
  ...redisShapes,
  ...secretStoreShapes,
  Role: { rules: Rules },
  RoleBinding: {
    roleRef: z.strictObject({
      apiGroup: z.literal('rbac.authorization.k8s.io'),
      kind: z.literal('Role'),
      name: Name,
    }),
    subjects: z.array(
      z.strictObject({ kind: z.literal('ServiceAccount'), name: Name, namespace: Name }),
    ),
  },
  AppProject: {
    spec: z.strictObject({
      description: z.string().max(255),
      sourceRepos: z.array(z.string()).length(1),
      destinations: z.array(z.strictObject({ server: z.string(), namespace: Name })).length(1),
      clusterResourceWhitelist: z.array(z.never()),
      namespaceResourceBlacklist: z.array(Loose).min(1),
    }),
  },
  ApplicationSet: {
    spec: z.looseObject({
      syncPolicy: z.strictObject({
        preserveResourcesOnDeletion: z.literal(true),
        applicationsSync: z.literal('create-update'),
      }),
      template: z.looseObject({
        spec: z.looseObject({
          project: Name,
          destination: z.strictObject({ server: z.string(), namespace: Name }),
        }),
      }),
    }),
  },
  GitRepository: {
    spec: z.strictObject({
      interval: z.string(),
      timeout: z.string().optional(),
      url: z.string().regex(/^https?:\/\//),
      ref: z.strictObject({ branch: z.literal('live') }),
    }),
  },
  Kustomization: {
    spec: z.looseObject({
      path: z.string().regex(/^\.\/(?:rendered|clusters)\/[a-z0-9/-]+$/),
      prune: z.literal(true),
      serviceAccountName: Name,
      sourceRef: z.strictObject({ kind: z.literal('GitRepository'), name: Name }),
    }),
  },
  EnvironmentDownloadFile: { spec: Image },
  EnvironmentFile: { spec: UserDataFile },
  EnvironmentVM: { spec: Vm },
}

const shapes = new Map(
  (Object.keys(apiVersions) as Kind[]).map((kind) => [
    `${apiVersions[kind]}/${kindOf(kind)}`,
    z.strictObject({
      apiVersion: z.literal(apiVersions[kind]),
      kind: z.literal(kindOf(kind)),
      metadata: Metadata,
      ...fields[kind],
    }),
  ]),
)

/** What is wrong with an object's shape, as JSON pointers; `unknown` for a kind that has no place here. */
export const shapeFaults = (manifest: Manifest): 'unknown' | string[] => {
  const shape = shapes.get(`${manifest.apiVersion}/${manifest.kind}`)
  if (!shape) return 'unknown'
  const parsed = shape.safeParse(manifest)
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path }) => `/${path.map(String).join('/')}`)
}
