// A Flux configuration of a cluster in Azure: what is asked for, the body that Azure Resource Manager gets, and the file in Git that
// has it (Microsoft.KubernetesConfiguration/fluxConfigurations of 2025-04-01, learn.microsoft.com/rest/api/kubernetesconfiguration).
import * as z from 'zod'
import { Slug } from './ids.ts'

/** The template whose resources are Flux configurations; a resource has the name of its configuration in Azure. */
export const FLUX_TEMPLATE = 'flux-configuration'
/** Folder of the repository in which they are, one file each. */
export const FLUX_FOLDER = 'flux-configurations'
/** Read by Phoenix and by no engine. JSON: it is read back, and `body` can be put as it is (az rest). */
export const fluxFile = (name: string): string => `${FLUX_FOLDER}/${name}.json`

/** `cluster`: id of the cluster in Azure Resource Manager. */
export const fluxId = (cluster: string, name: string): string =>
  `${cluster}/providers/Microsoft.KubernetesConfiguration/fluxConfigurations/${name}`

const KustomizationName = z.string().regex(/^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/)
/** A directory that Phoenix writes. */
const DIRECTORY = String.raw`(?:rendered|clusters)(?:\/[a-z0-9][a-z0-9-]{0,62}){1,4}$`
const Path = z
  .string()
  .max(200)
  .regex(new RegExp(`^${DIRECTORY}`), 'below rendered/ or clusters/')
const Namespace = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
const SecretName = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/)
const Seconds = z.int().min(60).max(3_600)
export const FluxKustomization = z.strictObject({
  name: KustomizationName,
  path: Path,
  dependsOn: z.array(KustomizationName).max(9).default([]),
  /** Azure's own default is false; here it is said each time. */
  prune: z.boolean().default(true),
  wait: z.boolean().default(true),
  timeoutSeconds: Seconds.default(600),
})

/** The branch is `live` and nothing else. */
export const FluxSpec = z
  .strictObject({
    namespace: Namespace,
    scope: z.enum(['cluster', 'namespace']).default('namespace'),
    /** A Secret that is on the cluster already: no credential of Git goes to Azure. Absent: the repository is public to it. */
    localAuthRef: SecretName.optional(),
    syncSeconds: Seconds.default(120),
    kustomizations: z.array(FluxKustomization).min(1).max(10),
    suspend: z.boolean().default(false),
  })
  .superRefine(({ kustomizations }, context) => {
    const before = new Set<string>()
    for (const [index, { name, dependsOn }] of kustomizations.entries()) {
      const path = ['kustomizations', index]
      if (before.has(name)) context.addIssue({ code: 'custom', message: 'each name once', path })
      if (!dependsOn.every((one) => before.has(one)))
        context.addIssue({ code: 'custom', message: 'depends on those before it alone', path })
      before.add(name)
    }
  })
export type FluxSpec = z.infer<typeof FluxSpec>
/** In Azure. */
export const FluxConfigurationName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$/, 'letters, digits and -, 1 to 30')
export const CreateFluxConfiguration = z.strictObject({
  name: Slug.check(z.maxLength(30)),
  spec: FluxSpec,
})
export type CreateFluxConfiguration = z.infer<typeof CreateFluxConfiguration>
export const UpdateFluxConfiguration = z.strictObject({ spec: FluxSpec })
export type UpdateFluxConfiguration = z.infer<typeof UpdateFluxConfiguration>

/** As it is put, and as it stands in Git: nothing is left to a default. */
export const FluxProperties = z.strictObject({
  scope: z.enum(['cluster', 'namespace']),
  namespace: Namespace,
  sourceKind: z.literal('GitRepository'),
  suspend: z.boolean(),
  gitRepository: z.strictObject({
    url: z.url(),
    repositoryRef: z.strictObject({ branch: z.literal('live') }),
    ...{ timeoutInSeconds: z.int(), syncIntervalInSeconds: z.int() },
    localAuthRef: SecretName.optional(),
  }),
  kustomizations: z.record(
    KustomizationName,
    z.strictObject({
      path: z.string().regex(new RegExp(`^\\./${DIRECTORY}`)),
      dependsOn: z.array(KustomizationName),
      ...{ prune: z.boolean(), wait: z.boolean(), force: z.literal(false) },
      ...{ timeoutInSeconds: z.int(), syncIntervalInSeconds: z.int() },
      retryIntervalInSeconds: z.int(),
    }),
  ),
})
export type FluxProperties = z.infer<typeof FluxProperties>

export const fluxProperties = (url: string, spec: FluxSpec): FluxProperties => ({
  scope: spec.scope,
  namespace: spec.namespace,
  sourceKind: 'GitRepository',
  suspend: spec.suspend,
  gitRepository: {
    ...{ url, repositoryRef: { branch: 'live' } },
    ...{ timeoutInSeconds: 600, syncIntervalInSeconds: spec.syncSeconds },
    ...(spec.localAuthRef === undefined ? {} : { localAuthRef: spec.localAuthRef }),
  },
  kustomizations: Object.fromEntries(
    spec.kustomizations.map(({ name, path, dependsOn, prune, wait, timeoutSeconds }) => [
      name,
      {
        ...{ path: `./${path}`, dependsOn, prune, wait, force: false },
        ...{ timeoutInSeconds: timeoutSeconds, syncIntervalInSeconds: 600 },
        retryIntervalInSeconds: 120,
      },
    ]),
  ),
})

export const FLUX_RECORD_SCHEMA = 'phoenix.flux-configuration/v1'
/** The file in Git. `body` is what Azure Resource Manager gets, whole. */
export const FluxRecord = z.strictObject({
  schema: z.literal(FLUX_RECORD_SCHEMA),
  tenant: z.string(),
  name: FluxConfigurationName,
  /** Of the cluster in Azure, in the tenant's place there. */
  arcCluster: z.string(),
  body: z.strictObject({ properties: FluxProperties }),
})
export type FluxRecord = z.infer<typeof FluxRecord>
