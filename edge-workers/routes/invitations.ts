// /v1/tenants/{tenant}/invitations: places offered to people, and /v1/invitations/accept for whoever brings a link. The link is
// in the answer to its POST and nowhere else.
import {
  Acceptance,
  AcceptInvitationBody,
  Invitation,
  InvitationView,
  NewInvitation,
} from '../../schemas/invitation.ts'
import { tenantDoor } from '../auth/door.ts'
import { takeInvitation } from '../auth/invitation.ts'
import { answer } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerEnd, answerList, answerOne } from './collection.ts'
import { identityOnly } from './sessions.ts'

const TAG = 'Invitations'
const LIST = '/v1/tenants/{tenant}/invitations'
const view = { schema: InvitationView, name: 'Invitation' }

export const registerInvitationRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Invite a person',
      description:
        'The answer holds a link, to be given to that person: used once, before it expires, by whoever signs in. Only a digest of it is kept. Nobody gives more than he may give himself, and an invitation ends with its maker’s right to it. One of an operator who is no member here holds for 72 hours at most.',
      tag: TAG,
      action: 'members.write',
      idempotencyKey: true,
      body: NewInvitation,
      bodyName: 'NewInvitation',
      answers: {
        201: { text: 'The invitation, with its link.', schema: Invitation, name: 'InvitationLink' },
      },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, NewInvitation, 'POST invitations')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const created = await tenant.call(caller, 'invitations.create', asked.value)
      const headers = created.ok ? { location: `${c.req.path}/${created.value.id}` } : {}
      return answer(c, created, { status: 201, headers })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List invitations',
      tag: TAG,
      action: 'members.write',
      answers: { 200: { text: 'Open ones and ended ones, without links.', ...view, list: true } },
    },
    answerList('invitations.list'),
  )

  addRoute(
    app,
    {
      method: 'get',
      path: `${LIST}/{id}`,
      summary: 'Read an invitation',
      tag: TAG,
      action: 'members.write',
      answers: { 200: { text: 'The invitation, without its link.', ...view } },
    },
    answerOne('invitations.read'),
  )

  addRoute(
    app,
    {
      method: 'delete',
      path: `${LIST}/{id}`,
      summary: 'Revoke an invitation',
      description: 'Its link is worth nothing from now on.',
      tag: TAG,
      action: 'members.write',
      who: 'who may give the roles it gives',
      ifMatch: true,
      answers: { 200: { text: 'The invitation, revoked.', ...view } },
      problems: ['conflict'],
    },
    answerEnd('invitations.revoke'),
  )

  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/invitations/accept',
      summary: 'Accept an invitation',
      description:
        'Makes whoever comes with an access token of an identity provider a member; who was one before is the same member again, under the same pseudonym, with the roles of the invitation. The invitation itself is the key: it is used up, and the same person repeating it gets the same answer. Spent, expired, revoked and mistyped ones are all `not-found`.',
      tag: TAG,
      action: 'identity',
      body: AcceptInvitationBody,
      bodyName: 'AcceptInvitation',
      answers: { 200: { text: 'The membership.', schema: Acceptance, name: 'Acceptance' } },
      problems: ['not-found', 'conflict'],
    },
    async (c) => {
      const caller = await identityOnly(c)
      if (!caller.ok) return answerRefusal(c, caller.refusal)
      const body = await readJson(c, AcceptInvitationBody)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { identity } = caller.value
      return answer(c, await takeInvitation(c, { ...body.value, identity, validateOnly: false }))
    },
  )
}
