// The values of the chart velero that we set. Credentials are an identity, or a Secret that is there already.
import * as z from 'zod'
import { ObjectName } from '../manifests/words.ts'
import { ChartResources } from './resources.ts'

const ContainerSecurity = z.strictObject({
  allowPrivilegeEscalation: z.literal(false),
  capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
})
const Bucket = z.string().regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/)

const AzureConfig = z.strictObject({
  storageAccount: z.string().regex(/^[a-z0-9]{3,24}$/),
  storageAccountURI: z.string().regex(/^https:\/\/[a-z0-9]{3,24}\.blob\.core\.windows\.net$/),
  useAAD: z.literal('true'),
})
const S3Config = z.strictObject({
  region: z.string().regex(/^[a-z0-9-]{1,40}$/),
  s3Url: z.url({ protocol: /^https$/ }),
  s3ForcePathStyle: z.literal('true'),
  checksumAlgorithm: z.literal(''),
})
const location = <P extends string, C extends z.ZodType>(provider: P, config: C) =>
  z.strictObject({
    name: z.literal('default'),
    provider: z.literal(provider),
    default: z.literal(true),
    bucket: Bucket,
    prefix: ObjectName,
    config,
  })

const Plugin = z.strictObject({
  name: ObjectName,
  image: z
    .string()
    .regex(
      /^docker\.io\/velero\/velero-plugin-for-(?:aws|microsoft-azure):v[0-9]+\.[0-9]+\.[0-9]+$/,
    ),
  imagePullPolicy: z.literal('IfNotPresent'),
  volumeMounts: z.tuple([
    z.strictObject({ mountPath: z.literal('/target'), name: z.literal('plugins') }),
  ]),
  resources: ChartResources,
  securityContext: ContainerSecurity,
})

const Schedule = z.strictObject({
  schedule: z.string().regex(/^[0-9]{1,2} (?:\*|[0-9]{1,2}) \* \* \*$/),
  useOwnerReferencesInBackup: z.literal(false),
  template: z.strictObject({
    ttl: z.string().regex(/^[1-9][0-9]{0,4}h0m0s$/),
    storageLocation: z.literal('default'),
    includedNamespaces: z
      .array(z.union([ObjectName, z.literal('*')]))
      .min(1)
      .max(100),
    snapshotVolumes: z.boolean(),
    snapshotMoveData: z.boolean(),
  }),
})

const WorkloadIdentity = z.strictObject({ 'azure.workload.identity/use': z.literal('true') })

export const veleroValues = z.strictObject({
  initContainers: z.tuple([Plugin]),
  resources: ChartResources,
  podSecurityContext: z.strictObject({
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  containerSecurityContext: ContainerSecurity,
  podLabels: WorkloadIdentity.optional(),
  upgradeCRDs: z.literal(false),
  cleanUpCRDs: z.literal(false),
  configuration: z.strictObject({
    backupStorageLocation: z.tuple([
      z.union([location('azure', AzureConfig), location('aws', S3Config)]),
    ]),
    volumeSnapshotLocation: z.array(z.never()),
    uploaderType: z.literal('kopia'),
    features: z.literal('EnableCSI').optional(),
  }),
  serviceAccount: z
    .strictObject({
      server: z.strictObject({
        annotations: z.strictObject({ 'azure.workload.identity/client-id': z.guid() }),
        labels: WorkloadIdentity,
      }),
    })
    .optional(),
  credentials: z.union([
    z.strictObject({ useSecret: z.literal(false) }),
    z.strictObject({ useSecret: z.literal(true), existingSecret: ObjectName }),
  ]),
  snapshotsEnabled: z.literal(false),
  deployNodeAgent: z.boolean(),
  nodeAgent: z
    .strictObject({
      disableHostPath: z.literal(true),
      resources: ChartResources,
      podLabels: WorkloadIdentity.optional(),
    })
    .optional(),
  schedules: z.strictObject({ daily: Schedule, hourly: Schedule.optional() }),
})
export type VeleroValues = z.infer<typeof veleroValues>
