// The objects of CloudNativePG and of its Barman Cloud plugin, as far as we emit them.
import * as z from 'zod'
import { ObjectName, OwnLabel, PinnedImage, Quantity, Resources, SecretKey } from './words.ts'

const PLUGIN = z.literal('barman-cloud.cloudnative-pg.io')
const Volume = z.strictObject({ size: Quantity, storageClass: ObjectName.optional() })
const Compressed = z.strictObject({ compression: z.literal('gzip') })
const SqlName = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/)

const Azure = z.strictObject({
  destinationPath: z
    .string()
    .regex(/^https:\/\/[a-z0-9]{3,24}\.blob\.core\.windows\.net\/[a-z0-9-/]+$/),
  azureCredentials: z.strictObject({ storageAccount: SecretKey, storageSasToken: SecretKey }),
  wal: Compressed,
  data: Compressed,
})
const S3 = z.strictObject({
  destinationPath: z.string().regex(/^s3:\/\/[a-z0-9.-]{3,63}(?:\/[a-z0-9-]+)*$/),
  endpointURL: z.url({ protocol: /^https$/ }),
  s3Credentials: z.strictObject({ accessKeyId: SecretKey, secretAccessKey: SecretKey }),
  wal: Compressed,
  data: Compressed,
})

export const postgresShapes = {
  Cluster: {
    spec: z.strictObject({
      instances: z.int().min(1).max(9),
      imageName: PinnedImage,
      primaryUpdateStrategy: z.literal('unsupervised'),
      enableSuperuserAccess: z.literal(false),
      inheritedMetadata: z.strictObject({ labels: OwnLabel }),
      bootstrap: z.union([
        z.strictObject({
          initdb: z.strictObject({
            database: SqlName,
            owner: SqlName,
            dataChecksums: z.literal(true),
          }),
        }),
        z.strictObject({
          recovery: z.strictObject({ source: ObjectName, database: SqlName, owner: SqlName }),
        }),
      ]),
      replica: z.strictObject({ enabled: z.literal(true), source: ObjectName }).optional(),
      externalClusters: z
        .array(
          z.strictObject({
            name: ObjectName,
            plugin: z.strictObject({
              name: PLUGIN,
              enabled: z.literal(true),
              isWALArchiver: z.literal(false),
              parameters: z.strictObject({ barmanObjectName: ObjectName, serverName: ObjectName }),
            }),
          }),
        )
        .length(1)
        .optional(),
      postgresql: z.strictObject({
        parameters: z.strictObject({ shared_buffers: z.string().regex(/^[1-9][0-9]{0,9}MB$/) }),
        synchronous: z
          .strictObject({
            method: z.literal('any'),
            number: z.int().min(1),
            dataDurability: z.literal('required'),
          })
          .optional(),
        pg_hba: z.tuple([z.literal('hostnossl all all all reject')]).optional(),
      }),
      storage: Volume,
      walStorage: Volume,
      resources: Resources,
      affinity: z.strictObject({
        enablePodAntiAffinity: z.literal(true),
        podAntiAffinityType: z.enum(['required', 'preferred']),
        topologyKey: z.literal('kubernetes.io/hostname'),
      }),
      plugins: z
        .array(
          z.strictObject({
            name: PLUGIN,
            enabled: z.literal(true),
            isWALArchiver: z.literal(true),
            parameters: z.strictObject({ barmanObjectName: ObjectName }),
          }),
        )
        .length(1),
    }),
  },
  ObjectStore: {
    spec: z.strictObject({
      configuration: z.union([Azure, S3]),
      retentionPolicy: z
        .string()
        .regex(/^[1-9][0-9]{0,3}d$/)
        .optional(),
      instanceSidecarConfiguration: z.strictObject({ resources: Resources }),
    }),
  },
  ScheduledBackup: {
    spec: z.strictObject({
      schedule: z.string().regex(/^0 0 (?:[0-9]|1[0-9]|2[0-3]) \* \* \*$/),
      immediate: z.literal(true),
      backupOwnerReference: z.literal('none'),
      cluster: z.strictObject({ name: ObjectName }),
      target: z.literal('prefer-standby'),
      method: z.literal('plugin'),
      pluginConfiguration: z.strictObject({ name: PLUGIN }),
    }),
  },
} satisfies Record<string, z.ZodRawShape>

export type ClusterSpec = z.infer<typeof postgresShapes.Cluster.spec>
export type ObjectStoreSpec = z.infer<typeof postgresShapes.ObjectStore.spec>
export type ScheduledBackupSpec = z.infer<typeof postgresShapes.ScheduledBackup.spec>
