// The Functions of Azure Arc in this process, in front of the stand-in of Azure Resource Manager: what the edge sends to them goes
// through the real handlers and the real client, whose calls end in the stand-in. No sockets; the signature of the wire has tests of
// its own. Further tables of verbs of Arc are added to `concerns`.
import type { HttpHandler, HttpRequest, InvocationContext } from '@azure/functions'
import { decodeJwt } from 'jose'
import { clusterVerbs } from '../../../schemas/arc.ts'
import { machineVerbs } from '../../../schemas/arc-machine.ts'
import type { Verbs } from '../../../schemas/azure.ts'
import { WIRE_HEADER } from '../../../schemas/wire.ts'
import { arcClusterHandlers } from '../../arc/clusters.ts'
import { machineHandlers } from '../../arc/machines.ts'
import type { ArcParts } from '../../arc/parts.ts'
import { scopeLock } from '../../arc/scopes.ts'
import type { TokenSource } from '../../azure/credential.ts'
import { createArmStandIn } from '../../local/arm/stand-in.ts'
import { createIdentity, ONBOARDING_CLIENT_ID } from '../../local/verified-id/identity.ts'

const HEADER = 'the-identity-header'
export const SUBSCRIPTION = '00000000-0000-4000-8000-000000000001'

const concerns: [Verbs, (make: () => ArcParts | null) => Record<string, HttpHandler>][] = [
  [machineVerbs, machineHandlers],
  [clusterVerbs, arcClusterHandlers],
]

export interface ArcOfficeOptions {
  now?: () => Date
  /** `subscription/group` in lower case. */
  hasRoles?: (place: string) => boolean
  arcScopes?: string
  /** Absent: the laptop's. */
  onboarding?: TokenSource | null
}

export const createArcOffice = async ({
  now = () => new Date(),
  hasRoles = (place) => place.startsWith(SUBSCRIPTION),
  arcScopes,
  onboarding,
}: ArcOfficeOptions = {}) => {
  const identity = await createIdentity({ header: HEADER, now })
  const standIn = createArmStandIn({ path: null, identity, hasRoles, now })
  const tokens = (clientId?: string): TokenSource => ({
    async getToken(scope) {
      const resource = scope.replace(/\/\.default$/, '')
      const query = new URLSearchParams({ 'api-version': '2019-08-01', resource })
      if (clientId !== undefined) query.set('client_id', clientId)
      const request = new Request(`http://127.0.0.1/msi/token?${query}`, {
        headers: { 'x-identity-header': HEADER },
      })
      const { access_token, expires_on } = (await (await identity.answer(request)).json()) as {
        access_token: string
        expires_on: string
      }
      return { token: access_token, expiresOnTimestamp: Number(expires_on) * 1_000 }
    },
  })
  let clock = 0
  /** What goes to Azure; tests put theirs around it. */
  const azure = {
    fetch: async (url: string, init: RequestInit) => standIn.answer(new Request(url, init)),
  }
  const parts: ArcParts = {
    arm: {
      credential: tokens(),
      fetch: (url, init) => azure.fetch(url, init),
      now,
      pace: {
        // Time passes outside too, or a pause that Azure asked for would never end.
        clock: () => now().getTime() + clock,
        sleep: async (milliseconds) => {
          clock += milliseconds
        },
      },
    },
    onboarding: onboarding === undefined ? tokens(ONBOARDING_CLIENT_ID) : onboarding,
    lock: scopeLock(arcScopes),
  }
  const handlers = new Map<string, HttpHandler>()
  for (const [verbs, make] of concerns) {
    const made = make(() => parts)
    for (const [verb, { path }] of Object.entries(verbs))
      handlers.set(path, made[verb] as HttpHandler)
  }
  /** Paths that were asked for, in their order. */
  const asked: string[] = []
  /** In the place of the edge’s fetch. */
  const office = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    const { pathname } = new URL(String(input))
    const handler = handlers.get(pathname)
    if (!handler) throw new TypeError('nothing is reachable here')
    asked.push(pathname)
    const claims = decodeJwt(new Headers(init.headers).get(WIRE_HEADER) ?? '')
    const request = new Request('http://functions.invalid/', {
      ...{ method: 'POST', body: init.body ?? null },
    })
    const answer = await handler(
      request as unknown as HttpRequest,
      { extraInputs: { get: () => claims }, warn: () => undefined } as unknown as InvocationContext,
    )
    const { status = 200, jsonBody } = answer as { status?: number; jsonBody?: unknown }
    return Response.json(jsonBody ?? null, { status })
  }
  return { office: office as typeof fetch, standIn, azure, asked, tokens }
}
export type ArcOffice = Awaited<ReturnType<typeof createArcOffice>>
