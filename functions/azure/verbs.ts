// One function for each verb of a table (schemas/azure.ts) behind the signed wire: the body is what the table says or nothing
// happens, and what Azure would not do is an answer and no error.
import type {
  HttpHandler,
  HttpRequest,
  HttpResponseInit,
  InvocationContext,
} from '@azure/functions'
import type * as z from 'zod'
import type { Azure, Verbs } from '../../schemas/azure.ts'
import { verifiedClaims } from '../verify-request.ts'
import { AzureError } from './errors.ts'

/** Who asks, under which operation. */
export interface Asker {
  owner: string
  operation: string
}

/** What is done for each verb. Throws AzureError for what Azure would not do. */
export type Work<Table extends Verbs> = {
  [Verb in keyof Table]: (
    input: z.output<Table[Verb]['input']>,
    who: Asker,
    context: InvocationContext,
  ) => Promise<z.output<Table[Verb]['output']>>
}

const answer = (body: Azure<unknown>): HttpResponseInit => ({ jsonBody: body })

/** `make` is called once, when the first request comes: a wrong setting stops nothing else. Null: not configured, which is 404. */
export const verbHandlers = <Table extends Verbs>(
  table: Table,
  make: () => Work<Table> | null,
): Record<keyof Table & string, HttpHandler> => {
  let made: { work: Work<Table> | null } | undefined
  const handlerOf =
    (verb: keyof Table & string): HttpHandler =>
    async (request: HttpRequest, context: InvocationContext) => {
      const { sub: owner, jti: operation } = verifiedClaims(context)
      made ??= { work: make() }
      const { work } = made
      if (!work) return { status: 404 }
      const body: unknown = await request.json().catch(() => null)
      const input = table[verb]?.input.safeParse(body)
      if (!input?.success) return { status: 400 }
      try {
        const value = await work[verb](input.data as never, { owner, operation }, context)
        return answer({ ok: true, value })
      } catch (error) {
        if (!(error instanceof AzureError)) throw error
        const line = { level: 'warn', event: 'verb-failed', verb, error: error.message }
        context.warn(JSON.stringify(line))
        return answer({ ok: false, fault: error.fault })
      }
    }
  return Object.fromEntries(Object.keys(table).map((verb) => [verb, handlerOf(verb)])) as Record<
    keyof Table & string,
    HttpHandler
  >
}
