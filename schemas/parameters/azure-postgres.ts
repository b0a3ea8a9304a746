// Parameters of the template azure-postgres: a managed PostgreSQL server in Azure with its databases.
// It holds no password, only the name of the Secret that does, and has no rule that opens the server.

import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { isUnique } from '../unique.ts'
import { AzureLocation, hasPair, sizesText } from './azure.ts'

/** Source: learn.microsoft.com/azure/postgresql/flexible-server/concepts-compute */
export const postgresSizes = {
  Standard_B2s: { tier: 'Burstable', cores: 2, memoryGiB: 4 },
  Standard_D2ds_v5: { tier: 'GeneralPurpose', cores: 2, memoryGiB: 8 },
  Standard_D4ds_v5: { tier: 'GeneralPurpose', cores: 4, memoryGiB: 16 },
  Standard_D8ds_v5: { tier: 'GeneralPurpose', cores: 8, memoryGiB: 32 },
  Standard_D16ds_v5: { tier: 'GeneralPurpose', cores: 16, memoryGiB: 64 },
  Standard_D32ds_v5: { tier: 'GeneralPurpose', cores: 32, memoryGiB: 128 },
  Standard_E8ds_v5: { tier: 'MemoryOptimized', cores: 8, memoryGiB: 64 },
  Standard_E16ds_v5: { tier: 'MemoryOptimized', cores: 16, memoryGiB: 128 },
} as const satisfies Record<string, { tier: string; cores: number; memoryGiB: number }>

/** Sizes that Premium SSD comes in; a server's storage can only grow. */
const STORAGE_GIB = [32, 64, 128, 256, 512, 1024, 2048, 4096] as const

/** Names that the service keeps for itself. */
const TAKEN_DATABASES = /^(?:postgres|template[01]|azure_(?:maintenance|sys))$/
const TAKEN_LOGINS = /^(?:admin|administrator|guest|postgres|public|root|pg_.*|azure_.*)$/

const Database = z
  .string()
  .regex(/^[a-z](?:[a-z0-9_]{0,29}[a-z0-9])?$/, 'lower-case letters, digits and underscores')
  .refine((name) => !TAKEN_DATABASES.test(name), 'the service itself uses this name')

export const AzurePostgresParameters = z
  .strictObject({
    cluster: Slug.optional().describe(
      'Cluster whose Azure Service Operator manages it; absent: the only one there is',
    ),
    location: AzureLocation.describe('Azure region'),
    azureName: z
      .string()
      .min(3)
      .max(63)
      .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
      .describe('Name of the server in Azure, the only one of its name anywhere'),
    environment: z
      .enum(['dev', 'stage', 'prod'])
      .default('prod')
      .describe('prod always has a standby in another zone'),
    standby: z
      .boolean()
      .default(false)
      .describe('A standby in another zone in dev and stage too; prod has one in any case'),
    version: z.enum(['14', '15', '16']).default('16'),
    size: z
      .enum(Object.keys(postgresSizes) as (keyof typeof postgresSizes)[])
      .default('Standard_D8ds_v5')
      .describe(sizesText(postgresSizes)),
    storageGiB: z
      .literal(STORAGE_GIB)
      .default(512)
      .describe('Can only grow; grows by itself when nearly full'),
    backupRetentionDays: z.int().min(7).max(35).default(14),
    geoRedundantBackup: z
      .boolean()
      .default(false)
      .describe('A copy of the backups in the paired region; fixed when the server is made'),
    administrator: z
      .strictObject({
        login: z
          .string()
          .regex(/^[a-z][a-z0-9_]{0,62}$/)
          .refine((login) => !TAKEN_LOGINS.test(login), 'the service itself uses this name')
          .default('dbadmin'),
        secret: HostName.optional().describe(
          'Secret in the tenant’s namespace that holds the password; absent: the resource’s name and -administrator',
        ),
        key: z
          .string()
          .regex(/^[A-Za-z0-9._-]{1,100}$/)
          .default('password')
          .describe('Key of the Secret'),
      })
      .prefault({})
      .describe('First login. Phoenix never sees its password: have an external secret bring it'),
    databases: z.array(Database).max(50).refine(isUnique, 'each at most once').default([]),
  })
  .refine(
    ({ environment, standby, size }) =>
      (environment !== 'prod' && !standby) || postgresSizes[size].tier !== 'Burstable',
    { path: ['size'], error: 'a burstable server cannot have the standby that prod needs' },
  )
  .refine(({ location, geoRedundantBackup }) => !geoRedundantBackup || hasPair(location), {
    path: ['geoRedundantBackup'],
    error: 'the region has no pair to keep a copy in',
  })
export type AzurePostgresParameters = z.infer<typeof AzurePostgresParameters>
