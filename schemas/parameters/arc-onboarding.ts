// Parameters of the template arc-onboarding: which cluster Azure Arc shows, and which of the tenant's files its Flux
// follows. No credential has a place here: what Flux needs to read the repository is a Secret on that cluster.

import * as z from 'zod'
import { Slug } from '../ids.ts'
import { isUnique } from '../unique.ts'
import { AzureLocation, EntraId } from './azure.ts'
import { SecretName } from './workload.ts'

/** A directory below the two that Phoenix writes. */
const Directory = z
  .string()
  .max(200)
  .regex(
    /^(?:rendered|clusters)(?:\/[a-z0-9][a-z0-9-]{0,62}){1,4}$/,
    'a directory below rendered/ or clusters/',
  )

const Seconds = z.int().min(60).max(3600)

const Kustomization = z.strictObject({
  name: z.string().regex(/^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/),
  path: Directory.describe('Directory of the repository'),
  prune: z
    .boolean()
    .default(true)
    .describe('Delete from the cluster what is no longer in the directory'),
  wait: z
    .boolean()
    .default(true)
    .describe('Compliant only when everything in the directory is ready'),
  timeoutSeconds: Seconds.default(600),
})
export type ArcKustomization = z.infer<typeof Kustomization>

export const ArcOnboardingParameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Cluster whose Azure Service Operator makes the Azure objects; absent: the only one there is',
  ),
  location: AzureLocation.describe('Azure region of the resource group'),
  subscriptionId: EntraId.describe('Azure subscription of the connected cluster'),
  connectedCluster: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
    .describe(
      'Name of the cluster in Azure Arc. The connected cluster itself is not made here, as no Kubernetes kind stands for it: the onboarding step registers it and installs its agents. Until then Azure refuses what is below it, and the operator tries again',
    ),
  resourceGroup: z
    .string()
    .regex(/^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,88}[A-Za-z0-9_-])?$/)
    .optional()
    .describe(
      'Resource group in which it is connected already; absent: a new group, <tenant>-<name>, in which to connect it',
    ),
  installFlux: z
    .boolean()
    .default(true)
    .describe('Install the extension microsoft.flux; false where the cluster has it'),
  follows: Slug.describe(
    'Name of this cluster in Phoenix: the directory of its files. The tenant needs a base there too',
  ),
  gitSecret: SecretName.optional().describe(
    'Secret in the tenant’s namespace on the connected cluster with which Flux reads the repository; absent: it is public',
  ),
  kustomizations: z
    .array(Kustomization)
    .min(1)
    .max(10)
    .refine((all) => isUnique(all.map(({ name }) => name)), 'each name only once')
    .optional()
    .describe('Each follows the one before it; absent: one, over the cluster’s Flux entries'),
})
export type ArcOnboardingParameters = z.infer<typeof ArcOnboardingParameters>
