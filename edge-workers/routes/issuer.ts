// /v1/tenants/{tenant}/issuer: the tenant as verifiers of its credentials see it, and what each driver can do.
import * as z from 'zod'
import {
  DriverAbilities,
  IssuerAuthorityView,
  IssuerIdentityView,
  RetireKey,
  UpdateIssuer,
} from '../../schemas/credential.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer, answerVersioned, requireIfMatch } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerList } from './collection.ts'

const TAG = 'Issuer'
const ONE = '/v1/tenants/{tenant}/issuer'
const view = { schema: IssuerIdentityView, name: 'IssuerIdentity' }
/** Nothing is said with it. */
const Nothing = z.strictObject({})

const AUTHORITY = `${ONE}/authority`
const authority = { schema: IssuerAuthorityView, name: 'IssuerAuthority' }
const authorityProblems = ['conflict', 'driver-unavailable', 'outage'] as const

/** The other issuer's half of it: Microsoft Entra Verified ID. */
const registerAuthority = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: AUTHORITY,
      summary: 'Read the authority at Entra Verified ID',
      description:
        'As Entra says it is now: whether it has seen the DID document that is published here, and the proof that the domain is linked. `conflict` where the tenant has issued nothing there.',
      tag: TAG,
      action: 'issuer.read',
      answers: { 200: { text: 'The authority.', ...authority } },
      problems: [...authorityProblems],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      return answer(c, await tenant.call(caller, 'authority.read', null))
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${AUTHORITY}/rotate`,
      summary: 'Rotate the authority’s key at Entra Verified ID',
      description:
        'Entra makes a new key, the DID document with it is published here, and Entra looks. Where it does not see it yet that is a `conflict`, and the same request goes on there. What was issued keeps verifying: the document has the keys before it too.',
      tag: TAG,
      action: 'issuer.write',
      idempotencyKey: true,
      body: Nothing,
      bodyOptional: true,
      answers: { 200: { text: 'The authority with its new key.', ...authority } },
      problems: [...authorityProblems],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, Nothing, 'POST issuer/authority/rotate', { optional: true })
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const { key, fingerprint } = asked.value
      const sent = { key, fingerprint, body: null }
      return answer(c, await tenant.call(caller, 'authority.rotate', sent))
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${AUTHORITY}/verify`,
      summary: 'Have Entra Verified ID look at the linked domain',
      description:
        'Publishes the proof of today beside those of all other tenants in /.well-known/did-configuration.json at the root of this host, and has Entra read it. Asked again it looks again.',
      tag: TAG,
      action: 'issuer.write',
      answers: { 200: { text: 'The authority as it is now.', ...authority } },
      problems: [...authorityProblems],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      return answer(c, await tenant.call(caller, 'authority.verify', null))
    },
  )
}

export const registerIssuerRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read the issuer',
      description:
        'The identity under which the tenant issues credentials and asks for presentations: its address, root certificate and keys. It is made when it is first read or needed. Where its private keys are `keptBy` says: `sealed` in the tenant’s own database, or with the `functions`.',
      tag: TAG,
      action: 'issuer.read',
      answers: { 200: { text: 'The issuer.', ...view } },
      problems: ['outage'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      return answerVersioned(c, await tenant.call(caller, 'issuer.read', null))
    },
  )

  addRoute(
    app,
    {
      method: 'patch',
      path: ONE,
      summary: 'Change the issuer',
      description:
        'Its name as wallets show it, whether wallets of draft 15 are served too (`compat`), and which application links open. Certificates keep the name that they were made with.',
      tag: TAG,
      action: 'issuer.write',
      ifMatch: true,
      body: UpdateIssuer,
      bodyName: 'UpdateIssuer',
      answers: { 200: { text: 'The issuer as it is now.', ...view } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const version = requireIfMatch(c)
      if (!version.ok) return answerRefusal(c, version.refusal)
      const body = await readJson(c, UpdateIssuer)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const { tenant, caller } = door.value
      const input = { id: '', ifVersion: version.value, body: body.value }
      return answerVersioned(c, await tenant.call(caller, 'issuer.update', input))
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/rotate`,
      summary: 'Rotate the issuer’s keys',
      description:
        'A new key signs from now on. What was issued keeps verifying: each key before it is published, and verifies, until a day after the last credential that it signed has expired (`verifiesUntil`). To end one sooner, because somebody else may have it, retire it. `conflict` where 50 keys verify.',
      tag: TAG,
      action: 'issuer.write',
      idempotencyKey: true,
      body: Nothing,
      bodyOptional: true,
      answers: { 200: { text: 'The issuer with its new key.', ...view } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, Nothing, 'POST issuer/rotate', { optional: true })
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const { key, fingerprint } = asked.value
      const sent = { key, fingerprint, body: null }
      return answerVersioned(c, await tenant.call(caller, 'issuer.rotate', sent))
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/keys/{kid}/retire`,
      summary: 'End a key of the issuer before its time',
      description:
        'For a key that somebody else may have; after any other rotation keys end by themselves. It is published no more and verifies nothing here, and the credentials that it signed end with it for good: where there are any, that is a `conflict` that counts them, until `endsCredentials` says that you know. Those that members sign in and approve with are revoked with it. Whoever trusts the root certificate alone takes what the key signed until its certificate ends: revoke what it issued, and where that does not do, tell those verifiers. The key that signs is rotated first.',
      tag: TAG,
      action: 'issuer.write',
      idempotencyKey: true,
      body: RetireKey,
      bodyName: 'RetireKey',
      answers: { 200: { text: 'The issuer without it.', ...view } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const kid = param(c, 'kid')
      const asked = await readKeyed(c, RetireKey, `POST issuer/keys/${kid}/retire`)
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const input = { ...asked.value, id: kid }
      return answerVersioned(c, await tenant.call(caller, 'issuer.retireKey', input))
    },
  )

  registerAuthority(app)

  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/credential-drivers',
      summary: 'List what each driver can do',
      description:
        '`openid4vci` is this installation’s own issuer, `entra` Microsoft Entra Verified ID. What a driver does not support is refused with `driver-unable`, and never pretended.',
      tag: TAG,
      action: 'issuer.read',
      answers: {
        200: {
          ...{ text: 'The drivers.', schema: DriverAbilities, name: 'DriverAbilities', list: true },
        },
      },
    },
    answerList('issuer.drivers'),
  )
}
