// The tenant's way to Microsoft Entra Verified ID, through the Functions, and what it answers as a refusal of ours.

import type { AzureFault } from '../../../../../schemas/azure.ts'
import { type Refused, refuse } from '../../../../../schemas/result.ts'
import { type VerifiedId, verifiedIdVerbs } from '../../../../../schemas/verified-id.ts'
import { equalInConstantTime } from '../../../../digest.ts'
import { askAzure } from '../../azure.ts'
import type { TenantContext } from '../../context.ts'
import { issuerIdOf, issuerUrl } from '../issuer/issuer.ts'
import { digestOfSecret, type SecretScope } from '../issuer/secrets.ts'
import { entraAbilities } from './abilities.ts'

/** Null: this installation is not connected to it. */
export const verifiedIdOf = (context: TenantContext): VerifiedId | null =>
  entraAbilities(context).unavailable === null
    ? askAzure(context, 'Entra Verified ID', verifiedIdVerbs)
    : null

export const notConnected = (context: TenantContext): Refused =>
  refuse('driver-unavailable', { detail: entraAbilities(context).unavailable ?? '' })

/** Where the tenant's authority is: its did:web and its DID document are below it (routes/wallet/entra.ts). */
export const entraDomain = (context: TenantContext): string =>
  `${issuerUrl(context.env, issuerIdOf(context))}/entra`

/** What it is linked to: the host alone, which all tenants share. `domainUrl` is without a path (did-web-path.md, step 5). */
export const hostUrl = ({ env }: Pick<TenantContext, 'env'>): string =>
  `${new URL(env.PUBLIC_URL).origin}/`

const CALLBACKS = '/callbacks'
/** Of `ofr_…` and `prq_…`. */
const ID_CHARACTERS = 30
const keyOf = (scope: SecretScope, id: string): string =>
  `${id}${digestOfSecret(scope, 'make entra-callback', id)}`

/**
 * What comes back with every callback of this request: nobody else knows the key, no two requests have the same, and of it only the
 * digest is kept. It is derived and not random for two reasons. The same request has to be asked for again, word for word, after its
 * answer was lost, or there would be two: a random key would have to be kept readable until then. And whoever has the platform's key
 * can tell one from its look alone, before a byte of a large body is read.
 */
export const callbackFor = (
  context: TenantContext,
  id: string,
): { callback: { url: string; state: string; apiKey: string }; callbackDigest: string } => {
  const apiKey = keyOf(context, id)
  const url = `${entraDomain(context)}${CALLBACKS}`
  return { callback: { url, state: id, apiKey }, callbackDigest: callbackDigest(context, apiKey) }
}

export const callbackDigest = (scope: SecretScope, apiKey: string): string =>
  digestOfSecret(scope, 'entra-callback', apiKey)

/** Whether it is the key of some request of this tenant; of which one the digest in its row says. */
export const isCallbackKey = (scope: SecretScope, apiKey: string): boolean =>
  equalInConstantTime(apiKey, keyOf(scope, apiKey.slice(0, ID_CHARACTERS)))

const words: Partial<Record<AzureFault['fault'], (what: string) => string>> = {
  absent: (what) => `Entra Verified ID does not know this ${what}.`,
  conflict: (what) => `Entra Verified ID has another ${what} under this name.`,
}

/** `what`: that it does not take, or does not have. */
export const refusedByEntra = ({ fault, target }: AzureFault, what: string): Refused => {
  const named = target === null ? '' : ` It names ${target}.`
  const said = words[fault]?.(what) ?? `Entra Verified ID does not take the ${what}.${named}`
  return refuse('conflict', { detail: said })
}
