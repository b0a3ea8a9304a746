// What routes of secrets and of keys have in common beyond any collection: writes about the one that the path names, under a key of
// the caller or as it was read, and what the vault itself is asked.
import type * as z from 'zod'
import type { Versioned } from '../actors/contracts.ts'
import type { InputOf, OperationName, OutputOf } from '../actors/operations-contracts.ts'
import type { Conditional, Keyed } from '../actors/tenant/operation-inputs.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer, answerVersioned, requireIfMatch } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { AppContext } from '../http/context.ts'
import { fingerprint, readKeyed, requireIdempotencyKey } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { param } from '../http/route.ts'

type Handler = (c: AppContext) => Promise<Response>
type Named<Input, Output> = {
  [Name in OperationName]: InputOf<Name> extends Input
    ? Input extends InputOf<Name>
      ? OutputOf<Name> extends Output
        ? Name
        : never
      : never
    : never
}[OperationName]

/** GET of what the vault is asked for. */
export const answerOfVault =
  (name: 'secrets.versions' | 'keys.versions'): Handler =>
  async (c) => {
    const door = await tenantDoor(c, param(c, 'tenant'))
    if (!door.ok) return answerRefusal(c, door.refusal)
    const { tenant, caller } = door.value
    return answer(c, await tenant.call(caller, name, param(c, 'name')))
  }

/** POST or PUT about the one that the path names, under its Idempotency-Key. */
export const answerKeyed =
  <Body>(
    name: Named<Keyed<Body> & { id: string }, Versioned<unknown>>,
    schema: z.ZodType<Body>,
    options: { optional?: boolean } = {},
  ): Handler =>
  async (c) => {
    const door = await tenantDoor(c, param(c, 'tenant'))
    if (!door.ok) return answerRefusal(c, door.refusal)
    const asked = await readKeyed(c, schema, `${c.req.method} ${name}`, options)
    if (!asked.ok) return answerRefusal(c, asked.refusal)
    const { tenant, caller } = door.value
    const input = { id: param(c, 'name'), ...asked.value } as unknown as InputOf<typeof name>
    return answerVersioned<unknown>(c, await tenant.call(caller, name, input))
  }

/** The same without a body. */
export const answerKeyedAlone =
  (name: 'secrets.recover' | 'keys.recover' | 'keys.rotate'): Handler =>
  async (c) => {
    const door = await tenantDoor(c, param(c, 'tenant'))
    if (!door.ok) return answerRefusal(c, door.refusal)
    const key = requireIdempotencyKey(c)
    if (!key.ok) return answerRefusal(c, key.refusal)
    const { tenant, caller } = door.value
    const input = {
      ...{ id: param(c, 'name'), key: key.value, body: null },
      fingerprint: fingerprint(null, `POST ${name}`),
    }
    return answerVersioned<unknown>(c, await tenant.call(caller, name, input))
  }

/** PATCH as it was read (If-Match). */
export const answerPatched =
  <Body>(name: Named<Conditional<Body>, Versioned<unknown>>, schema: z.ZodType<Body>): Handler =>
  async (c) => {
    const door = await tenantDoor(c, param(c, 'tenant'))
    if (!door.ok) return answerRefusal(c, door.refusal)
    const version = requireIfMatch(c)
    if (!version.ok) return answerRefusal(c, version.refusal)
    const body = await readJson(c, schema)
    if (!body.ok) return answerRefusal(c, body.refusal)
    const { tenant, caller } = door.value
    const input = {
      ...{ id: param(c, 'name'), ifVersion: version.value, body: body.value },
    } as unknown as InputOf<typeof name>
    return answerVersioned<unknown>(c, await tenant.call(caller, name, input))
  }
