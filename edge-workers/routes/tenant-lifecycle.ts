// The life of /v1/tenants/{tenant}: an operator suspends and resumes it, an owner deletes it and takes that back.
import { TenantView } from '../../schemas/tenant.ts'
import { DeleteTenant, DeletionView, SuspendTenant } from '../../schemas/tenant-deletion.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned, requireIfMatch } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App, AppContext } from '../http/context.ts'
import { NO_FILTER, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { Preview } from './asking.ts'

const TAG = 'Tenants'
const ONE = '/v1/tenants/{tenant}'
const tenantView = { schema: TenantView, name: 'Tenant' }
const deletionView = { schema: DeletionView, name: 'TenantDeletion' }

/** Orders without a body: repeated, they change nothing more. */
const answerOrder =
  (name: 'tenant.resume' | 'tenant.restore') =>
  async (c: AppContext): Promise<Response> => {
    const door = await tenantDoor(c, param(c, 'tenant'))
    if (!door.ok) return answerRefusal(c, door.refusal)
    const query = readQuery(c, NO_FILTER)
    if (!query.ok) return answerRefusal(c, query.refusal)
    const { tenant, caller } = door.value
    return answerVersioned(c, await tenant.call(caller, name, null))
  }

const registerSuspension = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/suspend`,
      summary: 'Suspend a tenant',
      description:
        'Its people and machines may still read; everything else is refused until it is resumed. What stands keeps running and is reported on. Open changes are neither approved nor merged, and nothing is promoted: what was merged on the forge before waits, what is merged there past the red gate is never applied. Suspending it again changes nothing.',
      tag: TAG,
      action: 'tenant.suspend',
      body: SuspendTenant,
      bodyName: 'SuspendTenant',
      answers: { 200: { text: 'The tenant as it is now.', ...tenantView } },
      problems: ['wrong-state'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const body = await readJson(c, SuspendTenant)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller } = door.value
      return answerVersioned(c, await tenant.call(caller, 'tenant.suspend', body.value))
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/resume`,
      summary: 'Resume a tenant',
      description: 'Open changes are judged again, and what was merged before is promoted.',
      tag: TAG,
      action: 'tenant.suspend',
      answers: { 200: { text: 'The tenant as it is now.', ...tenantView } },
      problems: ['wrong-state'],
    },
    answerOrder('tenant.resume'),
  )
}

export const registerTenantLifecycleRoutes = (app: App): void => {
  registerSuspension(app)

  addRoute(
    app,
    {
      method: 'delete',
      path: ONE,
      summary: 'Delete a tenant',
      description:
        'With `validateOnly=true` the answer is the list of everything that would be destroyed. Sent with that list’s digest as `confirm`, it becomes a change: its pull request shows the list and somebody else approves it. Guards are lifted first, then everything goes; what one pull request cannot show follows in further ones. When nothing stands any more the tenant can be read and restored until the grace is over; then everything personal is erased and nobody gets in any more. Where nothing stands, the confirmation begins the grace. Sent again, it answers with the deletion under way.',
      tag: TAG,
      action: 'tenant.delete',
      ifMatch: true,
      query: Preview,
      body: DeleteTenant,
      bodyOptional: true,
      bodyName: 'DeleteTenant',
      answers: {
        200: { text: 'The preview, or the tenant in its grace.', ...deletionView },
        202: { text: 'The deletion, with its change.', ...deletionView },
      },
      problems: ['confirm-required', 'conflict', 'open-change', 'plan-blocked', 'tenant-suspended'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const query = readQuery(c, Preview)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const body = await readJson(c, DeleteTenant, { optional: true })
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller } = door.value
      const deletion = await tenant.call(caller, 'tenant.delete', {
        ifVersion: version.value,
        confirm: body.value.confirm ?? null,
        validateOnly: query.value.validateOnly === 'true',
      })
      const status = deletion.ok && deletion.value.value.change !== null ? 202 : 200
      return answerVersioned(c, deletion, { status })
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/restore`,
      summary: 'Restore a tenant',
      description:
        'Takes a deletion back: its open change is withdrawn, or the tenant leaves its grace, with its people, its log and its repository. What was removed stays removed; the plan of each change has the parameters to ask for it again. Not while a step is being applied.',
      tag: TAG,
      action: 'tenant.delete',
      answers: { 200: { text: 'The tenant, active.', ...tenantView } },
      problems: ['wrong-state', 'tenant-suspended'],
    },
    answerOrder('tenant.restore'),
  )
}
