// Parameters of the template logic-app: an image with workflows, and where their state is kept.
import * as z from 'zod'
import { Slug } from '../ids.ts'
import { DnsHost } from './dns-name.ts'
import { ContainerImage, PodResources, SecretKeyRef } from './pod.ts'
import { SecretName } from './workload.ts'

export const LogicAppParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to run on; absent: the only one there is'),
  image: ContainerImage.describe(
    'The tenant’s image: workflows, host.json and connections.json on a base image of Azure Functions 4; ' +
      'it says itself where they lie and which worker runs them',
  ),
  storage: SecretKeyRef.describe(
    'Secret in the tenant’s namespace with the connection string of the storage account for runs and their history',
  ),
  settings: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^WORKFLOW_[A-Z0-9_]{1,60}$/, 'WORKFLOW_ and capital letters, digits or _'),
        secretKeyRef: SecretKeyRef,
      }),
    )
    .max(30)
    .refine(
      (settings) => new Set(settings.map(({ name }) => name)).size === settings.length,
      'each name once',
    )
    .default([])
    .describe('What connections.json refers to with @appsetting, each a key of a Secret'),
  hostname: DnsHost.optional().describe(
    'Public name in the addresses of request triggers; absent: the name inside the cluster',
  ),
  runAsUser: z.int().min(1).max(65_534).default(1000).describe('User of the image, not root'),
  readOnlyRootFilesystem: z
    .boolean()
    .default(false)
    .describe('Only where the image keeps its logs and keys elsewhere'),
  replicas: z.int().min(1).max(10).default(2),
  startupSeconds: z
    .int()
    .min(30)
    .max(900)
    .default(300)
    .describe('The first start of a pod fetches the workflow extension, unless the image has it'),
  pullSecret: SecretName.optional().describe('Secret for a private registry'),
  resources: PodResources.default({
    requests: { cpu: '500m', memory: '1Gi' },
    limits: { cpu: '2', memory: '2Gi' },
  }).describe('Of each pod'),
})
export type LogicAppParameters = z.infer<typeof LogicAppParameters>
