// What everything of Azure Arc works with: the client, the identities that onboard, and the lock on places. Made of settings.
import type { ArmOptions } from '../arm/send.ts'
import { azureTokens, type TokenSource } from '../azure/credential.ts'
import { type Onboarding, type OnboardingSettings, onboardingOf } from './onboarding.ts'
import { type ScopeLock, scopeLock } from './scopes.ts'

/** Environment of the Functions. An empty text is none. */
export interface ArcSettings extends OnboardingSettings {
  /** `on`: these Functions speak to Azure Resource Manager, as their managed identity. */
  ARC?: string
  /** JSON: { "<tenant id>": ["<subscription>/<resource group>"] }, or one pattern "<subscription>/<group with {tenant}>". */
  ARC_SCOPES?: string
}

export interface ArcParts {
  arm: ArmOptions
  onboarding: Onboarding
  lock: ScopeLock
}

const tokensOf = (clientId: string): TokenSource => {
  let made: Promise<TokenSource> | undefined
  return {
    async getToken(scope) {
      made ??= import('../azure/sdk.ts').then(
        (sdk) => new sdk.ManagedIdentityCredential({ clientId }),
      )
      return (await made).getToken(scope)
    },
  }
}

/** Null: these Functions do not speak to Azure Arc. Throws for a setting that cannot be read, by its name alone. */
export const arcParts = (settings: ArcSettings): ArcParts | null => {
  if (settings.ARC !== 'on') return null
  return {
    arm: {
      credential: azureTokens(),
      fetch: (url, init) => fetch(url, init),
      now: () => new Date(),
      pace: {
        clock: () => performance.now(),
        sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      },
    },
    onboarding: onboardingOf(settings, tokensOf),
    lock: scopeLock(settings.ARC_SCOPES),
  }
}
