// What asking for a change and for a rollout share: a preview that writes nothing, or one accepted thing per
// Idempotency-Key, told apart by `validateOnly` (AIP-163).
import * as z from 'zod'
import { ok, type Result } from '../../schemas/result.ts'
import type { Caller, TenantApi } from '../actors/contracts.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { AppContext } from '../http/context.ts'
import { fingerprint, requireIdempotencyKey } from '../http/idempotency.ts'
import { readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { param } from '../http/route.ts'

export const Preview = z.strictObject({ validateOnly: z.enum(['true', 'false']).optional() })

interface Asking<Body> {
  key: string | null
  fingerprint: string
  request: Body
  validateOnly: boolean
}

/** The handler of such a request. `command` keeps one key from meaning two things; `at`: the list that has what is asked for. */
export const answerAsked =
  <Body, View extends { id: string | null; replayed?: boolean }>(
    {
      body: schema,
      command,
      query: known = Preview,
      optional = false,
      at = (c) => c.req.path,
    }: {
      body: z.ZodType<Body>
      command: string
      query?: z.ZodType<z.infer<typeof Preview>>
      /** The body may be left out. */
      optional?: boolean
      at?: (c: AppContext) => string
    },
    ask: (
      tenant: TenantApi,
      caller: Caller,
      asking: Asking<Body>,
      c: AppContext,
    ) => Promise<Result<View>>,
  ) =>
  async (c: AppContext): Promise<Response> => {
    const door = await tenantDoor(c, param(c, 'tenant'))
    if (!door.ok) return answerRefusal(c, door.refusal)
    const query = readQuery(c, known)
    if (!query.ok) return answerRefusal(c, query.refusal)
    const validateOnly = query.value.validateOnly === 'true'
    const key: Result<string | null> = validateOnly ? ok(null) : requireIdempotencyKey(c)
    if (!key.ok) return answerRefusal(c, key.refusal)
    const body = await readJson(c, schema, { optional })
    if (!body.ok) return answerRefusal(c, body.refusal)
    const { tenant, caller } = door.value
    const asking = {
      key: key.value,
      fingerprint: fingerprint(body.value, command),
      request: body.value,
      validateOnly,
    }
    const result = await ask(tenant, caller, asking, c)
    const { id, replayed } = result.ok ? result.value : { id: null }
    return answer(c, result, {
      status: validateOnly ? 200 : 202,
      headers: {
        ...(id === null ? {} : { location: `${at(c)}/${id}` }),
        // Stripe's word for the answer to a key that was seen before.
        ...(replayed ? { 'idempotent-replayed': 'true' } : {}),
      },
      show: ({ replayed: _told, ...view }) => view,
    })
  }
