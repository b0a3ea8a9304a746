// Microsoft.KubernetesConfiguration as the service keeps it: the extension microsoft.flux, and Flux configurations with the defaults
// that the real one fills in. Simulated: no cluster applies anything; a moment after it was put a configuration says what a cluster
// would that has applied the commit which `live` is at (`liveOf`), with one object for each kustomization.
import * as z from 'zod'
import type { Asked, Kind } from './kinds.ts'
import { badRequest } from './refusal.ts'
import type { Resource } from './state.ts'

const APPLIED_AFTER_MS = 3_000

const Extension = z.looseObject({
  properties: z.looseObject({
    extensionType: z.literal('microsoft.flux'),
    // Azure takes it for the whole cluster only.
    scope: z.strictObject({ cluster: z.looseObject({ releaseNamespace: z.string() }) }),
  }),
})
export const extensionKind: Kind = {
  type: 'Microsoft.KubernetesConfiguration/extensions',
  versions: ['2023-05-01', '2024-11-01', '2025-03-01'],
  put: ({ id, name, body }) => {
    const parsed = Extension.safeParse(body)
    if (!parsed.success)
      throw badRequest('ExtensionValidationFailed', 'The extension was not valid.')
    const properties = { ...parsed.data.properties, provisioningState: 'Succeeded' }
    return { ...{ id, name, type: extensionKind.type }, properties }
  },
  takes: { put: 1, delete: 1 },
}

const Seconds = z.int().min(1)
const Kustomization = z.looseObject({
  path: z.string().default(''),
  dependsOn: z.array(z.string()).default([]),
  ...{ prune: z.boolean().default(false), wait: z.boolean().default(true) },
  ...{ force: z.boolean().default(false), timeoutInSeconds: Seconds.default(600) },
  ...{ syncIntervalInSeconds: Seconds.default(600), retryIntervalInSeconds: Seconds.nullish() },
})
const Flux = z.looseObject({
  properties: z.looseObject({
    scope: z.enum(['cluster', 'namespace']).default('cluster'),
    namespace: z.string().default('default'),
    sourceKind: z.literal('GitRepository').default('GitRepository'),
    suspend: z.boolean().default(false),
    gitRepository: z.looseObject({
      url: z.string().regex(/^(?:https?|ssh):\/\//),
      repositoryRef: z.looseObject({ branch: z.string().optional() }),
      ...{ timeoutInSeconds: Seconds.default(600), syncIntervalInSeconds: Seconds.default(600) },
    }),
    kustomizations: z.record(z.string(), Kustomization),
  }),
})

const put = ({ id, name, body, before, now }: Asked): Resource => {
  const parsed = Flux.safeParse(body)
  if (!parsed.success)
    throw badRequest('InvalidRequestContent', 'The request content was not valid.')
  const { properties } = parsed.data
  for (const field of ['scope', 'namespace'] as const)
    if (before && before.properties[field] !== properties[field])
      throw badRequest('BadRequest', `The property ${field} can not be changed.`)
  const names = new Set(Object.keys(properties.kustomizations))
  const all = Object.values(properties.kustomizations)
  if (!all.every(({ dependsOn }) => dependsOn.every((one) => names.has(one))))
    throw badRequest('BadRequest', 'A kustomization depends on one that is not there.')
  return {
    ...{ id, name, type: fluxKind.type },
    properties: {
      ...properties,
      ...{ provisioningState: 'Succeeded', complianceState: 'Pending' },
      simulatedSince: now.toISOString(),
    },
  }
}

const statusesOf = (name: string, properties: Record<string, unknown>) =>
  Object.keys(properties.kustomizations as object).map((kustomization) => ({
    ...{ name: `${name}-${kustomization}`, namespace: properties.namespace },
    ...{ kind: 'Kustomization', complianceState: 'Compliant', appliedBy: null },
    statusConditions: [
      { type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', message: 'Simulated.' },
    ],
  }))

export const fluxKind: Kind = {
  type: 'Microsoft.KubernetesConfiguration/fluxConfigurations',
  versions: ['2023-05-01', '2024-11-01', '2025-04-01'],
  put,
  shown: (resource, now, liveOf) => {
    const { simulatedSince, ...properties } = resource.properties
    const since = Date.parse(String(simulatedSince))
    if (now.getTime() - since < APPLIED_AFTER_MS) return { ...resource, properties }
    const { url } = properties.gitRepository as { url: string }
    const live = liveOf(url)
    return {
      ...resource,
      properties: {
        ...properties,
        complianceState: properties.suspend ? 'Suspended' : 'Compliant',
        sourceSyncedCommitId: live === null ? null : `live@sha1:${live}`,
        ...{ sourceUpdatedAt: now.toISOString(), statusUpdatedAt: now.toISOString() },
        statuses: statusesOf(resource.name, properties),
      },
    }
  },
  takes: { put: 1, delete: 1 },
}
