// A tenant's end, walked over HTTP: everything that stands is listed, confirmed, approved by somebody else, lifted, removed,
// then a grace with a way back, then erasure.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  CLUSTER,
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { ChangeView } from '../../../../schemas/change.ts'
import type { DeletionView } from '../../../../schemas/tenant-deletion.ts'

const DAY = 86_400_000
let world: TenantWorld

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => {
  vi.useRealTimers()
})

interface Told {
  status: number
  body: DeletionView & { type?: string; detail?: string; errors?: { pointer: string }[] }
}

const erase = async (
  body: object | undefined,
  { token = world.tokens.owner, query = '', ifMatch = '*' } = {},
): Promise<Told> => {
  const response = await world.http('DELETE', `/v1/tenants/acme${query}`, {
    ...{ token, headers: { 'if-match': ifMatch } },
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, body: (await response.json()) as Told['body'] }
}
const preview = (token?: string) =>
  erase(undefined, { query: '?validateOnly=true', ...(token ? { token } : {}) })
const order = async (what: string, token = world.operator, body?: object) => {
  const response = await world.http('POST', `/v1/tenants/acme/${what}`, {
    token,
    ...(body ? { body } : {}),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const tenant = async (token = world.operator) => {
  const response = await world.http('GET', '/v1/tenants/acme', { token })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const redis = (name: string) => ({
  ...{ action: 'create', template: 'redis', name },
  parameters: { passwordSecret: 'redis-password' },
})
const policy = (name: string) => ({
  ...{ action: 'create', template: 'failover-policy', name },
  parameters: { resource: 'web', to: ['lab-02'], reason: 'When the first room is down.' },
})
const base = (cluster: string) => ({
  ...{ action: 'create', template: 'tenant-base', name: 'base-two' },
  parameters: { cluster },
})

/** Every target of a promoted change says that it is healthy. */
const reportAll = async (change: ChangeView & { id: string }) => {
  for (const { cluster, component } of change.targets)
    await world.report(change, 'healthy', { cluster, component })
  await world.settle()
  return world.read(change.id)
}
const land = async (id: string) => reportAll(await world.land(id))
const make = async (body: object) => reportAll(await world.land((await world.propose(body)).id))
const begin = async (token?: string) => {
  const { body } = await preview(token)
  const begun = await erase({ confirm: body.destroys.digest }, token ? { token } : {})
  await world.settle()
  const id = begun.body.change?.id
  if (!id) throw new Error(JSON.stringify(begun.body))
  return { id, body: begun.body }
}
const stepOf = async () => (await tenant()).body.deletion as string

describe('a preview', () => {
  it('lists every object and machine that stands, those with data marked, and writes nothing', async () => {
    await world.apply(world.vmRequest('web'))
    await world.apply(world.vmRequest('mail'))
    const { status, body } = await preview()
    expect(status).toBe(200)
    expect(body).toMatchObject({ state: 'preview', change: null, graceDays: 30, eraseAt: null })
    const machines = body.destroys.objects.filter(({ kind }) => kind === 'EnvironmentVM')
    expect(machines.map(({ name, holdsData, cluster }) => [name, holdsData, cluster])).toEqual([
      ['mail', true, CLUSTER],
      ['web', true, CLUSTER],
    ])
    expect(body.machines.map(({ name }) => name).sort()).toEqual(['mail', 'web'])
    expect(body.steps).toEqual([
      { what: 'lift-guards', resources: ['mail', 'web'] },
      { what: 'remove', resources: ['mail', 'web'] },
    ])
    expect((await tenant()).body).toMatchObject({ state: 'active', deletion: null })
  })

  it('is for owners and operators', async () => {
    expect((await preview(world.tokens.requester)).status).toBe(403)
    expect((await preview(world.tokens.approver)).status).toBe(403)
    expect((await preview(world.operator)).status).toBe(200)
  })
})

describe('a deletion that is not confirmed', () => {
  it('is refused without the digest, with another one, or one of before', async () => {
    await world.apply(world.vmRequest('web'))
    const before = (await preview()).body.destroys.digest
    await world.apply(world.vmRequest('mail'))
    for (const body of [
      undefined,
      {},
      { confirm: before },
      { confirm: `sha256:${'0'.repeat(64)}` },
    ])
      expect(await erase(body)).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: '/confirm' }] },
      })
    expect((await tenant()).body).toMatchObject({ state: 'active' })
  })

  it('is refused as bad input where it is no digest, or something else is sent', async () => {
    for (const body of [{ confirm: 'yes' }, { confirm: null }, { confirm: [] }, { sure: true }, []])
      expect((await erase(body)).status).toBe(422)
    expect((await erase({}, { query: '?validateOnly=perhaps' })).status).toBe(422)
    expect((await erase({}, { ifMatch: '"v999"' })).status).toBe(412)
    expect((await erase({}, { ifMatch: '' })).status).toBe(428)
  })

  it('is refused while a change is open', async () => {
    await world.propose(world.vmRequest('web'))
    expect(await preview()).toMatchObject({ status: 409, body: { detail: expect.any(String) } })
  })
})

describe('a deletion', () => {
  it('lists everything in its pull request and is approved by somebody else only', async () => {
    await world.apply(world.vmRequest('web'))
    await world.apply(world.vmRequest('mail'))
    const { id, body } = await begin()
    expect(body).toMatchObject({ state: 'deleting' })
    expect((await tenant()).body).toMatchObject({ state: 'deleting', deletion: id })
    const change = await world.read(id)
    expect(change).toMatchObject({ state: 'proposed', action: 'delete', name: 'tenant:deletion' })
    const pull = await world.memory.forge.readPull(change.pullRequest?.number ?? 0)
    for (const { kind, name } of body.destroys.objects) {
      expect(pull?.body).toContain(kind)
      expect(pull?.body).toContain(name)
    }
    expect(await world.decide('approvals', id, { token: world.tokens.owner })).toMatchObject({
      status: 403,
    })
    expect((await world.decide('merge', id)).status).toBe(409)
  })

  it('begins nothing new meanwhile, and answers the same when it is sent again', async () => {
    await world.apply(world.vmRequest('web'))
    const { id } = await begin()
    expect((await world.request(world.vmRequest('other'))).status).toBe(403)
    expect(await erase({ confirm: `sha256:${'0'.repeat(64)}` })).toMatchObject({
      status: 202,
      body: { state: 'deleting', change: { id } },
    })
  })

  it('lifts the guards, removes everything, and then the grace begins', async () => {
    await world.apply(world.vmRequest('web'))
    await make(redis('cache'))
    await make(policy('web-moves'))
    vi.setSystemTime(Date.now() + DAY)
    const { id: first } = await begin()
    const lifted = await land(first)
    expect(lifted.state).toBe('applied')
    expect((await tenant()).body).toMatchObject({ state: 'deleting' })
    const second = await stepOf()
    expect(second).not.toBe(first)
    const files = world.memory.filesOf('live')
    expect(files.some((path) => path.includes('60-web'))).toBe(true)
    expect(files.some((path) => path.includes('failover-policies/'))).toBe(true)
    const removed = await land(second)
    expect(removed.state).toBe('applied')
    expect(world.memory.filesOf('live').filter((path) => path.includes('web'))).toEqual([
      expect.stringContaining('configmap-web-removed'),
      expect.stringContaining('kustomization.yaml'),
    ])
    expect((await tenant()).body).toMatchObject({
      ...{ state: 'deleted', deletion: null },
      eraseAt: new Date(Date.now() + 30 * DAY).toISOString(),
    })
    const usage = await world.http('GET', '/v1/tenants/acme/usage?month=2026-11', {
      token: world.tokens.owner,
    })
    const { items = [] } = (await usage.json()) as {
      items?: { resource: string; stop: string | null }[]
    }
    expect(items.map(({ resource }) => resource)).not.toContain('tenant:deletion')
    for (const name of ['web', 'cache'])
      expect(items.filter(({ resource }) => resource === name)).toMatchObject([
        { stop: new Date().toISOString() },
      ])
    const resources = await world.send('GET', '/resources')
    expect(resources.body.items).toEqual([])
    const { uses } = await world.inventoryStub.snapshot({ tenantId: world.tenantId, resource: '' })
    expect(uses.flatMap(({ yours }) => yours.vms).reduce((sum, vms) => sum + vms, 0)).toBe(0)
  })

  it('of records alone needs no engine', async () => {
    await make(policy('web-moves'))
    const { id } = await begin()
    await world.land(id)
    expect((await world.read(id)).state).toBe('applied')
    expect((await tenant()).body).toMatchObject({ state: 'deleted' })
  })

  it('takes the base of a cluster last, after all that stands on it', async () => {
    const cluster = { name: 'two', region: 'eu-west-lab', engine: 'flux', standIn: true }
    await world.create('/v1/clusters', { ...cluster, proxmoxProviderConfig: 'proxmox' })
    await make(base('two'))
    await make({ ...redis('cache'), parameters: { cluster: 'two', passwordSecret: 'redis' } })
    const { body } = await preview()
    expect(body.steps.map(({ what, resources }) => [what, ...resources])).toEqual([
      ['lift-guards', 'base-two', 'cache'],
      ['remove', 'cache'],
      ['remove', 'base-two'],
    ])
    await begin()
    for (let step = 0; step < 3; step += 1)
      expect((await land(await stepOf())).state).toBe('applied')
    expect((await tenant()).body).toMatchObject({ state: 'deleted' })
  })

  it('is one request to its last step: whoever asked, or stood behind it, approves none', async () => {
    const cluster = { name: 'two', region: 'eu-west-lab', engine: 'flux', standIn: true }
    await world.create('/v1/clusters', { ...cluster, proxmoxProviderConfig: 'proxmox' })
    await make(base('two'))
    await make({ ...redis('cache'), parameters: { cluster: 'two', passwordSecret: 'redis' } })
    const { owner } = world.tokens
    const olive = await world.tokenOf('olive', 'owner', { forgeLogin: 'olive' })
    const { id: first } = await begin(owner)
    await world.hint('push', {
      ...{
        pullNumber: null,
        pushedRef: `refs/heads/${(await world.read(first)).pullRequest?.branch}`,
      },
      sender: { login: 'olive', account: null },
    })
    await world.settle()
    const steps = new Set<string>()
    for (let step = 1; step <= 3; step += 1) {
      const id = await stepOf()
      steps.add(id)
      expect(await world.read(id)).toMatchObject({ requester: world.ids.olga, state: 'proposed' })
      for (const token of [owner, olive])
        for (const what of ['approvals', 'merge']) {
          const { status, body } = await world.decide(what, id, { token })
          const told = [status, body.type?.split('/').at(-1)]
          expect(told, `step ${step}`).toEqual([403, 'separation-of-duties'])
        }
      expect((await land(id)).state).toBe('applied')
    }
    expect(steps.size).toBe(3)
    expect((await tenant()).body).toMatchObject({ state: 'deleted' })
  })

  it('comes to nothing when it is rejected, cancelled or restored', async () => {
    await world.apply(world.vmRequest('web'))
    for (const end of ['reject', 'cancel', 'restore']) {
      const { id } = await begin()
      const token = end === 'reject' ? world.tokens.approver : world.tokens.owner
      const ended =
        end === 'restore' ? await order('restore', token) : await world.decide(end, id, { token })
      expect(ended.status).toBe(200)
      await world.settle()
      expect((await tenant()).body).toMatchObject({ state: 'active', deletion: null })
      expect((await world.read(id)).state).toBe(end === 'reject' ? 'rejected' : 'closed')
    }
    expect((await world.propose(world.vmRequest('other'))).state).toBe('proposed')
  })

  it('is not taken back while a step is being applied', async () => {
    await world.apply(world.vmRequest('web'))
    const { id } = await begin()
    await world.land(id)
    expect((await order('restore')).status).toBe(409)
    await world.settle()
    expect((await tenant()).body).toMatchObject({ state: 'deleting' })
  })

  it('may be asked for by an operator, and needs one of the tenant’s own people', async () => {
    await world.apply(world.vmRequest('web'))
    const { id } = await begin(world.operator)
    expect(
      (await world.decide('approvals', id, { token: world.operator })).status,
    ).toBeGreaterThanOrEqual(400)
    expect((await land(id)).state).toBe('applied')
  })

  it('keeps its plan true: what changes under it voids the approvals', async () => {
    await world.apply(world.vmRequest('web'))
    const { id } = await begin()
    const { status } = await world.http('PATCH', '/v1/sites/lab-01', {
      ...{ token: world.operator, headers: { 'if-match': '*' } },
      body: { standIn: false },
    })
    expect(status).toBe(200)
    expect(await world.decide('approvals', id)).toMatchObject({ status: 409 })
    const revise = (body: object) =>
      world.decide('revisions', id, { token: world.tokens.owner, body })
    // Which step it is, is nothing to be asked for.
    const refused = await revise({ parameters: { step: 7 } })
    expect([refused.status, refused.body.type?.split('/').at(-1)]).toEqual([409, 'wrong-state'])
    expect(refused.body.detail).toContain('restore the tenant')
    expect((await revise({})).status).toBe(202)
    await world.settle()
    expect((await land(id)).state).toBe('applied')
  })
})
