// The tenant's way to a service of Azure, through the Functions, and what it answers as a refusal of ours.
import type { Ask, Verbs } from '../../../schemas/azure.ts'
import { createBackOffice } from '../../back-office.ts'
import { outgoing } from '../../outgoing.ts'
import type { TenantContext } from './context.ts'

/** `service` names it in errors. Throws as BackOffice.azure does. */
export const askAzure = <Table extends Verbs>(
  { env, now, tenant }: Pick<TenantContext, 'env' | 'now' | 'tenant'>,
  service: string,
  verbs: Table,
): Ask<Table> =>
  createBackOffice({
    baseUrl: env.BACK_OFFICE_URL,
    signingKeyJwk: env.EDGE_SIGNING_KEY,
    fetch: outgoing(env),
    now,
  }).azure(service, verbs, tenant().id)
