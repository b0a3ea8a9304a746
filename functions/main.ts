// Entry of the Azure Functions bundle: what is registered, and that everything but health needs a signed request.
// Does nothing else; each function has a file of its own.
import { app } from '@azure/functions'
import { BACK_OFFICE_HEALTH_PATH, PING_PATH } from '../schemas/wire.ts'
import { health } from './health.ts'
import { ping } from './ping.ts'
import { createRequestVerifier, requireSignedRequest } from './verify-request.ts'

/** host.json puts this in front of every route. */
const ROUTE_PREFIX = '/api/'
const routeOf = (path: string): string => path.slice(ROUTE_PREFIX.length)

const verifyRequest = createRequestVerifier({
  jwks: process.env.EDGE_PUBLIC_JWKS,
  now: () => new Date(),
})
app.hook.preInvocation(requireSignedRequest({ verifyRequest, open: ['health'] }))

app.http('health', { methods: ['GET'], route: routeOf(BACK_OFFICE_HEALTH_PATH), handler: health })
app.http('ping', { methods: ['POST'], route: routeOf(PING_PATH), handler: ping })
