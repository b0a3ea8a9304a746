// Which identity onboards machines at which place. Its tokens leave this installation inside scripts, so each identity has one role in
// one resource group: whoever takes a token out of a script can write machines there and nowhere else. One identity for several places
// would let one tenant's script write another's machines: that is no setting.
import * as z from 'zod'
import { AzurePlace, placeKey } from '../../schemas/arm.ts'
import type { TokenSource } from '../azure/credential.ts'

export interface OnboardingSettings {
  /**
   * JSON: { "<subscription id>/<resource group>": "<client id>" }: user-assigned identities whose one role is Azure Connected Machine
   * Onboarding in that resource group (templates/azure/arc-scope.bicep). A place that is not named onboards no machines.
   */
  ARC_ONBOARDING?: string
  /** The identity that does everything else: it onboards nothing. */
  AZURE_CLIENT_ID?: string
}

/** Null: no machine is onboarded there. */
export type Onboarding = (place: AzurePlace) => TokenSource | null

const ClientId = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  .toLowerCase()
const Place = z
  .string()
  .transform((text) => {
    const [subscriptionId, resourceGroup, more] = text.split('/')
    return more === undefined ? { subscriptionId, resourceGroup } : null
  })
  .pipe(AzurePlace)
  .transform(placeKey)
const Setting = z
  .record(z.string(), ClientId)
  .transform((by) => Object.entries(by))
  .pipe(z.array(z.tuple([Place, ClientId])))

const parsed = (text: string, own: string): Map<string, string> => {
  const wrong = new Error('ARC_ONBOARDING is not the JSON of client ids by place, one for each')
  try {
    const rows = Setting.parse(JSON.parse(text))
    const places = new Map(rows)
    const identities = new Set(rows.map(([, clientId]) => clientId))
    if (places.size === rows.length && identities.size === rows.length && !identities.has(own))
      return places
  } catch {
    throw wrong
  }
  throw wrong
}

/** `tokensOf`: of an identity by its client id. Throws for a setting that cannot be read, by its name alone. */
export const onboardingOf = (
  { ARC_ONBOARDING, AZURE_CLIENT_ID = '' }: OnboardingSettings,
  tokensOf: (clientId: string) => TokenSource,
): Onboarding => {
  if (!ARC_ONBOARDING) return () => null
  const clientIds = parsed(ARC_ONBOARDING, AZURE_CLIENT_ID.toLowerCase())
  const made = new Map<string, TokenSource>()
  return (place) => {
    const clientId = clientIds.get(placeKey(place))
    if (clientId === undefined) return null
    const tokens = made.get(clientId) ?? tokensOf(clientId)
    made.set(clientId, tokens)
    return tokens
  }
}
