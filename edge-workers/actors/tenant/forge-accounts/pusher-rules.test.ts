// What a push to the branch of a change does to its row and to its approvals, and to which changes.
import { beforeEach, describe, expect, it } from 'vitest'
import { ChangeState } from '../../../../schemas/change.ts'
import { transaction } from '../../database.ts'
import { type Bench, NOON, openBench } from '../bench.fixture.ts'
import type { ChangeRow } from '../context.ts'
import { nobodyOn } from './accounts.ts'
import { isOpen, notePusher, openChangeOn, standBehind } from './pushers.ts'

const SHA = 'e'.repeat(40)
const REASON = 'somebody pushed to the branch: he approves nothing of it'
let bench: Bench
let anton: string
let olga: string
beforeEach(async () => {
  bench = await openBench()
  ;({ anton, olga } = bench.world.ids)
})
const approved = (...subjects: string[]) => {
  const change = bench.copy({ state: 'approved', gate: 'green', behind: [] })
  for (const subject of subjects) bench.approveAs(change, subject)
  return change
}
const push = ({ id }: ChangeRow, login: string, account?: number) => {
  const { db } = bench
  transaction(db, (tx) => notePusher(bench.context(), tx, bench.read(id), { login, account }))
  return bench.read(id)
}
const voids = ({ id }: ChangeRow) => bench.approvalsOf(id).map(({ voidReason }) => voidReason)
const PSEUDONYM = expect.stringMatching(/^fga_[a-z2-7]{20}$/)

describe('a push', () => {
  it('by a member voids what he approved, and what others said stays', () => {
    bench.demand({ approvals: 2 })
    const change = push(approved(anton, olga), 'anton')
    expect(change).toMatchObject({ state: 'proposed', reason: REASON, behind: [PSEUDONYM, anton] })
    expect(voids(change)).toEqual([REASON, null])
    expect(bench.work(change.id)).toEqual([['gate', 0]])
    expect(bench.eventsOf(change.id)).toMatchObject([{ actor: 'forge', at: NOON }])
  })

  it('leaves it approved where the others are enough, and as it was where nobody had approved', () => {
    expect(push(approved(anton, olga), 'anton').state).toBe('approved')
    expect(push(bench.copy(), 'anton').state).toBe('proposed')
    expect(push(bench.copy({ state: 'accepted' }), 'anton').state).toBe('accepted')
  })

  it('by an account that is nobody’s voids everything', () => {
    const change = push(approved(anton, olga), 'stranger', 7)
    expect(change).toMatchObject({ state: 'proposed' })
    expect(change.behind).toEqual([PSEUDONYM, PSEUDONYM, nobodyOn(change)])
    expect(voids(change)).toEqual([REASON, REASON])
  })

  it('that is told again takes no step', () => {
    const once = push(approved(olga), 'anton')
    bench.approveAs({ ...once, version: 9 }, olga)
    expect(push(once, 'Anton')).toEqual(once)
    expect(voids(once)).toEqual([null, null])
  })

  it('by one more adds him to those who pushed before', () => {
    const one = push(bench.copy({ behind: ['maker'] }), 'anton')
    const two = push(one, 'stranger')
    expect(two.behind).toEqual(['maker', PSEUDONYM, anton, PSEUDONYM, nobodyOn(two)])
  })
})

describe('the change of a branch', () => {
  const on = (branch: string) =>
    transaction(bench.db, (tx) => ({ change: openChangeOn(tx, branch) }))

  it('is the one that is still open', () => {
    const open = ChangeState.options.filter((state) => isOpen({ state, mergeSha: null }))
    expect(open).toEqual(['accepted', 'proposed', 'approved'])
    expect(isOpen({ state: 'approved', mergeSha: SHA })).toBe(false)
    const found = ChangeState.options.filter((state) => {
      const branch = `phoenix/acme/${state}`
      const { id } = bench.copy({ state, branch })
      bench.copy({ state, branch: `${branch}-merged`, mergeSha: SHA })
      expect(on(`${branch}-merged`).change).toBeUndefined()
      return on(branch).change?.id === id
    })
    expect(found).toEqual(open)
    expect(on('phoenix/acme/none').change).toBeUndefined()
  })
})

describe('an account that is proved to be a member’s', () => {
  it('makes him stand behind what it pushed to, while that is open', () => {
    const pushed = push(bench.copy(), 'stranger', 7)
    const [login = '', number = ''] = pushed.behind.filter((id) => id.startsWith('fga_'))
    const merged = bench.copy({ state: 'merged', behind: [login] })
    const others = bench.copy({ behind: ['fga_other'] })
    const stand = (...pseudonyms: string[]) =>
      transaction(bench.db, (tx) => standBehind(tx, olga, pseudonyms, NOON))
    stand('fga_none')
    expect(bench.read(pushed.id)).toEqual(pushed)
    stand('fga_none', number)
    expect(bench.read(pushed.id).behind).toEqual([...pushed.behind, olga])
    for (const change of [merged, others]) expect(bench.read(change.id)).toEqual(change)
  })
})
