// Which commits of main `live` may move to, and what becomes of the others: by the rows, with a forge that shows what the test lets
// it show.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { planBody } from '../../../gitops/plan-body/body.ts'
import { ChangeState } from '../../../schemas/change.ts'
import type { Finding } from '../../../schemas/plan.ts'
import { Outage, ok, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { Env } from '../../env.ts'
import { transaction } from '../database.ts'
import { MERGED_BEFORE_LOSS, voidApprovals } from './approvals.ts'
import { stepOfTenant } from './backup/restore.ts'
import { type Bench, NOON, onlyForge, openBench } from './bench.fixture.ts'
import {
  type ChangeRow,
  type PlanRow,
  readPlanRow,
  StaleChange,
  step,
  type TenantContext,
  type Tx,
} from './context.ts'
import { writtenBy } from './explained.ts'
import { placeOf } from './lives.ts'
import { observeOpen, promote, promoteChange } from './promotion.ts'

const LIVE = '0'.repeat(40)
const STRANGE = 'f'.repeat(40)
const FULL = { rule: 'CAPACITY-LOST', message: 'host x is full' } as Finding
const WAIT = 300_000
interface File {
  path: string
  blob: string | null
}
let bench: Bench
let merges = 0
/** Of main beyond `live`, oldest first: a merge of ours or somebody's commit, and the files that it differs by from `live`. */
let line: { sha: string; message: string }[]
let live: string
let differs: File[]
const forge = {
  ...{ pending: vi.fn(), difference: vi.fn(), blobs: vi.fn(), promote: vi.fn() },
  ...{ readPull: vi.fn(), restoreBody: vi.fn() },
}
const claim = vi.fn()
const frozen = vi.fn()
beforeEach(async () => {
  bench = await openBench()
  vi.clearAllMocks()
  ;[line, live, differs] = [[], LIVE, []]
  const all = { forward: true, filesComplete: true }
  forge.pending.mockImplementation(async () => ok({ ...all, live, line, files: differs }))
  forge.difference.mockImplementation(async () => ok({ ...all, files: differs }))
  forge.blobs.mockImplementation(async (_, __, paths: string[]) => ok(paths.map(() => null)))
  forge.promote.mockImplementation(async (_, sha: string) => {
    live = sha
    return ok({ liveSha: sha })
  })
  forge.readPull.mockImplementation(async (_, number: number) => ok(pullOf(number)))
  claim.mockResolvedValue(ok({ held: 1 }))
  frozen.mockResolvedValue(null)
})
const context = (more: Partial<TenantContext> = {}) => {
  const DIRECTORY = { getByName: () => ({ frozen }) } as unknown as Env['DIRECTORY']
  const inventory = bench.inventory({ claim, room: async () => [] })
  const env = { ...bench.world.env, DIRECTORY }
  return bench.context({ env, repository: onlyForge(forge), inventory, ...more })
}
const pullOf = (number: number) => {
  const change = bench.db
    .select()
    .from(tables.changes)
    .all()
    .find((row) => row.pullNumber === number)
  if (!change) return null
  const merged = change.mergeSha !== null
  const body = planBody(readPlanRow(bench.db, change).plan, change, bench.world.env.PUBLIC_URL)
  const pull = {
    ...{ number, merged, mergeSha: change.mergeSha, headSha: change.headSha, body },
    ...{ state: merged ? 'closed' : 'open', baseBranch: 'main', mergedBy: 'anton' },
  }
  return { pull, reviews: [] }
}
/** Approved and merged, next on main; it wrote one file of its own. */
const merged = (
  more: Partial<ChangeRow> = {},
  planned: (plan: PlanRow) => Partial<PlanRow> = () => ({}),
) => {
  merges += 1
  const sha = merges.toString(16).padStart(40, 'a')
  const file = { path: `rendered/lab/60-web/${merges}.yaml`, blob: sha }
  const change = bench.copy(
    { state: 'merged', mergeSha: sha, mergedAt: NOON, gate: 'green', ...more },
    (plan) => ({ written: [file], ...planned(plan) }),
  )
  bench.approveAs(change)
  line.push({ sha, message: '' })
  differs.push(file)
  return { ...change, mergeSha: change.mergeSha ?? sha }
}
const commit = (sha = STRANGE) => line.push({ sha, message: 'by hand' })
const ask = ({ id }: Pick<ChangeRow, 'id'>, more?: Partial<TenantContext>) =>
  promote(context(more), id)
const after = ({ id }: ChangeRow) => {
  const { state, reason } = bench.read(id)
  return { state, reason }
}
const waits = (why: string) => ({ state: 'merged', reason: `promotion waits: ${why}` })
const movedFrom = ({ mergeSha }: { mergeSha: string }) =>
  waits(`somebody else moved live: put it back to where Phoenix left it (${mergeSha})`)
const pastMain = (what: string, sha: string) =>
  waits(`main holds ${what} (${sha.slice(0, 12)}), and live does not move past it`)
const moved = () => forge.promote.mock.calls.map(([, sha]) => sha)
const kinds = ({ id }: ChangeRow) => bench.work(id).map(([kind]) => kind)

describe('a lawful merge', () => {
  it('is where live goes, and becomes what exists', async () => {
    const change = merged()
    const other = bench.copy()
    const changed = vi.fn()
    expect(await ask(change, { changed })).toBeUndefined()
    expect(moved()).toEqual([change.mergeSha])
    expect(bench.read(change.id)).toMatchObject({
      ...{ state: 'promoted', liveSha: change.mergeSha, reason: null, updatedAt: NOON },
    })
    expect(bench.eventsOf(change.id)).toMatchObject([{ actor: 'phoenix', to: 'promoted' }])
    expect([kinds(change), kinds(other)]).toEqual([['settle'], ['gate']])
    const { db } = bench
    expect(db.select().from(tables.resources).all()).toMatchObject([
      { name: 'web', changeId: change.id, commit: change.mergeSha },
    ])
    expect(db.select().from(tables.targets).all()).toMatchObject([
      { changeId: change.id, cluster: 'lab', state: 'waiting' },
    ])
    expect(changed).toHaveBeenCalled()
  })

  it('has its place in live written down before live is moved', async () => {
    const change = merged()
    const known = () =>
      bench.db
        .select()
        .from(tables.lives)
        .all()
        .map(({ sha }) => sha)
    forge.promote.mockImplementation(async () => {
      expect(known()).toEqual([LIVE, change.mergeSha])
      return ok({ liveSha: change.mergeSha })
    })
    await ask(change)
    const [, own] = bench.db.select().from(tables.lives).all()
    expect(bench.read(change.id).livePlace).toBe(own?.place)
  })

  it('takes those before it on main along, in one move where only both together are explained', async () => {
    const [one, two] = [merged(), merged()]
    await ask(two)
    expect([after(one).state, after(two).state, moved()]).toEqual([
      ...['promoted', 'promoted', [two.mergeSha]],
    ])
    const place = ({ id }: ChangeRow) => bench.read(id).livePlace
    expect(place(one)).toBe(place(two))
  })

  it('of a record is taken up by Phoenix, and what it put right on main is looked at again', async () => {
    const written = [{ path: 'notes/x.yaml', blob: STRANGE }]
    const change = merged({}, ({ plan }) => ({
      ...{
        written,
        plan: { ...plan, placement: [], template: { name: 'price-book', version: '1.0.0' } },
      },
    }))
    const looked = { id: 1, at: 0, mainSha: '', commits: [], complete: true }
    const files = [{ ...written[0], where: 'git' } as never]
    bench.db
      .insert(tables.mainLooks)
      .values({ ...looked, files })
      .run()
    const put = (tx: Tx) => promoteChange(tx, change, change.mergeSha, 1, NOON)
    transaction(bench.db, put)
    expect(kinds(change)).toEqual(['settle', 'keep'])
    expect(bench.db.select().from(tables.mainLooks).get()?.files).toEqual([])
  })

  it('is not moved to twice, nor asked about once it is not merged', async () => {
    const promoted = bench.copy({ state: 'promoted', mergeSha: STRANGE })
    for (const change of [promoted, bench.copy(), bench.copy({ state: 'merged' }), { id: 'none' }])
      expect(await ask(change)).toBeUndefined()
    expect(forge.pending).not.toHaveBeenCalled()
  })
})

describe('what is waited for', () => {
  it('is looked at again: a forge that says no, or does not answer', async () => {
    const change = merged()
    forge.pending.mockResolvedValue(refuse('conflict'))
    expect(await ask(change)).toBe(WAIT)
    forge.pending.mockResolvedValue(refuse('outage', { detail: 'The forge is slow.' }))
    await expect(ask(change)).rejects.toThrow(Outage)
    expect(after(change)).toEqual({ state: 'merged', reason: null })
  })

  it('is said once', async () => {
    const change = merged()
    differs.push({ path: 'rendered/other', blob: STRANGE })
    const changed = vi.fn()
    expect(await ask(change, { changed })).toBe(WAIT)
    expect(after(change)).toEqual(pastMain('more than its approved change wrote', change.mergeSha))
    const { version } = bench.read(change.id)
    expect(changed).toHaveBeenCalledTimes(1)
    expect(await ask(change, { changed })).toBe(WAIT)
    expect([bench.read(change.id).version, changed.mock.calls.length]).toEqual([version, 1])
  })

  it('is a move that the forge will not make now', async () => {
    const change = merged()
    forge.promote.mockResolvedValue(refuse('conflict'))
    await expect(ask(change)).rejects.toThrow('did not move live')
    forge.promote.mockResolvedValue(refuse('outage', { detail: 'The forge is slow.' }))
    await expect(ask(change)).rejects.toThrow('is slow')
    expect(after(change).state).toBe('merged')
  })

  it('is the end of a freeze, and a text that is not the plan', async () => {
    const change = merged()
    frozen.mockResolvedValue({ since: NOON, reason: 'an incident' })
    expect(await ask(change)).toBe(WAIT)
    expect(after(change)).toEqual(waits(`frozen by operators since ${NOON}: an incident`))
    expect(moved()).toEqual([])
  })
})

describe('a commit that no change of ours made', () => {
  it('is never moved past while anything of it is there', async () => {
    const before = merged()
    const one = forge.difference
    one.mockResolvedValueOnce(ok({ forward: true, filesComplete: true, files: [...differs] }))
    commit()
    differs.push({ path: 'rendered/hand', blob: STRANGE })
    const change = merged()
    expect(await ask(change)).toBe(WAIT)
    expect([after(before).state, moved()]).toEqual(['promoted', [before.mergeSha]])
    expect(after(change)).toEqual(pastMain('a commit that no change of ours made', STRANGE))
  })

  it('is moved past with the next merge once it was undone', async () => {
    commit()
    const change = merged()
    commit('1'.repeat(40))
    await ask(change)
    expect([after(change).state, moved()]).toEqual(['promoted', [change.mergeSha]])
  })

  it('is not moved past while a merge that has to wait is there as it was proposed', async () => {
    const change = merged({ state: 'approved' })
    const [{ path, blob } = { path: '', blob: '' }] = differs
    transaction(bench.db, (tx) => {
      step(tx, change, 'merged', { actor: 'forge', at: NOON, reason: MERGED_BEFORE_LOSS })
      voidApprovals(tx, change, NOON, 'lost')
    })
    commit()
    differs = []
    forge.blobs.mockImplementation(async () => ok([blob]))
    expect(await ask(change)).toBe(WAIT)
    expect([after(change).state, moved()]).toEqual(['merged', []])
    expect(forge.blobs).toHaveBeenCalledWith(bench.tenant.repository, STRANGE, [path])
    forge.blobs.mockResolvedValueOnce(refuse('outage', { detail: 'The forge is slow.' }))
    await expect(ask(change)).rejects.toThrow(Outage)
    forge.blobs.mockImplementation(async () => ok([null]))
    await ask(change)
    expect([after(change).state, moved()]).toEqual(['merged_unauthorised', [STRANGE]])
  })

  it('has the open pull requests asked first: it may be a merge that nobody told us of', async () => {
    const open = bench.copy()
    await ask(merged())
    expect(forge.readPull.mock.calls.map(([, number]) => number)).not.toContain(open.pullNumber)
    commit()
    await ask(merged())
    expect(forge.readPull.mock.calls.map(([, number]) => number)).toContain(open.pullNumber)
  })

  it('on live itself stops everything: live is put back by whoever moved it', async () => {
    const first = merged()
    await ask(first)
    line = []
    const change = merged()
    live = STRANGE
    expect(await ask(change)).toBe(WAIT)
    expect(after(change)).toEqual(movedFrom(first))
    expect(forge.promote).toHaveBeenCalledTimes(1)
  })

  it('is not what live was moved back before: that was promoted, and live is put back to it', async () => {
    const first = merged()
    await ask(first)
    const change = merged()
    live = LIVE
    expect(await ask(change)).toBe(WAIT)
    expect(after(change)).toEqual(movedFrom(first))
    live = first.mergeSha
    line = line.slice(1)
    differs = differs.slice(1)
    await ask(change)
    expect(after(change).state).toBe('promoted')
    expect(moved()).toEqual([first.mergeSha, change.mergeSha])
  })

  it('on live right after a restore is a move that was on its way then, where it is a merge of ours', async () => {
    const first = merged()
    await ask(first)
    ;[line, live] = [[], STRANGE]
    const change = merged({ mergeSha: STRANGE })
    line = []
    const theirs = movedFrom(first)
    await ask(change)
    expect(after(change)).toEqual(theirs)
    const reason = 'from a backup'
    const said = { actor: 'phoenix', at: NOON, to: 'restored', reason }
    stepOfTenant({ db: bench.db }, said)
    live = 'e'.repeat(40)
    await ask(change)
    expect(after(change)).toEqual(theirs)
    live = STRANGE
    await ask(change)
    expect(after(change)).toEqual({ state: 'promoted', reason: null })
    expect(moved()).toEqual([first.mergeSha])
    const later = merged({ mergeSha: 'd'.repeat(40) })
    ;[line, live] = [[], 'd'.repeat(40)]
    await ask(later)
    expect(after(later)).toEqual(movedFrom({ mergeSha: STRANGE }))
  })

  it('on live of the platform’s repository may hold entry points, and nothing else', async () => {
    await ask(merged())
    ;[line, differs] = [[], []]
    const change = merged()
    const slug = { tenant: () => ({ ...bench.tenant, slug: 'platform' }) }
    const strange = (files: File[], more = {}) => {
      live = STRANGE
      forge.difference.mockResolvedValueOnce(
        ok({ forward: true, filesComplete: true, files, ...more }),
      )
    }
    const entry = { path: 'clusters/lab/entry.yaml', blob: STRANGE }
    for (const [files, more] of [
      [[entry, { path: 'rendered/x', blob: null }], {}],
      [[entry], { filesComplete: false }],
      [[entry], { forward: false }],
    ] as const) {
      strange([...files], more)
      expect(await ask(change, slug)).toBe(WAIT)
    }
    strange([entry])
    expect(await ask(change)).toBe(WAIT)
    expect(forge.promote).toHaveBeenCalledTimes(1)
    forge.difference.mockReset()
    strange([entry])
    expect(await ask(change, slug)).toBeUndefined()
    expect(after(change).state).toBe('promoted')
    // From there it goes on: it is known from then on.
    const known = bench.db.select().from(tables.lives).all()
    expect(known.map(({ sha }) => sha)).toContain(STRANGE)
  })
})

describe('a merge that is not on the way from live to main', () => {
  it('was moved to by a run whose answer was lost, or is gone from main', async () => {
    const change = merged()
    line = []
    expect(await ask(change)).toBeUndefined()
    expect(forge.difference).toHaveBeenCalledWith(bench.tenant.repository, change.mergeSha, LIVE)
    expect(after(change).state).toBe('promoted')
    const gone = merged()
    line = []
    forge.difference.mockResolvedValue(ok({ forward: false, filesComplete: true, files: [] }))
    expect(await ask(gone)).toBe(WAIT)
    expect(after(gone)).toEqual(waits('its merge is not on main any more'))
    forge.difference.mockResolvedValue(refuse('not-found'))
    expect(await ask(gone)).toBe(WAIT)
    forge.difference.mockResolvedValue(refuse('outage', { detail: 'The forge is slow.' }))
    await expect(ask(gone)).rejects.toThrow(Outage)
  })
})

describe('a merge may not be applied', () => {
  const stray = (lapse: string) => ({
    ...{ state: 'merged_unauthorised', reason: `merged and not applied: ${lapse}; revert it` },
  })
  const withExceptions = (...rules: string[]) =>
    merged({}, ({ plan }) => ({
      plan: {
        ...plan,
        findings: rules.map(
          (rule) => ({ rule, exception: { name: `ex-${rule.toLowerCase()}` } }) as Finding,
        ),
      },
    }))
  const exception = (rule: string, expires = '2026-12-31', state = 'applied') =>
    bench.stands(`ex-${rule.toLowerCase()}`, {
      ...{ template: 'rule-exception', placement: [], state: state as 'applied' },
      parameters: { rule, resource: 'web', owner: 'olga', reason: 'We know of it.', expires },
    })

  it('whose approval no longer stands: it is undone', async () => {
    const change = merged()
    const other = bench.copy()
    transaction(bench.db, (tx) => voidApprovals(tx, change, NOON, 'withdrawn'))
    await ask(change)
    expect([after(change), moved()]).toEqual([stray('its approval no longer stands'), []])
    expect([kinds(change), kinds(other)]).toEqual([['release', 'undo-stray'], ['gate']])
    expect(bench.eventsOf(change.id)).toMatchObject([{ actor: 'phoenix', at: NOON }])
    const changed = vi.fn()
    const told = merged()
    transaction(bench.db, (tx) => voidApprovals(tx, told, NOON, 'withdrawn'))
    await ask(told, { changed })
    expect(changed).toHaveBeenCalled()
  })

  it('whose approvals were lost with the database, until it is approved again', async () => {
    const change = merged({ state: 'approved' })
    transaction(bench.db, (tx) => {
      step(tx, change, 'merged', { actor: 'forge', at: NOON, reason: MERGED_BEFORE_LOSS })
      voidApprovals(tx, change, NOON, 'lost')
    })
    expect(await ask(change)).toBe(WAIT)
    const lost = 'a merge whose approvals were lost with the database: approve it again'
    expect(after(change)).toEqual(pastMain(lost, change.mergeSha))
    bench.approveAs(bench.read(change.id))
    await ask(change)
    expect(after(change).state).toBe('promoted')
  })

  it('whose approver’s credential ended, until it is approved again', async () => {
    const change = merged()
    const by = { source: 'credential', presentationId: 'p1' } as const
    bench.approveAs(change, bench.world.ids.olga, by)
    expect(await ask(change)).toBe(WAIT)
    const ended = 'a merge whose approver’s credential no longer holds: approve it again'
    expect(after(change)).toEqual(pastMain(ended, change.mergeSha))
    bench.present('p1')
    await ask(change)
    expect(after(change).state).toBe('promoted')
  })

  it('whose exception has ended or was withdrawn since, and has no other in its place', async () => {
    exception('PROBES')
    const held = withExceptions('PROBES')
    await ask(held)
    expect(after(held).state).toBe('promoted')
    ;[line, differs] = [[], []]
    // One that it did not rely on may end.
    exception('RES-LIMITS')
    const unrelied = merged({}, ({ plan }) => ({
      plan: {
        ...plan,
        findings: [
          { rule: 'OTHER' } as Finding,
          { rule: 'PROBES', exception: { name: 'ex-probes' } } as Finding,
        ],
      },
    }))
    await ask(unrelied)
    expect(after(unrelied).state).toBe('promoted')
    ;[line, differs] = [[], []]
    exception('LIMITS', '2026-11-20')
    const change = withExceptions('PROBES', 'LIMITS')
    await ask(change)
    expect(after(change)).toEqual(stray('its exception ex-limits no longer stands'))
  })

  it('whose template renders another thing by now', async () => {
    const change = merged({}, ({ plan }) => ({
      plan: { ...plan, files: plan.files.map((file) => ({ ...file, digest: 'sha256:other' })) },
    }))
    await ask(change)
    expect(after(change)).toEqual(stray('its template has changed since'))
  })

  it('that went around the gate, whatever it holds', async () => {
    const around = merged({ state: 'merged_unauthorised' })
    const change = merged()
    expect(await ask(change)).toBe(WAIT)
    expect(after(change)).toEqual(pastMain('a merge that went around the gate', around.mergeSha))
    // Undone by its revert, which is the next on main.
    differs = differs.slice(1)
    await ask(change)
    expect([after(change).state, moved()]).toEqual(['promoted', [change.mergeSha]])
  })

  it('without room, for as long as it has none', async () => {
    const change = merged()
    claim.mockResolvedValue(refuse('plan-blocked', { findings: [FULL] }))
    expect(await ask(change)).toBe(WAIT)
    const why = 'a merge that may not be applied now: no longer fits: host x is full'
    expect(after(change)).toEqual(pastMain(why, change.mergeSha))
    claim.mockResolvedValue(ok({ held: 1 }))
    await ask(change)
    expect(after(change).state).toBe('promoted')
  })

  it('without room for good where a merge behind it has that: neither could ever go', async () => {
    const [one, two] = [merged(), merged()]
    claim.mockImplementation(async (id) =>
      id === one.id ? refuse('plan-blocked', { findings: [FULL] }) : ok({ held: 1 }),
    )
    await ask(two)
    expect(after(one)).toEqual(stray('no longer fits: host x is full'))
    const why = 'a merge that may not be applied: no longer fits: host x is full'
    expect(after(two)).toEqual(pastMain(why, one.mergeSha))
  })

  it('without room is not undone for one before it, or for one behind that has none either', async () => {
    claim.mockImplementation(async (id) =>
      id === one.id ? ok({ held: 1 }) : refuse('plan-blocked', { findings: [FULL] }),
    )
    const one = merged()
    differs.push({ path: 'rendered/more', blob: STRANGE })
    const [two, three] = [merged(), merged()]
    commit()
    merged({ state: 'merged_unauthorised' })
    await ask(two)
    for (const change of [one, two, three]) expect(after(change).state).toBe('merged')
  })

  it('and its authority is asked for again in the last moment', async () => {
    const change = merged()
    frozen.mockImplementation(async () => {
      transaction(bench.db, (tx) => voidApprovals(tx, change, NOON, 'withdrawn'))
      return null
    })
    await expect(ask(change)).rejects.toThrow(StaleChange)
    frozen.mockImplementation(async () => {
      bench.approveAs(change, bench.world.ids.olga)
      transaction(bench.db, (tx) =>
        step(tx, bench.read(change.id), 'merged', { actor: 'x', at: NOON }),
      )
      return null
    })
    const other = { ...change, version: 9 }
    bench.approveAs(other, bench.world.ids.olga)
    await expect(ask(change)).rejects.toThrow(StaleChange)
    expect(moved()).toEqual([])
  })
})

describe('what live differs by must be what approved changes wrote', () => {
  const heldBy = async (change: ChangeRow & { mergeSha: string }) => {
    expect(await ask(change)).toBe(WAIT)
    expect(after(change)).toEqual(pastMain('more than its approved change wrote', change.mergeSha))
  }

  it('path by path and byte by byte', async () => {
    const change = merged()
    const [file] = differs
    differs = [{ path: file?.path ?? '', blob: STRANGE }]
    await heldBy(change)
    differs = [file ?? { path: '', blob: null }, { path: 'changes/x/PLAN.md', blob: STRANGE }]
    await ask(change)
    expect(after(change).state).toBe('promoted')
  })

  it.each([{ forward: false }, { filesComplete: false }])('all of it, seen: %j', async (more) => {
    const change = merged()
    const all = { forward: true, filesComplete: true, live, line, files: differs }
    forge.pending.mockResolvedValue(ok({ ...all, ...more }))
    await heldBy(change)
  })

  it('or stand there already, as it was approved', async () => {
    const change = merged()
    const [{ path, blob } = { path: '', blob: '' }] = differs
    differs = []
    await heldBy(change)
    expect(forge.blobs).toHaveBeenCalledWith(bench.tenant.repository, change.mergeSha, [path])
    forge.blobs.mockResolvedValueOnce(refuse('not-found'))
    await heldBy(change)
    forge.blobs.mockResolvedValueOnce(refuse('outage', { detail: 'The forge is slow.' }))
    await expect(ask(change)).rejects.toThrow(Outage)
    forge.blobs.mockResolvedValueOnce(ok([blob]))
    await ask(change)
    expect(after(change).state).toBe('promoted')
  })

  it('or each of them stands there already, not only one', async () => {
    const files = [
      { path: 'rendered/a', blob: '1'.repeat(40) },
      { path: 'rendered/b', blob: null },
    ]
    const change = merged({}, () => ({ written: files }))
    differs = []
    forge.blobs.mockResolvedValueOnce(ok(['1'.repeat(40), '2'.repeat(40)]))
    await heldBy(change)
    forge.blobs.mockResolvedValueOnce(ok(['1'.repeat(40), null]))
    await ask(change)
    expect(after(change).state).toBe('promoted')
  })

  it('and all that are not shown are asked for, however many', async () => {
    const written = Array.from({ length: 300 }, (_, at) => ({ path: `rendered/${at}`, blob: null }))
    const change = merged({}, () => ({ written }))
    differs = []
    await ask(change)
    expect(after(change).state).toBe('promoted')
  })

  it('between its own place and the one before it, where it is not all of main', async () => {
    const [one, two] = [merged(), merged()]
    forge.difference.mockImplementation(async (_, base, head) => {
      expect([base, head]).toEqual(head === one.mergeSha ? [LIVE, head] : [one.mergeSha, head])
      const at = head === one.mergeSha ? 0 : 1
      return ok({ forward: true, filesComplete: true, files: differs.slice(at, at + 1) })
    })
    await ask(two)
    expect(moved()).toEqual([one.mergeSha, two.mergeSha])
    ;[line, differs] = [[], []]
    const [three] = [merged()]
    commit()
    differs.push({ path: 'rendered/hand', blob: STRANGE })
    forge.difference.mockResolvedValue(refuse('not-found'))
    await heldBy(three)
  })
})

describe('what a change wrote', () => {
  it('is as it was proposed, and rendered again where an earlier release proposed it', () => {
    const { written } = bench.plan
    const change = bench.copy()
    expect(writtenBy(context(), change)).toEqual(written)
    const first = bench.copy({ ...bench.first, state: 'closed', idempotencyKey: 'x' }, () => ({
      written: null,
    }))
    const unwritten = { ...bench.first, id: first.id }
    const paths = (files: File[] | null) => files?.map(({ path }) => path.replace(/chg_\w+/, 'chg'))
    expect(paths(writtenBy(context(), unwritten))).toEqual(paths(written))
    const rendered = (files: File[] | null) =>
      files?.filter(({ path }) => !path.startsWith('changes/'))
    expect(rendered(writtenBy(context(), unwritten))).toEqual(rendered(written))
  })
})

describe('places in live', () => {
  it('are given once, one after the other', () => {
    const place = (sha: string) => transaction(bench.db, (tx) => placeOf(tx, sha, NOON))
    const [one, two] = [place(LIVE), place(STRANGE)]
    expect([place(LIVE), two > one]).toEqual([one, true])
  })
})

describe('pull requests are asked', () => {
  const asked = () => forge.readPull.mock.calls.map(([, number]) => number)

  it('all that are open, and the twenty that ended last', async () => {
    const ended = Array.from({ length: 22 }, (_, at) =>
      bench.copy({ state: 'closed', updatedAt: `2026-11-21T12:00:${at + 10}.000Z` }),
    )
    const open = [
      bench.copy({ updatedAt: '2026-01-01T00:00:00.000Z' }),
      bench.copy({ state: 'approved' }),
    ]
    bench.copy({ pullNumber: null })
    bench.copy({ state: 'closed', mergeSha: STRANGE })
    bench.copy({ state: 'applied' })
    expect(await observeOpen(context())).toBe(22)
    const numbers = (changes: ChangeRow[]) => changes.map(({ pullNumber }) => pullNumber)
    expect(asked().slice(0, 2).sort()).toEqual(numbers(open).sort())
    expect(asked().slice(2)).toEqual(numbers(ended.slice(2).toReversed()))
    // Reviews cost a call each.
    expect(forge.readPull.mock.calls.every(([, , withReviews]) => withReviews === false)).toBe(true)
  })

  it('of every state that somebody could still merge', async () => {
    for (const state of ChangeState.options) bench.copy({ state })
    expect(await observeOpen(context())).toBe(8)
  })
})
