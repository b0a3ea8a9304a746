// Parameters of the template ingress: names of the outside, and the Services of the namespace they lead to.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { DnsName } from './dns-name.ts'
import { PodPort } from './pod.ts'
import { SecretName } from './workload.ts'

const Path = z.strictObject({
  path: z
    .string()
    .regex(/^\/(?:[A-Za-z0-9._~-]{1,60}(?:\/[A-Za-z0-9._~-]{1,60}){0,2}\/?)?$/)
    .describe('Begins with a slash'),
  pathType: z.enum(['Prefix', 'Exact']).default('Prefix').describe('Prefix: and all below it'),
  service: HostName.describe('Service in the namespace; for most templates: the resource’s name'),
  port: z.int().min(1).max(65_535).describe('Port of the Service'),
  resource: Slug.optional().describe(
    'Resource whose pods answer; absent: the one named like the service',
  ),
  podPort: PodPort.optional().describe('Port of the pods; absent: the Service’s'),
})

export const IngressParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster it is kept on; absent: the only one there is'),
  ingressClass: HostName.default('traefik').describe('Class of the controller that answers'),
  controllerNamespace: HostName.default('traefik').describe(
    'Namespace of that controller, which is let in to the pods',
  ),
  hosts: z
    .array(DnsName)
    .min(1)
    .max(20)
    .refine((hosts) => new Set(hosts).size === hosts.length, 'each name only once')
    .describe('Names it answers for; all of them lead to the same paths'),
  tlsSecret: SecretName.describe(
    'Secret with tls.crt and tls.key for these names; for a resource of the template certificate: <its name>-tls',
  ),
  paths: z
    .array(Path)
    .min(1)
    .max(20)
    .refine(
      (paths) =>
        new Set(paths.map(({ path, pathType }) => `${pathType} ${path}`)).size === paths.length,
      'each path only once',
    ),
})
export type IngressParameters = z.infer<typeof IngressParameters>
