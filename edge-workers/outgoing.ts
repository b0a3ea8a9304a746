// How the Worker reaches the systems it is configured with. Addresses that tenants supply never go this way.
import type { Env } from './env.ts'
import { type Configured, followed } from './trace/calls.ts'

/** On the laptop the forge and the Functions are on this machine, which the public network binding would refuse. */
export const outgoing = (env: Pick<Env, 'LOCAL'> & Configured): typeof fetch => {
  const local = env.LOCAL
  return followed(
    env,
    local ? (input, init) => local.fetch(input, init) : (input, init) => fetch(input, init),
  )
}
