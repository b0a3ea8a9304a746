// What each piece of outgoing work asks of the forge and the Inventory, and the one step that it takes: by the rows, whatever they
// answer, and whatever has become of the change by then.
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { BY_HAND, MAIN_UNKNOWN } from '../../../gitops/propose.ts'
import { type ChangeRequest, ChangeState } from '../../../schemas/change.ts'
import type { Finding } from '../../../schemas/plan.ts'
import { Outage, ok, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { transaction } from '../database.ts'
import { type Bench, NOON, onlyForge, openBench } from './bench.fixture.ts'
import {
  type ChangeRow,
  enqueue,
  type OutboxKind,
  type PlanRow,
  readPlanRow,
  step,
  type TenantContext,
} from './context.ts'
import { createHandlers } from './work.ts'

const SHA = (digit: string) => digit.repeat(40)
const OUTAGE = refuse('outage', { detail: 'The forge is slow.' })
const WRITTEN = [{ path: 'rendered/x', blob: SHA('9') }]
let bench: Bench
const forge = {
  ...{ propose: vi.fn(), gate: vi.fn(), readPull: vi.fn(), closePull: vi.fn() },
  ...{ deleteBranch: vi.fn(), pending: vi.fn(), pullsOf: vi.fn() },
}
const inventory = {
  ...{ reserve: vi.fn(), settle: vi.fn(), release: vi.fn(), prune: vi.fn() },
  ...{ unclaim: vi.fn(), room: vi.fn() },
}
const changed = vi.fn()
beforeEach(async () => {
  bench = await openBench()
  vi.resetAllMocks()
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  for (const call of Object.values(forge)) call.mockResolvedValue(ok(null))
  forge.pullsOf.mockResolvedValue(ok([]))
  inventory.reserve.mockResolvedValue(ok({ held: 1 }))
  inventory.room.mockResolvedValue([])
  forge.propose.mockResolvedValue(
    ok({
      pull: { number: 7, url: 'https://forge/7' },
      ...{ baseSha: SHA('1'), commitSha: SHA('2'), treeSha: SHA('3'), written: WRITTEN },
    }),
  )
})
const context = (more: Partial<TenantContext> = {}) =>
  bench.context({
    ...{ repository: onlyForge(forge), inventory: bench.inventory(inventory), changed },
    ...more,
  })
const run = (kind: OutboxKind, { id }: { id: string }, more: Partial<TenantContext> = {}) =>
  createHandlers(context(more))[kind](id)
const fresh = { commitSha: null, treeSha: null, headSha: null, pullNumber: null, pullUrl: null }
/** Accepted, and nothing of it is anywhere yet. */
const accepted = (more: Partial<ChangeRow> = {}, planned?: (plan: PlanRow) => Partial<PlanRow>) =>
  bench.copy({ state: 'accepted', ...fresh, ...more }, planned)
const move = ({ id }: ChangeRow, to: ChangeRow['state'], patch = {}) =>
  transaction(bench.db, (tx) => step(tx, bench.read(id), to, { actor: 'x', at: NOON, patch }))
const kinds = ({ id }: ChangeRow) => bench.work(id).map(([kind]) => kind)
const untouched = (change: ChangeRow) => expect(bench.read(change.id)).toEqual(change)
const planning = (more: Partial<PlanRow['plan']>) => (row: PlanRow) => ({
  plan: { ...row.plan, ...more },
})

describe('a reservation', () => {
  it('is of the machines of the plan, and is followed by the proposal', async () => {
    const change = accepted()
    await run('reserve', change)
    expect(inventory.reserve).toHaveBeenCalledExactlyOnceWith({
      ...{ changeId: change.id, tenantId: bench.tenant.id, resource: 'web' },
      items: bench.plan.plan.placement,
    })
    expect(bench.work(change.id)).toEqual([['propose', 0]])
    untouched(change)
  })

  it('is none where nothing is placed, or something goes', async () => {
    const none = accepted({}, planning({ placement: [] }))
    const removal = accepted({}, planning({ action: 'delete' }))
    for (const change of [none, removal]) {
      await run('reserve', change)
      expect(kinds(change)).toEqual(['propose'])
    }
    expect(inventory.reserve).not.toHaveBeenCalled()
  })

  it('is for what is still to be written: accepted, or a revision of what is proposed', async () => {
    const reserved: string[] = []
    for (const state of ChangeState.options) {
      const change = accepted({ state })
      await run('reserve', change)
      if (kinds(change).length > 0) reserved.push(state)
    }
    expect(reserved).toEqual(['accepted', 'proposed'])
    expect(inventory.reserve).toHaveBeenCalledTimes(2)
    await run('reserve', bench.copy())
    await run('reserve', { id: 'chg_none' })
    expect(inventory.reserve).toHaveBeenCalledTimes(2)
  })

  it('that is refused ends the change, in words and with its own numbers', async () => {
    const findings = [
      { rule: 'CAPACITY', message: 'It does not fit.', numbers: { asked: 2, free: 1 } },
      { rule: 'OTHER', message: 'Nor this.' },
    ] as unknown as Finding[]
    const refused = async (refusal: ReturnType<typeof refuse>, more: Partial<ChangeRow> = {}) => {
      inventory.reserve.mockResolvedValue(refusal)
      const change = accepted(more)
      await run('reserve', change)
      return bench.read(change.id)
    }
    const change = await refused(refuse('plan-blocked', { findings }))
    expect(change).toMatchObject({
      ...{ state: 'rejected', updatedAt: NOON },
      reason: 'CAPACITY: It does not fit. (asked 2, free 1) OTHER: Nor this.',
    })
    expect(kinds(change)).toEqual(['close-pull', 'release'])
    expect(bench.eventsOf(change.id)).toMatchObject([{ actor: 'phoenix' }])
    expect(changed).toHaveBeenCalledTimes(1)
    expect((await refused(refuse('conflict', { detail: 'Gone.' }))).reason).toBe('Gone.')
    expect((await refused(refuse('conflict'))).reason).toBe('the reservation was refused')
  })

  it('that is answered after the change has moved on is nothing to it', async () => {
    const withdrawn = accepted()
    inventory.reserve.mockImplementation(async () => {
      move(withdrawn, 'closed')
      return refuse('conflict')
    })
    await run('reserve', withdrawn)
    expect([bench.read(withdrawn.id).state, kinds(withdrawn)]).toEqual(['closed', []])
    const gone = accepted()
    inventory.reserve.mockImplementation(async () => {
      move(gone, 'closed')
      return ok({ held: 1 })
    })
    await run('reserve', gone)
    const revised = accepted({ state: 'proposed' })
    inventory.reserve.mockImplementation(async () => {
      move(revised, 'proposed', { revision: 2 })
      return ok({ held: 1 })
    })
    await run('reserve', revised)
    expect([kinds(gone), kinds(revised)]).toEqual([[], []])
  })
})

describe('a proposal', () => {
  it('takes the whole change to the forge, and claims the pull request that comes of it', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const change = accepted({ reason: 'waited' })
    await run('propose', change)
    const [repository, job] = forge.propose.mock.calls[0] ?? []
    expect(repository).toBe(bench.tenant.repository)
    const { id, revision, fingerprint, requester, acceptedAt, branch } = change
    expect(job).toMatchObject({
      change: { id, revision, fingerprint, requester, acceptedAt, seal: expect.any(String) },
      ...{ branch, earlier: null, stood: null, plan: readPlanRow(bench.db, change).plan },
    })
    const paths = (job.files as { path: string }[]).map(({ path }) => path)
    expect(paths).toEqual(bench.plan.plan.files.map(({ path }) => path))
    const [commitSha, headSha] = [SHA('2'), SHA('2')]
    expect(bench.read(id)).toMatchObject({
      ...{ state: 'proposed', reason: null, pullNumber: 7, pullUrl: 'https://forge/7', headSha },
      ...{ baseSha: SHA('1'), commitSha, treeSha: SHA('3'), updatedAt: NOON },
    })
    expect(bench.eventsOf(id)).toMatchObject([{ actor: 'phoenix', to: 'proposed' }])
    expect(bench.work(id)).toEqual([
      ['gate', 0],
      ['watch', 240_000],
    ])
    expect(readPlanRow(bench.db, change).written).toEqual(WRITTEN)
    expect(changed).toHaveBeenCalledTimes(1)
  })

  it('of a revision names the pull request and the head that were there before', async () => {
    const change = bench.copy({ commitSha: null, pullNumber: 7, headSha: SHA('8') })
    await run('propose', change)
    expect(forge.propose.mock.calls[0]?.[1]).toMatchObject({
      earlier: { pullNumber: 7, headSha: SHA('8') },
    })
    forge.propose.mockClear()
    await run('propose', accepted({ pullNumber: 8 }))
    expect(forge.propose.mock.calls[0]?.[1]).toMatchObject({ earlier: null })
  })

  it('is made of what is still to be written', async () => {
    for (const change of [bench.copy(), accepted({ state: 'closed' }), { id: 'chg_none' }])
      await run('propose', change)
    expect(forge.propose).not.toHaveBeenCalled()
  })

  it('whose forge says nothing of the files keeps none', async () => {
    forge.propose.mockResolvedValue(
      ok({ pull: { number: 7, url: '' }, baseSha: '1', commitSha: '2', treeSha: '3' }),
    )
    const change = accepted()
    await run('propose', change)
    expect(readPlanRow(bench.db, change).written).toBeNull()
  })

  it('that was withdrawn on its way is closed as soon as it is known', async () => {
    const change = accepted()
    const answer = await forge.propose()
    forge.propose.mockImplementation(async () => {
      move(change, 'closed')
      return answer
    })
    await run('propose', change)
    expect(bench.read(change.id)).toMatchObject({ state: 'closed', pullNumber: 7 })
    expect(kinds(change)).toEqual(['close-pull'])
    const revised = accepted()
    forge.propose.mockImplementation(async () => {
      move(revised, 'proposed', { revision: 2 })
      return answer
    })
    await run('propose', revised)
    expect([bench.read(revised.id).pullNumber, kinds(revised)]).toEqual([null, []])
  })

  it('of another rendering than was planned ends the change', async () => {
    const change = accepted({}, ({ plan }) => ({
      plan: { ...plan, files: plan.files.map((file) => ({ ...file, digest: 'sha256:other' })) },
    }))
    await run('propose', change)
    expect(bench.read(change.id)).toMatchObject({
      ...{ state: 'failed', reason: 'its template changed before it was proposed: ask again' },
    })
    expect(kinds(change)).toEqual(['close-pull', 'release'])
    expect(forge.propose).not.toHaveBeenCalled()
  })

  it('that the forge refuses ends the change with what it says, unless that has moved on', async () => {
    const refused = async (refusal: ReturnType<typeof refuse>) => {
      forge.propose.mockResolvedValue(refusal)
      const change = accepted()
      await run('propose', change)
      return bench.read(change.id)
    }
    const change = await refused(refuse('conflict', { detail: 'The branch is held.' }))
    expect(change).toMatchObject({ state: 'failed', reason: 'The branch is held.' })
    expect([kinds(change), bench.eventsOf(change.id)]).toMatchObject([
      ['close-pull', 'release'],
      [{ actor: 'phoenix', at: NOON }],
    ])
    expect(changed).toHaveBeenCalledTimes(1)
    expect((await refused(refuse('conflict'))).reason).toBe('the forge refused the proposal')
    const withdrawn = accepted()
    forge.propose.mockImplementation(async () => {
      move(withdrawn, 'closed')
      return refuse('conflict')
    })
    await run('propose', withdrawn)
    expect(bench.read(withdrawn.id).state).toBe('closed')
  })

  it('that the forge does not answer is made again', async () => {
    forge.propose.mockResolvedValue(OUTAGE)
    const change = accepted()
    await expect(run('propose', change)).rejects.toThrow(Outage)
    untouched(change)
  })

  it('that waits for main is shown as waiting, from the second time on and once', async () => {
    forge.propose.mockResolvedValue(refuse('outage', { detail: `The forge ${MAIN_UNKNOWN}.` }))
    const change = accepted()
    const tried = async (attempts: number) => {
      bench.db.update(tables.outbox).set({ attempts }).run()
      await expect(run('propose', change)).rejects.toThrow(Outage)
      return bench.read(change.id)
    }
    expect(await tried(0)).toEqual(change)
    transaction(bench.db, (tx) => enqueue(tx, 'propose', change.id, 0))
    expect(await tried(0)).toEqual(change)
    const noted = await tried(1)
    expect(noted).toMatchObject({
      ...{ state: 'accepted', reason: `the proposal waits: the forge ${MAIN_UNKNOWN}` },
    })
    expect(await tried(2)).toEqual(noted)
    expect(changed).toHaveBeenCalledTimes(1)
  })

  it('over what looks made by hand waits a little: it may be a merge that nobody told us of', async () => {
    const byHand = refuse('conflict', { detail: `${BY_HAND}: main was changed by hand at x` })
    forge.propose.mockResolvedValue(byHand)
    const alone = accepted()
    await run('propose', alone)
    expect(bench.read(alone.id).state).toBe('failed')
    bench.copy({ state: 'approved' })
    const change = accepted()
    transaction(bench.db, (tx) => enqueue(tx, 'propose', change.id, 0))
    const tried = (attempts: number, lastError: string | null) => {
      bench.db.update(tables.outbox).set({ attempts, lastError }).run()
      return run('propose', change)
    }
    const message = 'shows on main what no known merge brought'
    for (const [attempts, said] of [
      [0, null],
      [3, 'forge is slow'],
    ] as const)
      await expect(tried(attempts, said)).rejects.toThrow(message)
    const error = new Outage('forge', message, 5).message
    await expect(tried(2, error)).rejects.toThrow(message)
    expect(forge.readPull).toHaveBeenCalledTimes(3)
    await tried(3, error)
    expect(bench.read(change.id)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining(BY_HAND),
    })
  })
})

describe('the watch over a pull request', () => {
  it('goes on for as long as it is open, and posts what its check says by then', async () => {
    const change = bench.copy({ gate: 'absent' })
    const other = bench.copy({ state: 'approved' })
    vi.spyOn(Math, 'random').mockReturnValue(0)
    for (const kind of ['observe-reviews', 'watch'] as const) {
      forge.readPull.mockClear()
      const again = [await run(kind, change), await run(kind, other)]
      expect(again).toEqual(kind === 'watch' ? [300_000, 300_000] : [undefined, undefined])
      // It was just looked at: the watch has no reason to.
      const looks = kind === 'watch' ? [] : [[{}, change.pullNumber, true], {}]
      expect(forge.readPull.mock.calls).toMatchObject(looks)
    }
    for (const { id } of [change, other]) expect(bench.work(id)).toEqual([['watch', 300_000]])
    expect(bench.read(change.id).gate).toBe('red')
    forge.gate.mockClear()
    for (const kind of ['observe-reviews', 'watch'] as const) {
      expect(await run(kind, bench.copy({ state: 'closed' }))).toBeUndefined()
      expect(forge.gate).not.toHaveBeenCalled()
    }
    forge.gate.mockResolvedValue(OUTAGE)
    for (const kind of ['observe-reviews', 'watch'] as const)
      await expect(run(kind, bench.copy({ gate: 'absent' }))).rejects.toThrow(Outage)
  })

  it('ends what nobody touched for thirty days', async () => {
    const change = bench.copy({ updatedAt: '2026-10-01T00:00:00.000Z' })
    expect(await run('watch', change)).toBeUndefined()
    expect(bench.read(change.id).state).toBe('expired')
  })

  it('reads it without its reviews where a hint says that is enough', async () => {
    const change = bench.copy()
    await run('observe', change)
    expect(forge.readPull.mock.calls).toMatchObject([[{}, change.pullNumber, false]])
  })

  it('after a merge that nobody heard of gives its room back where there was none', async () => {
    const change = bench.copy({ state: 'approved' })
    await run('unclaim', change)
    expect(forge.readPull).toHaveBeenCalledTimes(1)
    expect(inventory.unclaim).toHaveBeenCalledExactlyOnceWith(change.id)
  })
})

describe('the check', () => {
  it('is posted, and posted again where it was not heard of', async () => {
    const change = bench.copy({ gate: 'absent' })
    await run('gate', change)
    await run('gate', change)
    expect(forge.gate).toHaveBeenCalledTimes(1)
    transaction(bench.db, (tx) => enqueue(tx, 'gate-again', change.id, 0))
    await run('gate-again', change)
    expect([forge.gate.mock.calls.length, kinds(change)]).toEqual([2, []])
    forge.gate.mockResolvedValue(OUTAGE)
    for (const kind of ['gate', 'gate-again'] as const)
      await expect(run(kind, bench.copy({ gate: 'absent' }))).rejects.toThrow(Outage)
  })
})

describe('what is told outside', () => {
  it('is told of the change that it is about', async () => {
    const change = bench.copy()
    await run('settle', change)
    await run('release', change)
    for (const call of [inventory.settle, inventory.release])
      expect(call).toHaveBeenCalledExactlyOnceWith(change.id)
    await run('promote', bench.copy({ state: 'merged', mergeSha: SHA('5') })).catch(() => undefined)
    expect(forge.pending).toHaveBeenCalledTimes(1)
  })

  it('closes the pull request, where there is one, and takes the branch away', async () => {
    const { repository } = bench.tenant
    const change = bench.copy()
    await run('close-pull', change)
    expect(forge.closePull).toHaveBeenCalledExactlyOnceWith(repository, change.pullNumber)
    expect(forge.deleteBranch).toHaveBeenCalledExactlyOnceWith(
      ...[repository, change.branch, undefined],
    )
    // Without a pull request nothing says whose the branch is but what is on it.
    const unopened = bench.copy({ pullNumber: null })
    const { id, fingerprint, branch } = unopened
    await run('close-pull', unopened)
    expect(forge.deleteBranch).toHaveBeenLastCalledWith(repository, branch, { id, fingerprint })
    await run('delete-branch', change)
    for (const kind of ['close-pull', 'delete-branch'] as const) await run(kind, { id: 'chg_none' })
    expect([forge.closePull, forge.deleteBranch].map((call) => call.mock.calls.length)).toEqual([
      ...[1, 3],
    ])
    forge.deleteBranch.mockResolvedValue(OUTAGE)
    for (const kind of ['close-pull', 'delete-branch'] as const)
      await expect(run(kind, change)).rejects.toThrow(Outage)
    forge.deleteBranch.mockResolvedValue(ok(null))
    forge.closePull.mockResolvedValue(OUTAGE)
    await expect(run('close-pull', change)).rejects.toThrow(Outage)
  })

  it('waits while the tenant is suspended, where it would change what runs', async () => {
    const tenant = () => ({ ...bench.tenant, state: 'suspended' as const })
    for (const kind of ['promote', 'follow-up', 'advance'] as const)
      expect(await run(kind, bench.copy(), { tenant })).toBe(300_000)
  })
})

describe('what is gone from the clusters', () => {
  const applied = (more: Partial<ChangeRow> = {}, planned?: (plan: PlanRow) => Partial<PlanRow>) =>
    bench.copy({ state: 'applied', mergeSha: SHA('5'), livePlace: 5, ...more }, planned)
  const pruned = () => inventory.prune.mock.calls.map(([input]) => input)

  it('is given back: machines that the change does not keep', async () => {
    const tenantId = bench.tenant.id
    await run('prune', applied())
    const keep = bench.plan.plan.placement.map(({ name }) => name)
    expect(pruned()).toEqual([{ tenantId, resource: 'web', keep }])
    await run('prune', applied({}, planning({ phase: 'remove' })))
    expect(pruned().at(-1)).toEqual({ tenantId, resource: 'web', keep: [] })
    for (const change of [bench.copy({ state: 'applying' }), { id: 'chg_none' }])
      await run('prune', change)
    expect(pruned()).toHaveLength(2)
  })

  it('is left to a later change of the same resource that has merged', async () => {
    const change = applied()
    const other = (more: Partial<ChangeRow>) => bench.copy({ mergeSha: SHA('6'), ...more })
    other({ livePlace: 4 })
    other({ mergeSha: null })
    other({ livePlace: 9, name: 'db' })
    await run('prune', change)
    expect(pruned()).toHaveLength(1)
    const waiting = other({ livePlace: null, state: 'merged' })
    await run('prune', change)
    expect(pruned()).toHaveLength(1)
    bench.db.delete(tables.changes).where(eq(tables.changes.id, waiting.id)).run()
    other({ livePlace: 6 })
    await run('prune', change)
    expect(pruned()).toHaveLength(1)
    await run('prune', applied({ livePlace: null }))
    expect(pruned()).toHaveLength(1)
  })

  it('is all of it while a tenant is deleted', async () => {
    const part = (name: string) => ({ request: { name } })
    const deletion = [part('web'), part('db')] as unknown as PlanRow['snapshot']['deletion']
    const change = applied(
      {},
      ({ snapshot }) => ({ snapshot: { ...snapshot, deletion } }) as PlanRow,
    )
    await run('prune', change)
    expect(pruned().map(({ resource, keep }) => [resource, keep])).toEqual([
      ['web', []],
      ['db', []],
    ])
  })
})

describe('the second half of a removal', () => {
  const update: ChangeRequest = {
    ...{ action: 'update', template: 'virtual-machine', name: 'web' },
    parameters: { site: 'lab-01', cores: 2, memory: { value: 1, unit: 'GiB' } },
  }
  /** Any request that can be planned does: what it is asked with is what counts. */
  const half = (request = update, changeId?: string) => {
    const change = bench.copy({ state: 'applied' }, () => ({ request: update }))
    bench.db.update(tables.changes).set({ request }).run()
    bench.stands('web', { changeId: changeId ?? change.id })
    return bench.read(change.id)
  }
  const followers = ({ id }: ChangeRow) =>
    bench.db
      .select()
      .from(tables.changes)
      .all()
      .filter(({ follows }) => follows === id)

  it('is asked for in the name of whoever asked for the first, under a key that nobody can send', async () => {
    const change = half()
    await run('follow-up', change)
    expect(followers(change)).toMatchObject([
      {
        ...{ state: 'accepted', requester: change.requester, behind: change.behind, name: 'web' },
        idempotencyKey: `follow-up of ${change.id}`,
      },
    ])
    untouched(change)
    await run('follow-up', change)
    expect(followers(change)).toHaveLength(1)
  })

  it('is not asked for where somebody has asked for something else since', async () => {
    const change = half(update, 'chg_other')
    await run('follow-up', change)
    await run('follow-up', { id: 'chg_none' })
    expect(followers(change)).toEqual([])
    untouched(change)
  })

  it('that is refused is said on the first', async () => {
    const refused = half({ ...update, parameters: { site: 'nowhere' } })
    await run('follow-up', refused)
    expect(bench.read(refused.id)).toMatchObject({
      ...{ state: 'applied', updatedAt: NOON },
      reason: expect.stringMatching(/^the second half was refused: [a-z-]+$/),
    })
    bench.clear()
    const blocked = half()
    bench.copy()
    await run('follow-up', blocked)
    expect(bench.read(blocked.id).reason).toBe(
      'the second half was refused: the resource has an open change',
    )
    expect(changed).toHaveBeenCalledTimes(2)
  })

  it('goes by the rules of the first too', async () => {
    const rules = [{ approvals: 2 }]
    const change = half()
    const { snapshot } = bench.plan
    bench.db
      .update(tables.plans)
      .set({ snapshot: { ...snapshot, tenant: { ...snapshot.tenant, approvals: rules } } })
      .run()
    await run('follow-up', change)
    const [second] = followers(change)
    expect(second && readPlanRow(bench.db, second).snapshot.tenant.approvals).toEqual(rules)
  })
})
