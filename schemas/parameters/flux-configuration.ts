// Parameters of the template flux-configuration: what Flux of Azure follows on a cluster that Azure Arc shows, or on AKS.
import type * as z from 'zod'
import { ArcClusterName } from '../arc.ts'
import { FluxSpec } from '../flux.ts'

export const FluxConfigurationParameters = FluxSpec.safeExtend({
  arcCluster: ArcClusterName.describe('Name in Azure of a cluster that the tenant has registered'),
})
export type FluxConfigurationParameters = z.infer<typeof FluxConfigurationParameters>
