// How the required check reaches the forge: what is posted is what is true at that moment, it is written down before it is
// posted, and nothing that the forge shows already is posted again.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Finding } from '../../../schemas/plan.ts'
import { refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { transaction } from '../database.ts'
import type { GateInput } from '../repository-contracts.ts'
import { type Bench, NOON, onlyForge, openBench } from './bench.fixture.ts'
import { type ChangeRow, enqueue, step, type TenantContext } from './context.ts'
import { postGate, unheardOf } from './gate.ts'

const OTHER = 'e'.repeat(40)
let bench: Bench
let posts: GateInput[]
/** What happens while the forge is told. */
let meanwhile: () => void
beforeEach(async () => {
  bench = await openBench()
  posts = []
  meanwhile = () => undefined
})
const forge = onlyForge({
  gate: async (_, input) => {
    posts.push(input)
    const once = meanwhile
    meanwhile = () => undefined
    once()
    return { ok: true, value: null }
  },
})
const context = (more: Partial<TenantContext> = {}) =>
  bench.context({
    repository: forge,
    inventory: bench.inventory({ room: async () => [] }),
    ...more,
  })
const post = (change: ChangeRow, more: Partial<TenantContext> = {}, intent?: number) =>
  postGate(context(more), change.id, {
    ...{ planHolds: true, ...(intent === undefined ? {} : { intent }) },
  })
const approved = (more: Partial<ChangeRow> = {}) => {
  const change = bench.copy({ state: 'approved', gate: 'absent', ...more })
  bench.approveAs(change)
  return change
}
const said = () => posts.map(({ green, title }) => [green, title])
const GREEN = 'approved by 1 person on exactly this head'
const WAITS = 'waiting for an approver who is not the requester'
const ONE_OF_TWO = '1 of 2 approvals: waiting for approvers who are not the requester'
/** Somebody else moves it. */
const move = (id: string, to: ChangeRow['state']) => {
  transaction(bench.db, (tx) => step(tx, bench.read(id), to, { actor: 'rita', at: NOON }))
}

describe('a posting', () => {
  it('says of one head whether it may be merged, why, and where more is to be read', async () => {
    const change = approved()
    const posted = await post(change)
    const { headSha, pullNumber } = change
    expect(posts).toMatchObject([
      {
        ...{ headSha, green: true, title: GREEN },
        detailsUrl: `http://127.0.0.1:8787/changes/${change.id}`,
        externalId: `${change.id}#${pullNumber}@${headSha}`,
      },
    ])
    const [first, second, third, fourth] = posts[0]?.summary.split('\n') ?? []
    expect(first).toBe(`Change ${change.id}, revision 1, tenant acme.`)
    expect(second).toMatch(/^1 machine, 1 core, 1 GiB of memory, \d+ GiB of disk\.$/)
    expect(third).toMatch(new RegExp(`^1 warning, 1 note. Step ${change.version} of`))
    expect(fourth).toContain('Newest leaf of this change')
    expect(posted).toEqual({ ok: true, value: bench.read(change.id) })
    expect(bench.read(change.id)).toMatchObject({
      ...{ gate: 'green', gateReason: GREEN, version: change.version + 1, updatedAt: NOON },
    })
    expect(bench.eventsOf(change.id)).toMatchObject([{ actor: 'phoenix', to: 'approved' }])
  })

  it('counts the warnings and the notes of the plan', async () => {
    const found = (severity: Finding['severity']) => ({ severity }) as Finding
    const findings = [found('warn'), found('info'), found('info')]
    const change = bench.copy({ gate: 'absent' }, ({ plan }) => ({ plan: { ...plan, findings } }))
    await post(change)
    expect(posts[0]?.summary).toContain('1 warning, 2 notes.')
  })

  it('is of the head that the forge shows; of what was proposed where it showed none', async () => {
    await post(approved({ headSha: OTHER }))
    await post(approved({ headSha: null, commitSha: OTHER }))
    expect(posts.map(({ headSha, green }) => [headSha, green])).toEqual([
      [OTHER, false],
      [OTHER, false],
    ])
  })

  it('is not made without a head or a pull request, or once it was merged', async () => {
    const none = [
      approved({ headSha: null, commitSha: null }),
      approved({ pullNumber: null }),
      approved({ mergeSha: OTHER }),
    ]
    for (const change of none)
      expect(await post(change)).toEqual({ ok: true, value: bench.read(change.id) })
    expect(await postGate(context(), 'chg_none')).toMatchObject({
      refusal: { problem: 'not-found' },
    })
    expect(posts).toEqual([])
  })

  it('is not repeated while it would say the same', async () => {
    const change = approved()
    await post(change)
    const { version } = bench.read(change.id)
    await post(change)
    expect([posts.length, bench.read(change.id).version]).toEqual([1, version])
    bench.demand({ approvals: 2 })
    await post(change)
    expect(said()).toEqual([
      [true, GREEN],
      [false, 'the approvals are void'],
    ])
    // The colour is the same, and the reason another.
    move(change.id, 'proposed')
    await post(change)
    expect(said().slice(2)).toEqual([[false, ONE_OF_TWO]])
  })
})

describe('what keeps it red', () => {
  it('is lost room, and a plan whose world has changed, where nobody has just looked', async () => {
    const full = bench.inventory({ room: async () => [{ message: 'host x is full' } as Finding] })
    await post(approved(), { inventory: full })
    const change = bench.copy({}, ({ plan }) => ({ plan: { ...plan, reads: 'another world' } }))
    await post(change)
    await postGate(context(), change.id)
    expect(posts.map(({ title }) => title)).toEqual([
      'no longer fits: host x is full',
      'out of date: what the plan read has changed since: ask for a revision',
    ])
  })
})

describe('whose answer was lost', () => {
  it('is written down before it is made, for a minute later, and forgotten once it was heard of', async () => {
    const change = approved()
    let before: unknown
    const arm = vi.fn(async () => undefined)
    meanwhile = () => {
      before = bench.work(change.id)
    }
    await post(change, { arm })
    expect(before).toEqual([['gate-again', 60_000]])
    expect(arm).toHaveBeenCalledTimes(1)
    expect(bench.work(change.id)).toEqual([])
  })

  it('stays written down when the forge refuses it', async () => {
    const change = approved()
    const refusing = onlyForge({ gate: async () => refuse('conflict') })
    expect(await post(change, { repository: refusing })).toEqual(refuse('conflict'))
    expect(bench.work(change.id)).toEqual([['gate-again', 60_000]])
    expect(bench.read(change.id).gate).toBe(change.gate)
  })

  it('is made again though the row shows it, and takes no step for that', async () => {
    const change = approved({ gate: 'green', gateReason: GREEN })
    transaction(bench.db, (tx) => enqueue(tx, 'gate-again', change.id, 0))
    const intent = unheardOf(bench.db, change.id)
    expect(intent).toBe(1)
    await post(change, {}, intent ?? 0)
    expect(said()).toEqual([[true, GREEN]])
    expect([bench.work(change.id), bench.read(change.id).version]).toEqual([[], change.version])
  })

  it('is looked at again by its own work, also where another posting was heard of since', async () => {
    const change = approved()
    transaction(bench.db, (tx) => enqueue(tx, 'gate-again', change.id, Date.parse(NOON) + 1_000))
    await post(change)
    expect([said().length, bench.work(change.id)]).toEqual([1, [['gate-again', 1_000]]])
    const other = approved()
    await post(other)
    expect(unheardOf(bench.db, change.id)).toBe(2)
  })
})

describe('a change that moves meanwhile', () => {
  it('is judged again: while its room is asked for', async () => {
    const change = approved()
    let asked = 0
    const moving = bench.inventory({
      room: async () => {
        asked += 1
        if (asked === 1) move(change.id, 'proposed')
        return []
      },
    })
    await post(change, { inventory: moving })
    expect([said(), asked]).toEqual([[[false, WAITS]], 2])
  })

  it('while its checkpoint is signed: nothing old is posted', async () => {
    const change = approved()
    let armed = 0
    const arm = async () => {
      armed += 1
      if (armed === 1) move(change.id, 'proposed')
    }
    await post(change, { arm })
    expect(said()).toEqual([[false, WAITS]])
    expect(bench.work(change.id)).toEqual([])
  })

  it('while it is posted: what is true now is posted after it', async () => {
    const change = approved()
    meanwhile = () => move(change.id, 'proposed')
    await post(change)
    expect(said()).toEqual([
      [true, GREEN],
      [false, WAITS],
    ])
    expect(bench.read(change.id)).toMatchObject({ gate: 'red', gateReason: WAITS })
    expect(bench.work(change.id)).toEqual([])
  })

  it('is left alone when it is gone, or was merged, by then', async () => {
    const gone = approved()
    const drop = () => void bench.db.delete(tables.changes).run()
    meanwhile = drop
    expect(await post(gone)).toMatchObject({ refusal: { problem: 'not-found' } })
    const early = approved()
    const vanishing = bench.inventory({
      room: async () => {
        drop()
        return []
      },
    })
    expect(await post(early, { inventory: vanishing })).toMatchObject({
      refusal: { problem: 'not-found' },
    })
    const merged = approved()
    const merging = bench.inventory({
      room: async () => {
        const patch = { mergeSha: OTHER }
        transaction(bench.db, (tx) =>
          step(tx, merged, 'merged', { actor: 'anton', at: NOON, patch }),
        )
        return []
      },
    })
    posts = []
    expect(await post(merged, { inventory: merging })).toMatchObject({ ok: true })
    expect(posts).toEqual([])
  })

  it('tells whoever follows it', async () => {
    const changed = vi.fn()
    await post(approved(), { changed })
    expect(changed).toHaveBeenCalledTimes(1)
  })
})
