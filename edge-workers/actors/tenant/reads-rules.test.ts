// Whether a plan still stands in the world as it is now: what may be another without a word, and what may not.
import { beforeEach, describe, expect, it } from 'vitest'
import { ChangeState } from '../../../schemas/change.ts'
import { ok } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { type Bench, openBench } from './bench.fixture.ts'
import type { ChangeRow, PlanRow } from './context.ts'
import { planLost, stillTrue } from './reads.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
const OUTDATED = 'What the plan read has changed since: ask for a revision.'
const planning =
  (more: Partial<PlanRow['plan']>) =>
  ({ plan }: PlanRow): Partial<PlanRow> => ({ plan: { ...plan, ...more } })
const elsewhere = planning({ reads: 'another world' })
const holds = (change: ChangeRow) => stillTrue(bench.context(), change)
const lost = (change: ChangeRow) => planLost(bench.context(), change)
const refusal = (detail: string) => ({
  ok: false,
  refusal: { problem: 'wrong-state', detail: expect.stringContaining(detail) },
})

describe('a plan', () => {
  it('stands while what it read is what there is', async () => {
    expect(await holds(bench.copy())).toEqual(ok(null))
    expect(await lost(bench.copy())).toBeNull()
  })

  it('whose world is another needs a revision', async () => {
    expect(await holds(bench.copy({}, elsewhere))).toMatchObject(refusal(OUTDATED))
    const template = { ...bench.plan.plan.template, version: '9.9.9' }
    expect((await holds(bench.copy({}, planning({ template })))).ok).toBe(false)
  })

  it('of a resource that another change has made since does not stand', async () => {
    const change = bench.copy()
    bench.stands('web', { stands: bench.plan.stands, changeId: 'chg_other' })
    expect((await holds(change)).ok).toBe(false)
  })

  it('of something that it does not need to read is not another', async () => {
    const change = bench.copy()
    bench.stands('other')
    expect(await holds(change)).toEqual(ok(null))
  })

  it('at whose paths somebody made a file by hand is blocked, until the forge shows it as merged', async () => {
    const paths = bench.plan.plan.files.slice(0, 2).map(({ path }) => path)
    const byHand = (...files: { path: string; blob: string }[]) => {
      const looked = { id: 1, at: 0, mainSha: '', commits: [], complete: true }
      bench.db.delete(tables.mainLooks).run()
      const where = 'git' as const
      bench.db
        .insert(tables.mainLooks)
        .values({ ...looked, files: files.map((file) => ({ ...file, where })) })
        .run()
    }
    const change = bench.copy()
    byHand(...paths.map((path) => ({ path, blob: 'e'.repeat(40) })))
    const refused = await holds(change)
    expect(refused).toMatchObject({
      refusal: {
        ...{ problem: 'wrong-state', detail: 'It would be blocked now: GIT-CHANGED-BY-HAND.' },
        findings: paths.map((file) => ({ file })),
      },
    })
    expect(await stillTrue(bench.context(), change, true)).toEqual(ok(null))
    expect(await lost(change)).toBe('out of date: it would be blocked now: GIT-CHANGED-BY-HAND')
    // Its own files are on main before anybody knows of its merge.
    const own = bench.plan.written?.filter(({ path }) => paths.includes(path)) ?? []
    byHand(...own.map(({ path, blob }) => ({ path, blob: blob ?? '' })))
    expect(await holds(change)).toEqual(ok(null))
    expect((await holds(bench.copy({}, () => ({ written: null })))).ok).toBe(false)
  })

  it('that its template cannot render any more needs a revision', async () => {
    const change = bench.copy({}, ({ request }) => ({
      request: { ...request, parameters: {} },
    }))
    expect((await holds(change)).ok).toBe(false)
    const broken = bench.copy({}, planning({ placement: [] }))
    expect(await holds(broken)).toMatchObject(refusal('The template has changed since'))
  })

  it('of many removals stands while each of them does', async () => {
    const part = (more: Partial<PlanRow['plan']> = {}) => {
      const { plan, request, snapshot } = bench.plan
      return { ...plan, ...more, request, snapshot }
    }
    const deleting = (...parts: ReturnType<typeof part>[]) =>
      bench.copy({}, ({ plan, snapshot }) => ({
        plan: { ...plan, reads: 'of the whole' },
        snapshot: {
          ...snapshot,
          deletion: parts as unknown as PlanRow['snapshot']['deletion'],
        } as never,
      }))
    expect(await holds(deleting(part(), part()))).toEqual(ok(null))
    expect(await holds(deleting(part(), part({ reads: 'another world' })))).toMatchObject(
      refusal(OUTDATED),
    )
    expect(await holds(deleting())).toEqual(ok(null))
  })
})

describe('the check', () => {
  it('says why in a sentence of its own, while the change is open and written', async () => {
    const said: string[] = []
    for (const state of ChangeState.options) {
      const why = await lost(bench.copy({ state }, elsewhere))
      if (why === null) continue
      said.push(state)
      expect(why).toBe('out of date: what the plan read has changed since: ask for a revision')
    }
    expect(said).toEqual(['proposed', 'approved'])
    expect(await lost(bench.copy({ commitSha: null }, elsewhere))).toBeNull()
  })

  it('says that it cannot be planned where nobody says more', async () => {
    const context = bench.context({ tenant: () => ({ ...bench.tenant, basesOn: [] }) })
    const change = bench.copy({}, ({ request }) => ({
      request: { ...request, parameters: { site: 'lab-01', cores: 'many' } },
    }))
    expect(await planLost(context, change)).toBe(
      'out of date: it cannot be planned any more as it was: ask for a revision',
    )
  })
})
