// /v1/tenants/{tenant}/forge-accounts: whose an account at the forge is. The gate counts what an account says there as its
// member's; an account that nobody has proved to be his is nobody's.
import {
  ForgeAccountView,
  ForgeChallenge,
  LinkForgeAccount,
  NewForgeChallenge,
} from '../../schemas/forge-account.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer, answerVersioned } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerEnd, answerOne } from './collection.ts'

const TAG = 'Forge accounts'
const LIST = '/v1/tenants/{tenant}/forge-accounts'
const ONE = `${LIST}/{id}`
const view = { schema: ForgeAccountView, name: 'ForgeAccount' }

export const registerForgeAccountRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: `${LIST}/challenges`,
      summary: 'Ask for a challenge',
      description:
        'A text for oneself to sign with an SSH key that the forge shows for the account: `ssh-keygen -Y sign -n phoenix-forge-account`. It holds for 15 minutes.',
      tag: TAG,
      action: 'forge-accounts.link',
      idempotencyKey: true,
      body: NewForgeChallenge,
      bodyName: 'NewForgeChallenge',
      answers: {
        201: { text: 'The challenge.', schema: ForgeChallenge, name: 'ForgeChallenge' },
      },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, NewForgeChallenge, 'POST forge-accounts/challenges')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const begun = await tenant.call(caller, 'forge-accounts.challenge', asked.value)
      return answer(c, begun, { status: 201 })
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Link an account at the forge',
      description:
        'The signed challenge proves that the account is one’s own. It takes the place of the account that was linked before, whose reviews count for nothing from then on. An account that another member has linked is refused.',
      tag: TAG,
      action: 'forge-accounts.link',
      idempotencyKey: true,
      body: LinkForgeAccount,
      bodyName: 'LinkForgeAccount',
      answers: { 201: { text: 'The account, linked.', ...view } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, LinkForgeAccount, 'POST forge-accounts')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller, entry } = door.value
      const linked = await tenant.call(caller, 'forge-accounts.prove', asked.value)
      const headers = linked.ok
        ? { location: `/v1/tenants/${entry.slug}/forge-accounts/${linked.value.value.member}` }
        : {}
      return answerVersioned(c, linked, { status: 201, headers })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read whose account at the forge is linked',
      description: 'By the id of the member, or `me`.',
      tag: TAG,
      action: 'members.read',
      answers: { 200: { text: 'The account.', ...view } },
    },
    answerOne('forge-accounts.read'),
  )

  addRoute(
    app,
    {
      method: 'delete',
      path: ONE,
      summary: 'Unlink an account at the forge',
      description:
        'By the id of the member, or `me`. Approvals that came from it are void in every open change; what its member approved here stays.',
      tag: TAG,
      action: 'forge-accounts.link',
      who: 'owners and admins also those whom they manage',
      ifMatch: true,
      answers: { 200: { text: 'The account as it was.', ...view } },
    },
    answerEnd('forge-accounts.unlink'),
  )
}
