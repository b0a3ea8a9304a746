// /v1/tenants/{tenant}/tokens: API tokens of a tenant's members. The token itself is in the answer to its POST and nowhere else.
import * as z from 'zod'
import { CreateToken, TokenView } from '../../schemas/tenant.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer, answerVersioned, requireIfMatch } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App } from '../http/context.ts'
import { fingerprint, requireIdempotencyKey } from '../http/idempotency.ts'
import { answerPage, NO_FILTER, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'

const TAG = 'Tokens'
const WHO = 'owner, admin, operator'
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
      description: 'The answer holds the token. Only a digest of it is kept.',
      tag: TAG,
      who: WHO,
      idempotencyKey: true,
      body: CreateToken,
      bodyName: 'CreateToken',
      answers: { 201: { text: 'The token.', schema: NewToken, name: 'NewToken' } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const key = requireIdempotencyKey(c)
      if (!key.ok) return answerRefusal(c, key.refusal)
      const body = await readJson(c, CreateToken)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller } = door.value
      const print = fingerprint(body.value, 'POST tokens')
      const created = await tenant.createToken(caller, key.value, print, body.value)
      const headers = created.ok ? { location: `${c.req.path}/${created.value.id}` } : {}
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
      return answerPage(c, await tenant.listTokens(caller, page.value), { tenantId })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read a token’s record',
      tag: TAG,
      who: WHO,
      answers: { 200: { text: 'The record; never the token.', ...view } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      return answerVersioned(c, await tenant.readToken(caller, param(c, 'id')))
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
      return answerVersioned(c, await tenant.revokeToken(caller, param(c, 'id'), version.value))
    },
  )
}
