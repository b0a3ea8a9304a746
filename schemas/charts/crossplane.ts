// The values of the chart crossplane that we set. Providers come pinned, and only the one that our templates use.
import * as z from 'zod'
import { ChartResources } from './resources.ts'

const Controllers = z.int().min(1).max(5)

export const crossplaneValues = z.strictObject({
  replicas: Controllers,
  rbacManager: z.strictObject({ replicas: Controllers }),
  provider: z.strictObject({
    packages: z.tuple([
      z
        .string()
        .regex(
          /^xpkg\.upbound\.io\/valkiriaaquaticamendi\/provider-proxmox-bpg:v[0-9]+\.[0-9]+\.[0-9]+$/,
        ),
    ]),
    defaultActivations: z.tuple([z.literal('*.proxmoxbpg.m.crossplane.io')]),
  }),
  resourcesCrossplane: ChartResources,
  resourcesRBACManager: ChartResources,
})
export type CrossplaneValues = z.infer<typeof crossplaneValues>
