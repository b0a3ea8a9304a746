// What owners set: regions, rules of approval, retention. The strictest rule counts, of then and of now, and nobody lowers a
// rule for what he has asked for already.
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { ApprovalRule, TenantSettings } from '../../../../schemas/tenant-settings.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})

interface Told {
  status: number
  body: Record<string, unknown> & { errors?: { pointer: string; detail: string }[] }
}
const patch = async (
  body: unknown,
  { token = world.tokens.owner, ifMatch = '*' } = {},
): Promise<Told> => {
  const headers = { 'if-match': ifMatch }
  const response = await world.http('PATCH', '/v1/tenants/acme', { token, headers, body })
  return { status: response.status, body: (await response.json()) as Told['body'] }
}
const set = (settings: TenantSettings, token?: string) =>
  patch({ settings }, token ? { token } : {})
const rules = async (...approvals: ApprovalRule[]) => {
  expect((await set({ approvals })).status).toBe(200)
  await world.settle()
}
const pointers = ({ body }: Told) => (body.errors ?? []).map(({ pointer }) => pointer)
const ROLES = { roles: ['owner'] as ('owner' | 'approver')[] }

describe('a name', () => {
  it('is changed by an owner; slug and jurisdiction by nobody', async () => {
    expect(await patch({ name: 'Acme Works' })).toMatchObject({
      status: 200,
      body: { name: 'Acme Works', slug: 'acme', jurisdiction: 'eu' },
    })
    for (const token of [world.tokens.owner, world.operator])
      for (const body of [{ slug: 'other' }, { jurisdiction: 'us' }, { id: 'ten_us_x' }])
        expect((await patch(body, { token })).status).toBe(422)
    expect((await patch({ name: 'x' }, { token: world.tokens.approver })).status).toBe(403)
  })
})

describe('settings', () => {
  it('are the owners’ alone', async () => {
    const settings = { approvals: [{ approvals: 2 }] }
    for (const token of [world.operator, world.tokens.requester, world.tokens.approver])
      expect((await set(settings, token)).status).toBe(403)
    expect(await set(settings)).toMatchObject({ status: 200, body: { settings } })
  })

  it('are refused with a pointer where they are no settings', async () => {
    const bad: [unknown, string][] = [
      [{ approvals: [{ approvals: 0 }] }, '/settings/approvals/0/approvals'],
      [{ approvals: [{ approvals: 11 }] }, '/settings/approvals/0/approvals'],
      [{ approvals: [{ approvals: 1.5 }] }, '/settings/approvals/0/approvals'],
      [{ approvals: [{ approvals: 1, roles: [] }] }, '/settings/approvals/0/roles'],
      [{ approvals: [{ approvals: 1, roles: ['admin'] }] }, '/settings/approvals/0/roles/0'],
      [{ approvals: [{ approvals: 1, kinds: ['all'] }] }, '/settings/approvals/0/kinds/0'],
      [{ retention: { graceDays: 0 } }, '/settings/retention/graceDays'],
      [{ retention: { graceDays: 366 } }, '/settings/retention/graceDays'],
      [{ allowedRegions: [] }, '/settings/allowedRegions'],
      [{ allowedRegions: ['nowhere'] }, '/settings/allowedRegions/0'],
      [{ allowedRegions: ['eu-west-lab', 'eu-west-lab'] }, '/settings/allowedRegions/1'],
      [{ allowedRegions: ['eastus'] }, '/settings/allowedRegions/0'],
    ]
    for (const [settings, pointer] of bad) {
      const told = await patch({ settings })
      expect([told.status, pointers(told)]).toEqual([422, [pointer]])
    }
    expect((await patch({ settings: null })).status).toBe(422)
    expect((await patch({ settings: {} }, { ifMatch: '"v77"' })).status).toBe(412)
  })

  it('leave a leaf in the log that says what was set, and not to what', async () => {
    await set({ approvals: [{ approvals: 2 }], retention: { graceDays: 7 } })
    const leaf = world.tenants.actors
      .get(world.tenantId)
      ?.surroundings.state.storage.sql.exec(
        'SELECT * FROM transitions WHERE changeId = ? AND version > 1',
        world.tenantId,
      )
      .toArray()
    expect(leaf).toMatchObject([
      {
        actor: world.ids.olga,
        reason: expect.stringMatching(
          /^set: settings\.approvals, settings\.retention, settings now sha256:[0-9a-f]{64}$/,
        ),
      },
    ])
  })
})

describe('allowed regions', () => {
  it('block a plan outside them by a rule of their own, and let through what is inside', async () => {
    expect((await set({ allowedRegions: ['westeurope'] })).status).toBe(200)
    const asked = await world.request(world.vmRequest('web'))
    expect(asked.status).toBe(422)
    const { findings = [] } = asked.body
    expect(findings.filter(({ severity }) => severity === 'block')).toMatchObject([
      { rule: 'REGION-SETTINGS' },
      { rule: 'REGION-SETTINGS' },
    ])
    await set({ allowedRegions: ['westeurope', 'eu-west-lab'] })
    expect((await world.request(world.vmRequest('web'))).status).toBe(202)
  })

  it('destroy nothing that stands outside: it is said, and can still be removed', async () => {
    const web = await world.apply(world.vmRequest('web'))
    await set({ allowedRegions: ['westeurope'] })
    const caller = { kind: 'principal' as const, principal: await operatorIn() }
    expect(await world.tenant.call(caller, 'tenant.outside', null)).toEqual({
      ok: true,
      value: [{ resource: 'web', places: ['eu-west-lab', 'lab-01'] }],
    })
    expect((await world.read(web.id)).state).toBe('applied')
    const gone = { action: 'delete', template: 'virtual-machine', name: 'web' }
    const preview = await world.send('POST', '/changes?validateOnly=true', { body: gone })
    expect(preview.status).toBe(200)
  })

  it('make the gate of an open change red when it is outside now', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    await set({ allowedRegions: ['westeurope'] })
    await world.settle()
    expect((await world.read(id)).gate.state).toBe('red')
  })
})

const operatorIn = async () => ({
  tenantId: world.tenantId,
  credential: 'operator',
  subject: 'usr_operator',
  person: true,
  roles: ['operator' as const],
  scopes: ['tenant:read' as const],
  behind: [],
})

describe('rules of approval', () => {
  it('ask for more people, and the plan, the page and the gate say so', async () => {
    await rules({ approvals: 2 })
    const { id } = await world.propose(world.vmRequest('web'))
    const plan = await world.http('GET', `/v1/tenants/acme/changes/${id}/plan`, {
      token: world.tokens.approver,
    })
    expect(((await plan.json()) as { reviewers: object }).reviewers).toMatchObject({
      needed: 2,
      why: expect.arrayContaining([expect.stringContaining('the tenant’s own rule asks for 2')]),
    })
    await world.approve(id)
    const change = await world.read(id)
    expect(change).toMatchObject({
      ...{ state: 'proposed', gate: { state: 'red', reason: expect.stringContaining('1 of 2') } },
      next: expect.arrayContaining([
        expect.objectContaining({ who: '2 approvers who are not the requester' }),
      ]),
    })
    await world.insist(world.decide('approvals', id, { token: world.tokens.owner }))
    await world.settle()
    expect(await world.read(id)).toMatchObject({ state: 'approved', gate: { state: 'green' } })
  })

  it('hold for their kind of change only', async () => {
    await rules({ kinds: ['delete'], approvals: 3 })
    const { id } = await world.propose(world.vmRequest('web'))
    expect((await world.approve(id)).state).toBe('approved')
  })

  it('refuse an approval by a role that they do not name', async () => {
    await rules({ approvals: 1, ...ROLES })
    const { id } = await world.propose(world.vmRequest('web'))
    expect(await world.decide('approvals', id)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('owner') },
    })
    expect((await world.read(id)).gate.reason).toContain('an owner who is not the requester')
    const approved = await world.decide('approvals', id, { token: world.tokens.owner })
    expect(approved.body.state).toBe('approved')
  })

  it('count no review on the forge by a role that they do not name', async () => {
    await rules({ approvals: 1, ...ROLES })
    const { id, pullRequest } = await world.propose(world.vmRequest('web'))
    world.memory.person.review(pullRequest?.number ?? 0, 'anton', 'approved')
    await world.hint('pull_request_review')
    await world.settle()
    expect((await world.read(id)).state).toBe('proposed')
  })

  it('take back what is approved when they grow', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    await rules({ approvals: 2 })
    expect(await world.read(id)).toMatchObject({ state: 'proposed', gate: { state: 'red' } })
    expect((await world.decide('merge', id)).status).toBe(409)
  })

  it('are not lowered for what is open, nor for a revision of it', async () => {
    await rules({ approvals: 2 })
    const { id } = await world.propose(world.vmRequest('web'))
    await rules()
    expect((await world.approve(id)).state).toBe('proposed')
    await world.insist(world.decide('revisions', id, { token: world.tokens.requester, body: {} }))
    await world.settle()
    expect((await world.approve(id)).state).toBe('proposed')
    const later = await world.propose(world.vmRequest('mail'))
    expect((await world.approve(later.id)).state).toBe('approved')
  })

  it('keep their roles, too, for what is open: who did not count then does not count now', async () => {
    await rules({ approvals: 1, ...ROLES })
    const { id } = await world.propose(world.vmRequest('web'))
    await rules()
    const tried = async () => {
      const { status } = await world.decide('approvals', id)
      const { pullRequest } = await world.read(id)
      world.memory.person.review(pullRequest?.number ?? 0, 'anton', 'approved')
      await world.hint('pull_request_review')
      await world.settle()
      return [status, (await world.read(id)).state]
    }
    expect(await tried()).toEqual([403, 'proposed'])
    await world.insist(world.decide('revisions', id, { token: world.tokens.requester, body: {} }))
    await world.settle()
    expect(await tried()).toEqual([403, 'proposed'])
    const later = await world.propose(world.vmRequest('mail'))
    expect((await world.approve(later.id)).state).toBe('approved')
    const approved = await world.decide('approvals', id, { token: world.tokens.owner })
    expect(approved.body.state).toBe('approved')
  })

  it('do not reach back to what was merged before', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    await world.insist(world.decide('merge', id))
    expect((await set({ approvals: [{ approvals: 5 }] })).status).toBe(200)
    await world.settle()
    expect((await world.read(id)).state).toBe('promoted')
  })

  it('are refused where no role could satisfy two of them', async () => {
    const told = await set({
      approvals: [
        { kinds: ['create', 'delete'], approvals: 1, roles: ['owner'] },
        { kinds: ['update'], approvals: 1, roles: ['approver'] },
        { kinds: ['delete'], approvals: 1, roles: ['approver'] },
      ],
    })
    expect([told.status, pointers(told)]).toEqual([422, ['/settings/approvals/2/roles']])
  })

  it('warn when fewer people could approve than must', async () => {
    await rules({ approvals: 3 })
    const asked = await world.send('POST', '/changes?validateOnly=true', {
      body: world.vmRequest('web'),
    })
    expect(asked.body.findings.filter(({ rule }) => rule === 'REVIEWERS-SHORT')).toMatchObject([
      { severity: 'warn', numbers: { able: 2, needed: 3 } },
    ])
    await rules({ approvals: 2 })
    const enough = await world.send('POST', '/changes?validateOnly=true', {
      body: world.vmRequest('web'),
    })
    expect(enough.body.findings.map(({ rule }) => rule)).not.toContain('REVIEWERS-SHORT')
  })
})
