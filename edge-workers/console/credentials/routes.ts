// /t/{tenant}/credentials and everything below it.
import type { App } from '../../http/context.ts'
import { registerConfigurationPages } from './configuration-routes.tsx'
import { registerIssuedPages } from './credential-routes.tsx'
import { registerIssuerPages } from './issuer-routes.tsx'
import { registerOfferPages } from './offer-routes.tsx'
import { registerRequestPages } from './presentation-routes.tsx'
import { registerTrustedPages } from './trusted-routes.tsx'

export const registerCredentialPages = (app: App): void => {
  registerIssuedPages(app)
  registerOfferPages(app)
  registerConfigurationPages(app)
  registerIssuerPages(app)
  registerRequestPages(app)
  registerTrustedPages(app)
}
