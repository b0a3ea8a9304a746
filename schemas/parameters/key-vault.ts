// Parameters of the template key-vault: a vault in Azure. It holds no secret, and none can be given here.
import * as z from 'zod'
import { Slug } from '../ids.ts'
import { AzureLocation, EntraId } from './azure.ts'

export const KeyVaultParameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Cluster whose Azure Service Operator manages it; absent: the only one there is',
  ),
  location: AzureLocation.describe('Azure region'),
  azureName: z
    .string()
    .min(3)
    .max(24)
    .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/)
    .describe('Name of the vault in Azure, the only one of its name anywhere'),
  entraTenantId: EntraId.describe('Entra tenant whose identities may be given roles on it'),
  hsm: z.boolean().default(false).describe('Keys may live in a hardware security module (premium)'),
  retentionDays: z
    .int()
    .min(7)
    .max(90)
    .default(90)
    .describe(
      'How long deleted things can be brought back. Nobody can purge them earlier, and it is fixed when the vault is made',
    ),
  trustedServices: z
    .boolean()
    .default(false)
    .describe('Let Azure’s own trusted services reach it past the closed network'),
})
export type KeyVaultParameters = z.infer<typeof KeyVaultParameters>
