// A tenant's database of the release before people had rows of their own: its tokens become members, and nobody comes out of
// it with more than he had. Whoever made tokens in the names of others has lost them.
import { describe, expect, it } from 'vitest'
import { fakeStorage } from '../../../../functions/simulator/actor-storage.ts'
import { migrate } from '../../database.ts'
import { migrations } from '../../migrations/tenant.ts'

const OLD = migrations.findIndex(({ tag }) => tag === '0006_identity')
const PAST = '2026-01-01T00:00:00Z'

interface OldToken {
  member: string
  role: string
  person?: boolean
  /** Who made it, and who made his: an operator's subject first. */
  lineage?: string[]
  revokedAt?: string
  expiresAt?: string
}

const upgraded = (tokens: readonly OldToken[]) => {
  const storage = fakeStorage()
  const state = storage as unknown as DurableObjectStorage
  migrate(state, migrations.slice(0, OLD))
  tokens.forEach(({ member, role, person = true, lineage = ['operator'], ...more }, at) => {
    const row: Record<string, string | number | null> = {
      ...{ id: `tok${at}`, name: role, member, role, person: person ? 1 : 0, scopes: '[]' },
      ...{ lineage: JSON.stringify(lineage), secretDigest: 'digest', createdAt: `2026-0${at + 1}` },
      ...{ version: 1, idempotencyKey: `key-${at}`, fingerprint: 'print', ...more },
    }
    storage.sql.exec(
      `INSERT INTO tokens (${Object.keys(row)}) VALUES (${Object.keys(row).map(() => '?')})`,
      ...Object.values(row),
    )
  })
  migrate(state, migrations)
  // Once more, as every waking does.
  migrate(state, migrations)
  const rows = (query: string) => storage.sql.exec(query).toArray()
  return {
    rows,
    members: rows('SELECT * FROM members ORDER BY id').map(({ roles, ...row }) => ({
      ...row,
      roles: (JSON.parse(String(roles)) as string[]).sort(),
    })) as { id: string; handle: string; kind: string; state: string; roles: string[] }[],
    live: rows('SELECT id FROM tokens WHERE revokedAt IS NULL ORDER BY id').map(({ id }) => id),
  }
}

describe('a member of an older release', () => {
  it('is one person with the roles of his tokens, under the name he had', () => {
    const { members, live } = upgraded([
      { member: 'rita', role: 'requester' },
      { member: 'rita', role: 'auditor' },
      { member: 'rita', role: 'requester' },
      { member: 'olga', role: 'owner' },
    ])
    expect(members).toMatchObject([
      { id: 'olga', handle: 'olga', kind: 'person', roles: ['owner'], state: 'active' },
      { id: 'rita', handle: 'rita', roles: ['auditor', 'requester'], createdAt: '2026-01' },
    ])
    expect(live).toHaveLength(4)
  })

  it('gets no role of a token that was revoked or is past', () => {
    const { members } = upgraded([
      { member: 'anton', role: 'auditor' },
      { member: 'anton', role: 'approver', revokedAt: PAST },
      { member: 'anton', role: 'owner', expiresAt: PAST },
      { member: 'emil', role: 'approver', expiresAt: PAST },
      { member: 'vera', role: 'approver', revokedAt: PAST },
    ])
    expect(members).toMatchObject([
      { id: 'anton', roles: ['auditor'], state: 'active' },
      { id: 'emil', roles: [], state: 'active' },
      // His name is not free for another: what he asked for is still his.
      { id: 'vera', roles: [], state: 'removed', endedAt: PAST },
    ])
  })

  it('who was made up by another person is nobody, over any number of hands', () => {
    const { members, live } = upgraded([
      { member: 'olga', role: 'owner' },
      { member: 'ghost', role: 'approver', lineage: ['operator', 'olga'] },
      { member: 'ghost', role: 'owner', lineage: ['operator', 'olga', 'ghost'] },
      { member: 'anton', role: 'approver' },
      { member: 'anton', role: 'owner', lineage: ['operator', 'olga'] },
      { member: 'olga', role: 'owner', lineage: ['operator', 'olga'] },
    ])
    expect(members).toMatchObject([
      { id: 'anton', roles: ['approver'], state: 'active' },
      { id: 'ghost', roles: [], state: 'removed' },
      { id: 'olga', roles: ['owner'], state: 'active' },
    ])
    expect(live).toEqual(['tok0', 'tok3', 'tok5'])
  })

  it('that is a machine keeps what a machine may be, and its maker stands behind it', () => {
    const { members, live, rows } = upgraded([
      { member: 'robot', role: 'requester', person: false, lineage: ['operator', 'olga'] },
      { member: 'robot', role: 'admin', person: false },
      { member: 'boss', role: 'approver', person: false },
    ])
    expect(members).toMatchObject([
      { id: 'boss', kind: 'service', roles: [], state: 'active' },
      { id: 'robot', kind: 'service', roles: ['requester'], state: 'active' },
    ])
    expect(live).toEqual(['tok0', 'tok1', 'tok2'])
    expect(rows("SELECT lineage FROM tokens WHERE id = 'tok0'")).toEqual([
      { lineage: '["operator","olga"]' },
    ])
  })

  it('who is a person does not act by a machine’s token as himself', () => {
    const { members, live } = upgraded([
      { member: 'anton', role: 'approver' },
      { member: 'anton', role: 'owner', person: false },
    ])
    expect(members).toMatchObject([{ id: 'anton', kind: 'person', roles: ['approver'] }])
    expect(live).toEqual(['tok0'])
  })
})

it('keeps everything else as it was', () => {
  const { rows } = upgraded([{ member: 'rita', role: 'requester' }])
  expect(rows('SELECT * FROM tokens')).toMatchObject([
    { id: 'tok0', member: 'rita', role: 'requester', version: 1, rotatedTo: null, workload: null },
  ])
  expect(rows('SELECT tag FROM schema_migrations')).toHaveLength(migrations.length)
})
