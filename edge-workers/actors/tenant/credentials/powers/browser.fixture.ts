// A browser that keeps its cookies, for tests of signing in with a credential.
import type { PowerWorld } from './power-world.fixture.ts'

/** `address`: where it comes from. */
export const browserOf = (made: PowerWorld, address?: string) => {
  const jar = new Map<string, string>()
  const go = async (method: string, path: string, form?: Record<string, string>) => {
    const response = await made.world.http(method, path, {
      headers: {
        ...(address === undefined ? {} : { 'cf-connecting-ip': address }),
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form
          ? {
              'content-type': 'application/x-www-form-urlencoded',
              origin: made.world.env.PUBLIC_URL,
            }
          : {}),
      },
      ...(form ? { body: String(new URLSearchParams(form)) } : {}),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '' || /max-age=0/i.test(cookie)) jar.delete(name)
      else jar.set(name, value)
    }
    return {
      status: response.status,
      to: response.headers.get('location'),
      retryAfter: response.headers.get('retry-after'),
      text: await response.text(),
    }
  }
  const begin = (more: object = {}) =>
    go('POST', '/sign-in/credential', {
      tenant: 'acme',
      mode: 'cross-device',
      next: '/t/acme',
      ...more,
    })
  return { jar, go, begin }
}

/** What the page shows to wallets. */
export const linkIn = (text: string): string =>
  (/href="(openid4vp:[^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&')

/** Whoever is signed in there, as the tenant's actor is told of him. */
export const callerIn = ({ jar }: Pick<ReturnType<typeof browserOf>, 'jar'>) => {
  const cookie = jar.get('phoenix_session') ?? ''
  const payload = Buffer.from(cookie.split('.')[0] ?? '', 'base64url').toString()
  const { sessionId, identity } = JSON.parse(payload) as { sessionId: string; identity: string }
  return { kind: 'session' as const, sessionId, identity }
}
