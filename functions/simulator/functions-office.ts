// The Functions in this process: what the edge sends to them goes through the real handlers, without sockets. The signature of the
// wire has tests of its own; here its claims are believed.
import type { HttpHandler, HttpRequest, InvocationContext } from '@azure/functions'
import { decodeJwt } from 'jose'
import type { Verbs } from '../../schemas/azure.ts'
import { WIRE_HEADER } from '../../schemas/wire.ts'

export type Office = [table: Verbs, handlers: Record<string, HttpHandler>]

/** In the place of the edge's fetch. `heard` gets everything that is said: requests and answers. */
export const createFunctionsOffice = (
  offices: Office[],
  heard: (text: string) => void = () => undefined,
): typeof fetch => {
  const handlers = new Map<string, HttpHandler>()
  for (const [table, own] of offices)
    for (const [verb, { path }] of Object.entries(table)) {
      const handler = own[verb]
      if (handler) handlers.set(path, handler)
    }
  return (async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    const handler = handlers.get(new URL(String(input)).pathname)
    if (!handler) throw new TypeError('nothing is reachable here')
    const claims = decodeJwt(new Headers(init.headers).get(WIRE_HEADER) ?? '')
    const request = new Request('http://functions.invalid/', {
      method: 'POST',
      body: init.body ?? null,
    })
    const context = {
      extraInputs: { get: () => claims },
      warn: heard,
      log: heard,
      error: heard,
    }
    const answer = await handler(
      request as unknown as HttpRequest,
      context as unknown as InvocationContext,
    )
    const { status = 200, jsonBody } = answer as { status?: number; jsonBody?: unknown }
    heard(JSON.stringify(jsonBody ?? null))
    return Response.json(jsonBody ?? null, { status })
  }) as typeof fetch
}
