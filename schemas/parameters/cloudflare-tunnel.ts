// Parameters of the template cloudflare-tunnel: which public names lead to which Services of the tenant.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { DnsName } from './dns-name.ts'
import { PodPort, PodResources, SecretKeyRef } from './pod.ts'

/** An application of Cloudflare Access: who may pass is decided there, whether one passed is checked here. */
export const TunnelAccess = z.strictObject({
  teamName: HostName.describe('The team, as in <team>.cloudflareaccess.com'),
  audTags: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'the audience tag of an application, 64 hex digits'))
    .min(1)
    .max(10)
    .describe('Applications whose visitors may pass, by audience tag'),
})
export type TunnelAccess = z.infer<typeof TunnelAccess>

const TunnelRule = z.strictObject({
  hostname: DnsName.describe('Public name; a leading *. stands for one or more labels'),
  path: z
    .string()
    .regex(/^(?:\/[A-Za-z0-9_-]{1,60}){1,8}$/)
    .optional()
    .describe('This path and everything below it; absent: every path'),
  service: HostName.describe('A Service of the tenant’s namespace, for instance an application'),
  port: PodPort.describe('Port of that Service; it is spoken to in plain HTTP'),
  access: TunnelAccess.optional().describe(
    'Only requests that Cloudflare Access let through; absent: everybody. The application and its ' +
      'policies are made at Cloudflare',
  ),
})
export type TunnelRule = z.infer<typeof TunnelRule>

/** Rules are tried from the top: what an earlier one takes never reaches a later one. */
const hides = (earlier: TunnelRule, later: TunnelRule): boolean => {
  const sameHost =
    earlier.hostname === later.hostname ||
    (earlier.hostname.startsWith('*.') && later.hostname.endsWith(earlier.hostname.slice(1)))
  const samePath =
    earlier.path === undefined ||
    later.path === earlier.path ||
    (later.path?.startsWith(`${earlier.path}/`) ?? false)
  return sameHost && samePath
}

export const CloudflareTunnelParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to run on; absent: the only one there is'),
  tunnel: z.uuid().describe('Id of the tunnel, as cloudflared tunnel create answered'),
  credentials: SecretKeyRef.describe(
    'Secret in the tenant’s namespace with the tunnel’s credentials file (JSON)',
  ),
  ingress: z
    .array(TunnelRule)
    .min(1)
    .max(100)
    .refine(
      (rules) =>
        rules.every((rule, index) => !rules.slice(0, index).some((above) => hides(above, rule))),
      'a rule is never reached: an earlier one takes all of it',
    )
    .describe('Tried from the top; what none of them takes is answered 404'),
  replicas: z.int().min(1).max(10).default(2),
  version: z
    .string()
    .regex(/^20[0-9]{2}\.[0-9]{1,2}\.[0-9]{1,2}$/)
    .default('2026.5.0')
    .describe('Release of cloudflared'),
  resources: PodResources.default({
    requests: { cpu: '50m', memory: '64Mi' },
    limits: { cpu: '500m', memory: '256Mi' },
  }).describe('Of each pod'),
})
export type CloudflareTunnelParameters = z.infer<typeof CloudflareTunnelParameters>
