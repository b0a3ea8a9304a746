// Parameters of the template ingress-controller.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { PodResources } from './pod.ts'

export const IngressControllerParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to install on; absent: the only one there is'),
  replicas: z.int().min(1).max(10).default(2),
  resources: PodResources.default({
    requests: { cpu: '250m', memory: '128Mi' },
    limits: { cpu: '2', memory: '512Mi' },
  }),
  ingressClass: HostName.default('traefik').describe('Class by which an ingress names it'),
  isDefault: z.boolean().default(false).describe('An ingress that names no class gets this one'),
  exposure: z
    .enum(['load-balancer', 'azure-internal', 'cluster'])
    .default('load-balancer')
    .describe(
      'azure-internal: an address in the network of the nodes of an AKS cluster, for an application gateway for instance; cluster: reached from inside only, by a tunnel for instance',
    ),
  address: z
    .ipv4()
    .optional()
    .describe('azure-internal: a free address of the nodes’ subnet; absent: Azure chooses'),
  trustedProxies: z
    .array(z.cidrv4())
    .max(50)
    .default([])
    .describe('Ranges whose X-Forwarded headers are believed; nobody else’s are'),
  tlsVersion: z.enum(['1.2', '1.3']).default('1.2').describe('The oldest that is accepted'),
  accessLog: z.boolean().default(true).describe('One line of JSON for every request'),
})
export type IngressControllerParameters = z.infer<typeof IngressControllerParameters>
