// The tenant's quota: used and asked for together, exactly at the limit and one above it. What open changes reserve is warned
// of, and takes the room when it is merged.
import { describe, expect, it } from 'vitest'
import { NO_USE } from './capacity.ts'
import { judgeQuota, lostQuota } from './quota.ts'
import { snapshotOf, withExisting } from './world.fixture.ts'

const KINDS = ['vms', 'cores', 'memoryMiB', 'diskGiB'] as const
const flat = (value: number) => ({ vms: value, cores: value, memoryMiB: value, diskGiB: value })
const snapshot = snapshotOf({ used: flat(30), reserved: flat(20) })
const limited = { ...snapshot, tenant: { ...snapshot.tenant, quota: flat(100) } }

describe('the quota', () => {
  it('has a line per kind with its numbers', () => {
    const { quota, findings } = judgeQuota(flat(50), limited)
    expect(quota).toEqual(
      KINDS.map((kind) => ({ kind, limit: 100, used: 30, reserved: 20, asked: 50, fits: true })),
    )
    expect(findings).toEqual([])
  })

  it.each(KINDS)('of %s is exceeded by one above', (kind) => {
    const { quota, findings } = judgeQuota({ ...flat(50), [kind]: 71 }, limited)
    expect(quota.filter(({ fits }) => !fits).map((line) => line.kind)).toEqual([kind])
    expect(findings).toMatchObject([
      {
        rule: 'QUOTA',
        severity: 'block',
        numbers: { limit: 100, used: 30, reserved: 20, asked: 71 },
      },
    ])
  })

  it('is told in words, with its place', () => {
    const messages = KINDS.map((kind) => {
      const [found] = judgeQuota({ ...flat(50), [kind]: 71 }, limited).findings
      return `${found?.pointer} ${found?.message}`
    })
    expect(messages).toEqual(
      ['machines', 'cores', 'memory', 'disk'].map(
        (what) => `/parameters The quota of ${what} is exceeded.`,
      ),
    )
  })

  it.each(KINDS)('of %s that open changes want as well is warned of, naming them', (kind) => {
    const open = { ...limited, reservedBy: ['chg_one', 'chg_two'] }
    const { quota, findings } = judgeQuota({ ...flat(50), [kind]: 51 }, open)
    expect(quota.every(({ fits }) => fits)).toBe(true)
    expect(findings).toMatchObject([
      {
        rule: 'QUOTA-CONTENDED',
        severity: 'warn',
        message: expect.stringContaining('your open changes chg_one, chg_two'),
        numbers: { limit: 100, used: 30, reserved: 20, asked: 51 },
      },
    ])
  })

  it('of nothing stops everything but nothing', () => {
    const none = { ...limited, tenant: { ...limited.tenant, quota: flat(0) } }
    expect(judgeQuota(NO_USE, none).findings).toEqual([])
    expect(judgeQuota({ ...NO_USE, vms: 1 }, none).findings).toHaveLength(1)
  })

  it.each(KINDS)('of %s that a merge took is lost, and says which', (kind) => {
    const takers = [
      { id: 'chg_early', use: flat(10) },
      { id: 'chg_tipped', use: flat(20) },
      { id: 'chg_after', use: flat(1) },
    ]
    const room = { limit: flat(100), own: NO_USE, used: flat(40), merged: flat(30), takers }
    expect(lostQuota({ ...room, asked: { ...NO_USE, [kind]: 30 } })).toEqual([])
    // 40 + 30 + 45 > 100: without the last it is 114, without the last two 94.
    expect(lostQuota({ ...room, asked: { ...NO_USE, [kind]: 45 } })).toMatchObject([
      {
        rule: 'QUOTA-LOST',
        message: expect.stringMatching(/^change chg_tipped took the quota of /),
        numbers: { limit: 100, used: 40, merged: 30, asked: 45 },
      },
    ])
    expect(lostQuota({ ...room, asked: { ...NO_USE, [kind]: 45 }, own: flat(45) })).toEqual([])
  })

  it('that was lowered lets a resource shrink or stay, never grow', () => {
    const vm = { site: 'a', host: 'a-1', role: 'vm', group: 'vm', vmId: 1, address: '10.0.0.10' }
    const before = { ...vm, name: 'web', cores: 60, memoryMiB: 60, diskGiB: 60 }
    const lowered = withExisting(limited, [before])
    const rules = (cores: number) =>
      judgeQuota({ vms: 1, cores, memoryMiB: 60, diskGiB: 60 }, lowered).findings
    expect(rules(55)).toEqual([])
    expect(rules(60)).toEqual([])
    expect(rules(61)).toHaveLength(1)
  })
})
