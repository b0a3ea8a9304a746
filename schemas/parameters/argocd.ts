// Parameters of the template argocd: how much of it there is, under which name, and who logs in. No secret among them.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { DnsHost } from './dns-name.ts'
import { HttpsUrl } from './workload.ts'

/** Ends up in a line of a policy table, so it has no comma, quote or space. */
const Group = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.@/-]{0,99}$/, 'a group as the provider writes it, without spaces')

const Login = z
  .strictObject({
    issuer: HttpsUrl.describe('Address of the provider, as in the iss claim of its tokens'),
    clientId: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
      .describe('A public client: the browser proves itself with PKCE, so there is no secret'),
    adminGroup: Group.describe('Value of the groups claim that may do everything'),
    viewerGroup: Group.optional().describe('Value of the groups claim that may look at everything'),
  })
  .describe('An OpenID Connect provider that puts groups into its ID tokens')

export const ArgocdParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to install on; absent: the only one there is'),
  domain: DnsHost.describe('Name under which people reach it'),
  highAvailability: z
    .boolean()
    .default(true)
    .describe('Replicated services and a replicated cache; needs three nodes'),
  replicas: z
    .int()
    .min(2)
    .max(5)
    .default(2)
    .describe('API servers, repository servers and generators each, with high availability'),
  login: Login.optional().describe(
    'Absent: the built-in administrator, whose password is made on the cluster',
  ),
  ingress: z
    .strictObject({
      className: HostName.describe('Ingress class'),
      clusterIssuer: HostName.describe('ClusterIssuer of cert-manager that certifies the name'),
    })
    .optional()
    .describe('Absent: no way in from outside the cluster'),
})
export type ArgocdParameters = z.infer<typeof ArgocdParameters>
