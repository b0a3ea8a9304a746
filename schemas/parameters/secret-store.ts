// Parameters of the template secret-store: which vault, as whom, and which of its secrets are wanted. Names only.
import * as z from 'zod'
import { Slug } from '../ids.ts'
import { SecretName } from './workload.ts'

const Key = z
  .strictObject({
    key: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,253}$/)
      .describe('Key in the Secret'),
    vaultSecret: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,127}$/)
      .describe(
        'Name of the secret in the vault; one that begins with phx- only as `reference.key` of a secret of yours has it',
      ),
    version: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .optional()
      .describe('Version in the vault; absent: always the newest'),
  })
  .describe('One key of a Secret and where its value is kept')

const unique = (names: string[]): boolean => new Set(names).size === names.length

export const SecretStoreParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to stand on; absent: the only one there is'),
  vault: z
    .string()
    .regex(/^[a-z](?:[a-z0-9]|-(?!-)){1,22}[a-z0-9]$/, 'the name of a key vault, 3 to 24')
    .describe('Name of the Azure Key Vault, not its address'),
  entraTenantId: z.guid().toLowerCase().describe('Microsoft Entra tenant of the identity'),
  clientId: z
    .guid()
    .toLowerCase()
    .describe(
      'Client id of the identity that may read the vault; federate it with the service account <name>-vault',
    ),
  refreshMinutes: z.int().min(1).max(1440).default(60).describe('How often values are read again'),
  secrets: z
    .array(
      z.strictObject({
        name: SecretName.max(63).describe('Name of the Secret made in the namespace'),
        keys: z
          .array(Key)
          .min(1)
          .max(50)
          .refine((keys) => unique(keys.map(({ key }) => key)), 'two keys of one name'),
      }),
    )
    .max(100)
    .default([])
    .refine((secrets) => unique(secrets.map(({ name }) => name)), 'two secrets of one name'),
})
export type SecretStoreParameters = z.infer<typeof SecretStoreParameters>
