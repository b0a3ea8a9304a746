// /v1/tenants/{tenant}/trusted-issuers: of whom presentations are taken beside the tenant's own issuer.
import { NewTrustedIssuer, TrustedIssuerView } from '../../schemas/credential.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned, requireIfMatch } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerList, answerOne } from './collection.ts'

const TAG = 'Presentations'
const LIST = '/v1/tenants/{tenant}/trusted-issuers'
const ONE = `${LIST}/{id}`
const view = { schema: TrustedIssuerView, name: 'TrustedIssuer' }

export const registerTrustedIssuerRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Trust an issuer',
      description:
        '`x509`: a root certificate (PEM); credentials whose `x5c` leads to it are taken. `jwt-vc-issuer`: the address that an issuer has as its `iss`; its keys are fetched from `/.well-known/jwt-vc-issuer` there, over the public network only, without redirects, and kept for minutes. `did`: for the driver `entra`. With `types` it is taken for these alone.',
      tag: TAG,
      action: 'presentations.write',
      idempotencyKey: true,
      body: NewTrustedIssuer,
      bodyName: 'NewTrustedIssuer',
      answers: { 201: { text: 'The trusted issuer.', ...view } },
      problems: ['conflict', 'tenant-suspended'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, NewTrustedIssuer, 'POST trusted-issuers')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const created = await tenant.call(caller, 'trusted-issuers.create', asked.value)
      const headers = created.ok ? { location: `${c.req.path}/${created.value.value.id}` } : {}
      return answerVersioned(c, created, { status: 201, headers })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List trusted issuers',
      tag: TAG,
      action: 'presentations.read',
      answers: { 200: { text: 'The trusted issuers.', ...view, list: true } },
    },
    answerList('trusted-issuers.list'),
  )

  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read a trusted issuer',
      tag: TAG,
      action: 'presentations.read',
      answers: { 200: { text: 'The trusted issuer.', ...view } },
    },
    answerOne('trusted-issuers.read'),
  )

  addRoute(
    app,
    {
      method: 'delete',
      path: ONE,
      summary: 'Trust an issuer no longer',
      description: 'From now on nothing of it is taken; what was verified before stays as it was.',
      tag: TAG,
      action: 'presentations.write',
      ifMatch: true,
      answers: { 204: { text: 'It is off the list.' } },
      problems: ['tenant-suspended'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const { tenant, caller } = door.value
      const input = { id: param(c, 'id'), ifVersion: version.value, body: null }
      const ended = await tenant.call(caller, 'trusted-issuers.delete', input)
      return ended.ok ? c.body(null, 204) : answerRefusal(c, ended.refusal)
    },
  )
}
