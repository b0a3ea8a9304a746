// Whether an approval by credential still counts is asked of the credential each time, by the rows alone.
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { type Bench, NOON, openBench } from '../../bench.fixture.ts'
import { holds, wasByCredential } from './standing.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
const EXPIRES = '2026-11-22T12:00:00.000Z'
const at = (presentationId: string | null, when: string) =>
  holds(bench.db, { presentationId }, Date.parse(when))

describe('an approval by credential', () => {
  it('holds until the moment in which its credential expires', () => {
    bench.present('p1', 'valid', EXPIRES)
    expect(at('p1', NOON)).toBe(true)
    expect(at('p1', '2026-11-22T11:59:59.999Z')).toBe(true)
    expect(at('p1', EXPIRES)).toBe(false)
  })

  it.each(['invalid', 'suspended'] as const)('holds no more while that is %s', (status) => {
    bench.present('p1', status)
    bench.present('p2')
    expect([at('p1', NOON), at('p2', NOON)]).toEqual([false, true])
  })

  it('without a presentation, or with one of nothing, holds for nothing', () => {
    bench.present('p1')
    bench.present('p2')
    const { presentationRequests: requests } = tables
    bench.db.update(requests).set({ credentialId: null }).where(eq(requests.id, 'p1')).run()
    for (const of of [null, 'p1', 'unknown']) expect(at(of, NOON)).toBe(false)
  })
})

describe('a revision was approved by credential', () => {
  const approved = (source: 'api' | 'credential', voidedAt: string | null = null) => {
    const change = bench.copy()
    bench.approveAs(change, undefined, { source })
    bench.db.update(tables.approvals).set({ voidedAt }).run()
    return change
  }
  const was = (id: string, revision = bench.first.revision) =>
    wasByCredential(bench.db, { id, revision })

  it('where one approval of exactly that revision was, void or not', () => {
    const { id, revision } = approved('credential')
    expect([was(id), was(id, revision + 1), was('chg_other')]).toEqual([true, false, false])
    expect(was(approved('credential', NOON).id)).toBe(true)
  })

  it('and not where people only said so', () => {
    expect(was(approved('api').id)).toBe(false)
  })
})
