// /v1/tenants/{tenant}/sessions: sign-ins that came to a tenant. /v1/sessions: one's own, wherever they came to, for whoever comes
// with an access token of an identity provider.
import * as z from 'zod'
import { type Result, refuse } from '../../schemas/result.ts'
import { OwnSession, SessionView } from '../../schemas/session.ts'
import { directoryStub } from '../actors/stubs.ts'
import { type IdentityCaller, identityCaller, platformDoor, tenantDoor } from '../auth/door.ts'
import { endEverywhere } from '../auth/sessions.ts'
import { answer, answerJson } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { NO_FILTER, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerList } from './collection.ts'

const TAG = 'Sessions'
const LIST = '/v1/tenants/{tenant}/sessions'
const view = { schema: SessionView, name: 'Session' }

/** Whoever an identity provider vouches for. An API token is of one tenant: it says nothing about elsewhere. */
export const identityOnly = async (c: AppContext): Promise<Result<IdentityCaller>> => {
  const credential = c.get('credential')
  if (!credential.ok) return credential
  if (credential.value.kind === 'jwt') return identityCaller(c, credential.value)
  const who = await platformDoor(c, 'self.read')
  if (!who.ok && who.refusal.problem === 'unauthenticated') return who
  return refuse('forbidden', {
    detail: 'Come with an access token of your identity provider: an API token is of one tenant.',
  })
}

export const registerSessionRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List sessions',
      description: 'One’s own; owners and admins see everybody’s of this tenant.',
      tag: TAG,
      action: 'sessions.read',
      answers: { 200: { text: 'Sign-ins that came to this tenant.', ...view, list: true } },
    },
    answerList('sessions.list'),
  )

  addRoute(
    app,
    {
      method: 'delete',
      path: `${LIST}/{id}`,
      summary: 'End a session',
      description:
        'Refused from the next request on. One’s own ends everywhere; anybody else’s, for owners and admins, in this tenant.',
      tag: TAG,
      action: 'sessions.end',
      who: 'owners and admins anybody’s of the tenant',
      answers: { 200: { text: 'The session, ended.', ...view } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      return answer(c, await tenant.call(caller, 'sessions.end', param(c, 'id')))
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/sessions',
      summary: 'List one’s own sessions',
      tag: TAG,
      action: 'identity',
      answers: {
        200: {
          text: 'Sign-ins that have neither ended nor expired.',
          schema: z.strictObject({ items: z.array(OwnSession) }),
          name: 'OwnSessions',
        },
      },
    },
    async (c) => {
      const caller = await identityOnly(c)
      if (!caller.ok) return answerRefusal(c, caller.refusal)
      const query = readQuery(c, NO_FILTER)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const now = c.get('clock')().toISOString()
      const sessions = await directoryStub(c.env).listSessions(caller.value.identity, now)
      const items = sessions.map(({ identity: _, ...session }) => session)
      return answerJson(c, { items })
    },
  )

  addRoute(
    app,
    {
      method: 'delete',
      path: '/v1/sessions/{id}',
      summary: 'End one of one’s own sessions',
      description:
        'Everywhere, and refused from the next request on. Repeat it where it answers with an outage: a tenant has not heard of it.',
      tag: TAG,
      action: 'identity',
      answers: { 204: { text: 'It has ended, at every tenant it had come to.' } },
    },
    async (c) => {
      const caller = await identityOnly(c)
      if (!caller.ok) return answerRefusal(c, caller.refusal)
      const ended = await endEverywhere(c, caller.value.identity, param(c, 'id'))
      return ended.ok ? c.body(null, 204) : answerRefusal(c, ended.refusal)
    },
  )
}
