// Parameters that several templates of cluster workloads share: sizes within bounds, names of secrets, storage class.
import * as z from 'zod'
import { HostName } from '../ids.ts'

export { sizeBetween } from '../quantity.ts'

/** A Secret of the tenant's own namespace, by name. */
export const SecretName = HostName

export const StorageClass = HostName.optional().describe(
  'Storage class of the volumes; absent: the cluster’s default',
)

const HOST = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*'
const PORT = '(?::[1-9][0-9]{0,4})?'
/** The form alone lets through what is no address, such as port 70000. */
const address = (pattern: string, what: string) =>
  z
    .string()
    .max(500)
    .regex(new RegExp(pattern), { error: what, abort: true })
    .refine((text) => URL.canParse(text), what)

/** What a pod can resolve: the name of a Service beside it, or a name of DNS. */
export const ReachableHost = z
  .string()
  .max(253)
  .regex(new RegExp(`^${HOST}$`), 'a host name')
export const HttpsOrigin = address(`^https://${HOST}${PORT}$`, 'https://, a host, perhaps a port')
/** Without a wildcard in the host: only the end of the path may be open. */
export const RedirectUri = address(
  `^https://${HOST}${PORT}(?:/[A-Za-z0-9._~/-]*\\*?)?$`,
  'https://, a host, and a path that may end in *',
)

/** Perhaps with a path; no query, no fragment, no user. */
export const HttpsUrl = address(
  `^https://${HOST}${PORT}(?:/[A-Za-z0-9._~/-]*)?$`,
  'https://, a host, perhaps a path',
)

/** Where an operator runs: it must reach the pods that it looks after. */
export const operatorNamespace = (usual: string) =>
  HostName.default(usual).describe('Namespace of the operator, which is let in to its pods')

export const Nodes = z
  .enum(['required', 'preferred'])
  .default('required')
  .describe(
    'Whether two instances may share a node: required (never) or preferred (when there is no other)',
  )
