// Quota changes are changes: a file in the operators' repository, seen with its consequence before it is approved, taken up by
// the tenant's own actor once it is promoted.
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { scopesOf } from '../../../../schemas/principal.ts'
import { QuotaView } from '../../../../schemas/quota.ts'

const FIRST = { vms: 4, cores: 10, memoryMiB: 8192, diskGiB: 100 }
const MORE = { vms: 8, cores: 40, memoryMiB: 65_536, diskGiB: 1000 }
const OPERATORS: Principal = {
  ...{ tenantId: 'ten_eu_platformaaaaaaaa', credential: 'test', subject: 'usr_o', person: true },
  ...{ roles: ['operator'], scopes: scopesOf('operator'), behind: [] },
}
const CALLER = { kind: 'principal', principal: OPERATORS } as const
const changeId = (letter: string): string => `chg_${letter.repeat(26)}`

let world: TenantWorld

const quotaOf = async (tenant: string) => {
  const read = await world.http('GET', `/v1/tenants/${tenant}/quota`, { token: world.operator })
  const { items, source } = QuotaView.parse(await read.json())
  return { limits: Object.fromEntries(items.map(({ kind, limit }) => [kind, limit])), source }
}
const patch = async (tenant: string, body: object) => {
  const sent = { token: world.operator, headers: { 'if-match': '*' }, body }
  const response = await world.http('PATCH', `/v1/tenants/${tenant}`, sent)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('in the operators’ own tenant', () => {
  let acme: string
  beforeEach(async () => {
    world = await createTenantWorld({
      ...{ slug: 'platform', tenant: { basesOn: [], repository: 'platform/fleet' } },
    })
    acme = (await world.createTenant('acme', { quota: FIRST })).id
  })
  const ask = (action: string, tenant: string, quota: object) => ({
    ...{ action, template: 'tenant-quota', name: tenant },
    parameters: action === 'delete' ? {} : { tenant, ...quota },
  })
  const preview = async (body: object) =>
    (await world.send('POST', '/changes?validateOnly=true', { body })).body.plan
  const apply = async (body: object) => {
    const confirm = (await preview(body))?.destroys?.digest
    return world.land((await world.propose({ ...body, ...(confirm ? { confirm } : {}) })).id)
  }
  const leaves = () =>
    world.tenants.actors
      .get(acme)
      ?.surroundings.state.storage.sql.exec(
        'SELECT "from", "to", reason, actor, length(leafHash) AS hash FROM transitions WHERE changeId = ? AND version > 1',
        acme,
      )
      .toArray()

  it('a quota is asked for, promoted, and then it holds; its leaf is in the tenant’s log', async () => {
    const change = await apply(ask('create', 'acme', MORE))
    expect(change).toMatchObject({ state: 'applied' })
    expect(world.memory.filesOf('live')).toContain('inventory/tenant-quotas/acme.yaml')
    expect(await quotaOf('acme')).toEqual({
      ...{ limits: MORE, source: { kind: 'change', change: change.id, removed: false } },
    })
    expect(leaves()).toEqual([
      {
        ...{ from: 'quota', to: 'quota_set', actor: 'phoenix', hash: 64 },
        reason: `vms 4 → 8, cores 10 → 40, memoryMiB 8192 → 65536, diskGiB 100 → 1000; by ${change.id} of the operators`,
      },
    ])
  })

  it('its plan says the old limit beside the new one, and what is used', async () => {
    const plan = await preview(ask('create', 'acme', MORE))
    expect(plan?.findings.map(({ rule, message }) => [rule, message])).toEqual([
      [
        'QUOTA-SET',
        'machines 4 → 8 (0 used, 0 more by open changes); cores 10 → 40 (0 used, 0 more by open changes); MiB of memory 8192 → 65536 (0 used, 0 more by open changes); GiB of disk 100 → 1000 (0 used, 0 more by open changes).',
      ],
    ])
  })

  it('a record that goes gives the quota of the creation back, also after several', async () => {
    await apply(ask('create', 'acme', MORE))
    const larger = await apply(ask('update', 'acme', { ...MORE, vms: 9 }))
    expect((await quotaOf('acme')).limits).toEqual({ ...MORE, vms: 9 })
    expect(larger.state).toBe('applied')
    const gone = await apply(ask('delete', 'acme', {}))
    expect(await quotaOf('acme')).toEqual({
      ...{ limits: FIRST, source: { kind: 'change', change: gone.id, removed: true } },
    })
  })

  it('its own quota is one like any other', async () => {
    await apply(ask('create', 'platform', MORE))
    expect((await quotaOf('platform')).limits).toEqual(MORE)
  })

  it('is no tenant’s of another name, and of none that is not there', async () => {
    const never = await world.request(ask('create', 'never', MORE))
    expect(never.status).toBe(422)
    expect(never.body).toMatchObject({
      errors: [{ rule: 'TENANT-UNKNOWN', pointer: '/parameters/tenant' }],
    })
    const other = { ...ask('create', 'acme', MORE), name: 'other' }
    expect((await world.request(other)).body).toMatchObject({
      errors: [{ pointer: '/parameters/tenant' }],
    })
  })

  it.each([
    ['a negative limit', { vms: -1 }, '/parameters/vms'],
    ['half a machine', { vms: 1.5 }, '/parameters/vms'],
    ['a limit beyond every limit', { cores: 1e12 }, '/parameters/cores'],
    ['a limit as text', { cores: '12' }, '/parameters/cores'],
    ['a kind that is none', { gpus: 1 }, '/parameters/gpus'],
    ['a kind too few', { diskGiB: undefined }, '/parameters/diskGiB'],
  ])('%s is refused with its place, and nothing is written', async (_, more, pointer) => {
    const answer = await world.request(ask('create', 'acme', { ...MORE, ...more }))
    expect(answer.status).toBe(422)
    const { errors } = answer.body as unknown as { errors: { pointer: string }[] }
    expect(errors.map((error) => error.pointer)).toContain(pointer)
    expect((await world.send('GET', '/changes')).body.items).toEqual([])
  })

  it('is nobody else’s to ask for', async () => {
    const { token } = await world.createToken('acme', 'requester', { member: 'rob' })
    const sent = { token, key: 'k', body: ask('create', 'acme', MORE) }
    const response = await world.http('POST', '/v1/tenants/acme/changes', sent)
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ errors: [{ rule: 'PLATFORM-ONLY' }] })
  })

  it('is the only way: a direct change of a quota is refused with the way out, others are not', async () => {
    const direct = await patch('acme', { quota: MORE })
    expect(direct.status).toBe(409)
    expect(direct.body.detail).toContain('tenant-quota')
    expect((await quotaOf('acme')).limits).toEqual(FIRST)
    expect((await patch('acme', { name: 'Mine' })).status).toBe(200)
    expect((await patch('acme', { invoiceAttestations: 3 })).body).toMatchObject({
      ...{ invoiceAttestations: 3, quota: FIRST },
    })
    await apply(ask('create', 'acme', MORE))
    expect((await patch('acme', { invoiceAttestations: 2 })).body).toMatchObject({ quota: MORE })
    expect((await quotaOf('acme')).source).toMatchObject({ kind: 'change' })
  })
})

describe('in the tenant', () => {
  beforeEach(async () => {
    world = await createTenantWorld({ tenant: { quota: FIRST } })
  })
  const keep = (change: string, order: number, quota: typeof FIRST | null) =>
    world.tenant.call(CALLER, 'quota.keep', { change, order, quota })

  it('a quota is taken up once, and the latest place in live counts', async () => {
    const answers = [
      await keep(changeId('b'), 2, MORE),
      await keep(changeId('b'), 2, FIRST),
      await keep(changeId('a'), 1, FIRST),
    ]
    expect(answers.map((kept) => kept.ok && kept.value.taken)).toEqual([true, true, false])
    expect((await quotaOf('acme')).limits).toEqual(MORE)
    await keep(changeId('c'), 3, null)
    await keep(changeId('b'), 2, MORE)
    expect((await quotaOf('acme')).limits).toEqual(FIRST)
  })

  it('one below what is used warns, with the numbers, and takes nothing away', async () => {
    await world.apply(world.vmRequest('web', { cores: 4 }))
    const quota = { ...FIRST, cores: 3 }
    const judged = await world.tenant.call(CALLER, 'quota.judge', { quota })
    expect(judged.ok && judged.value.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['QUOTA-SET', 'info'],
      ['QUOTA-BELOW-USE', 'warn'],
    ])
    expect(judged.ok && judged.value[1]).toMatchObject({
      ...{ pointer: '/cores', numbers: { used: 4, limit: 3 } },
    })
    await keep(changeId('a'), 1, quota)
    expect((await world.send('GET', '/resources/web')).status).toBe(200)
    const more = await world.request(world.vmRequest('db'))
    expect(more.status).toBe(422)
    expect(more.body.findings?.map(({ rule }) => rule)).toContain('QUOTA')
  })

  it('open changes are judged again: their plans were made under another quota', async () => {
    const open = await world.propose(world.vmRequest('web'))
    await keep(changeId('a'), 1, MORE)
    await world.settle()
    expect((await world.read(open.id)).gate).toMatchObject({
      ...{ state: 'red', reason: expect.stringContaining('out of date') },
    })
  })

  it('nobody but operators comes to it', async () => {
    for (const role of ['owner', 'admin'] as const) {
      const principal = { ...OPERATORS, roles: [role], scopes: scopesOf(role) }
      const kept = await world.tenant.call({ kind: 'principal', principal }, 'quota.keep', {
        ...{ change: changeId('a'), order: 1, quota: MORE },
      })
      expect(kept).toMatchObject({ ok: false, refusal: { problem: 'forbidden' } })
    }
    expect((await quotaOf('acme')).limits).toEqual(FIRST)
  })

  it('without a tenant of the operators a quota is set directly: nobody could be asked', async () => {
    expect((await patch('acme', { quota: MORE })).body).toMatchObject({ quota: MORE })
    expect(await quotaOf('acme')).toEqual({ limits: MORE, source: { kind: 'operators' } })
  })
})
