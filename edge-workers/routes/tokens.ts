// /v1/tenants/{tenant}/tokens: API tokens. The token itself is in the answer to its POST and nowhere else.
import * as z from 'zod'
import { CreateToken, RotateToken, TokenView } from '../../schemas/token.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer, answerVersioned, requireIfMatch } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App } from '../http/context.ts'
import { fingerprint, requireIdempotencyKey } from '../http/idempotency.ts'
import { answerPage, NO_FILTER, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'

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
        'Of oneself, or of a service account for owners and admins. It can do what its member can, within its scopes. The answer holds the token; only a digest of it is kept.',
      tag: TAG,
      action: 'tokens.write',
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
      const key = requireIdempotencyKey(c)
      if (!key.ok) return answerRefusal(c, key.refusal)
      const body = await readJson(c, CreateToken)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller } = door.value
      const created = await tenant.call(caller, 'tokens.create', {
        ...{ key: key.value, body: body.value },
        fingerprint: fingerprint(body.value, 'POST tokens'),
      })
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
        'A new token of the same member with the same scopes; the old one works until the overlap is over.',
      tag: TAG,
      action: 'tokens.write',
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
      const key = requireIdempotencyKey(c)
      if (!key.ok) return answerRefusal(c, key.refusal)
      const body = await readJson(c, RotateToken, { optional: true })
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller, entry } = door.value
      const id = param(c, 'id')
      const created = await tenant.call(caller, 'tokens.rotate', {
        ...{ id, key: key.value, body: body.value },
        fingerprint: fingerprint(body.value, `POST tokens/${id}/rotate`),
      })
      const headers = created.ok
        ? { location: `/v1/tenants/${entry.slug}/tokens/${created.value.id}` }
        : {}
      return answer(c, created, { status: 201, headers })
    },
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
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller, tenantId } = door.value
      const query = readQuery(c, NO_FILTER)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const page = readPage(c, { tenantId })
      if (!page.ok) return answerRefusal(c, page.refusal)
      return answerPage(c, await tenant.call(caller, 'tokens.list', page.value), { tenantId })
    },
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
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      return answerVersioned(c, await tenant.call(caller, 'tokens.read', param(c, 'id')))
    },
  )

  addRoute(
    app,
    {
      method: 'delete',
      path: ONE,
      summary: 'Revoke a token',
      description: 'It stops working at once; its record stays.',
      tag: TAG,
      action: 'tokens.write',
      who: WHO,
      ifMatch: true,
      answers: { 200: { text: 'The record, revoked.', ...view } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const { tenant, caller } = door.value
      const input = { id: param(c, 'id'), ifVersion: version.value, body: null }
      return answerVersioned(c, await tenant.call(caller, 'tokens.revoke', input))
    },
  )
}
