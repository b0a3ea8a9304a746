// What is asked for to undo a change, when that may be asked for, and who stands behind what the system asks for by itself.
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type ChangeRequest, ChangeState } from '../../../schemas/change.ts'
import type { Finding } from '../../../schemas/plan.ts'
import type { Principal } from '../../../schemas/principal.ts'
import { ok, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { DELETION_NAME } from '../../../schemas/tenant-deletion.ts'
import { transaction } from '../database.ts'
import { changeIdOf } from './accept.ts'
import { type Bench, NOON, onlyForge, openBench } from './bench.fixture.ts'
import { type ChangeRow, type PlanRow, step, type TenantContext } from './context.ts'
import { revert, undoStray } from './revert.ts'

const SHA = 'e'.repeat(40)
const AGAIN = 300_000
const FULL = { rule: 'CAPACITY-LOST', message: 'host x is full' } as Finding
let bench: Bench
/** Of each test its own: an id that was once is in the log for ever. */
let key: string
let tests = 0
const claim = vi.fn()
const undoing = vi.fn()
const arm = vi.fn(async () => undefined)
const changed = vi.fn()
beforeEach(async () => {
  bench = await openBench()
  vi.clearAllMocks()
  claim.mockResolvedValue(ok({ held: 1 }))
  undoing.mockResolvedValue(ok({ since: [], before: [] }))
  tests += 1
  key = `reverted-${tests}`
})
const context = (more: Partial<TenantContext> = {}) =>
  bench.context({
    ...{ inventory: bench.inventory({ claim }), arm, changed },
    repository: onlyForge({ undoing }),
    ...more,
  })
const suspended = () => context({ tenant: () => ({ ...bench.tenant, state: 'suspended' }) })
const rita = { person: true, behind: ['maker'] }
const ask = ({ id }: Pick<ChangeRow, 'id'>, own = context()) =>
  revert(own, { ...rita, subject: bench.world.ids.rita } as unknown as Principal, id, key)
const refusal = (problem: string, detail?: string) => ({
  ok: false,
  refusal: { problem, ...(detail ? { detail: expect.stringContaining(detail) } : {}) },
})
const asking = (more: Partial<ChangeRequest>): Partial<ChangeRow> => ({
  request: { ...bench.first.request, ...more },
})
/** As the resource was when the change was planned. */
const before = (cores: number) => {
  const { template, parameters, placement } = bench.plan.plan
  return {
    ...{ name: 'web', template: template.name, templateVersion: template.version },
    ...{ cluster: 'lab', parameters: { ...parameters, cores }, identities: [] },
    ...{ placement: placement.map((vm) => ({ ...vm, cores })), guardsLifted: false },
  }
}
const over =
  (cores: number, plan: Partial<PlanRow['plan']> = {}) =>
  (row: PlanRow) => ({
    plan: { ...row.plan, ...plan },
    snapshot: { ...row.snapshot, existing: before(cores) } as PlanRow['snapshot'],
  })
const applied = (more: Partial<ChangeRow> = {}, planned?: (plan: PlanRow) => Partial<PlanRow>) =>
  bench.copy(
    {
      ...{ state: 'applied', mergeSha: SHA, mergedAt: NOON, liveSha: SHA, livePlace: 3, ...more },
      idempotencyKey: 'x',
    },
    planned,
  )
/** The resource as the change left it. */
const standing = ({ id }: Pick<ChangeRow, 'id'>, cores = 1) => {
  const { cluster, parameters, placement } = before(cores)
  const { stands } = bench.plan
  bench.stands('web', { changeId: id, cluster, parameters, placement, stands })
}
const followers = ({ id }: ChangeRow) =>
  bench.db
    .select()
    .from(tables.changes)
    .all()
    .filter(({ follows }) => follows === id)
const requests = (change: ChangeRow) => followers(change).map(({ request }) => request)
const untouched = (change: ChangeRow) => expect(bench.read(change.id)).toEqual(change)

describe('what Git says', () => {
  const FILE = { path: 'rendered/lab/60-web/x.yaml', blob: 'a'.repeat(40) }
  const OTHER = { ...FILE, blob: 'b'.repeat(40) }
  const updated = () => {
    const change = applied(asking({ action: 'update' }), over(2))
    standing(change)
    return change
  }

  it('is asked of the merge, for the files of the change', async () => {
    const change = updated()
    await ask(change)
    const paths = bench.plan.plan.files.map(({ path }) => path)
    const { mergeSha } = change
    expect(undoing.mock.calls).toEqual([['acme/infrastructure', { mergeSha, paths, before: true }]])
  })

  it('refuses where somebody changed a file since, and not where a later change of ours did', async () => {
    undoing.mockResolvedValue(ok({ since: [FILE], before: [] }))
    const by = (path: string, blob: string, more: Partial<ChangeRow> = {}) =>
      bench.copy({ state: 'closed', mergeSha: 'f'.repeat(40), ...more }, () => ({
        written: [{ path, blob }],
      }))
    by(FILE.path, OTHER.blob)
    by('rendered/other.yaml', FILE.blob)
    by(FILE.path, FILE.blob, { mergeSha: null })
    by(FILE.path, FILE.blob, { name: 'db' })
    const change = updated()
    expect(await ask(change)).toMatchObject(
      refusal('conflict', `GIT-CHANGED-BY-HAND: main was changed by hand at ${FILE.path} since`),
    )
    expect(followers(change)).toEqual([])
    by(FILE.path, FILE.blob)
    expect((await ask(change)).ok).toBe(true)
  })

  it('names three files, and how many more', async () => {
    const since = ['a', 'b', 'c', 'd', 'e'].map((path) => ({ path, blob: null }))
    undoing.mockResolvedValue(ok({ since, before: [] }))
    expect(await ask(updated())).toMatchObject(refusal('conflict', 'at a, b, c and 2 more since'))
  })

  it('refuses an update that would not lead to what was there, byte by byte', async () => {
    undoing.mockResolvedValue(ok({ since: [], before: [FILE] }))
    expect(await ask(updated())).toMatchObject(
      refusal('conflict', `REVERT-NOT-EXACT: before this change Git had something else at`),
    )
  })

  it('does not keep a creation from its removal, whose files were not there', async () => {
    undoing.mockResolvedValue(ok({ since: [], before: [{ ...FILE, blob: null }] }))
    const change = applied()
    standing(change)
    expect((await ask(change)).ok).toBe(true)
    expect(undoing.mock.calls[0]?.[1]).toMatchObject({ before: false })
  })

  it('is not asked of what went around the gate', async () => {
    const change = applied({ state: 'merged_unauthorised', liveSha: null, livePlace: null })
    undoing.mockResolvedValue(refuse('conflict'))
    await ask(change)
    expect(undoing).not.toHaveBeenCalled()
  })

  it('is waited for', async () => {
    undoing.mockResolvedValue(refuse('outage', { retryAfterSeconds: 5 }))
    expect(await ask(updated())).toMatchObject(refusal('outage'))
  })
})

describe('what is asked for', () => {
  it('after a creation is the removal of what stands, with what goes confirmed', async () => {
    const change = applied()
    standing(change)
    const id = changeIdOf(context(), key)
    expect(await ask(change)).toMatchObject({ ok: true, value: { id } })
    expect(followers(change)).toMatchObject([
      {
        ...{ id, state: 'accepted', name: 'web', requester: bench.world.ids.rita },
        ...{ behind: ['maker'], follows: change.id, idempotencyKey: key },
        request: { action: 'delete', parameters: {}, confirm: expect.stringMatching(/^sha256:/) },
      },
    ])
    expect([arm.mock.calls.length, changed.mock.calls.length]).toEqual([1, 1])
    untouched(change)
  })

  it('after an update is what stood before it, of the version that it had', async () => {
    const change = applied(asking({ action: 'update' }), over(2))
    standing(change)
    await ask(change)
    const { template, templateVersion: version, parameters } = before(2)
    expect(requests(change)).toEqual([
      { action: 'update', template, name: 'web', parameters, version },
    ])
  })

  it('of a version that is not published any more is of the one that is', async () => {
    const change = applied(asking({ action: 'update' }), (row) => {
      const existing = { ...before(2), templateVersion: '0.0.1' }
      return { snapshot: { ...row.snapshot, existing } as PlanRow['snapshot'] }
    })
    standing(change)
    await ask(change)
    expect(requests(change)[0]).not.toHaveProperty('version')
  })

  it('after the first half of a removal is what stood, with its guards', async () => {
    const change = applied(asking({ action: 'delete' }), over(2, { phase: 'lift-guards' }))
    standing(change)
    await ask(change)
    expect(requests(change)).toMatchObject([{ action: 'update', parameters: { cores: 2 } }])
  })

  it('after a removal is its creation', async () => {
    const change = applied(asking({ action: 'delete' }), over(2, { phase: 'remove' }))
    bench.stands('web', { changeId: change.id, state: 'removed', placement: [] })
    await ask(change)
    expect(requests(change)).toMatchObject([{ action: 'create', parameters: { cores: 2 } }])
  })
})

describe('it is asked for', () => {
  it('of what was merged, by somebody in a tenant that is not suspended', async () => {
    const undone: string[] = []
    for (const state of ChangeState.options) {
      bench.clear()
      key = `${key}-${state}`
      const change = applied({ state })
      standing(change)
      if (state === 'merged') continue
      const answer = await ask(change)
      if (answer.ok) undone.push(state)
      else if (state === 'promoted' || state === 'applying')
        // Until its engines have said something of it, it is the open change of its resource itself.
        expect(answer).toMatchObject(refuse('open-change'))
      else expect(answer).toMatchObject(refusal('wrong-state', `The change is ${state}.`))
    }
    expect(undone).toEqual(['applied', 'failed', 'merged_unauthorised'])
    expect(await ask({ id: 'chg_none' })).toEqual(refuse('not-found'))
    expect(await ask(applied(), suspended())).toEqual(refuse('tenant-suspended'))
    expect(await ask(applied({ state: 'failed', mergeSha: null }))).toMatchObject(
      refusal('wrong-state', 'It was never merged'),
    )
    expect(await ask(applied({ name: DELETION_NAME }))).toMatchObject(
      refusal('wrong-state', 'taken back by restoring it'),
    )
  })

  it('of the last change that stands: parameters of before would drop the later ones', async () => {
    const change = applied(asking({ action: 'update' }), over(2))
    bench.stands('web', { changeId: 'chg_later', stands: bench.plan.stands })
    for (const action of ['update', 'failover'] as const) {
      bench.db.update(tables.changes).set(asking({ action })).run()
      expect(await ask(change)).toMatchObject(refusal('wrong-state', 'revert that one first'))
    }
    bench.db
      .update(tables.changes)
      .set(asking({ action: 'create' }))
      .run()
    expect(await ask(change)).toMatchObject({ ok: true })
  })

  it('once: whoever asks again while it is open gets what was asked for', async () => {
    const change = applied()
    standing(change)
    const first = await ask(change)
    key = `${key}-second`
    expect(await ask(change)).toEqual(first)
    expect(followers(change)).toHaveLength(1)
    bench.db.update(tables.changes).set({ fingerprint: 'of a second half' }).run()
    expect(await ask(change)).toMatchObject(refuse('open-change'))
  })

  it('under a key of its own', async () => {
    const change = applied()
    standing(change)
    const other = bench.copy({ state: 'closed' })
    bench.db
      .update(tables.changes)
      .set({ id: changeIdOf(context(), key), idempotencyKey: key })
      .where(eq(tables.changes.id, other.id))
      .run()
    expect(await ask(change)).toEqual(refuse('idempotency-key-reused'))
  })

  it('and refused as any request is that cannot be', async () => {
    const change = applied(asking({ action: 'update' }), (row) => ({
      snapshot: {
        ...row.snapshot,
        existing: { ...before(2), parameters: {} },
      } as PlanRow['snapshot'],
    }))
    standing(change)
    expect((await ask(change)).ok).toBe(false)
    expect(followers(change)).toEqual([])
  })
})

describe('a merge that waits', () => {
  const merged = () => applied({ state: 'merged', liveSha: null, livePlace: null })

  it('is not reverted while it has its room', async () => {
    const change = merged()
    expect(await ask(change)).toMatchObject(refusal('wrong-state', 'The change is merged.'))
    untouched(change)
  })

  it('is given up where another has its room, and undone', async () => {
    claim.mockResolvedValue(refuse('plan-blocked', { findings: [FULL] }))
    const change = merged()
    expect(await ask(change)).toMatchObject({ ok: true })
    expect(bench.read(change.id)).toMatchObject({
      ...{ state: 'merged_unauthorised', reason: expect.stringContaining('host x is full') },
    })
    expect(requests(change)).toMatchObject([{ action: 'delete' }])
  })

  it('that moves while its room is asked for is judged as it is by then', async () => {
    const change = merged()
    claim.mockImplementation(async () => {
      transaction(bench.db, (tx) => step(tx, change, 'promoted', { actor: 'x', at: NOON }))
      return refuse('plan-blocked', { findings: [FULL] })
    })
    standing(change)
    expect(await ask(change)).toMatchObject(refuse('open-change'))
    expect(bench.read(change.id).state).toBe('promoted')
  })
})

describe('a merge that went around the gate', () => {
  const stray = (more: Partial<ChangeRow> = {}, planned?: (plan: PlanRow) => Partial<PlanRow>) =>
    applied({ state: 'merged_unauthorised', liveSha: null, livePlace: null, ...more }, planned)
  const mergedBy = (change: ChangeRow, actor: string) =>
    transaction(bench.db, (tx) =>
      step(tx, { ...change, state: 'merged' }, 'merged_unauthorised', {
        ...{ actor, at: NOON, reason: 'merged past the gate' },
      }),
    )
  const undo = ({ id }: Pick<ChangeRow, 'id'>, own = context()) => undoStray(own, id)

  it('is undone once by the system, and nobody who had a hand in it approves that', async () => {
    const change = mergedBy(stray({ behind: ['pusher', 'phoenix'] }), bench.world.ids.anton)
    expect(await undo(change)).toBeUndefined()
    expect(followers(change)).toMatchObject([
      {
        ...{ requester: 'phoenix', behind: ['pusher', bench.world.ids.anton] },
        ...{ idempotencyKey: `revert of ${change.id}`, request: { action: 'delete' } },
      },
    ])
    expect(changed).toHaveBeenCalledTimes(1)
    bench.db
      .update(tables.changes)
      .set({ state: 'closed' })
      .where(eq(tables.changes.follows, change.id))
      .run()
    expect(await undo(change)).toBeUndefined()
    expect(followers(change)).toHaveLength(1)
  })

  it('by an account that is nobody’s may be whoever asked for it', async () => {
    const change = mergedBy(stray({ behind: [] }), 'forge')
    await undo(change)
    expect(followers(change)).toMatchObject([{ behind: [change.requester] }])
  })

  it('of an update goes back to what main held before it', async () => {
    const change = stray(asking({ action: 'update' }), over(2))
    bench.stands('web', {
      changeId: 'chg_before',
      stands: bench.plan.stands,
      ...before(2),
    } as never)
    await undo(change)
    expect(requests(change)).toMatchObject([{ action: 'update', parameters: { cores: 2 } }])
  })

  it('of a removal writes what it took away', async () => {
    const change = stray(asking({ action: 'delete' }), over(2, { phase: 'remove' }))
    bench.stands('web', { changeId: 'chg_before', stands: bench.plan.stands })
    await undo(change)
    expect(requests(change)).toMatchObject([{ action: 'update', parameters: { cores: 2 } }])
  })

  it('is nothing to do where it is none, or a later merge has gone over it', async () => {
    for (const change of [applied(), { id: 'chg_none' }]) expect(await undo(change)).toBeUndefined()
    bench.clear()
    const change = stray()
    applied({ mergedAt: '2026-11-21T13:00:00.000Z' })
    expect(await undo(change)).toBeUndefined()
    expect(followers(change)).toEqual([])
    untouched(change)
  })

  it('waits for the end of a suspension, and of another open change of the resource', async () => {
    const change = stray()
    expect(await undo(change, suspended())).toBe(AGAIN)
    bench.copy()
    expect(await undo(change)).toBe(AGAIN)
    expect(followers(change)).toEqual([])
  })

  it('that cannot be undone by a plan says so once, and is left to the forge', async () => {
    const change = stray(asking({ action: 'update' }), (row) => ({
      snapshot: {
        ...row.snapshot,
        existing: { ...before(2), parameters: {} },
      } as PlanRow['snapshot'],
    }))
    expect(await undo(change)).toBeUndefined()
    const noted = bench.read(change.id)
    expect(noted.reason).toMatch(
      /^merged past the gate\. Its revert could not be planned \(.+\): revert the merge on the forge$/,
    )
    expect(bench.eventsOf(change.id)).toMatchObject([{ actor: 'phoenix', at: NOON }])
    expect(changed).toHaveBeenCalledTimes(1)
    await undo(change)
    expect(bench.read(change.id)).toEqual(noted)
  })

  it('that a rule blocks names the rules', async () => {
    const change = stray(asking({ action: 'update' }), (row) => ({
      snapshot: {
        ...row.snapshot,
        existing: {
          ...before(1),
          parameters: { ...before(1).parameters, memory: { value: 9_000, unit: 'GiB' } },
        },
      } as PlanRow['snapshot'],
    }))
    bench.stands('web', { changeId: 'chg_before', stands: bench.plan.stands })
    await undo(change)
    expect(bench.read(change.id).reason).toMatch(/\((?:[A-Z][A-Z-]+(?:, )?)*CAPACITY/)
  })

  it('of the tenant’s deletion is taken back by restoring the tenant', async () => {
    const change = stray({ name: DELETION_NAME, reason: 'merged past the gate' })
    expect(await undo(change)).toBeUndefined()
    expect(bench.read(change.id).reason).toContain('taken back by restoring it')
    expect(followers(change)).toEqual([])
  })

  it('that main has nothing of any more is said to be that, and not to be reverted', async () => {
    const undoneSha = 'e'.repeat(40)
    const change = stray({ name: DELETION_NAME, reason: 'merged past the gate', undoneSha })
    expect(await undo(change)).toBeUndefined()
    expect(bench.read(change.id).reason).toBe('merged past the gate')
  })
})
