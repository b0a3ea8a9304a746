// /v1/tenants/{tenant}/credentials: what was issued, and whether it counts still.
import {
  ChangeCredentialStatus,
  CredentialFilter,
  type CredentialStatus,
  CredentialView,
} from '../../schemas/credential.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerPage, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { defined } from './change-door.ts'
import { answerOne } from './collection.ts'

const TAG = 'Credentials'
const LIST = '/v1/tenants/{tenant}/credentials'
const ONE = `${LIST}/{id}`
const view = { schema: CredentialView, name: 'Credential' }

interface StepRow {
  verb: string
  to: CredentialStatus
  summary: string
  description: string
}

const SEEN = 'In the status list at once; verifiers that keep it see it within a minute.'
const steps: StepRow[] = [
  {
    ...{ verb: 'revoke', to: 'invalid', summary: 'Revoke a credential' },
    description: `For good. ${SEEN}`,
  },
  {
    ...{ verb: 'suspend', to: 'suspended', summary: 'Suspend a credential' },
    description: `Until it is reinstated or revoked; where the driver has no such status, \`driver-unable\`. ${SEEN}`,
  },
  {
    ...{ verb: 'reinstate', to: 'valid', summary: 'Reinstate a suspended credential' },
    description: `What was revoked stays revoked. ${SEEN}`,
  },
]

export const registerCredentialRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List credentials',
      description: 'The newest first. What they say of their holders is kept nowhere here.',
      tag: TAG,
      action: 'credentials.read',
      query: CredentialFilter,
      answers: { 200: { text: 'The credentials that were issued.', ...view, list: true } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller, tenantId } = door.value
      const filter = readQuery(c, CredentialFilter)
      if (!filter.ok) return answerRefusal(c, filter.refusal)
      const scope = { tenantId, filter: filter.value }
      const page = readPage(c, scope)
      if (!page.ok) return answerRefusal(c, page.refusal)
      const input = { ...page.value, filter: defined(filter.value) }
      return answerPage(c, await tenant.call(caller, 'credentials.list', input), scope)
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read a credential',
      tag: TAG,
      action: 'credentials.read',
      answers: { 200: { text: 'The credential.', ...view } },
    },
    answerOne('credentials.read'),
  )

  for (const { verb, to, summary, description } of steps)
    addRoute(
      app,
      {
        ...{ method: 'post', path: `${ONE}/${verb}`, summary, description, tag: TAG },
        action: 'credentials.status',
        idempotencyKey: true,
        body: ChangeCredentialStatus,
        bodyName: 'ChangeCredentialStatus',
        answers: { 200: { text: 'The credential as it is now.', ...view } },
        problems: ['conflict', 'driver-unable'],
      },
      async (c) => {
        const door = await tenantDoor(c, param(c, 'tenant'))
        if (!door.ok) return answerRefusal(c, door.refusal)
        const id = param(c, 'id')
        const asked = await readKeyed(c, ChangeCredentialStatus, `POST credentials/${id}/${verb}`)
        if (!asked.ok) return answerRefusal(c, asked.refusal)
        const { tenant, caller } = door.value
        const input = { ...asked.value, id, to }
        return answerVersioned(c, await tenant.call(caller, 'credentials.change', input))
      },
    )
}
