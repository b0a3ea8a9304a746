// Parameters of the template external-secret: an existing store of the namespace, and what is wanted from it. Names only.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { SecretName } from './workload.ts'

const unique = (names: string[]): boolean => new Set(names).size === names.length

const Key = z.strictObject({
  secretKey: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,253}$/)
    .describe('Key in the Secret'),
  remoteKey: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,127}$/)
    .describe(
      'Name of the secret in the vault; one that begins with phx- only as `reference.key` of a secret of yours has it',
    ),
  property: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,4}$/)
    .optional()
    .describe('Field of it, when the secret is JSON; absent: all of it'),
  version: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional()
    .describe('Version in the vault; absent: always the newest'),
})

export const ExternalSecretParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster it is kept on; absent: the only one there is'),
  store: HostName.describe(
    'SecretStore in the namespace; for a resource of the template secret-store: its name',
  ),
  refreshMinutes: z.int().min(1).max(1440).default(60).describe('How often values are read again'),
  secrets: z
    .array(
      z.strictObject({
        name: SecretName.describe('Name of the Secret made in the namespace'),
        keys: z
          .array(Key)
          .min(1)
          .max(50)
          .refine((keys) => unique(keys.map(({ secretKey }) => secretKey)), 'two keys of one name'),
      }),
    )
    .min(1)
    .max(100)
    .refine((secrets) => unique(secrets.map(({ name }) => name)), 'two secrets of one name'),
})
export type ExternalSecretParameters = z.infer<typeof ExternalSecretParameters>
