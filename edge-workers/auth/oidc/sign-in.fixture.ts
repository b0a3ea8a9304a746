// For tests of signing in: a whole tenant beside a real OpenID provider in this process, and browsers with cookies.
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { subjectOf } from '../../../functions/local/identity-provider/people.ts'
import { startIdentityProvider } from '../../../functions/local/identity-provider/provider.ts'
import { issuersSetting } from '../../../functions/local/identity-provider/setting.ts'
import { pressThrough } from '../../../functions/local/identity-provider/sign-in.ts'
import { createTenantWorld } from '../../../functions/simulator/tenant-world.ts'

export const PUBLIC_URL = 'http://127.0.0.1:8787'

export const signingKey = async (kid: string): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' }
}

/** `reach`: stands between the edge and the provider, and may answer itself. */
export const createSignInWorld = async ({
  reach = (input, init) => fetch(input, init),
}: {
  reach?: typeof fetch
} = {}) => {
  const secrets = { clientSecret: 'c/l+i e'.repeat(8), cookieKey: 'k'.repeat(32) }
  const options = { port: 0, publicUrl: PUBLIC_URL, ...secrets }
  const key = await signingKey('first')
  const provider = await startIdentityProvider({ ...options, keys: [key] })
  const world = await createTenantWorld()
  world.env.OIDC_ISSUERS = issuersSetting({
    issuer: provider.url,
    publicUrl: PUBLIC_URL,
    ...secrets,
  })
  world.env.LOCAL = { fetch: reach }
  /** A member of a tenant who signs in as the demo person with this handle. */
  const bind = (handle: string, roles: string[], tenant = 'acme') =>
    world.create<{ id: string }>(`/v1/tenants/${tenant}/members`, {
      ...{ handle: `${handle}-oidc`, roles },
      signIn: { issuer: 'demo', subject: subjectOf(handle) },
    })

  const browser = () => {
    const cookies = new Map<string, string>()
    const send = async (method: string, path: string, headers: Record<string, string> = {}) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await world.http(method, path, {
        headers: { ...(cookie ? { cookie } : {}), ...headers },
      })
      for (const set of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
        if (value && !/max-age=0/i.test(set)) cookies.set(name, value)
        else cookies.delete(name)
      }
      return answer
    }
    const go = (path: string) => send('GET', path)
    const post = (path: string) => send('POST', path, { origin: PUBLIC_URL })
    /** Presses the button. The address at the provider. */
    const begin = async (next = '/') =>
      (await go(`/sign-in/demo?next=${encodeURIComponent(next)}`)).headers.get('location') ?? ''
    /** As this person through the provider's pages. The path and query to come back to. */
    const press = async (at: string, handle: string): Promise<string> => {
      const subject = subjectOf(handle)
      const back = await pressThrough(at, { subject, until: `${PUBLIC_URL}/` })
      return `${back.pathname}${back.search}`
    }
    const signIn = async (handle: string, next = '/') => go(await press(await begin(next), handle))
    return { cookies, go, post, begin, press, signIn }
  }
  return { ...world, provider, key, bind, browser, stop: () => provider.close() }
}
export type SignInWorld = Awaited<ReturnType<typeof createSignInWorld>>
