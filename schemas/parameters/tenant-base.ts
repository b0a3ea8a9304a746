// Parameters of the template tenant-base: the tenant's namespace on one cluster and what fences it in.
import * as z from 'zod'
import { Slug } from '../ids.ts'

const KubernetesQuantity = z.string().regex(/^[1-9][0-9]{0,9}(?:m|Ki|Mi|Gi|Ti)?$/)

export const TenantBaseParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to stand on; absent: the only one there is'),
  quota: z
    .strictObject({
      cpu: KubernetesQuantity.default('20'),
      memory: KubernetesQuantity.default('64Gi'),
      storage: KubernetesQuantity.default('500Gi'),
      pods: z.int().min(1).max(1000).default(100),
    })
    .prefault({})
    .describe('ResourceQuota of the namespace'),
  containerDefaults: z
    .strictObject({
      cpu: KubernetesQuantity.default('500m'),
      memory: KubernetesQuantity.default('512Mi'),
    })
    .prefault({})
    .describe('LimitRange: what a container gets that names no limits'),
})
export type TenantBaseParameters = z.infer<typeof TenantBaseParameters>
