// What we emit below a cluster that Azure Arc shows, exactly: Flux as an extension, and what it follows. Only the
// branch `live` can be followed, only in the tenant's namespace, and no credential has a place.
import * as z from 'zod'
import { ObjectName } from './words.ts'

const owner = z.strictObject({
  armId: z
    .string()
    .regex(
      /^\/subscriptions\/[0-9A-Fa-f-]{36}\/resourceGroups\/[A-Za-z0-9_.-]{1,90}\/providers\/Microsoft\.Kubernetes\/connectedClusters\/[a-z0-9-]{1,63}$/,
    ),
})
const seconds = z.int().min(60).max(3600)
const KustomizationName = z.string().regex(/^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/)

export const azureArcShapes = {
  Extension: {
    spec: z.strictObject({
      azureName: z.literal('flux'),
      owner,
      extensionType: z.literal('microsoft.flux'),
      autoUpgradeMinorVersion: z.literal(true),
      releaseTrain: z.literal('Stable'),
      identity: z.strictObject({ type: z.literal('SystemAssigned') }),
      scope: z.strictObject({
        cluster: z.strictObject({ releaseNamespace: z.literal('flux-system') }),
      }),
      configurationSettings: z.strictObject({ 'multiTenancy.enforce': z.literal('true') }),
    }),
  },
  FluxConfiguration: {
    spec: z.strictObject({
      azureName: z.literal('phoenix'),
      owner,
      scope: z.literal('namespace'),
      namespace: ObjectName,
      sourceKind: z.literal('GitRepository'),
      suspend: z.literal(false),
      gitRepository: z.strictObject({
        url: z.string().regex(/^https?:\/\/[^\s@]{1,400}$/),
        repositoryRef: z.strictObject({ branch: z.literal('live') }),
        syncIntervalInSeconds: seconds,
        timeoutInSeconds: seconds,
        localAuthRef: ObjectName.optional(),
      }),
      kustomizations: z.record(
        KustomizationName,
        z.strictObject({
          path: z.string().regex(/^\.\/(?:rendered|clusters)(?:\/[a-z0-9][a-z0-9-]{0,62}){1,4}$/),
          dependsOn: z.array(KustomizationName).max(1),
          prune: z.boolean(),
          wait: z.boolean(),
          force: z.literal(false),
          syncIntervalInSeconds: seconds,
          retryIntervalInSeconds: seconds,
          timeoutInSeconds: seconds,
        }),
      ),
    }),
  },
} satisfies Partial<Record<string, z.ZodRawShape>>
