// /v1/tenants/{tenant}/members/{id}/export and /erase: what is personal of a member, given out and erased (GDPR, Articles 15, 17
// and 20).
import { MemberView } from '../../schemas/member.ts'
import { PersonalExport } from '../../schemas/personal-export.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerEnd } from './collection.ts'

const TAG = 'Members'
const ONE = '/v1/tenants/{tenant}/members/{id}'

export const registerPersonalDataRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: `${ONE}/export`,
      summary: 'Export a member’s personal data',
      description: 'Everything that is kept of him, and each step of the log under his pseudonym.',
      tag: TAG,
      action: 'members.export',
      who: 'owners and admins of anybody in the tenant',
      answers: {
        200: { text: 'The data.', schema: PersonalExport, name: 'PersonalExport' },
      },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      return answer(c, await tenant.call(caller, 'members.export', param(c, 'id')))
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/erase`,
      summary: 'Erase a member’s personal data',
      description:
        'For good: name, address, handle, forge account, sessions and tokens. Exports that were made before keep what they had, encrypted under the backup key and read by nobody but a restore, which erases it again before anybody acts, until their retention is over; name and address are in none that was made since. His pseudonym stays in the log and in Git. A keyed digest of his identity stays with it, by which he signs in nowhere: should he be invited again he is the same member, and does not approve what he asked for before. Who erases himself leaves the tenant. The same however often.',
      tag: TAG,
      action: 'members.erase',
      who: 'owners and admins of somebody who was removed',
      ifMatch: true,
      answers: { 200: { text: 'The member, erased.', schema: MemberView, name: 'Member' } },
      problems: ['conflict'],
    },
    answerEnd('members.erase'),
  )
}
