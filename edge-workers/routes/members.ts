// /v1/tenants/{tenant}/members, /service-accounts, /me: who belongs to a tenant, and who is asking.
import {
  CreateMember,
  CreateServiceAccount,
  Me,
  MemberDetail,
  MemberView,
  UpdateMember,
} from '../../schemas/member.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer, answerVersioned, requireIfMatch } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerEnd, answerList, answerOne } from './collection.ts'

const TAG = 'Members'
const LIST = '/v1/tenants/{tenant}/members'
const ONE = `${LIST}/{id}`
const view = { schema: MemberView, name: 'Member' }
const detail = { schema: MemberDetail, name: 'MemberDetail' }

export const registerMemberRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/me',
      summary: 'Who is asking',
      tag: TAG,
      action: 'self.read',
      answers: { 200: { text: 'The member behind the credential.', schema: Me, name: 'Me' } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      return answer(c, await door.value.tenant.call(door.value.caller, 'me.read', null))
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Create a member',
      description:
        'The first people of a tenant. Everybody else is invited. Who signs in as a member that has left is that member again, with these roles.',
      tag: TAG,
      action: 'members.create',
      idempotencyKey: true,
      body: CreateMember,
      bodyName: 'CreateMember',
      answers: { 201: { text: 'The member.', ...detail } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, CreateMember, 'POST members')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const created = await tenant.call(caller, 'members.create', asked.value)
      const headers = created.ok ? { location: `${c.req.path}/${created.value.value.id}` } : {}
      return answerVersioned(c, created, { status: 201, headers })
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/tenants/{tenant}/service-accounts',
      summary: 'Create a service account',
      description:
        'A machine: it asks and reads, and approves nothing. Nobody who made or rotated its token approves what it asked for.',
      tag: TAG,
      action: 'members.write',
      idempotencyKey: true,
      body: CreateServiceAccount,
      bodyName: 'CreateServiceAccount',
      answers: { 201: { text: 'The service account.', ...view } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, CreateServiceAccount, 'POST service-accounts')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller, entry } = door.value
      const created = await tenant.call(caller, 'service-accounts.create', asked.value)
      const headers = created.ok
        ? { location: `/v1/tenants/${entry.slug}/members/${created.value.value.id}` }
        : {}
      return answerVersioned(c, created, { status: 201, headers })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List members',
      tag: TAG,
      action: 'members.read',
      answers: { 200: { text: 'People and machines, those who left too.', ...view, list: true } },
    },
    answerList('members.list'),
  )

  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read a member',
      description: 'By id or handle. Name and address are shown to himself, owners and admins.',
      tag: TAG,
      action: 'members.read',
      answers: { 200: { text: 'The member.', ...detail } },
    },
    answerOne('members.read'),
  )

  addRoute(
    app,
    {
      method: 'patch',
      path: ONE,
      summary: 'Change a member',
      description:
        'His roles, his handle, what is personal of him. What he may do changes at once.',
      tag: TAG,
      action: 'members.write',
      who: 'an admin only for those who are neither owner nor approver',
      ifMatch: true,
      body: UpdateMember,
      bodyName: 'UpdateMember',
      answers: { 200: { text: 'The member as he is now.', ...detail } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const body = await readJson(c, UpdateMember)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller } = door.value
      const input = { id: param(c, 'id'), ifVersion: version.value, body: body.value }
      return answerVersioned(c, await tenant.call(caller, 'members.update', input))
    },
  )

  addRoute(
    app,
    {
      method: 'delete',
      path: ONE,
      summary: 'Remove a member',
      description:
        'Out at once: his tokens and sessions end, his approvals of open changes are void. Tokens that he made for machines stay: revoke those. His pseudonym stays in the log, and is his again should he be invited again.',
      tag: TAG,
      action: 'members.write',
      who: 'an admin only for those who are neither owner nor approver',
      ifMatch: true,
      answers: { 200: { text: 'The member, removed.', ...view } },
      problems: ['conflict'],
    },
    answerEnd('members.remove'),
  )
}
