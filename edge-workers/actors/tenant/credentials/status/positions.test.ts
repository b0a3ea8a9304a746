// Positions in status lists: distinct, all over the list, in no order that anybody could guess.
import { beforeAll, describe, expect, it } from 'vitest'
import { emptyList, POSITIONS } from '../../../../credentials/status-list.ts'
import { transaction } from '../../../database.ts'
import { type CredentialWorld, createCredentialWorld } from '../credential-world.fixture.ts'
import { drawPosition, keepCredential, statusReference } from './positions.ts'

let made: CredentialWorld
beforeAll(async () => {
  made = await createCredentialWorld()
})

const AT = '2026-11-22T12:00:00.000Z'
let count = 0
const keep = (draw?: () => number, configuration = 'badge') =>
  transaction(made.db, (tx) => {
    count += 1
    const place = drawPosition(tx, { at: AT, ...(draw ? { draw } : {}) })
    keepCredential(tx, {
      ...{ id: `crd_${count}`, configuration, driver: 'openid4vci', offerId: 'ofr_1' },
      ...{ member: null, holder: null, kid: null, actor: 'phoenix', issuedAt: AT, expiresAt: AT },
      ...place,
    })
    return place
  })

describe('positions', () => {
  // The first: nothing else is taken yet.
  it('that are taken are drawn again', () => {
    const { position } = keep(() => 77_777)
    expect(position).toBe(77_777)
    const draws = [77_777, 77_777, 5]
    expect(keep(() => draws.shift() ?? 6).position).toBe(5)
  })

  it('are distinct, and as likely in every sixteenth of the list', () => {
    const drawn = Array.from({ length: 1_600 }, () => keep().position)
    expect(new Set(drawn).size).toBe(drawn.length)
    const buckets = new Array<number>(16).fill(0)
    for (const position of drawn) {
      const bucket = Math.floor((position * 16) / POSITIONS)
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
    }
    // Chi-squared with 15 degrees of freedom exceeds 50 once in ten million runs.
    const chi = buckets.reduce((sum, seen) => sum + (seen - 100) ** 2 / 100, 0)
    expect(chi).toBeLessThan(50)
    // Nor is one after the other: of neighbours in time half go up.
    const ups = drawn.filter((position, at) => at > 0 && position > (drawn[at - 1] ?? 0)).length
    expect(Math.abs(ups - 800)).toBeLessThan(160)
  })

  it('of every configuration are in one list, which is opened with all its places', () => {
    const lists = ['badge', 'phoenix-member', 'diploma'].map(
      (configuration) => keep(undefined, configuration).list,
    )
    expect(new Set(lists).size).toBe(1)
    expect(emptyList()).toHaveLength((2 ** 17 * 2) / 8)
  })

  it('are proved by the index: one is nobody else’s even where it was drawn twice', () => {
    const row = made.sql.exec('SELECT list, position FROM credentials LIMIT 1').one()
    const twice = () =>
      transaction(made.db, (tx) =>
        keepCredential(tx, {
          ...{ id: 'crd_twice', configuration: 'badge', driver: 'openid4vci', offerId: 'ofr_1' },
          ...{ member: null, holder: null, kid: null, actor: 'phoenix', issuedAt: AT },
          ...{ expiresAt: AT, list: Number(row.list), position: Number(row.position) },
        }),
      )
    expect(twice).toThrow()
    const found = made.sql.exec("SELECT 1 FROM credentials WHERE id = 'crd_twice'")
    expect(found.toArray()).toEqual([])
  })

  it('are taken from a new list once half of one is given away', () => {
    const { sql } = made
    sql.exec('UPDATE status_lists SET used = ? WHERE id = 1', POSITIONS / 2 - 1)
    expect(keep().list).toBe(1)
    expect(keep().list).toBe(2)
    expect(keep().list).toBe(2)
    expect(sql.exec('SELECT id, used FROM status_lists ORDER BY id').toArray()).toEqual([
      ...[
        { id: 1, used: POSITIONS / 2 },
        { id: 2, used: 2 },
      ],
    ])
  })

  it('are referred to as the draft says (§6.2)', () => {
    expect(statusReference('https://x.example/i/a', 3, 9)).toEqual({
      ...{ uri: 'https://x.example/i/a/status-lists/3', idx: 9 },
    })
  })
})
