// Handlers that are alike for whatever a tenant has several of: a page of them, one of them, the end of one. What creates or
// changes them has a body of its own and stands in the route.
import type { Page, PageRequest, Versioned } from '../actors/contracts.ts'
import type { InputOf, OperationName, OutputOf } from '../actors/operations-contracts.ts'
import type { Conditional } from '../actors/tenant/operation-inputs.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned, requireIfMatch } from '../http/answer.ts'
import type { AppContext } from '../http/context.ts'
import { answerPage, NO_FILTER, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { param } from '../http/route.ts'

type Handler = (c: AppContext) => Promise<Response>

/** Names of the operations that take and give this. */
type Alike<Input, Output> = {
  [Name in OperationName]: InputOf<Name> extends Input
    ? OutputOf<Name> extends Output
      ? Name
      : never
    : never
}[OperationName]

/** GET of a list without a filter: `{ items, next }`. */
export const answerList =
  (name: Alike<PageRequest, Page<unknown>>): Handler =>
  async (c) => {
    const door = await tenantDoor(c, param(c, 'tenant'))
    if (!door.ok) return answerRefusal(c, door.refusal)
    const { tenant, caller, tenantId } = door.value
    const query = readQuery(c, NO_FILTER)
    if (!query.ok) return answerRefusal(c, query.refusal)
    const page = readPage(c, { tenantId })
    if (!page.ok) return answerRefusal(c, page.refusal)
    return answerPage<unknown>(c, await tenant.call(caller, name, page.value), { tenantId })
  }

/** GET of the one that the path names: by its id, or by the name that people gave it. */
export const answerOne =
  (name: Alike<string, Versioned<unknown>>, by: 'id' | 'name' = 'id'): Handler =>
  async (c) => {
    const door = await tenantDoor(c, param(c, 'tenant'))
    if (!door.ok) return answerRefusal(c, door.refusal)
    const { tenant, caller } = door.value
    return answerVersioned<unknown>(c, await tenant.call(caller, name, param(c, by)))
  }

/** The end of the one that the path names, as it was read (If-Match). The answer shows it once more. */
export const answerEnd =
  (name: Alike<Conditional<null>, Versioned<unknown>>, by: 'id' | 'name' = 'id'): Handler =>
  async (c) => {
    const door = await tenantDoor(c, param(c, 'tenant'))
    if (!door.ok) return answerRefusal(c, door.refusal)
    const version = requireIfMatch(c)
    if (!version.ok) return answerRefusal(c, version.refusal)
    const { tenant, caller } = door.value
    const input = { id: param(c, by), ifVersion: version.value, body: null }
    return answerVersioned<unknown>(c, await tenant.call(caller, name, input))
  }
