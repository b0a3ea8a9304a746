// Pages of holders, each behind a secret in its address and no sign-in. Whatever is wrong with the address, the answer is the same.
import {
  CredentialId,
  CredentialOfferId,
  PresentationRequestId,
} from '../../../schemas/credential.ts'
import type { TenantApi } from '../../actors/contracts.ts'
import { tenantStub } from '../../actors/stubs.ts'
import { digestFor as offerDigest } from '../../actors/tenant/credentials/issuance/offer-secrets.ts'
import { type SecretScope, secretScope } from '../../actors/tenant/credentials/issuer/secrets.ts'
import { digestFor as requestDigest } from '../../actors/tenant/credentials/presentations/request-secrets.ts'
import { credentialPageDigest } from '../../actors/tenant/credentials/status/page.ts'
import { browserDigest, ensureBrowser } from '../../auth/presentation-cookie.ts'
import type { App, AppContext } from '../../http/context.ts'
import { answerRefusal } from '../../http/problem.ts'
import { param } from '../../http/route.ts'
import { findIssuer } from '../../routes/wallet/wallet-route.ts'
import { isOwnForm } from '../session.ts'
import { CredentialPage } from './credential-page.tsx'
import { answerHolder, answerNothing, wordsOf } from './frame.tsx'
import { OfferPage, liveOf as offerLive } from './offer-page.tsx'
import { PresentationPage, liveOf as requestLive } from './presentation-page.tsx'
import { HOLDER_SCRIPT } from './script.ts'

const SECRET = /^[a-z2-7]{32}$/

interface Way {
  id: string
  secret: string
  tenantId: string
  scope: SecretScope
  tenant: Pick<TenantApi, 'wallet'>
}

const wayIn = async (c: AppContext, isId: (id: string) => boolean): Promise<Way | null> => {
  const [id, secret] = [param(c, 'id'), param(c, 'secret')]
  if (!isId(id) || !SECRET.test(secret)) return null
  const entry = await findIssuer(c.env, param(c, 'issuer'))
  const reached = entry && tenantStub(c.env, entry.jurisdiction, entry.id)
  if (!entry || !reached?.ok) return null
  const scope = secretScope(c.env, entry.id)
  return { id, secret, tenantId: entry.id, scope, tenant: reached.value.stub }
}

const showOffer = async (c: AppContext): Promise<Response> => {
  const way = await wayIn(c, (id) => CredentialOfferId.safeParse(id).success)
  if (!way) return answerNothing(c)
  const pageDigest = offerDigest(way.scope, 'page', way.secret)
  const read = await way.tenant.wallet('offer.page', { id: way.id, pageDigest })
  if (!read.ok) return answerNothing(c)
  const words = wordsOf(c)
  return answerHolder(
    c,
    { title: words.offer.title(read.value.issuerName), ...offerLive(read.value) },
    <OfferPage offer={read.value} words={words} now={c.get('clock')()} />,
  )
}

const askForAnother = async (c: AppContext): Promise<Response> => {
  if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
  const way = await wayIn(c, (id) => CredentialOfferId.safeParse(id).success)
  if (!way) return answerNothing(c)
  const pageDigest = offerDigest(way.scope, 'page', way.secret)
  const asked = await way.tenant.wallet('offer.ask-again', { id: way.id, pageDigest })
  return asked.ok ? c.redirect(c.req.path, 303) : answerNothing(c)
}

const showCredential = async (c: AppContext): Promise<Response> => {
  const way = await wayIn(c, (id) => CredentialId.safeParse(id).success)
  if (!way) return answerNothing(c)
  const pageDigest = credentialPageDigest(way.scope, way.secret)
  const read = await way.tenant.wallet('credential.page', { id: way.id, pageDigest })
  if (!read.ok) return answerNothing(c)
  const words = wordsOf(c)
  return answerHolder(
    c,
    { title: words.credential.title },
    <CredentialPage credential={read.value} words={words} now={c.get('clock')()} />,
  )
}

/** Somebody looks at it now: no preview of a messenger, no prefetch, no script (Fetch Metadata). */
const isVisit = (c: AppContext): boolean =>
  c.req.header('sec-fetch-mode') === 'navigate' &&
  c.req.header('sec-fetch-dest') === 'document' &&
  c.req.header('sec-purpose') === undefined

const requestWay = async (c: AppContext) => {
  const way = await wayIn(c, (id) => PresentationRequestId.safeParse(id).success)
  return way && { ...way, pageDigest: requestDigest(way.scope, 'page', way.secret) }
}

const showRequest = async (c: AppContext): Promise<Response> => {
  const way = await requestWay(c)
  if (!way) return answerNothing(c)
  const { id, pageDigest, tenant, tenantId } = way
  const look = (browser: string | null) =>
    tenant.wallet('presentations.page', { id, pageDigest, browserDigest: browser })
  const first = await look(browserDigest(c, tenantId))
  if (!first.ok) return answerNothing(c)
  let { value } = first
  if (value.browser === 'none' && value.uri !== null && isVisit(c)) {
    const browser = ensureBrowser(c, tenantId)
    await tenant.wallet('presentations.begin', { id, pageDigest, browserDigest: browser })
    const again = await look(browser)
    if (!again.ok) return answerNothing(c)
    value = again.value
  }
  const words = wordsOf(c)
  return answerHolder(
    c,
    { title: words.presentation.title(value.verifier), ...requestLive(value) },
    <PresentationPage shown={value} words={words} now={c.get('clock')()} />,
  )
}

/** Where the first look could not tell that somebody looks. Another site’s form does not begin it in his browser. */
const beginRequest = async (c: AppContext): Promise<Response> => {
  if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
  const way = await requestWay(c)
  if (!way) return answerNothing(c)
  const { id, pageDigest, tenant } = way
  const read = await tenant.wallet('presentations.page', { id, pageDigest, browserDigest: null })
  if (!read.ok) return answerNothing(c)
  const browser = ensureBrowser(c, way.tenantId)
  await tenant.wallet('presentations.begin', { id, pageDigest, browserDigest: browser })
  return c.redirect(c.req.path, 303)
}

export const registerHolderPages = (app: App): void => {
  app.get('/holder.js', (c) =>
    c.body(HOLDER_SCRIPT, 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=300',
    }),
  )
  app.get('/offers/:issuer/:id/:secret', showOffer)
  app.post('/offers/:issuer/:id/:secret', askForAnother)
  app.get('/credentials/:issuer/:id/:secret', showCredential)
  app.get('/presentations/:issuer/:id/:secret', showRequest)
  app.post('/presentations/:issuer/:id/:secret', beginRequest)
}
