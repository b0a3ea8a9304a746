// The central banks as tenants: the requests that make them. The source gives their number and no list, so there is none
// here either; an operator sends each of these to POST /v1/tenants.
import type { DbisCoreParameters } from '../../../schemas/parameters/systems/dbis-core.ts'

interface TenantRequest {
  slug: string
  name: string
  jurisdiction: string
  repository: string
}

/** Each with the residency it was given, and a repository of its own. */
export const tenantRequests = ({ centralBanks }: DbisCoreParameters): TenantRequest[] =>
  centralBanks.map(({ slug, name, jurisdiction }) => ({
    ...{ slug, name, jurisdiction },
    repository: `${slug}/infrastructure`,
  }))
