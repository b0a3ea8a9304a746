// What is asked for is shown leaf by leaf, beside what stands.
import { describe, expect, it } from 'vitest'
import { differences } from './asked.ts'
import { planBody, planDocument } from './plan-body/body.ts'
import { planned, snapshotOf, VM_REQUEST, withExisting } from './world.fixture.ts'

const CHANGE = { id: 'chg_a', revision: 1 }
const URL = 'https://phoenix.example'

describe('differences', () => {
  it('are leaves: what came, went, or is another', () => {
    const before = { same: 1, cores: 2, gone: true, hosts: [{ name: 'a' }] }
    const after = { same: 1, cores: 4, hosts: [{ name: 'a' }, { name: 'b' }], none: [] }
    expect(differences(before, after)).toEqual([
      { parameter: '/cores', before: '2', after: '4' },
      { parameter: '/gone', before: 'true', after: null },
      { parameter: '/hosts/1/name', before: null, after: 'b' },
      { parameter: '/none', before: null, after: 'none' },
    ])
  })

  it('have names that point, whatever a key holds', () => {
    expect(differences({}, { 'a/b~c': 1 })).toContainEqual({
      ...{ parameter: '/a~1b~0c', before: null, after: '1' },
    })
  })

  it('of the same are none', () => {
    expect(differences({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([])
  })
})

describe('a plan', () => {
  it('of something new shows what the request gives', () => {
    const { plan } = planned(VM_REQUEST, snapshotOf())
    expect(plan.asked).toEqual([
      { parameter: '/memory/unit', before: null, after: 'GiB' },
      { parameter: '/memory/value', before: null, after: '4' },
      { parameter: '/site', before: null, after: 'a' },
    ])
    expect(planBody(plan, CHANGE, URL)).toContain('| `/site` |  | a |')
  })

  it('of an update shows what is another, with what stood', () => {
    const made = planned(VM_REQUEST, snapshotOf()).plan
    const world = withExisting(snapshotOf(), made.placement, {
      name: 'web',
      parameters: made.parameters,
    })
    const parameters = { ...VM_REQUEST.parameters, memory: { value: 8, unit: 'GiB' as const } }
    const { plan } = planned({ ...VM_REQUEST, action: 'update', parameters }, world)
    expect(plan.asked).toEqual([{ parameter: '/memory/value', before: '4', after: '8' }])
    expect(planDocument(plan, CHANGE, URL)).toContain('| `/memory/value` | 4 | 8 |')
  })

  it('of a record shows all of it: it is nothing else', () => {
    const parameters = {
      ...{ rule: 'IMG-PINNED', resource: 'web', owner: 'olga' },
      ...{ reason: 'The vendor has no other.', expires: '2027-01-31' },
    }
    const request = { action: 'create', template: 'rule-exception', name: 'latest-ok', parameters }
    const { plan } = planned(request as Parameters<typeof planned>[0], snapshotOf())
    const body = planBody(plan, CHANGE, URL)
    for (const text of ['IMG-PINNED', 'web', 'olga', 'The vendor has no other', '2027-01-31'])
      expect(body).toContain(text)
    expect(body).not.toContain('prune guards')
  })
})
