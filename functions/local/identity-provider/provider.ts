// The laptop's identity provider: a real OpenID provider (oidc-provider) with demo people instead of passwords. Sign-ins under
// way are kept in memory; its keys and the people's subjects outlive a restart.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JWK } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'
import { createMemoryAdapter } from './memory-adapter.ts'
import { choosePage, errorPage, PROVIDER_POLICY } from './pages.ts'
import { emailOf, findPerson, PROVIDER_NAME } from './people.ts'

export const CONSOLE_CLIENT = 'phoenix'
/** For scripts: a public client with PKCE that is answered on any loopback port (RFC 8252 §7.3). */
export const SCRIPT_CLIENT = 'phoenix-script'
export const SCRIPT_REDIRECT = 'http://127.0.0.1/callback'

export interface IdentityProviderOptions {
  port: number
  /** Where the product is; also the audience of access tokens. */
  publicUrl: string
  clientSecret: string
  /** Private keys; the first signs. */
  keys: JWK[]
  cookieKey: string
}

export interface IdentityProvider {
  url: string
  close: () => Promise<void>
}

const SECONDS = { code: 60, token: 900, session: 3600 }
const MAX_FORM_BYTES = 2_000

const configuration = ({
  publicUrl,
  clientSecret,
  keys,
  cookieKey,
}: IdentityProviderOptions): Configuration => ({
  adapter: createMemoryAdapter(),
  clients: [
    {
      client_id: CONSOLE_CLIENT,
      client_name: 'The console of Phoenix',
      client_secret: clientSecret,
      redirect_uris: [`${publicUrl}/sign-in/${PROVIDER_NAME}/callback`],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'ES256',
    },
    {
      client_id: SCRIPT_CLIENT,
      client_name: 'A script of yours',
      application_type: 'native',
      redirect_uris: [SCRIPT_REDIRECT],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: { keys: keys as NonNullable<Configuration['jwks']>['keys'] },
  cookies: { keys: [cookieKey] },
  pkce: { required: () => true },
  responseTypes: ['code'],
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'] },
  // What the scopes say goes into the ID token: the product asks nowhere else.
  conformIdTokenClaims: false,
  findAccount: (_, subject) => {
    const person = findPerson(subject)
    return person
      ? {
          accountId: subject,
          claims: () => ({
            ...{ sub: subject, name: person.name, preferred_username: person.handle },
            email: emailOf(person),
          }),
        }
      : undefined
  },
  // There is nobody to ask: the demo people agree to everything.
  loadExistingGrant: async (ctx) => {
    const { client, session, provider, params, result } = ctx.oidc
    const known = result?.consent?.grantId ?? (client && session?.grantIdFor(client.clientId))
    if (known) return provider.Grant.find(known)
    if (!client || !session?.accountId) return undefined
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
    grant.addOIDCScope(String(params?.scope ?? 'openid'))
    grant.addResourceScope(publicUrl, 'api')
    await grant.save()
    return grant
  },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    userinfo: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => publicUrl,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        ...{ scope: 'api', audience: publicUrl, accessTokenTTL: SECONDS.token },
        ...{ accessTokenFormat: 'jwt' as const, jwt: { sign: { alg: 'ES256' as const } } },
      }),
    },
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  ttl: {
    ...{ AuthorizationCode: SECONDS.code, IdToken: SECONDS.token, AccessToken: SECONDS.token },
    ...{ Session: SECONDS.session, Grant: SECONDS.session, Interaction: SECONDS.session },
  },
  renderError: (ctx, out) => {
    ctx.type = 'html'
    ctx.set('content-security-policy', PROVIDER_POLICY)
    ctx.body = errorPage(String(out.error))
  },
})

const readForm = async (request: IncomingMessage): Promise<URLSearchParams> => {
  let text = ''
  for await (const part of request) {
    text += String(part)
    if (text.length > MAX_FORM_BYTES) return new URLSearchParams()
  }
  return new URLSearchParams(text)
}

const answerPage = (response: ServerResponse, status: number, html: string): void => {
  response.writeHead(status, {
    ...{ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    ...{ 'content-security-policy': PROVIDER_POLICY, 'referrer-policy': 'same-origin' },
  })
  response.end(html)
}

/** GET asks who it is, POST takes the answer. */
const interact = async (
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { uid, params } = await provider.interactionDetails(request, response)
  if (request.method !== 'POST') {
    const client = await provider.Client.find(String(params.client_id))
    answerPage(response, 200, choosePage(client?.clientName ?? 'Somebody', `/interaction/${uid}`))
    return
  }
  const person = findPerson((await readForm(request)).get('subject') ?? '')
  if (!person) return answerPage(response, 400, errorPage('unknown person'))
  const login = { accountId: person.subject, remember: false }
  // Native clients have to be agreed to each time (RFC 8252 §8.6): pressing the button was it.
  await provider.interactionFinished(request, response, { login, consent: {} })
}

/** Its issuer is `http://127.0.0.1:{port}`; port 0 is any free one. */
export const startIdentityProvider = async (
  options: IdentityProviderOptions,
): Promise<IdentityProvider> => {
  const server: Server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(url, configuration(options))
  const rest = provider.callback()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!/^\/interaction\/[A-Za-z0-9_-]+$/.test(request.url ?? ''))
      return void rest(request, response)
    interact(provider, request, response).catch(() => {
      if (!response.headersSent) answerPage(response, 400, errorPage('no such sign-in'))
    })
  })
  return {
    url,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
