// Parameters of the template crossplane: how many controllers, and where the login to Proxmox is kept.
import * as z from 'zod'
import { Slug } from '../ids.ts'
import { SecretKeyRef } from './pod.ts'

export const CrossplaneParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to install on; absent: the only one there is'),
  replicas: z.int().min(1).max(5).default(2).describe('Controllers; one leads, the others wait'),
  proxmox: SecretKeyRef.optional().describe(
    'Key of a Secret in the tenant’s namespace that holds the provider’s login as JSON (template secret-store ' +
      'keeps one); makes a ProviderConfig of the resource’s name. Absent: none',
  ),
})
export type CrossplaneParameters = z.infer<typeof CrossplaneParameters>
