// Parameters of the template vault: the key in Azure that unseals it, its certificate, its sizes. No secret has a field.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { coresBetween, gib } from '../quantity.ts'
import { SecretName, StorageClass, sizeBetween } from './workload.ts'

export const VaultParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to run on; absent: the only one there is'),
  replicas: z
    .union([z.literal(3), z.literal(5)])
    .default(3)
    .describe('Each on a node of its own; a majority must live'),
  unseal: z
    .strictObject({
      keyVault: z
        .string()
        .regex(/^[a-z](?:[a-z0-9]|-(?!-)){1,22}[a-z0-9]$/, 'the name of a key vault, 3 to 24')
        .describe('Name of the Azure Key Vault, not its address'),
      key: z
        .string()
        .regex(/^[A-Za-z0-9-]{1,127}$/)
        .describe('RSA key there that may wrap and unwrap'),
      entraTenantId: z.guid().toLowerCase().describe('Microsoft Entra tenant of the identity'),
      clientId: z
        .guid()
        .toLowerCase()
        .describe(
          'Client id of the identity that may use the key; federate it with the service account openbao',
        ),
    })
    .describe('Who loses this key loses everything inside'),
  tlsSecret: SecretName.describe(
    'Secret with tls.crt, tls.key and ca.crt; the certificate is for openbao.<namespace>.svc and what else clients call it',
  ),
  cores: coresBetween(1, 8).default(1),
  memory: sizeBetween(gib(1), gib(32)).default({ value: 2, unit: 'GiB' }),
  storage: sizeBetween(gib(1), { value: 1, unit: 'TB' }).default({ value: 10, unit: 'GiB' }),
  auditStorage: sizeBetween(gib(1), { value: 1, unit: 'TB' })
    .default({ value: 20, unit: 'GiB' })
    .describe('For the record of every request; when it is full, nothing is answered any more'),
  storageClass: StorageClass,
  kubernetesAuth: z
    .boolean()
    .default(false)
    .describe('May ask the cluster whose a service account’s token is (system:auth-delegator)'),
  allowNamespaces: z
    .array(HostName)
    .max(20)
    .default([])
    .describe('Namespaces besides the tenant’s own whose pods may reach it'),
})
export type VaultParameters = z.infer<typeof VaultParameters>
