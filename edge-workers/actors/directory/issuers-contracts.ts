// What the Directory knows of issuers of credentials: whose each is, and which are linked to this host at Entra Verified ID.
import type { Result } from '../../../schemas/result.ts'
import type { TenantEntry } from '../contracts.ts'

export interface LinkedDids {
  /** Grows with every change. */
  version: number
  /** One JWT for each tenant, in an order that says nothing about when they came. */
  jwts: string[]
}

export interface IssuersApi {
  /** Idempotent: the public id of this tenant's issuer. */
  keepIssuer(issuer: string, tenantId: string): Promise<void>
  resolveIssuer(issuer: string): Promise<TenantEntry | null>
  /**
   * `jwt`: proof that this host is linked to the tenant's authority at Entra Verified ID, in the place of an earlier one. The caller
   * has looked that it is the tenant's own. Idempotent. Refuses `conflict` where the file of the host is full.
   */
  linkDid(issuer: string, tenantId: string, jwt: string): Promise<Result<null>>
  /** Null: nothing has changed since the version `known`. */
  linkedDids(known: number): Promise<LinkedDids | null>
}
