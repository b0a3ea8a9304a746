// What is made of a pull request as the forge shows it: by the rows alone, for everything that it may show.
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { planBody } from '../../../gitops/plan-body/body.ts'
import { ChangeState } from '../../../schemas/change.ts'
import type { PullRequest, Review } from '../../../schemas/ports.ts'
import { Outage, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { transaction } from '../database.ts'
import { type Bench, NOON, onlyForge, openBench } from './bench.fixture.ts'
import { type ChangeRow, enqueue, readPlanRow, step, type TenantContext } from './context.ts'
import { nobodyOn } from './forge-accounts/accounts.ts'
import { isObserved, observe } from './observe.ts'

const OTHER = 'e'.repeat(40)
const MERGE = 'd'.repeat(40)
const BOT = 'phoenix[bot]'
let bench: Bench
let reads: number
let restored: string[]
beforeEach(async () => {
  bench = await openBench()
  reads = 0
  restored = []
})

const bodyOf = (change: ChangeRow) =>
  planBody(readPlanRow(bench.db, change).plan, change, bench.world.env.PUBLIC_URL)
const pullOf = (change: ChangeRow, more: Partial<PullRequest> = {}): PullRequest => ({
  ...{ number: change.pullNumber ?? 0, url: '', state: 'open', merged: false, mergeSha: null },
  ...{ headSha: change.headSha ?? '', headBranch: change.branch, baseBranch: 'main' },
  ...{ body: bodyOf(change), mergedBy: null, ...more },
})
type Seen = Result<{ pull: PullRequest; reviews: Review[] } | null>
const showing = (answers: () => Seen) =>
  onlyForge({
    readPull: async () => {
      reads += 1
      return answers()
    },
    restoreBody: async (_, __, body) => {
      restored.push(body)
      return { ok: true, value: null }
    },
  })
interface Shown {
  pull?: Partial<PullRequest>
  reviews?: Review[]
  context?: Partial<TenantContext>
}
/** The change after it was seen like this. */
const see = async (change: ChangeRow, { pull, reviews, context }: Shown = {}) => {
  const value = { pull: pullOf(change, pull), reviews: reviews ?? [] }
  const repository = showing(() => ({ ok: true, value }))
  await observe(bench.context({ repository, ...context }), change.id, reviews !== undefined)
  return bench.read(change.id)
}
const approved = (more: Partial<ChangeRow> = {}) => {
  const change = bench.copy({ state: 'approved', gate: 'green', ...more })
  bench.approveAs(change)
  return change
}
const kinds = ({ id }: ChangeRow) => bench.work(id).map(([kind]) => kind)
const voids = ({ id }: ChangeRow) => bench.approvalsOf(id).map(({ voidReason }) => voidReason)

describe('the forge is asked', () => {
  it('of what is open, and of what ended without a merge', async () => {
    const asked = (mergeSha: string | null) =>
      ChangeState.options.filter((state) => isObserved({ state, mergeSha }))
    const open: ChangeState[] = ['proposed', 'approved']
    expect(asked(MERGE)).toEqual(open)
    const ended: ChangeState[] = ['failed', 'rejected', 'expired', 'closed', 'superseded']
    expect(asked(null)).toEqual([...open, 'merged', ...ended])
    for (const change of [bench.copy({ state: 'applied' }), bench.copy({ pullNumber: null })])
      await see(change)
    await observe(bench.context({ repository: showing(() => refuse('not-found')) }), 'none', false)
    expect(reads).toBe(0)
  })

  it('and what it does not answer is asked again later; what it does not know changes nothing', async () => {
    const change = approved()
    const asking = (answer: Seen) =>
      observe(bench.context({ repository: showing(() => answer) }), change.id, true)
    await expect(asking(refuse('outage', { detail: 'The forge is slow.' }))).rejects.toThrow(Outage)
    expect(await asking(refuse('conflict'))).toBe(false)
    expect(await asking({ ok: true, value: null })).toBe(true)
    expect(bench.read(change.id)).toEqual(change)
  })

  it('again where the change moved while it answered', async () => {
    const change = approved()
    const value = () => ({ pull: pullOf(change, { headSha: OTHER }), reviews: [] })
    const repository = showing(() => {
      if (reads === 1)
        transaction(bench.db, (tx) => step(tx, change, 'proposed', { actor: 'rita', at: NOON }))
      return { ok: true, value: value() }
    })
    await observe(bench.context({ repository }), change.id, false)
    expect([reads, bench.read(change.id).version]).toEqual([2, change.version + 2])
  })

  it('again where it moved while its text was put right', async () => {
    const change = bench.copy()
    const value = { pull: pullOf(change, { body: '', state: 'open' }), reviews: [] }
    const repository = onlyForge({
      readPull: async () => {
        reads += 1
        return { ok: true, value }
      },
      restoreBody: async () => {
        if (reads === 1)
          transaction(bench.db, (tx) => step(tx, change, 'closed', { actor: 'rita', at: NOON }))
        return { ok: true, value: null }
      },
    })
    await observe(bench.context({ repository }), change.id, false)
    expect([reads, bench.read(change.id).state]).toEqual([2, 'closed'])
  })

  it('and whoever follows is told', async () => {
    const changed = vi.fn()
    await see(approved(), { context: { changed } })
    expect(changed).toHaveBeenCalledTimes(1)
  })
})

describe('a pull request that shows', () => {
  it('what is known takes no step', async () => {
    for (const change of [approved(), bench.copy()]) expect(await see(change)).toEqual(change)
    expect(restored).toEqual([])
  })

  it('another text has the plan written again, while it is open', async () => {
    const change = bench.copy()
    await see(change, { pull: { body: 'Nothing to see.' } })
    expect(restored).toEqual([bodyOf(change)])
    await see(bench.copy({ state: 'rejected' }), { pull: { body: 'Nothing to see.' } })
    await see(bench.copy(), { pull: { body: 'Nothing to see.', state: 'closed' } })
    expect(restored).toHaveLength(1)
  })

  it('a text that cannot be written again now is looked at again', async () => {
    const change = bench.copy()
    const value = { pull: pullOf(change, { body: '' }), reviews: [] }
    const repository = onlyForge({
      readPull: async () => ({ ok: true, value }),
      restoreBody: async () => refuse('outage', { detail: 'The forge is slow.' }),
    })
    await expect(observe(bench.context({ repository }), change.id, false)).rejects.toThrow(Outage)
  })

  it('anything, while a revision is being written, is our own doing', async () => {
    const writing = bench.copy({ commitSha: null })
    expect(await see(writing, { pull: { headSha: OTHER } })).toEqual(writing)
    expect(await see(writing, { pull: { state: 'closed' } })).toEqual(writing)
  })

  it('that somebody closed it ends the change', async () => {
    const red = await see(approved({ gate: 'red' }), { pull: { state: 'closed' } })
    expect(red).toMatchObject({
      ...{ state: 'closed', reason: 'the pull request was closed on the forge', updatedAt: NOON },
    })
    expect(bench.eventsOf(red.id)).toMatchObject([{ actor: 'forge', to: 'closed' }])
    expect([kinds(red), voids(red)]).toEqual([
      ['release', 'delete-branch'],
      ['the pull request was closed'],
    ])
    const green = await see(approved(), { pull: { state: 'closed' } })
    expect(kinds(green)).toEqual(['gate', 'release', 'delete-branch'])
    const ended = bench.copy({ state: 'rejected' })
    expect(await see(ended, { pull: { state: 'closed', headSha: OTHER } })).toEqual(ended)
  })

  it('another head voids what was approved, and its own again does not bring that back', async () => {
    const touched = await see(approved(), { pull: { headSha: OTHER } })
    expect(touched).toMatchObject({
      ...{ state: 'proposed', headSha: OTHER },
      reason: 'the head was changed outside Phoenix; approvals are void',
    })
    expect([kinds(touched), voids(touched)]).toEqual([
      ['gate'],
      ['the head was changed outside Phoenix'],
    ])
    const back = await see(touched, { pull: { headSha: touched.commitSha ?? '' } })
    expect(back).toMatchObject({ state: 'proposed', headSha: back.commitSha, reason: null })
  })

  it('its own head for the first time leaves the approvals as they are', async () => {
    const first = await see(approved({ headSha: OTHER }), {
      pull: { headSha: bench.first.commitSha ?? '' },
    })
    expect([first.state, first.headSha, voids(first)]).toEqual([
      ...['approved', first.commitSha, [null]],
    ])
    expect(bench.eventsOf(first.id)).toMatchObject([{ actor: 'forge', reason: null }])
  })
})

describe('a world that is not what the plan read', () => {
  const elsewhere = (state: ChangeRow['state']) => {
    const change = bench.copy({ state, gate: 'green' }, ({ plan }) => ({
      plan: { ...plan, reads: 'another world' },
    }))
    bench.approveAs(change)
    return change
  }

  it('takes the approval back, and says what helps', async () => {
    const after = await see(elsewhere('approved'))
    expect(after).toMatchObject({
      ...{ state: 'proposed', reason: 'what the plan read has changed since: ask for a revision' },
    })
    expect(bench.eventsOf(after.id)).toMatchObject([{ actor: 'phoenix' }])
    expect([kinds(after), voids(after)]).toEqual([['gate'], ['what the plan read has changed']])
    const waiting = elsewhere('proposed')
    expect(await see(waiting)).toEqual(waiting)
  })

  it('lets no review on the forge approve, neither a new one nor the one whose approval it took', async () => {
    const headSha = bench.first.commitSha ?? ''
    const reviews: Review[] = [{ login: 'anton', account: 9, headSha, state: 'approved' }]
    const once = await see(elsewhere('approved'), { reviews })
    const again = await see(once, { reviews })
    expect([once.state, again]).toEqual(['proposed', once])
    expect(bench.approvalsOf(again.id).every(({ voidedAt }) => voidedAt !== null)).toBe(true)
  })

  it('makes a merge unlawful', async () => {
    const pull = { merged: true, mergeSha: MERGE, mergedBy: BOT } as const
    expect((await see(elsewhere('approved'), { pull })).state).toBe('merged_unauthorised')
  })
})

describe('a merge', () => {
  const merged = { state: 'closed', merged: true, mergeSha: MERGE } as const
  const seeMerged = (change: ChangeRow, pull: Partial<PullRequest>) =>
    see(change, { pull: { ...merged, ...pull } })

  it.each([
    [BOT, 'forge'],
    ['anton', 'anton'],
    ['Anton', 'anton'],
  ] as const)('through the gate by %s is the change’s', async (mergedBy, member) => {
    const change = await seeMerged(approved(), { mergedBy })
    expect(change).toMatchObject({ state: 'merged', mergeSha: MERGE, mergedAt: NOON })
    const actor = member === 'forge' ? 'forge' : bench.world.ids[member]
    expect(bench.eventsOf(change.id)).toMatchObject([{ actor, to: 'merged' }])
    expect(kinds(change)).toEqual(['promote', 'delete-branch'])
  })

  it.each<[string, Partial<ChangeRow>, Partial<PullRequest>]>([
    ['of what was only proposed', { state: 'proposed' }, {}],
    ['of what was rejected', { state: 'rejected' }, {}],
    ['while the check was red', { gate: 'red' }, {}],
    ['of another head', {}, { headSha: OTHER }],
    ['by an account that is nobody’s', {}, { mergedBy: 'root' }],
    ['by nobody that the forge names', {}, { mergedBy: null }],
    ['by whoever asked for it', {}, { mergedBy: 'rita' }],
  ])('%s stays unapplied', async (_, more, pull) => {
    const change = await seeMerged(approved(more), { mergedBy: BOT, ...pull })
    expect(change).toMatchObject({
      ...{ state: 'merged_unauthorised', mergeSha: MERGE, mergedAt: NOON },
      ...{ headSha: pull.headSha ?? bench.first.headSha },
      reason: expect.stringContaining('merged past the gate'),
    })
    expect(kinds(change)).toEqual(['delete-branch', 'release', 'undo-stray'])
    const actor = pull.mergedBy === 'rita' ? bench.world.ids.rita : 'forge'
    expect(bench.eventsOf(change.id)).toMatchObject([{ actor }])
  })

  it.each<[ChangeRow['state'], 'active' | 'suspended', ChangeRow['state']]>([
    ['approved', 'active', 'merged'],
    ['proposed', 'active', 'merged_unauthorised'],
    ['approved', 'suspended', 'merged_unauthorised'],
  ])(
    'of a %s change of an %s tenant, whose red check may be green by now, is %s',
    async (state, its, to) => {
      const change = approved({ state, gate: 'red' })
      transaction(bench.db, (tx) => enqueue(tx, 'gate-again', change.id, 0))
      const tenant = () => ({ ...bench.tenant, state: its })
      const pull = { ...merged, mergedBy: 'anton' }
      expect((await see(change, { pull, context: { tenant } })).state).toBe(to)
    },
  )

  it('into another branch than main puts nothing there: it ends the change as a closing does', async () => {
    const elsewhere = { mergedBy: 'anton', baseBranch: 'side' }
    const green = await seeMerged(approved(), elsewhere)
    expect(green).toMatchObject({
      ...{ state: 'closed', mergeSha: null, mergedAt: null, updatedAt: NOON },
      reason: 'the pull request was merged into another branch: nothing of it is on main',
    })
    expect([kinds(green), voids(green)]).toEqual([
      ['gate', 'release', 'delete-branch'],
      ['the pull request was merged into another branch'],
    ])
    bench.clear()
    const red = await seeMerged(bench.copy({ gate: 'red' }), elsewhere)
    expect([red.state, kinds(red)]).toEqual(['closed', ['release', 'delete-branch']])
    for (const state of ['rejected', 'closed', 'expired', 'failed'] as const) {
      const ended = bench.copy({ state })
      expect(await seeMerged(ended, elsewhere)).toEqual(ended)
    }
  })

  it('whose approval does not count any more stays unapplied', async () => {
    const change = approved()
    bench.db.update(tables.approvals).set({ voidedAt: NOON }).run()
    expect((await seeMerged(change, { mergedBy: BOT })).state).toBe('merged_unauthorised')
  })

  it('by an account of his login and another number is nobody’s', async () => {
    const { forgeAccounts: rows } = tables
    const numbered = (account: number | null) =>
      bench.db.update(rows).set({ account }).where(eq(rows.login, 'anton')).run()
    numbered(7)
    const lawful = await seeMerged(approved(), { mergedBy: 'anton', mergedByAccount: 7 })
    bench.clear()
    const stray = await seeMerged(approved(), { mergedBy: 'anton', mergedByAccount: 8 })
    numbered(null)
    expect([lawful.state, stray.state]).toEqual(['merged', 'merged_unauthorised'])
  })

  it('that the forge does not name yet is none yet, and no closing either', async () => {
    const change = approved()
    expect(await seeMerged(change, { mergedBy: 'anton', mergeSha: null })).toEqual(change)
    expect((await seeMerged(change, { mergedBy: 'anton' })).state).toBe('merged')
  })
})

describe('reviews', () => {
  const review = (state: Review['state'], more: Partial<Review> = {}): Review => ({
    ...{ login: 'anton', headSha: bench.first.commitSha ?? '', state, ...more },
  })
  const reviewed = (change: ChangeRow, ...reviews: Review[]) => see(change, { reviews })
  const counted = ({ id }: ChangeRow) =>
    bench.approvalsOf(id).map(({ source, voidedAt }) => [source, voidedAt === null])

  it('by an approver are approvals, on exactly this head', async () => {
    const change = await reviewed(bench.copy({ reason: 'waits' }), review('approved'))
    expect([change.state, change.reason, counted(change)]).toEqual([
      ...['approved', null, [['forge', true]]],
    ])
    const { anton } = bench.world.ids
    expect(bench.eventsOf(change.id)).toMatchObject([{ actor: anton, at: NOON }])
    expect(kinds(change)).toEqual(['gate'])
    const old = bench.copy()
    expect(await reviewed(old, review('approved', { headSha: OTHER }))).toEqual(old)
  })

  it('of the same words change nothing, and what was said here stays', async () => {
    const once = await reviewed(bench.copy(), review('approved'))
    expect(await reviewed(once, review('approved'))).toEqual(once)
    const here = approved()
    expect(await reviewed(here, review('approved'))).toEqual(here)
    expect(await reviewed(here, review('changes_requested'))).toEqual(here)
  })

  it('count by what each account said last; a comment takes nothing back', async () => {
    const said = (...states: Review['state'][]) =>
      reviewed(bench.copy(), ...states.map((state) => review(state)))
    expect((await said('changes_requested', 'approved', 'commented')).state).toBe('approved')
    expect((await said('approved', 'changes_requested')).state).toBe('proposed')
    expect((await said('approved', 'dismissed')).state).toBe('proposed')
    const cases = [review('approved'), review('dismissed', { login: 'ANTON' })]
    expect((await reviewed(bench.copy(), ...cases)).state).toBe('proposed')
  })

  it('are taken back by whoever gave them', async () => {
    const given = await reviewed(bench.copy(), review('approved'))
    const back = await reviewed(given, review('changes_requested'))
    expect([back.state, counted(back), voids(back)]).toEqual([
      ...['proposed', [['forge', false]], ['taken back on the forge']],
    ])
  })

  it('of a vote too few leave it proposed, with a new check', async () => {
    bench.demand({ approvals: 2 })
    const one = await reviewed(bench.copy(), review('approved'))
    expect([one.state, counted(one), kinds(one)]).toEqual(['proposed', [['forge', true]], ['gate']])
  })

  it('by a stranger or by whoever asked for it are nothing', async () => {
    const change = bench.copy()
    const others = ['stranger', 'rita', ''].map((login) => review('approved', { login }))
    expect(await reviewed(change, ...others)).toEqual(change)
  })

  it('are not read where nobody asked for them, nor of what has ended', async () => {
    const change = bench.copy()
    const value = { pull: pullOf(change), reviews: [review('approved')] }
    const repository = showing(() => ({ ok: true, value }))
    await observe(bench.context({ repository }), change.id, false)
    expect(bench.read(change.id)).toEqual(change)
    const ended = bench.copy({ state: 'rejected' })
    expect(await reviewed(ended, review('approved'))).toEqual(ended)
  })

  it('count for nothing while the tenant is suspended', async () => {
    const tenant = () => ({ ...bench.tenant, state: 'suspended' as const })
    const change = bench.copy()
    const shown = { reviews: [review('approved')], context: { tenant } }
    expect(await see(change, shown)).toEqual(change)
  })

  it('count for nothing on a head that somebody touched', async () => {
    const { id, revision } = bench.copy()
    bench.db
      .update(tables.changes)
      .set({ behind: [nobodyOn({ id, revision })] })
      .run()
    expect((await reviewed(bench.read(id), review('approved'))).state).toBe('proposed')
    const touched = bench.copy({ headSha: OTHER })
    expect(await reviewed(touched, review('approved'))).toEqual(touched)
  })

  it('are no presentation of a credential', async () => {
    bench.demand({ approvals: 1, credential: true })
    const change = bench.copy()
    expect(await reviewed(change, review('approved'))).toEqual(change)
    expect(counted(change)).toEqual([])
  })
})
