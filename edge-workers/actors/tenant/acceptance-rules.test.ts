// What a request must be to be accepted, what is written of it in one go, and what the same key or the same name asked for again
// is answered.
import { decodeJwt } from 'jose'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type ChangeRequest, ChangeState } from '../../../schemas/change.ts'
import type { Finding } from '../../../schemas/plan.ts'
import type { Principal } from '../../../schemas/principal.ts'
import { refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import {
  acceptChange,
  askerOf,
  changeIdOf,
  createChange,
  inTurn,
  openChangeOf,
  planRequest,
  pointers,
  withRules,
} from './accept.ts'
import { type Bench, NOON, openBench } from './bench.fixture.ts'
import { readPlanRow, type TenantContext } from './context.ts'
import { forgottenKey } from './people/erasures.ts'

const PRINT = 'f'.repeat(64)
let bench: Bench
/** Of each test its own: an id that was once is in the log for ever. */
let key: string
let tests = 0
const arm = vi.fn(async () => undefined)
beforeEach(async () => {
  bench = await openBench()
  arm.mockClear()
  tests += 1
  key = `accepted-${tests}`
})
const context = (more: Partial<TenantContext> = {}) => bench.context({ arm, ...more })
const who = () =>
  ({
    ...{ subject: bench.world.ids.rita, person: true, behind: ['maker'], roles: ['requester'] },
    scopes: ['changes:write', 'changes:read'],
  }) as unknown as Principal
const request = (more: Partial<ChangeRequest> = {}): ChangeRequest => ({
  ...{ action: 'create', template: 'virtual-machine', name: 'db' },
  parameters: { site: 'lab-01', cores: 1, memory: { value: 1, unit: 'GiB' } },
  ...more,
})
const create = (
  more: { request?: ChangeRequest; key?: string | null; print?: string; preview?: boolean } = {},
  own = context(),
) =>
  createChange(own, who(), {
    ...{ key: more.key === undefined ? key : more.key, fingerprint: more.print ?? PRINT },
    ...{ request: more.request ?? request(), validateOnly: more.preview ?? false },
  })
const changes = () => bench.db.select().from(tables.changes).all()
const refusal = (problem: string, detail?: string) => ({
  ok: false,
  refusal: { problem, ...(detail ? { detail: expect.stringContaining(detail) } : {}) },
})

describe('an accepted change', () => {
  it('is written with its plan, its event and its work, and armed for', async () => {
    const answer = await create()
    const id = changeIdOf(context(), key)
    expect(answer).toMatchObject({
      ok: true,
      value: { id, state: 'accepted', name: 'db', plan: { name: 'db' } },
    })
    expect(answer).not.toHaveProperty('value.replayed')
    expect(changes()).toMatchObject([
      {
        ...{ id, idempotencyKey: key, fingerprint: PRINT, name: 'db', state: 'accepted' },
        ...{ version: 1, revision: 1, requester: bench.world.ids.rita, behind: ['maker'] },
        ...{ acceptedAt: NOON, updatedAt: NOON, branch: `phoenix/acme/${id}`, gate: 'absent' },
        ...{ gateReason: 'the pull request is not open yet', follows: null, rollout: null },
        request: request(),
      },
    ])
    expect(bench.eventsOf(id)).toMatchObject([
      {
        version: 1,
        from: 'none',
        to: 'accepted',
        actor: bench.world.ids.rita,
        at: NOON,
        reason: null,
      },
    ])
    expect([bench.work(id), arm.mock.calls.length]).toEqual([[['reserve', 0]], 1])
  })

  it('has a receipt that names it, its request and its first leaf', async () => {
    const answer = await create()
    const id = changeIdOf(context(), key)
    const receipt = answer.ok ? (answer.value.receipt ?? '') : ''
    expect(decodeJwt(receipt)).toMatchObject({
      ...{ sub: id, tenant: bench.tenant.id, fingerprint: PRINT },
      ...{ leaf: bench.eventsOf(id)[0]?.leafHash, iat: Date.parse(NOON) / 1000 },
    })
  })

  it('keeps the world that it was planned in, without what its neighbours have', async () => {
    await create()
    const [change] = changes()
    const { plan, snapshot, stands } = readPlanRow(bench.db, { id: change?.id ?? '', revision: 1 })
    expect(plan.files.length).toBeGreaterThan(0)
    expect(stands.map(({ path }) => path)).toEqual(plan.files.map(({ path }) => path))
    expect(snapshot).toMatchObject({
      ...{ uses: [], takenVmIds: [], takenAddresses: [], takenNames: [], takenPaths: [] },
      ...{ namespaces: [], priceBook: null, placeFindings: [] },
    })
    expect(snapshot.sites.length).toBeGreaterThan(0)
  })

  it('has an id that only its tenant and its key make', () => {
    const of = (key: string, id = bench.tenant.id, PLATFORM_KEY = bench.world.env.PLATFORM_KEY) =>
      changeIdOf(
        context({
          tenant: () => ({ ...bench.tenant, id }),
          env: { ...bench.world.env, PLATFORM_KEY },
        }),
        key,
      )
    const ids = [
      of('a'),
      of('b'),
      of('a', 'ten_eu_other'),
      of('a', bench.tenant.id, '11'.repeat(32)),
    ]
    expect(new Set(ids).size).toBe(4)
    expect(of('a')).toBe(ids[0])
    for (const id of ids) expect(id).toMatch(/^chg_[a-z2-7]{26}$/)
  })

  it('carries what else is true from then on, or nothing is', async () => {
    const planned = await planRequest(context(), request(), { previewOnly: false })
    if (!planned.ok) throw new Error('not planned')
    const asked = (key: string, also: () => void) =>
      acceptChange(context(), planned.value, {
        ...{ key, fingerprint: PRINT, requester: 'rita', behind: [], follows: 'chg_x' },
        ...{ rollout: 'rol_x', also },
      })
    const also = vi.fn()
    expect(asked('one', also)).toMatchObject({ value: { follows: 'chg_x', rollout: 'rol_x' } })
    expect(also).toHaveBeenCalledTimes(1)
    bench.clear()
    const broken = () => {
      throw new Error('no')
    }
    expect(() => asked('two', broken)).toThrow('no')
    expect([changes(), bench.eventsOf(changeIdOf(context(), 'two'))]).toEqual([[], []])
  })
})

describe('asked for again', () => {
  it('under the same key is the same change, whatever has become of it', async () => {
    const first = await create()
    const id = first.ok ? (first.value.id ?? '') : ''
    bench.db.update(tables.changes).set({ state: 'closed', version: 2 }).run()
    const again = await create()
    expect(again).toMatchObject({ ok: true, value: { id, state: 'closed', replayed: true } })
    const receipts = [first, again].map((answer) => answer.ok && answer.value.receipt)
    expect(receipts[1]).toBe(receipts[0])
    expect(changes()).toHaveLength(1)
    expect(await create({ print: 'other' })).toEqual(refuse('idempotency-key-reused'))
  })

  it('is found by its id where a restore lost its key, and by the form that an erasure leaves', async () => {
    await create()
    bench.db.update(tables.changes).set({ idempotencyKey: 'lost' }).run()
    expect(await create()).toMatchObject({ value: { replayed: true } })
    bench.clear()
    const { id } = bench.copy({ fingerprint: PRINT })
    const idempotencyKey = forgottenKey(context(), key)
    bench.db.update(tables.changes).set({ idempotencyKey }).run()
    expect(await create()).toMatchObject({ value: { id, replayed: true } })
  })

  it('at the same moment is one change, and another request under its key is none', async () => {
    const both = await Promise.all([create(), create()])
    expect(both.map((answer) => answer.ok && answer.value.id)).toEqual([
      ...[changes()[0]?.id, changes()[0]?.id],
    ])
    bench.clear()
    key = `${key}-second`
    const differing = await Promise.all([create(), create({ print: 'other' })])
    expect(differing[1]).toEqual(refuse('idempotency-key-reused'))
    bench.clear()
    key = `${key}-third`
    const names = await Promise.all([create(), create({ key: `${key}-other` })])
    expect(names.map(({ ok }) => ok)).toEqual([true, false])
    expect(names[1]).toMatchObject(refuse('open-change'))
  })
})

describe('a name', () => {
  it('has one open change', async () => {
    const open = ChangeState.options.filter((state) => {
      bench.clear()
      bench.copy({ state })
      return openChangeOf(bench.db, 'web') !== undefined
    })
    expect(open).toEqual(expect.arrayContaining(['accepted', 'proposed', 'approved', 'merged']))
    expect(open).not.toEqual(expect.arrayContaining(['closed']))
    expect(openChangeOf(bench.db, 'other')).toBeUndefined()
    bench.clear()
    bench.copy()
    expect(await create({ request: request({ name: 'web' }) })).toMatchObject(refuse('open-change'))
  })

  it.each([
    ['proposed', 'finish, cancel or revise it'],
    ['promoted', 'it has to end'],
  ] as const)('whose open change is %s says which that is: %s', async (state, way) => {
    bench.clear()
    const { id } = bench.copy({ state })
    const detail = `The resource has an open change, ${id} (${state}): ${way} first.`
    expect(await create({ request: request({ name: 'web' }) })).toEqual(
      refuse('open-change', { detail }),
    )
  })

  it('under which a stray merge stands has that undone first', async () => {
    bench.copy({ state: 'merged_unauthorised', mergeSha: 'e'.repeat(40), mergedAt: NOON })
    expect(await create({ request: request({ name: 'web' }) })).toMatchObject(
      refusal('conflict', 'revert it first'),
    )
  })

  it('of a phase, or of a system, comes to be in its rollout only', async () => {
    for (const template of ['the_order/data', 'the_order'])
      expect(await create({ request: request({ template }) })).toMatchObject({
        refusal: {
          ...{ problem: 'plan-blocked', findings: [{ rule: 'ROLLOUT-ONLY' }] },
          errors: [{ pointer: '/template', rule: 'ROLLOUT-ONLY' }],
        },
      })
    expect(
      await create({ request: request({ action: 'update', template: 'the_order/data' }) }),
    ).not.toMatchObject({ refusal: { findings: [{ rule: 'ROLLOUT-ONLY' }] } })
  })
})

describe('a preview', () => {
  it('is planned and writes nothing, with a key or without', async () => {
    for (const sent of [key, null]) {
      const answer = await create({ preview: true, key: sent })
      expect(answer).toMatchObject({ ok: true, value: { id: null, plan: { name: 'db' } } })
    }
    expect(await create({ key: null })).toMatchObject({ ok: true, value: { id: null } })
    expect([changes(), arm.mock.calls.length]).toEqual([[], 0])
  })

  it('of what cannot be is refused as the request would be', async () => {
    const wrong = request({ parameters: { site: 'nowhere' } })
    const [preview, asked] = [
      await create({ request: wrong, preview: true }),
      await create({ request: wrong }),
    ]
    expect(preview).toMatchObject({ ok: false })
    expect(preview).toEqual(asked)
    expect(changes()).toEqual([])
  })
})

describe('a plan', () => {
  const planned = (
    more: Partial<ChangeRequest> = {},
    options: Partial<Parameters<typeof planRequest>[2]> = {},
  ) => planRequest(context(), request(more), { previewOnly: false, ...options })
  const update = { action: 'update', name: 'web' } as const
  const removal = { action: 'delete', name: 'web', parameters: {} } as const

  it('that is blocked says at which parameter, by which rule, and with what else was found', async () => {
    bench.copy()
    const memory = { value: 9_000, unit: 'GiB' }
    const refused = await planned({ parameters: { site: 'lab-01', cores: 1, memory } })
    expect(refused).toMatchObject({ refusal: { problem: 'plan-blocked' } })
    const { findings = [], errors = [] } = refused.ok ? {} : refused.refusal
    expect(findings.length).toBeGreaterThan(errors.length)
    expect(errors.map(({ rule }) => rule)).toContain('CAPACITY')
    for (const { pointer } of errors) expect(pointer).toMatch(/^\//)
  })

  it('names only what blocks as an error', () => {
    const found = (rule: string, severity: Finding['severity']) =>
      ({ rule, severity, message: `${rule}!`, pointer: '/parameters/site' }) as Finding
    expect(pointers([found('A', 'warn'), found('B', 'block'), found('C', 'info')])).toEqual([
      { pointer: '/parameters/site', detail: 'B!', rule: 'B' },
    ])
  })

  it('under which nothing would change is refused', async () => {
    const { snapshot } = bench.plan
    const { parameters, files } = bench.plan.plan
    const stands = files.map(({ path, digest }) => ({ path, digest: digest ?? '' }))
    bench.stands('web', { parameters, stands, identities: snapshot.identities, guardsLifted: true })
    const same = await planned({ ...update, parameters: bench.first.request.parameters })
    expect(same).toMatchObject(refusal('conflict', 'Nothing would change'))
  })

  it('that destroys is confirmed by the digest of what goes', async () => {
    bench.stands('web', { stands: bench.plan.stands })
    const unconfirmed = await planned(removal)
    expect(unconfirmed).toMatchObject({
      refusal: { problem: 'confirm-required', errors: [{ pointer: '/confirm' }] },
    })
    const preview = await planned(removal, { previewOnly: true })
    const confirm = preview.ok ? preview.value.planned.plan.destroys?.digest : undefined
    expect(confirm).toMatch(/^sha256:/)
    expect(await planned({ ...removal, ...(confirm ? { confirm } : {}) })).toMatchObject({
      ok: true,
    })
    const wrong = { ...removal, confirm: `sha256:${'0'.repeat(64)}` }
    for (const previewOnly of [true, false])
      expect(await planned(wrong, { previewOnly })).toMatchObject(refusal('confirm-required'))
  })

  it('of an exception needs somebody who is here to answer for it, until a day to come', async () => {
    const exception = (owner: string, expires = '2026-12-01') =>
      planned({
        ...{ template: 'rule-exception', name: 'excused' },
        parameters: { rule: 'STORAGE-TLS', owner, reason: 'We know about it well.', expires },
      })
    const rules = async (...asked: Parameters<typeof exception>) => {
      const answer = await exception(...asked)
      return answer.ok ? [] : answer.refusal.errors?.map(({ rule }) => rule)
    }
    expect(await rules('olga')).toEqual([])
    const unknown = await rules('nobody')
    expect(unknown).toHaveLength(1)
    expect(unknown?.[0]).toMatch(/OWNER/)
    bench.member(bench.world.ids.olga, { state: 'removed' })
    expect(await rules('olga')).toEqual(unknown)
    bench.clear()
    expect(await rules('olga', '2026-11-20')).toHaveLength(1)
  })

  it('keeps the rules of before beside those of now, each once', async () => {
    const rules = (...approvals: { approvals: number }[]) => {
      const { snapshot } = bench.plan
      return { ...snapshot, tenant: { ...snapshot.tenant, approvals } }
    }
    const [one, two] = [{ approvals: 1 }, { approvals: 2 }]
    const now = rules(one)
    expect(withRules(now, [one])).toBe(now)
    expect(withRules(now, [two, one])).toEqual(rules(one, two))
    const bare = { ...now, tenant: { ...now.tenant, approvals: undefined as never } }
    expect(withRules(bare, [])).toBe(bare)
    expect(withRules(bare, [two]).tenant.approvals).toEqual([two])
    const answer = await planned({}, { earlierRules: [two] })
    expect(answer.ok && answer.value.snapshot.tenant.approvals).toEqual([two])
  })

  it('counts whoever could approve beside who asks', async () => {
    const { rita } = bench.world.ids
    const asker = askerOf({ subject: rita, behind: ['maker'] } as unknown as Principal)
    expect(asker).toEqual({ requester: rita, behind: ['maker'] })
    const [known, unknown] = [await planned({}, { asker }), await planned()]
    expect(known.ok && known.value.snapshot.approvers).toHaveLength(2)
    expect(unknown.ok && unknown.value.snapshot).not.toHaveProperty('approvers')
  })
})

describe('one after the other', () => {
  it('go those of one tenant, also after one that broke off; another tenant’s do not wait', async () => {
    const [own, other] = [context(), context()]
    const order: string[] = []
    const say = (word: string, milliseconds: number) => async () => {
      order.push(`${word} begins`)
      await new Promise((resolve) => setTimeout(resolve, milliseconds))
      order.push(`${word} ends`)
      return word
    }
    const broken = inTurn(own, () => Promise.reject(new Error('no')))
    const all = [
      inTurn(own, say('one', 5)),
      inTurn(own, say('two', 0)),
      inTurn(other, say('far', 0)),
    ]
    await expect(broken).rejects.toThrow('no')
    expect(await Promise.all(all)).toEqual(['one', 'two', 'far'])
    expect(order.filter((said) => !said.startsWith('far'))).toEqual([
      ...['one begins', 'one ends', 'two begins', 'two ends'],
    ])
    expect(order.indexOf('far begins')).toBeLessThan(order.indexOf('one ends'))
  })
})
