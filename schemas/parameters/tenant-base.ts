// Parameters of the template tenant-base: the tenant's namespace on one cluster and what fences it in.
import * as z from 'zod'
import { Slug } from '../ids.ts'

const KubernetesQuantity = z.string().regex(/^[1-9][0-9]{0,9}(?:m|Ki|Mi|Gi|Ti)?$/)

/** What of the quota a request leaves out. */
interface Usual {
  cpu: string
  memory: string
  storage: string
}

const baseParameters = (usual: Usual) =>
  z.strictObject({
    cluster: Slug.optional().describe('Cluster to stand on; absent: the only one there is'),
    quota: z
      .strictObject({
        cpu: KubernetesQuantity.default(usual.cpu),
        memory: KubernetesQuantity.default(usual.memory),
        storage: KubernetesQuantity.default(usual.storage),
        pods: z.int().min(1).max(1000).default(100),
      })
      .prefault({})
      .describe('ResourceQuota of the namespace: what its pods together may take at their limits'),
    containerDefaults: z
      .strictObject({
        cpu: KubernetesQuantity.default('500m'),
        memory: KubernetesQuantity.default('512Mi'),
      })
      .prefault({})
      .describe('LimitRange: what a container gets that names no limits'),
  })

/** Each template and each system fits by itself as it is usually asked for; what stands together may need more. */
export const TenantBaseParameters = baseParameters({ cpu: '96', memory: '256Gi', storage: '8Ti' })
/** Version 1.0.0 began smaller. */
export const TenantBaseParameters10 = baseParameters({
  cpu: '20',
  memory: '64Gi',
  storage: '500Gi',
})
export type TenantBaseParameters = z.infer<typeof TenantBaseParameters>
