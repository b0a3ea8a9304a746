// /v1/tenants/{tenant}/arc/machines: machines that Azure Arc manages where they stand.
import {
  ArcMachineView,
  CreateArcMachine,
  MadeArcMachine,
  NewArcLink,
} from '../../schemas/arc-machine.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerEnd, answerList, answerOne } from './collection.ts'

const TAG = 'Azure Arc'
const LIST = '/v1/tenants/{tenant}/arc/machines'
const ONE = `${LIST}/{id}`
const view = { schema: ArcMachineView, name: 'ArcMachine' }
const made = { schema: MadeArcMachine, name: 'MadeArcMachine' }

const registerMakers = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Register a machine for Azure Arc',
      description:
        'A Proxmox host, or a VM. The answer has a link to a script that connects it: for one download within 15 minutes, shown in this answer alone. A repeat under the same Idempotency-Key shows the machine and `link: null`; `POST …/links` makes another. Run `link.command` on the machine as root. For a VM that has not started yet, `link.cloudInitUrl` is the same as cloud-config: attach what it answers as vendor data (`qm set <vmid> --cicustom vendor=…`) or user data, and take it away after the first start; it never goes into Git, because it holds a token. The token can onboard machines into the tenant’s resource group until it ends, which Microsoft Entra decides.',
      tag: TAG,
      action: 'arc.write',
      idempotencyKey: true,
      body: CreateArcMachine,
      bodyName: 'CreateArcMachine',
      answers: { 201: { text: 'The machine, and its link.', ...made } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, CreateArcMachine, 'POST arc/machines')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const result = await tenant.call(caller, 'arc-machines.create', asked.value)
      const headers = result.ok
        ? { location: `${c.req.path}/${result.value.value.machine.id}` }
        : {}
      return answerVersioned(c, result, { status: 201, headers })
    },
  )
  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/links`,
      summary: 'Make another link for a machine',
      description:
        'The link before it ends. While Azure has the machine there is none: remove it first. A repeat under the same Idempotency-Key makes none and shows none.',
      tag: TAG,
      action: 'arc.write',
      idempotencyKey: true,
      body: NewArcLink,
      bodyOptional: true,
      bodyName: 'NewArcLink',
      answers: { 201: { text: 'The machine, and its link.', ...made } },
      problems: ['conflict'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, NewArcLink, 'POST arc/machines/links', { optional: true })
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const input = { ...asked.value, id: param(c, 'id') }
      return answerVersioned(c, await tenant.call(caller, 'arc-machines.link', input), {
        status: 201,
      })
    },
  )
}

export const registerArcMachineRoutes = (app: App): void => {
  registerMakers(app)
  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List machines in Azure Arc',
      description: 'Newest first, as Azure last said they are.',
      tag: TAG,
      action: 'arc.read',
      answers: { 200: { text: 'The machines.', ...view, list: true } },
    },
    answerList('arc-machines.list'),
  )
  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read a machine in Azure Arc',
      tag: TAG,
      action: 'arc.read',
      answers: { 200: { text: 'The machine.', ...view } },
    },
    answerOne('arc-machines.read'),
  )
  addRoute(
    app,
    {
      method: 'delete',
      path: ONE,
      summary: 'Remove a machine from Azure Arc',
      description:
        'Its link ends, and what is in Azure is deleted: `removing` until Azure says that it is gone. The agent on the machine stays, and `next` says how it is taken away. A resource of the same name in Azure that is not this machine is left alone.',
      tag: TAG,
      action: 'arc.remove',
      ifMatch: true,
      answers: { 200: { text: 'The machine, `removing` or `removed`.', ...view } },
    },
    answerEnd('arc-machines.remove'),
  )
}
