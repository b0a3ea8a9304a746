// Who took the room: found among what was merged, named to its own tenant only. And what an open hold does not take.
import { describe, expect, it } from 'vitest'
import { gib } from '../schemas/quantity.ts'
import { judgeReservation, type MachineRow, stillHolds, usesFor } from './reservation.ts'
import { lostRoom } from './room.ts'
import { hostOf, rulesOf, sharedStorage, siteOf } from './world.fixture.ts'

let count = 0
/** 60 GiB can be promised by its host. */
const row = (changeId: string, memoryGiB: number, more: Partial<MachineRow> = {}): MachineRow => {
  count += 1
  return {
    ...{ changeId, tenantId: 'ten_eu_mine', resource: changeId, name: changeId },
    ...{ site: 'a', host: 'a-1', cores: 1, memoryMiB: memoryGiB * 1024, diskGiB: 1 },
    ...{ vmId: count, address: `10.0.0.${count}` },
    ...more,
  }
}
const theirs = (changeId: string, memoryGiB: number) =>
  row(changeId, memoryGiB, { tenantId: 'ten_eu_theirs' })
const sites = [siteOf('a')]

describe('an open change', () => {
  const asked = [row('chg_asked', 30)]
  const lost = (...firm: MachineRow[]) => lostRoom(sites, firm, asked)

  it('fits to the last MiB beside what stands', () => {
    expect(lost(row('chg_one', 30))).toEqual([])
    expect(rulesOf(lost(row('chg_one', 30, { memoryMiB: 30 * 1024 + 1 })))).toEqual([
      'CAPACITY-LOST',
    ])
  })

  it('names the merge with which it no longer fitted, not those before or after', () => {
    const merged = [10, 15, 6, 5].map((size, at) => row(`chg_${at}`, size))
    expect(lost(...merged)).toMatchObject([
      {
        message: 'change chg_2 took the room on host a-1',
        numbers: { asked: 30 * 1024, yours: 36 * 1024, supply: 60 * 1024 },
      },
    ])
  })

  it('is told of another tenant’s change without a name, and with its own numbers alone', () => {
    const found = lost(row('chg_mine', 5), theirs('chg_theirs', 31))
    expect(found).toMatchObject([
      {
        message: 'another tenant’s change took the room on host a-1',
        numbers: { asked: 30 * 1024, yours: 5 * 1024, supply: 60 * 1024 },
      },
    ])
    expect(JSON.stringify(found)).not.toMatch(/chg_theirs|31744|36864/)
  })

  it('says so where nobody took anything and the host is too small by now', () => {
    const small = [siteOf('a', { hosts: [hostOf('a-1', { memory: gib(20) })] })]
    expect(lostRoom(small, [], asked)).toMatchObject([
      { message: 'host a-1: it has become too small' },
    ])
  })

  it('whose host is gone has lost its place', () => {
    expect(rulesOf(lostRoom([siteOf('b')], [], asked))).toEqual(['SITE-UNKNOWN'])
  })

  it('of a shared datastore shares what is left of it', () => {
    const hosts = ['a-1', 'a-2'].map((name) => hostOf(name, { storage: sharedStorage }))
    const disk = row('chg_disk', 1, { host: 'a-2', diskGiB: 995 })
    const more = [row('chg_asked', 1, { diskGiB: 6 })]
    expect(lostRoom([siteOf('a', { hosts })], [disk], more)).toMatchObject([
      { message: 'change chg_disk took the room on datastore ceph of a', numbers: { asked: 6 } },
    ])
  })
})

describe('a hold', () => {
  it('takes no room from others, but its id and address', () => {
    const held = [theirs('chg_held', 50)]
    const item = row('chg_new', 50)
    const judge = (more: Partial<MachineRow> = {}) =>
      rulesOf(judgeReservation(sites, { firm: [], held }, [{ ...item, ...more }], item.tenantId))
    expect(judge()).toEqual([])
    expect(judge({ vmId: held[0]?.vmId ?? 0 })).toEqual(['VMID-UNIQUE'])
    expect(judge({ address: held[0]?.address ?? '' })).toEqual(['IP-UNIQUE'])
    const firm = judgeReservation(sites, { firm: held, held: [] }, [item], item.tenantId)
    expect(rulesOf(firm)).toEqual(['CAPACITY'])
  })

  it.each([
    ['negative', { cores: -1 }],
    ['nothing', { memoryMiB: 0 }],
    ['broken', { diskGiB: 0.5 }],
    ['endless', { memoryMiB: Number.POSITIVE_INFINITY }],
    ['no number', { cores: Number.NaN }],
  ])('of a size that is %s is refused', (_, size) => {
    const item = { ...row('chg_new', 1), ...size }
    const found = judgeReservation(sites, { firm: [], held: [] }, [item], item.tenantId)
    expect(rulesOf(found)).toEqual(['CAPACITY'])
  })

  it('is shown to its tenant by change, and to others as a sum', () => {
    const ledger = {
      firm: [row('chg_old', 10, { resource: 'web', name: 'web' })],
      held: [row('chg_grow', 25, { resource: 'web', name: 'web' }), theirs('chg_theirs', 7)],
    }
    expect(usesFor(ledger, 'ten_eu_mine')).toMatchObject([
      {
        yours: { vms: 1, memoryMiB: 10 * 1024 },
        others: { vms: 0 },
        held: {
          yours: [{ changeId: 'chg_grow', use: { vms: 0, memoryMiB: 15 * 1024 } }],
          others: { vms: 1, memoryMiB: 7 * 1024 },
        },
      },
    ])
    expect(JSON.stringify(usesFor(ledger, 'ten_eu_theirs'))).not.toContain('chg_grow')
  })
})

describe('a site that becomes smaller', () => {
  const smaller = siteOf('a', { hosts: [hostOf('a-1', { memory: gib(44) })] })
  const [present] = sites
  it('must hold what stands, and every open change that it holds now', () => {
    const holds = (firm: MachineRow[], held: MachineRow[]) =>
      stillHolds(smaller, { firm, held }, present)
    expect(holds([row('chg_a', 40)], [])).toBe(true)
    expect(holds([row('chg_a', 41)], [])).toBe(false)
    expect(holds([row('chg_a', 20)], [row('chg_b', 21)])).toBe(false)
    // Each alone fits; both together never did.
    expect(holds([], [row('chg_b', 40), row('chg_c', 40)])).toBe(true)
    // What has lost its room already keeps nobody from anything.
    expect(holds([row('chg_a', 40)], [row('chg_b', 55)])).toBe(true)
  })
})
