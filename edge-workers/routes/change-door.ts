// What the routes of a change share: their addresses, their view, and the way in.
import { ChangeView } from '../../schemas/change.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import { type Entered, tenantDoor } from '../auth/door.ts'
import type { AppContext } from '../http/context.ts'
import { param } from '../http/route.ts'

export const TAG = 'Changes'
export const LIST = '/v1/tenants/{tenant}/changes'
export const ONE = `${LIST}/{id}`
export const view = { schema: ChangeView, name: 'Change' }

/** Without the fields that were not given: the contract knows absence, not undefined. */
export const defined = <T extends object>(
  filter: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

/** The tenant's door and the id in the path; an id of another shape is simply not found. */
export const changeDoor = async (c: AppContext) => {
  const door = await tenantDoor(c, param(c, 'tenant'))
  if (!door.ok) return door
  const id = param(c, 'id')
  return /^chg_[a-z2-7]{26}$/.test(id) ? ok({ ...door.value, id }) : notAChange(door.value)
}

/** Who may not read changes at all is told so before an id is judged. */
const notAChange = async ({ tenant, caller }: Entered): Promise<Result<never>> => {
  const who = await tenant.whoAmI(caller, 'changes.read')
  return who.ok ? refuse('not-found') : who
}
