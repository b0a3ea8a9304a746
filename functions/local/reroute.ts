// Azure's host names to addresses of this machine: the one seam between product code and its stand-ins. Product code keeps its
// production addresses; only a process that calls this one goes elsewhere.
import * as z from 'zod'

const Routes = z.record(
  z.string().regex(/^[a-z0-9.-]+$/),
  z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ }),
)

type Fetch = typeof globalThis.fetch

/** `routes`: JSON, from host name to the origin of a stand-in. Absent: the same fetch. */
export const rerouted = (fetch: Fetch, routes: string | undefined): Fetch => {
  if (!routes) return fetch
  const origins = new Map(Object.entries(Routes.parse(JSON.parse(routes))))
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const origin = url.protocol === 'https:' ? origins.get(url.host) : undefined
    if (origin === undefined) return fetch(input, init)
    const local = `${origin}${url.pathname}${url.search}`
    // Several names may lead to one stand-in, which is told by which it was called.
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}))
    headers.set('x-forwarded-host', url.host)
    const sent = { ...init, headers }
    return fetch(input instanceof Request ? new Request(local, input) : local, sent)
  }
}
