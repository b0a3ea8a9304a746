// Who these Functions are in Azure: their managed identity there, whatever DefaultAzureCredential finds elsewhere.
import type { DefaultAzureCredential } from '@azure/identity'

/** As much of @azure/identity's TokenCredential as is needed. */
export interface TokenSource {
  getToken(scope: string): Promise<{ token: string; expiresOnTimestamp?: number } | null>
}

let made: Promise<DefaultAzureCredential> | undefined

/** Loaded when it is first needed: most installations never do. Its log would tell names and addresses: it stays off. */
export const azureSdk = (): Promise<typeof import('./sdk.ts')> => {
  delete process.env.AZURE_LOG_LEVEL
  return import('./sdk.ts')
}

/** One for the process, which caches tokens. */
export const azureCredential = (): Promise<DefaultAzureCredential> => {
  made ??= azureSdk().then((sdk) => new sdk.DefaultAzureCredential())
  return made
}

export const azureTokens = (): TokenSource => ({
  async getToken(scope) {
    return (await azureCredential()).getToken(scope)
  },
})
