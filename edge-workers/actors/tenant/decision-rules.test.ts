// What each decision of a person does to the row, to its work and on the forge: by the rows alone, with a forge that says what the
// test lets it say.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { planBody } from '../../../gitops/plan-body/body.ts'
import { ChangeState } from '../../../schemas/change.ts'
import type { Finding } from '../../../schemas/plan.ts'
import type { Principal } from '../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { DELETION_NAME } from '../../../schemas/tenant-deletion.ts'
import { transaction } from '../database.ts'
import { type Bench, NOON, onlyForge, openBench } from './bench.fixture.ts'
import { type ChangeRow, readPlanRow, step, type TenantContext } from './context.ts'
import { approve, cancel, find, merge, once, reject, revise, withdraw } from './decisions.ts'

const OTHER = 'e'.repeat(40)
const MERGE = 'd'.repeat(40)
const FULL = { rule: 'CAPACITY-LOST', message: 'host x is full' } as Finding
const OUTAGE = refuse('outage', { detail: 'The forge is slow.' })
let bench: Bench
const forge = { gate: vi.fn(), merge: vi.fn() }
const inventory = { room: vi.fn(), claim: vi.fn(), unclaim: vi.fn() }
const arm = vi.fn(async () => undefined)
const changed = vi.fn()
beforeEach(async () => {
  bench = await openBench()
  vi.clearAllMocks()
  forge.gate.mockResolvedValue(ok(null))
  forge.merge.mockResolvedValue(ok({ mergeSha: MERGE }))
  inventory.room.mockResolvedValue([])
  inventory.claim.mockResolvedValue(ok({ held: 1 }))
  inventory.unclaim.mockResolvedValue(undefined)
})
const context = (more: Partial<TenantContext> = {}) =>
  bench.context({
    ...{ repository: onlyForge(forge), inventory: bench.inventory(inventory), arm, changed },
    ...more,
  })
const person = (subject: string, more: Partial<Principal> = {}) =>
  ({ subject, person: true, behind: [], ...more }) as Principal
const anton = (more: Partial<Principal> = {}) => person(bench.world.ids.anton, more)
const rita = (more: Partial<Principal> = {}) => person(bench.world.ids.rita, more)
const refusal = (problem: string, detail?: string) => ({
  ok: false,
  refusal: { problem, ...(detail ? { detail: expect.stringContaining(detail) } : {}) },
})
const approved = (more: Partial<ChangeRow> = {}) => {
  const change = bench.copy({ state: 'approved', ...more })
  bench.approveAs(change)
  return change
}
/** Of a world that is another by now. */
const outdated = (more: Partial<ChangeRow> = {}) => {
  const change = bench.copy(more, ({ plan }) => ({ plan: { ...plan, reads: 'another world' } }))
  bench.approveAs(change)
  return change
}
const OUTDATED = 'What the plan read has changed since'
const kinds = ({ id }: ChangeRow) => bench.work(id).map(([kind]) => kind)
const voids = ({ id }: ChangeRow) => bench.approvalsOf(id).map(({ voidReason }) => voidReason)
/** Somebody else moves it, while the test's own decision waits. */
const move = (id: string, to: ChangeRow['state'], patch = {}) =>
  transaction(bench.db, (tx) => step(tx, bench.read(id), to, { actor: 'x', at: NOON, patch }))
const untouched = (change: ChangeRow) => expect(bench.read(change.id)).toEqual(change)

describe('a command', () => {
  const command = { key: 'k', command: 'approve', id: 'chg_x', subject: 'anton' }
  const run = (change: ChangeRow) => vi.fn(async (): Promise<Result<ChangeRow>> => ok(change))

  it('runs once for each key; its repeat answers with the change as it is by then', async () => {
    const change = bench.copy()
    const work = run(change)
    expect(await once(context(), command, work)).toEqual(ok(change))
    const later = move(change.id, 'approved')
    expect(await once(context(), command, work)).toEqual(ok(later))
    expect(work).toHaveBeenCalledTimes(1)
    expect(bench.db.select().from(tables.commands).all()).toMatchObject([
      { changeId: change.id, at: NOON, key: 'anton k' },
    ])
  })

  it('under the key of another command, or of another change, is refused', async () => {
    await once(context(), command, run(bench.copy()))
    const work = run(bench.copy())
    for (const other of [{ command: 'merge' }, { id: 'chg_y' }])
      expect(await once(context(), { ...command, ...other }, work)).toEqual(
        refuse('idempotency-key-reused'),
      )
    expect(work).not.toHaveBeenCalled()
    // A key is each person's own.
    await once(context(), { ...command, subject: 'olga' }, work)
    expect(work).toHaveBeenCalledTimes(1)
  })

  it('that was refused may be tried again under its key', async () => {
    const refused = refuse('wrong-state')
    expect(await once(context(), command, async () => refused)).toEqual(refused)
    const work = run(bench.copy())
    await once(context(), command, work)
    expect(work).toHaveBeenCalledTimes(1)
  })

  it('of a change that nobody has is not found, whatever it is', async () => {
    const none = 'chg_none'
    expect(find(context(), none)).toEqual(refuse('not-found'))
    for (const answer of [
      await approve(context(), anton(), none, undefined),
      await merge(context(), anton(), none),
      await reject(context(), anton(), none, null),
      await cancel(context(), rita(), none, null),
      await revise(context(), rita(), none, null),
    ])
      expect(answer).toEqual(refuse('not-found'))
  })
})

describe('an approval', () => {
  const give = (change: ChangeRow, headSha?: string, who = anton()) =>
    approve(context(), who, change.id, headSha)

  it('is written, and shown on the forge in the answer already', async () => {
    const change = bench.copy()
    const given = await give(change, change.commitSha ?? '')
    expect(given).toEqual(ok(bench.read(change.id)))
    expect(bench.read(change.id)).toMatchObject({ state: 'approved', gate: 'green' })
    expect(bench.approvalsOf(change.id)).toMatchObject([{ source: 'api', at: NOON }])
    expect(forge.gate.mock.calls).toMatchObject([[bench.tenant.repository, { green: true }]])
    expect([arm.mock.calls.length > 0, changed.mock.calls.length > 0]).toEqual([true, true])
  })

  it('that the forge cannot show now is shown later, and holds', async () => {
    forge.gate.mockResolvedValue(OUTAGE)
    const change = bench.copy()
    expect(await give(change)).toMatchObject({ ok: true, value: { state: 'approved' } })
    expect(bench.work(change.id)).toContainEqual(['gate', 5_000])
  })

  it('is of the head that is named, or of none', async () => {
    const change = bench.copy()
    expect(await give(change, OTHER)).toMatchObject(refusal('wrong-state', 'not the head'))
    untouched(change)
  })

  it('of whoever may not, or in another way than the rules ask for, is none', async () => {
    const change = bench.copy()
    expect(await give(change, undefined, rita())).toMatchObject(refusal('separation-of-duties'))
    bench.demand({ approvals: 1, credential: true })
    expect(await give(change)).toMatchObject(refusal('credential-required'))
    untouched(change)
    expect(forge.gate).not.toHaveBeenCalled()
  })

  it('of an outdated plan is refused, and the check says so at once', async () => {
    const change = outdated()
    expect(await give(change)).toMatchObject(refusal('wrong-state', OUTDATED))
    expect(forge.gate.mock.calls).toMatchObject([
      [bench.tenant.repository, { green: false, title: expect.stringContaining('out of date') }],
    ])
    expect(bench.work(change.id)).toContainEqual(['gate', 5_000])
    expect(arm).toHaveBeenCalled()
  })

  it('of what has no room any more is refused, and its check is judged again', async () => {
    inventory.room.mockResolvedValue([FULL])
    const change = bench.copy()
    expect(await give(change)).toMatchObject(refusal('wrong-state', 'host x is full'))
    expect([bench.work(change.id), bench.approvalsOf(change.id)]).toEqual([[['gate', 0]], []])
  })

  it('of what moved meanwhile is refused', async () => {
    const change = bench.copy()
    inventory.room.mockImplementation(async () => {
      if (bench.read(change.id).version === change.version) move(change.id, 'closed')
      return []
    })
    expect(await give(change)).toMatchObject(refusal('wrong-state', 'moved while this was'))
    expect(bench.approvalsOf(change.id)).toEqual([])
  })
})

describe('a merge', () => {
  const ask = (change: ChangeRow, who = anton()) => merge(context(), who, change.id)

  it('is of exactly the head and the text that were approved, and becomes the change’s', async () => {
    const [change, other] = [approved(), bench.copy()]
    const body = planBody(readPlanRow(bench.db, change).plan, change, bench.world.env.PUBLIC_URL)
    expect(await ask(change)).toEqual(ok(bench.read(change.id)))
    expect(forge.merge).toHaveBeenCalledExactlyOnceWith(bench.tenant.repository, {
      ...{ number: change.pullNumber, expectedHead: change.commitSha, expectedBody: body },
      title: expect.stringMatching(new RegExp(`web.* \\(#${change.pullNumber}\\)$`)),
      message: `Phoenix-Change-Id: ${change.id}`,
    })
    expect(bench.read(change.id)).toMatchObject({
      ...{ state: 'merged', mergeSha: MERGE, mergedAt: NOON, reason: null },
    })
    const { anton: actor } = bench.world.ids
    expect(bench.eventsOf(change.id).at(-1)).toMatchObject({ to: 'merged', actor })
    expect([kinds(change), kinds(other)]).toEqual([['promote', 'delete-branch'], ['gate']])
  })

  it('of what has too few approvals says how many it has, and what else it lacks', async () => {
    const waiting = (more: Partial<ChangeRow> = {}) => ask(bench.copy(more))
    expect(await waiting()).toEqual(refuse('wrong-state', { detail: 'It has 0 of 1 approval.' }))
    bench.demand({ approvals: 2 })
    expect(await waiting()).toEqual(refuse('wrong-state', { detail: 'It has 0 of 2 approvals.' }))
    const gateReason = 'no longer fits: host x is full'
    expect(await waiting({ gate: 'red', gateReason })).toEqual(
      refuse('wrong-state', { detail: `It has 0 of 2 approvals, and it is red: ${gateReason}.` }),
    )
    expect(await ask(bench.copy({ state: 'promoted' }))).toMatchObject(
      refusal('wrong-state', 'The change is promoted.'),
    )
    expect(forge.merge).not.toHaveBeenCalled()
  })

  it('is nobody’s who asked for it, and of no head that was touched', async () => {
    expect(await ask(approved(), rita())).toMatchObject(refusal('separation-of-duties'))
    expect(await ask(approved({ headSha: OTHER }))).toMatchObject(
      refusal('wrong-state', 'is not what was planned'),
    )
    expect(forge.merge).not.toHaveBeenCalled()
  })

  it('of an outdated plan is refused, and the check says so at once', async () => {
    expect(await ask(outdated({ state: 'approved' }))).toMatchObject(
      refusal('wrong-state', OUTDATED),
    )
    expect(forge.gate).toHaveBeenCalledTimes(1)
    expect(forge.merge).not.toHaveBeenCalled()
  })

  it('waits for a check that is green on the forge', async () => {
    forge.gate.mockResolvedValue(OUTAGE)
    expect(await ask(approved())).toEqual(OUTAGE)
    forge.gate.mockResolvedValue(ok(null))
    expect(await ask(bench.copy({ state: 'approved' }))).toEqual(
      refuse('wrong-state', { detail: 'the approvals are void' }),
    )
    const unopened = approved({ pullNumber: null, gate: 'green', gateReason: 'not open yet' })
    expect(await ask(unopened)).toEqual(refuse('wrong-state', { detail: 'not open yet' }))
    expect(forge.merge).not.toHaveBeenCalled()
  })

  it('that moved while its check was posted is judged as it is by then', async () => {
    const change = approved()
    forge.gate.mockImplementationOnce(async () => {
      move(change.id, 'proposed')
      return ok(null)
    })
    expect(await ask(change)).toMatchObject(refusal('wrong-state', 'waiting for an approver'))
    expect(forge.merge).not.toHaveBeenCalled()
  })

  it('without room is none', async () => {
    inventory.claim.mockResolvedValue(refuse('plan-blocked', { findings: [FULL] }))
    const change = approved()
    expect(await ask(change)).toMatchObject(refusal('wrong-state', 'host x is full'))
    expect(kinds(change)).toEqual(['gate'])
    expect(forge.merge).not.toHaveBeenCalled()
  })

  it('that the forge refuses gives its room back; of one that it did not answer nobody knows', async () => {
    const change = approved()
    const refused = refuse('wrong-state', { detail: 'The forge says no.' })
    forge.merge.mockResolvedValue(refused)
    expect(await ask(change)).toEqual(refused)
    expect(inventory.unclaim).toHaveBeenCalledExactlyOnceWith(change.id)
    expect([kinds(change), bench.read(change.id).state]).toEqual([[], 'approved'])
    forge.merge.mockResolvedValue(OUTAGE)
    expect(await ask(change)).toEqual(OUTAGE)
    expect(inventory.unclaim).toHaveBeenCalledTimes(1)
    expect(kinds(change)).toEqual(['unclaim'])
  })

  it('that the forge has told of before it answered is taken once', async () => {
    const change = approved()
    forge.merge.mockImplementation(async () => {
      move(change.id, 'merged', { mergeSha: MERGE, mergedAt: NOON })
      return ok({ mergeSha: MERGE })
    })
    const version = async () => (await ask(change)).ok && bench.read(change.id).version
    expect(await version()).toBe(change.version + 2)
  })

  it('of what was withdrawn meanwhile is read again on the forge, and that decides', async () => {
    const change = approved()
    forge.merge.mockImplementation(async () => {
      move(change.id, 'closed')
      arm.mockClear()
      return ok({ mergeSha: MERGE })
    })
    expect(await ask(change)).toMatchObject(refusal('wrong-state', 'moved while it was merged'))
    expect(bench.work(change.id)).toContainEqual(['observe', 0])
    expect([arm.mock.calls.length, bench.read(change.id).state]).toEqual([1, 'closed'])
  })
})

describe('an end', () => {
  const ends = {
    reject: (change: ChangeRow, reason: string | null = null) =>
      reject(context(), anton(), change.id, reason),
    cancel: (change: ChangeRow, reason: string | null = null) =>
      cancel(context(), rita(), change.id, reason),
  }

  it.each([
    ['reject', 'rejected', 'an approver rejected it', 'the change was rejected'],
    ['cancel', 'closed', 'the requester withdrew it', 'the change was withdrawn'],
  ] as const)(
    'by %s voids what was approved, and takes all with it',
    async (how, to, why, void_) => {
      const [red, green] = [approved({ gate: 'red' }), approved({ gate: 'green' })]
      expect(await ends[how](red)).toEqual(ok(bench.read(red.id)))
      expect(bench.read(red.id)).toMatchObject({ state: to, reason: why, updatedAt: NOON })
      expect([kinds(red), voids(red)]).toEqual([['close-pull', 'release'], [void_]])
      await ends[how](green, 'We do something else.')
      expect(bench.read(green.id).reason).toBe('We do something else.')
      expect(kinds(green)).toEqual(['gate', 'close-pull', 'release'])
      const actor = how === 'reject' ? bench.world.ids.anton : bench.world.ids.rita
      expect(bench.eventsOf(green.id)).toMatchObject([{ to, actor }])
      expect([arm.mock.calls.length, changed.mock.calls.length]).toEqual([2, 2])
    },
  )

  it('is for what is open: a withdrawal also before anything was proposed', async () => {
    const possible = async (how: keyof typeof ends) => {
      const states: string[] = []
      for (const state of ChangeState.options)
        if ((await ends[how](bench.copy({ state }))).ok) states.push(state)
      return states
    }
    expect(await possible('reject')).toEqual(['proposed', 'approved'])
    expect(await possible('cancel')).toEqual(['accepted', 'proposed', 'approved'])
  })

  it('is a person’s to reject, and the requester’s to withdraw', async () => {
    const change = bench.copy()
    const machine = anton({ person: false })
    expect(await reject(context(), machine, change.id, null)).toMatchObject(refusal('forbidden'))
    expect(await cancel(context(), anton(), change.id, null)).toMatchObject(refusal('forbidden'))
    untouched(change)
  })

  it('of a part of something larger is by whoever ends that, for its reason', async () => {
    const change = approved()
    await withdraw(context(), anton(), change, 'the rollout was aborted')
    expect(bench.read(change.id)).toMatchObject({
      ...{ state: 'closed', reason: 'the rollout was aborted' },
    })
    expect(voids(change)).toEqual(['the change was withdrawn'])
  })

  it('of what moved since it was read is refused', async () => {
    const change = approved()
    move(change.id, 'proposed')
    expect(await withdraw(context(), anton(), change, 'late')).toMatchObject(
      refusal('wrong-state', 'moved while this was decided'),
    )
  })
})

describe('a revision', () => {
  const larger = { site: 'lab-01', cores: 2, memory: { value: 1, unit: 'GiB' } }
  const ask = (
    change: ChangeRow,
    parameters: Record<string, unknown> | null = larger,
    who = rita(),
  ) => revise(context(), who, change.id, parameters)
  const plans = (change: ChangeRow) =>
    bench.db
      .select()
      .from(tables.plans)
      .all()
      .filter(({ changeId }) => changeId === change.id)
      .map(({ revision }) => revision)

  it('is planned anew, voids what was approved, and is written before anything else', async () => {
    const change = approved({ gate: 'red', behind: ['maker'] })
    expect(await ask(change, larger, rita({ behind: ['maker', 'other'] }))).toMatchObject({
      ok: true,
      value: {
        ...{ state: 'proposed', revision: 2, commitSha: null, treeSha: null, gate: 'red' },
        ...{ headSha: change.headSha, behind: ['maker', 'other'] },
        ...{ reason: 'revision 2 is being written', gateReason: 'revision 2 is being written' },
        request: { parameters: larger },
      },
    })
    expect([plans(change), voids(change), kinds(change)]).toEqual([
      [1, 2],
      ['revision 2 was asked for'],
      ['reserve'],
    ])
    const { plan } = readPlanRow(bench.db, bench.read(change.id))
    expect(plan.totals.cores).toBe(2)
  })

  it('of a green change turns its check red first, and shows green until then', async () => {
    const change = approved({ gate: 'green', gateReason: 'approved' })
    expect(await ask(change)).toMatchObject({ value: { gate: 'green', gateReason: 'approved' } })
    expect(kinds(change)).toEqual(['gate', 'reserve'])
  })

  it('without parameters is of the same ones', async () => {
    const change = bench.copy({ follows: 'chg_x', rollout: 'rol_x' })
    expect(await ask(change, null)).toMatchObject({
      ...{ ok: true, value: { revision: 2, request: change.request } },
    })
  })

  it('is the requester’s, of what is open and written', async () => {
    expect(await ask(bench.copy(), null, anton())).toMatchObject(refusal('forbidden'))
    for (const state of ['accepted', 'merged', 'closed'] as const)
      expect(await ask(bench.copy({ state }))).toMatchObject(
        refusal('wrong-state', `The change is ${state}.`),
      )
    expect(await ask(bench.copy({ commitSha: null }))).toMatchObject(
      refusal('wrong-state', 'still being written'),
    )
  })

  it.each<[string, Partial<ChangeRow>]>([
    ['A revert, or the second half', { follows: 'chg_x' }],
    ['a phase of a rollout', { rollout: 'rol_x' }],
    ['a step of the tenant’s deletion', { name: DELETION_NAME }],
  ])('with parameters of its own is refused: %s', async (why, more) => {
    const change = bench.copy(more)
    expect(await ask(change)).toMatchObject(refusal('wrong-state', why))
    expect(plans(change)).toEqual([1])
  })

  it('that cannot be planned is refused, and changes nothing', async () => {
    const change = approved()
    expect(await ask(change, { site: 'nowhere' })).toMatchObject({ ok: false })
    untouched(change)
    expect(voids(change)).toEqual([null])
  })

  it('goes by the rules of before too: nobody lowers them and asks again', async () => {
    const rules = [{ approvals: 2 }]
    const change = bench.copy({}, ({ snapshot }) => ({
      snapshot: { ...snapshot, tenant: { ...snapshot.tenant, approvals: rules } },
    }))
    await ask(change)
    const { snapshot } = readPlanRow(bench.db, bench.read(change.id))
    expect(snapshot.tenant.approvals).toEqual(rules)
  })

  it('of two at once is one: the second has no plan to write', async () => {
    const change = bench.copy()
    const answers = await Promise.all([ask(change), ask(change)])
    expect(answers.map((answer) => answer.ok)).toEqual([true, false])
    expect(answers[1]).toMatchObject(refusal('wrong-state', 'moved while this was decided'))
    expect([plans(change), bench.read(change.id).revision]).toEqual([[1, 2], 2])
  })
})
