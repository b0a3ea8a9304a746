// After the Directory was put back from an export: what it was told since is in none, so those who told it say it again.
import type { Jurisdiction } from '../../../schemas/ids.ts'
import type { Result } from '../../../schemas/result.ts'
import type { BackedUp } from '../backup/platform.ts'
import type { TenantEntry } from '../contracts.ts'
import type { HoldsApi } from '../inventory/holds-contracts.ts'

/** All that the Directory keeps of a tenant, as the tenant itself knows it. */
export interface TenantTold {
  entry: TenantEntry
  erased: boolean
  /** Identities of its members. */
  members: string[]
  /** Identities of those who have left. */
  left: string[]
  /** Of schemas/arm.ts `placeKey`; null: it has no place in Azure. */
  azurePlace: string | null
  /** Public id of its issuer of credentials; null: it has none. */
  issuer: string | null
}

export interface AgainApi extends BackedUp {
  /**
   * Takes a tenant's word for what it is: makes it known if it was not, and puts its rows in the place of those that are here.
   * Idempotent. Refuses `conflict` where another tenant has its slug, its repository or its resource group.
   */
  takeAgain(told: TenantTold): Promise<Result<null>>
}

export interface TellsAgainApi extends HoldsApi {
  /**
   * Says to the Directory what it keeps of this tenant, and ends every sign-in until `at` (ISO), which the Directory no longer knows. Nothing where
   * nobody has come yet. Refuses `conflict` where another tenant has what is this one's. Rejects with Outage while this database is
   * not level with what was published of its log.
   */
  tellDirectory(at: string): Promise<Result<null>>
}

export interface TellsPlacesApi extends BackedUp {
  /** Says to the Directory which regions, sites and clusters are here. */
  tellPlaces(jurisdiction: Jurisdiction): Promise<void>
}
