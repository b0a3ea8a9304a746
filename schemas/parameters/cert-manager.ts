// Parameters of the template cert-manager.
import * as z from 'zod'
import { Slug } from '../ids.ts'

export const CertManagerParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to install on; absent: the only one there is'),
  replicas: z.int().min(1).max(5).default(2).describe('Controllers; one leads, the others wait'),
})
export type CertManagerParameters = z.infer<typeof CertManagerParameters>
