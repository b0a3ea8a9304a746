// What a browser may do with our answers. Pages get what the console needs and no more: own styles, own scripts, own events.
import type { MiddlewareHandler } from 'hono'
import type { AppTypes } from './context.ts'

export const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

export const securityHeaders: MiddlewareHandler<AppTypes> = async (c, next) => {
  await next()
  const { headers } = c.res
  const page = headers.get('content-type')?.startsWith('text/html') ?? false
  headers.set('content-security-policy', page ? PAGE_POLICY : DATA_POLICY)
  headers.set('x-content-type-options', 'nosniff')
  // With no-referrer a browser sends `Origin: null` with our own forms (Fetch §3.2), and they would be refused as foreign.
  if (!headers.has('referrer-policy'))
    headers.set('referrer-policy', page ? 'same-origin' : 'no-referrer')
  headers.set('cross-origin-resource-policy', 'same-origin')
  if (page) headers.set('cross-origin-opener-policy', 'same-origin')
  if (c.env.PUBLIC_URL.startsWith('https:')) {
    headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains')
  }
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
}
