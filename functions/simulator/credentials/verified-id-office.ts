// The Functions of Verified ID in this process, in front of the stand-in: what the edge sends to them goes through the real
// handlers and the real client, whose calls end in the stand-in. No sockets; the signature of the wire has tests of its own.
import type { HttpRequest, InvocationContext } from '@azure/functions'
import { decodeJwt } from 'jose'
import { verifiedIdVerbs } from '../../../schemas/verified-id.ts'
import { WIRE_HEADER } from '../../../schemas/wire.ts'
import type { VerifiedIdStandIn } from '../../local/verified-id/stand-in.ts'
import { verifiedIdHandlers } from '../../verified-id/functions.ts'
import { memoryRecords } from '../../verified-id/records.ts'
import type { RestOptions } from '../../verified-id/rest.ts'

export const KEY_VAULT = {
  ...{ subscriptionId: '00000000-0000-4000-8000-000000000001', resourceGroup: 'simulated' },
  ...{ resourceName: 'simulated', resourceUrl: 'https://simulated.vault.azure.net/' },
}

/** Time that passes when somebody sleeps. */
export const fakePace = () => {
  let at = 0
  const slept: number[] = []
  return {
    slept,
    clock: () => at,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds)
      at += milliseconds
    },
  }
}

/** Tokens of the stand-in’s own identity endpoint. */
export const standInCredential = ({ app, identityHeader }: VerifiedIdStandIn) => ({
  async getToken(scope: string) {
    const resource = scope.replace(/\/\.default$/, '')
    const path = `/msi/token?api-version=2019-08-01&resource=${resource}`
    const headers = { 'x-identity-header': identityHeader }
    const { access_token } = (await (await app.request(path, { headers })).json()) as {
      access_token: string
    }
    return { token: access_token }
  },
})

export const createVerifiedIdOffice = (
  standIn: VerifiedIdStandIn,
  more: Partial<RestOptions> = {},
) => {
  const rest: RestOptions = {
    credential: standInCredential(standIn),
    fetch: async (url, init) => standIn.app.fetch(new Request(url, init)),
    ...{ now: () => new Date(), pace: fakePace(), perSecond: 1_000, ...more },
  }
  const handlers = verifiedIdHandlers(() => ({
    ...{ rest, keyVault: KEY_VAULT, records: memoryRecords() },
  }))
  const verbs = new Map(
    Object.entries(verifiedIdVerbs).map(([verb, { path }]) => [path as string, verb]),
  )
  /** In the place of the edge’s fetch. */
  const office = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    const verb = verbs.get(new URL(String(input)).pathname) as
      | keyof typeof verifiedIdVerbs
      | undefined
    if (!verb) throw new TypeError('nothing is reachable here')
    const claims = decodeJwt(new Headers(init.headers).get(WIRE_HEADER) ?? '')
    const request = new Request('http://functions.invalid/', {
      method: 'POST',
      body: init.body ?? null,
    })
    const answer = await handlers[verb](
      request as unknown as HttpRequest,
      {
        extraInputs: { get: () => claims },
        warn: () => undefined,
      } as unknown as InvocationContext,
    )
    const { status = 200, jsonBody } = answer as { status?: number; jsonBody?: unknown }
    return Response.json(jsonBody ?? null, { status })
  }
  return office as typeof fetch
}
