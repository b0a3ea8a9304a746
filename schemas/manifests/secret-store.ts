// The objects of External Secrets, as far as we emit them: Azure Key Vault with a workload identity of the namespace.
// A store of the cluster, a generator or another namespace has no place here.
import * as z from 'zod'
import { ObjectName, SecretKey } from './words.ts'

const VaultSecret = z.string().regex(/^[A-Za-z0-9-]{1,127}$/)

export const secretStoreShapes = {
  SecretStore: {
    spec: z.strictObject({
      provider: z.strictObject({
        azurekv: z.strictObject({
          authType: z.literal('WorkloadIdentity'),
          vaultUrl: z.string().regex(/^https:\/\/[a-z0-9-]{3,24}\.vault\.azure\.net$/),
          serviceAccountRef: z.strictObject({ name: ObjectName }),
        }),
      }),
    }),
  },
  ExternalSecret: {
    spec: z.strictObject({
      refreshInterval: z.string().regex(/^[1-9][0-9]{0,3}m$/),
      secretStoreRef: z.strictObject({ kind: z.literal('SecretStore'), name: ObjectName }),
      target: z.strictObject({
        name: ObjectName,
        creationPolicy: z.literal('Owner'),
        deletionPolicy: z.literal('Retain'),
      }),
      data: z
        .array(
          z.strictObject({
            secretKey: SecretKey.shape.key,
            remoteRef: z.strictObject({
              key: VaultSecret,
              property: z
                .string()
                .regex(/^[A-Za-z0-9._-]{1,319}$/)
                .optional(),
              conversionStrategy: z.literal('Default'),
              decodingStrategy: z.literal('None'),
              metadataPolicy: z.literal('None'),
              nullBytePolicy: z.literal('Ignore'),
              version: z
                .string()
                .regex(/^[0-9a-f]{32}$/)
                .optional(),
            }),
          }),
        )
        .min(1),
    }),
  },
} satisfies Record<string, z.ZodRawShape>

export type SecretStoreSpec = z.infer<typeof secretStoreShapes.SecretStore.spec>
export type ExternalSecretSpec = z.infer<typeof secretStoreShapes.ExternalSecret.spec>
