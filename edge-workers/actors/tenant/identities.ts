// Asks the back office's key service for the public halves of node keys. No key service: no identities, and the plan says so.
import type { NodeIdentity } from '../../../schemas/template.ts'
import { createBackOffice } from '../../back-office.ts'
import { outgoing } from '../../outgoing.ts'
import type { TenantContext } from './context.ts'

/** Throws Outage when the back office does not answer. */
export const identifyNodes = async (
  { env, tenant, now }: TenantContext,
  { network, nodes }: { network: string; nodes: string[] },
): Promise<NodeIdentity[]> => {
  const backOffice = createBackOffice({
    baseUrl: env.BACK_OFFICE_URL,
    signingKeyJwk: env.EDGE_SIGNING_KEY,
    fetch: outgoing(env),
    now,
  })
  return (await backOffice.identify({ tenant: tenant().id, network, nodes })) ?? []
}
