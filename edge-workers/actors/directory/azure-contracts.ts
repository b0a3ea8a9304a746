// What the Directory knows of Azure: whose resource group each is, and when a vault may be asked for its next key.
import type { Result } from '../../../schemas/result.ts'

export interface AzureDirectoryApi {
  /** `vault`: of schemas/vault.ts VaultPlace. When the vault may be asked to make a key: milliseconds since 1970. */
  takeVaultTurn(vault: string): Promise<{ at: number }>
  /** `place`: of schemas/arm.ts `placeKey`. Idempotent. Refuses `conflict` where another tenant has this resource group. */
  claimAzurePlace(place: string, tenantId: string): Promise<Result<null>>
  /** Whatever this tenant has besides `kept` is nobody's again. Idempotent. */
  releaseOtherAzurePlaces(tenantId: string, kept: string): Promise<void>
}
