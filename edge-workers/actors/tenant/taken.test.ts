// The tables that say where things are: right after an upgrade of an old database, and whatever happens to a change.
import { describe, expect, it } from 'vitest'
import { fakeStorage } from '../../../functions/simulator/actor-storage.ts'
import { ChangeState } from '../../../schemas/change.ts'
import { migrate } from '../database.ts'
import { migrations } from '../migrations/tenant.ts'

const OLD = migrations.findIndex(({ tag }) => tag === '0005_taken')

const open = (steps = migrations, storage = fakeStorage()) => {
  migrate(storage as unknown as DurableObjectStorage, steps)
  const rows = (query: string) => storage.sql.exec(query).toArray()
  const insert = (table: string, values: Record<string, unknown>) =>
    storage.sql.exec(
      `INSERT INTO ${table} (${Object.keys(values).map((name) => `"${name}"`)}) VALUES (${Object.keys(values).map(() => '?')})`,
      ...Object.values(values),
    )
  return { storage, rows, insert }
}
type Opened = ReturnType<typeof open>

const vm = (name: string, vmId: number) => ({
  ...{ name, cores: 2, memoryMiB: 2048, diskGiB: 20 },
  ...{ vmId, address: `10.0.0.${vmId}`, site: 'lab', host: 'lab', role: 'vm', group: 'vm' },
})
const file = (path: string) => ({ path, digest: 'sha256:0' })

const resource = ({ insert }: Opened, name: string, more: Record<string, unknown> = {}) =>
  insert('resources', {
    ...{ name, kind: 'vm', template: 'virtual-machine', templateVersion: '1.0.0', cluster: 'lab' },
    ...{ parameters: '{}', identities: '[]', guardsLifted: 0, health: 'healthy' },
    ...{ state: 'applied', healthMessage: '', healthSimulated: 0, changeId: '', revision: 1 },
    ...{ commit: '', version: 1, placement: JSON.stringify([vm(name, 1)]) },
    stands: JSON.stringify([file(`rendered/lab/60-${name}/a.yaml`)]),
    ...more,
  })
const plan = ({ insert }: Opened, id: string, revision: number, vmId: number, cluster = 'lab') =>
  insert('plans', {
    ...{ changeId: id, revision, request: '{}', snapshot: '{}' },
    plan: JSON.stringify({ placement: [vm(`${id}-vm`, vmId)], targets: [{ cluster }] }),
    stands: JSON.stringify([file(`clusters/${cluster}/flux/60-x/a.yaml`)]),
  })
const change = (opened: Opened, id: string, state: string, action = 'create') => {
  opened.insert('changes', {
    ...{ id, idempotencyKey: id, fingerprint: '', request: JSON.stringify({ action }), name: id },
    ...{ state, version: 1, revision: 1, requester: '', acceptedAt: '', updatedAt: '' },
    ...{ branch: '', gate: 'red', gateReason: '' },
  })
  plan(opened, id, 1, 7)
}
const MACHINES =
  'SELECT resource, changeId, name, vmId, address FROM machines ORDER BY changeId, name'
const FOOTHOLDS =
  'SELECT place, resource, changeId FROM footholds ORDER BY changeId, resource, place'

const fill = (opened: Opened): void => {
  resource(opened, 'web')
  resource(opened, 'gone', { state: 'removed', placement: '[]' })
  resource(opened, 'note', {
    ...{ cluster: '', placement: '[]', template: 'rule-exception' },
    stands: JSON.stringify([file('policies/exceptions/note.yaml')]),
  })
  change(opened, 'asked', 'proposed')
  change(opened, 'going', 'approved', 'delete')
  change(opened, 'over', 'rejected')
}
const EXPECTED = {
  machines: [
    { resource: 'web', changeId: '', name: 'web', vmId: 1, address: '10.0.0.1' },
    { resource: 'asked', changeId: 'asked', name: 'asked-vm', vmId: 7, address: '10.0.0.7' },
  ],
  footholds: [
    { place: 'policies/exceptions/note.yaml', resource: 'note', changeId: '' },
    { place: 'lab', resource: 'web', changeId: '' },
    { place: 'lab', resource: 'asked', changeId: 'asked' },
    { place: 'lab', resource: 'going', changeId: 'going' },
  ],
}
const found = ({ rows }: Opened) => ({ machines: rows(MACHINES), footholds: rows(FOOTHOLDS) })

describe('what resources and open changes take', () => {
  it('is known of everything that an old database holds', () => {
    const old = open(migrations.slice(0, OLD))
    fill(old)
    expect(found(open(migrations, old.storage))).toEqual(EXPECTED)
  })

  it('is known of what is written today', () => {
    const opened = open()
    fill(opened)
    expect(found(opened)).toEqual(EXPECTED)
  })

  it('follows a resource that moves, grows and goes', () => {
    const opened = open()
    resource(opened, 'web')
    const set = (column: string, value: string) =>
      opened.storage.sql.exec(`UPDATE resources SET ${column} = ? WHERE name = 'web'`, value)
    set('placement', JSON.stringify([vm('web', 2), vm('web-2', 3)]))
    set('stands', JSON.stringify([file('rendered/far/60-web/a.yaml')]))
    expect(opened.rows(MACHINES).map(({ vmId }) => vmId)).toEqual([2, 3])
    expect(opened.rows(FOOTHOLDS).map(({ place }) => place)).toEqual(['far', 'lab'])
    set('state', 'decommissioning')
    expect(opened.rows(MACHINES)).toHaveLength(2)
    set('state', 'removed')
    expect(found(opened)).toEqual({ machines: [], footholds: [] })
  })

  it('is of the present revision of a change', () => {
    const opened = open()
    change(opened, 'asked', 'proposed')
    plan(opened, 'asked', 2, 8, 'far')
    expect(opened.rows(MACHINES).map(({ vmId }) => vmId)).toEqual([7])
    opened.storage.sql.exec("UPDATE changes SET revision = 2 WHERE id = 'asked'")
    expect(opened.rows(MACHINES).map(({ vmId }) => vmId)).toEqual([8])
    expect(opened.rows(FOOTHOLDS).map(({ place }) => place)).toEqual(['far'])
  })

  it.each(ChangeState.options)('of a change that is %s', (state) => {
    const opened = open()
    change(opened, 'asked', 'accepted')
    opened.storage.sql.exec('UPDATE changes SET state = ?', state)
    // Before it is promoted its machines are its own, afterwards its resource has them.
    const reserving = ['accepted', 'proposed', 'approved', 'merged'].includes(state)
    expect(opened.rows(MACHINES)).toHaveLength(reserving ? 1 : 0)
    expect(opened.rows(FOOTHOLDS)).toHaveLength(reserving ? 1 : 0)
  })
})
