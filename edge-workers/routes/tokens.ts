// /v1/tenants/{tenant}/tokens: API tokens. The token itself is in the answer to its POST and nowhere else.
import * as z from 'zod'
import { CreateToken, RotateToken, TokenView } from '../../schemas/token.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerEnd, answerList, answerOne } from './collection.ts'

const TAG = 'Tokens'
const WHO = 'owners and admins see and revoke everybody’s, and make those of machines'
const LIST = '/v1/tenants/{tenant}/tokens'
const ONE = `${LIST}/{id}`
const NewToken = TokenView.extend({ token: z.string() })
const view = { schema: TokenView, name: 'Token' }

export const registerTokenRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Create a token',
      description:
        'Of oneself, or of a service account for owners and admins. It can do what its member can, within its scopes. A token makes none that is stronger or lasts longer than itself, and one that was exchanged for a workload’s makes none at all. The answer holds the token; only a digest of it is kept.',
      tag: TAG,
      action: 'tokens.create',
      who: WHO,
      idempotencyKey: true,
      body: CreateToken,
      bodyName: 'CreateToken',
      answers: { 201: { text: 'The token.', schema: NewToken, name: 'NewToken' } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, CreateToken, 'POST tokens')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const created = await tenant.call(caller, 'tokens.create', asked.value)
      const headers = created.ok ? { location: `${c.req.path}/${created.value.id}` } : {}
      return answer(c, created, { status: 201, headers })
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/rotate`,
      summary: 'Rotate a token',
      description:
        'A new token of the same member with the same scopes and as long a life, unless another end is asked for; never longer than the token that asks. The old one works until the overlap is over.',
      tag: TAG,
      action: 'tokens.create',
      who: WHO,
      idempotencyKey: true,
      body: RotateToken,
      bodyOptional: true,
      bodyName: 'RotateToken',
      answers: { 201: { text: 'The new token.', schema: NewToken, name: 'NewToken' } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const id = param(c, 'id')
      const asked = await readKeyed(c, RotateToken, `POST tokens/${id}/rotate`, { optional: true })
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller, entry } = door.value
      const created = await tenant.call(caller, 'tokens.rotate', { id, ...asked.value })
      const headers = created.ok
        ? { location: `/v1/tenants/${entry.slug}/tokens/${created.value.id}` }
        : {}
      return answer(c, created, { status: 201, headers })
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/confirm`,
      summary: 'Confirm a token that a restore set aside',
      description:
        'After a restore from a backup nobody knows which tokens were revoked since: each is refused until a person who owns the tenant, or an operator, confirms it here. One that is not set aside stays as it is. The same however often.',
      tag: TAG,
      action: 'tokens.confirm',
      answers: { 200: { text: 'The record.', ...view } },
      problems: ['conflict'],
    },
    answerOne('tokens.confirm'),
  )

  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List tokens',
      tag: TAG,
      action: 'tokens.read',
      who: WHO,
      answers: { 200: { text: 'The tokens, revoked ones too.', ...view, list: true } },
    },
    answerList('tokens.list'),
  )

  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read a token’s record',
      tag: TAG,
      action: 'tokens.read',
      who: WHO,
      answers: { 200: { text: 'The record; never the token.', ...view } },
    },
    answerOne('tokens.read'),
  )

  addRoute(
    app,
    {
      method: 'delete',
      path: ONE,
      summary: 'Revoke a token',
      description:
        'It stops working at once, and so does every token that was made or rotated with it, by any number of hands; their records stay. What was made with a session is revoked by itself.',
      tag: TAG,
      action: 'tokens.write',
      who: WHO,
      ifMatch: true,
      answers: { 200: { text: 'The record, revoked.', ...view } },
    },
    answerEnd('tokens.revoke'),
  )
}
