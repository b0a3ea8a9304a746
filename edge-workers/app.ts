// The app: what happens around every request, in order, and the routes of this file's neighbours.
// main.ts adds the routes that need actors of their own; tests build the same app over actors in their process.
import { OpenAPIHono } from '@hono/zod-openapi'
import { routePath } from 'hono/route'
import { toErrors } from '../schemas/issues.ts'
import type { Clock } from '../schemas/ports.ts'
import { readCredential } from './auth/credential.ts'
import { bodyLimit } from './http/body.ts'
import type { App, AppTypes } from './http/context.ts'
import { type Counters, createCounters, methodOf } from './http/counters.ts'
import { answerMiss } from './http/methods.ts'
import { answerError, answerRefusal } from './http/problem.ts'
import { rateLimit } from './http/rate-limit.ts'
import { requestId } from './http/request-id.ts'
import { securityHeaders } from './http/security-headers.ts'
import { registerArcClusterRoutes } from './routes/arc-clusters.ts'
import { registerArcMachineRoutes } from './routes/arc-machines.ts'
import { registerAzureScopeRoutes } from './routes/azure-scope.ts'
import { registerBackupRoutes } from './routes/backups.ts'
import { registerClusterBootstrapRoutes } from './routes/cluster-bootstrap.ts'
import { registerComponentRoutes } from './routes/components.ts'
import { registerCredentialConfigurationRoutes } from './routes/credential-configurations.ts'
import { registerCredentialOfferRoutes } from './routes/credential-offers.ts'
import { registerCredentialRoutes } from './routes/credentials.ts'
import { registerEntryPointRoutes } from './routes/entry-points.ts'
import { registerForgeAccountRoutes } from './routes/forge-accounts.ts'
import { registerFreezeRoutes } from './routes/freeze.ts'
import { registerHealthRoutes } from './routes/health.ts'
import { registerInvitationRoutes } from './routes/invitations.ts'
import { registerIssuerRoutes } from './routes/issuer.ts'
import { registerKeyRoutes } from './routes/keys.ts'
import { registerLogRoutes } from './routes/log.ts'
import { registerLogKeyRoutes } from './routes/log-keys.ts'
import { registerMemberRoutes } from './routes/members.ts'
import { registerMetaRoutes } from './routes/meta.tsx'
import { registerPersonalDataRoutes } from './routes/personal-data.ts'
import { registerPlaceRoutes } from './routes/places.ts'
import { registerPlatformLogPage } from './routes/platform-log-page.tsx'
import { registerPolicyPackRoutes } from './routes/policy-packs.tsx'
import { registerPresentationRequestRoutes } from './routes/presentation-requests.ts'
import { registerPriceBookRoutes } from './routes/price-book.ts'
import { registerRegionCatalogueRoutes } from './routes/region-catalogue.tsx'
import { registerSecretRoutes } from './routes/secrets.ts'
import { registerSessionRoutes } from './routes/sessions.ts'
import { registerSweepRoutes } from './routes/sweep.ts'
import { registerTemplateRoutes } from './routes/templates.ts'
import { registerTenantLogRoutes } from './routes/tenant-log.ts'
import { registerTenantRoutes } from './routes/tenants.ts'
import { registerTokenExchangeRoutes } from './routes/token-exchange.ts'
import { registerTokenRoutes } from './routes/tokens.ts'
import { registerTrustedIssuerRoutes } from './routes/trusted-issuers.ts'
import { registerVerifierRoutes } from './routes/verifiers.ts'
import { registerEntraRoutes } from './routes/wallet/entra.ts'
import { registerEntraHostRoutes } from './routes/wallet/entra-host.ts'
import { registerIssuerDocumentRoutes } from './routes/wallet/issuer-documents.ts'
import { registerPresentationWalletRoutes } from './routes/wallet/oid4vp.ts'
import { registerOpenid4vciRoutes } from './routes/wallet/openid4vci.ts'
import { registerWebhookEndpointRoutes } from './routes/webhook-endpoints.ts'
import { registerWorkloadRoutes } from './routes/workloads.ts'

/** `clock`: what time it is for limits and time stamps. */
export const createApp = ({ clock = () => new Date() }: { clock?: Clock } = {}): App => {
  const app = new OpenAPIHono<AppTypes>({
    defaultHook: (result, c) =>
      result.success
        ? undefined
        : answerRefusal(c, {
            problem: 'invalid-parameters',
            errors: toErrors(result.error.issues),
          }),
  })
  // workerd has no time before the first request.
  let counters: Counters | undefined
  app.use(async (c, next) => {
    counters ??= createCounters(clock())
    c.set('clock', clock)
    c.set('counters', counters)
    c.set('credential', readCredential(c.req.header('authorization')))
    const began = Date.now()
    await next()
    const { status } = c.res
    counters.add('phoenix_requests_total', { method: methodOf(c.req.method), status })
    counters.observe(routePath(c, -1), status, (Date.now() - began) / 1000)
  })
  app.use(requestId)
  app.use(securityHeaders)
  app.use(bodyLimit)
  app.use(rateLimit())
  app.onError(answerError)
  app.notFound(answerMiss(app))
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API token, `phx_<tenant id>_<token id>_<secret><check>`, or an access token (JWT) of a configured identity provider.',
  })

  registerHealthRoutes(app)
  registerMetaRoutes(app)
  registerPolicyPackRoutes(app)
  registerTemplateRoutes(app)
  registerPlaceRoutes(app)
  registerRegionCatalogueRoutes(app)
  registerPriceBookRoutes(app)
  registerFreezeRoutes(app)
  registerBackupRoutes(app)
  registerSweepRoutes(app)
  registerEntryPointRoutes(app)
  registerLogKeyRoutes(app)
  registerLogRoutes(app)
  registerPlatformLogPage(app)
  registerVerifierRoutes(app)
  registerTenantRoutes(app)
  registerTenantLogRoutes(app)
  registerTokenRoutes(app)
  registerWorkloadRoutes(app)
  registerComponentRoutes(app)
  registerTokenExchangeRoutes(app)
  registerMemberRoutes(app)
  registerForgeAccountRoutes(app)
  registerWebhookEndpointRoutes(app)
  registerPersonalDataRoutes(app)
  registerInvitationRoutes(app)
  registerSessionRoutes(app)
  registerIssuerRoutes(app)
  registerCredentialConfigurationRoutes(app)
  registerCredentialRoutes(app)
  registerIssuerDocumentRoutes(app)
  registerPresentationRequestRoutes(app)
  registerTrustedIssuerRoutes(app)
  registerPresentationWalletRoutes(app)
  registerCredentialOfferRoutes(app)
  registerOpenid4vciRoutes(app)
  registerEntraRoutes(app)
  registerEntraHostRoutes(app)
  registerSecretRoutes(app)
  registerKeyRoutes(app)
  registerAzureScopeRoutes(app)
  registerArcMachineRoutes(app)
  registerArcClusterRoutes(app)
  registerClusterBootstrapRoutes(app)
  return app
}
