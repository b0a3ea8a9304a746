// What everything of Azure Arc works with: the client, the identity that onboards, and the lock on places. Made of settings.
import type { ArmOptions } from '../arm/send.ts'
import { azureTokens, type TokenSource } from '../azure/credential.ts'
import { type ScopeLock, scopeLock } from './scopes.ts'

/** Environment of the Functions. An empty text is none. */
export interface ArcSettings {
  /** `on`: these Functions speak to Azure Resource Manager, as their managed identity. */
  ARC?: string
  /** Client id of a user-assigned identity whose one role is Azure Connected Machine Onboarding: its tokens leave this installation. */
  ARC_ONBOARDING_CLIENT_ID?: string
  /** JSON: { "<tenant id>": ["<subscription>/<resource group>"] }, or one pattern "<subscription>/<group with {tenant}>". */
  ARC_SCOPES?: string
}

export interface ArcParts {
  arm: ArmOptions
  /** Null: these Functions onboard no machines. Never the identity that does everything else. */
  onboarding: TokenSource | null
  lock: ScopeLock
}

const CLIENT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const onboardingTokens = (clientId: string): TokenSource => {
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
  const clientId = settings.ARC_ONBOARDING_CLIENT_ID || null
  if (clientId !== null && !CLIENT_ID.test(clientId))
    throw new Error('ARC_ONBOARDING_CLIENT_ID is not a client id')
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
    onboarding: clientId === null ? null : onboardingTokens(clientId),
    lock: scopeLock(settings.ARC_SCOPES),
  }
}
